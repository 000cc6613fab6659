"""`yipanqi export case` and `yipanqi export check`: a case as a bundle that can be verified without us, and against the log."""

import sys
from pathlib import Path

import click

from contract.errors import YipanqiError
from infra.clickhouse.place import Place
from infra.whole_file import whole_file
from yipanqi import options
from yipanqi.files import FileCommand

_BUNDLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("case", cls=FileCommand)
@click.argument("name", metavar="ROOTID")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The bundle to write, FILE.zip.")
@options.kafka
@options.warehouse
@click.option("--database", default="yipanqi", show_default=True, help="Database of the warehouse.")
def command(*, name: str, out: Path, kafka: str, warehouse: Place, database: str) -> None:
    """Write everything that the log says of the chain ROOTID (or of a case's subject or number) as one file.

    Whoever has Python verifies it with the script inside. Personal data stays sealed. The SHA-256 that is printed is what a
    whole file is known by: hand it over apart from the file.
    """
    from dashboards.exports.bundle import find_chain, make_bundle  # noqa: PLC0415  # `--help` loads no clients
    from dashboards.store import Store  # noqa: PLC0415

    try:
        with warehouse.client(database) as client:
            chain = find_chain(client, name)
            if chain is None:
                raise click.ClickException(f"the warehouse knows no chain, case or case number {name!r}")
            watermarks = Store(client).watermarks().values()
        bundle = make_bundle(chain, kafka, name=out.name, made_at=min(watermarks, default=None))
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    with whole_file(out) as part:
        part.write_bytes(bundle.raw)
    click.echo(f"{out}: {bundle.events} events, {bundle.alerts} transitions of alerts, {bundle.decisions} decisions")
    click.echo(f"SHA-256 {bundle.sha256}")


@click.command("check")
@click.argument("file", metavar="FILE.zip", type=_BUNDLE)
@options.kafka
def check(*, file: Path, kafka: str) -> None:
    """Verify a bundle, and compare each of its records with what lies in the log. Exit status 1 if anything differs."""
    from dashboards.exports.bundle import differences  # noqa: PLC0415
    from dashboards.exports.bundle_check import check as problems_of  # noqa: PLC0415

    raw = file.read_bytes()
    problems = problems_of(raw)
    try:
        problems = problems or [f"the log has another record at {place}" for place in differences(raw, kafka)]
    except YipanqiError as error:
        problems = [str(error)]
    for text in problems:
        click.echo(f"{file}: {text}", err=True)
    if problems:
        sys.exit(1)
    click.echo(f"{file}: whole, and what the log has")
