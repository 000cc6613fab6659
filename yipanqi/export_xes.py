"""`yipanqi export xes`: a court's cases of some days as a log for process mining."""

from datetime import date
from pathlib import Path

import click

from contract.courts import COURTS
from contract.errors import YipanqiError
from infra.clickhouse.place import Place
from yipanqi import options
from yipanqi.days import day
from yipanqi.files import FileCommand


@click.command("xes", cls=FileCommand)
@click.option("--court", required=True, help="法院代字 of the court that owns the cases.")
@click.option("--below", is_flag=True, help="And all courts below it.")
@click.option("--from", "first", callback=day, required=True, metavar="DAY", help="First day on which something happened.")
@click.option("--to", "last", callback=day, required=True, metavar="DAY", help="Last day, which belongs to it.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="FILE.xes or FILE.xes.gz.")
@options.warehouse
@click.option("--database", default="yipanqi", show_default=True, help="Database of the warehouse.")
def command(*, court: str, below: bool, first: date, last: date, out: Path, warehouse: Place, database: str) -> None:
    """Write the events of a court's cases from one day to another as XES, a trace for each case.

    The court is the one that owns a case now. Personal data isn't in it.
    """
    from dashboards.exports.xes import steps, write_xes  # noqa: PLC0415  # `--help` loads no clients

    if court not in COURTS:
        raise click.UsageError(f"{court!r} is no 法院代字 of the court tree, such as 京0105")
    if first > last:
        raise click.UsageError(f"--from {first} lies after --to {last}")
    if not out.name.endswith((".xes", ".xes.gz")):
        raise click.UsageError("the file is called FILE.xes or FILE.xes.gz")
    courts = COURTS.subtree(court) if below else [court]
    try:
        with warehouse.client(database) as client:
            summary = write_xes(steps(client, courts, first, last), out, f"{court} {first} {last}")
    except (YipanqiError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{out}: {summary.events} events of {summary.cases} cases")
