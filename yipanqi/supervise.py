"""`yipanqi supervise`: the pure core on a file."""

import gc
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from contract.times import parse_instant
from infra.whole_file import open_whole
from yipanqi.files import EVENT_FILE, FileCommand
from yipanqi.progress import line_progress

_COLLECT = 200_000  # lines between two looks for garbage


def instant(_context: click.Context, _parameter: click.Parameter, value: str | None) -> datetime | None:
    """The value of an option that is an instant."""
    if value is None:
        return None
    try:
        return parse_instant(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command("supervise", cls=FileCommand)
@click.argument("events", type=EVENT_FILE)
@click.option(
    "--rules",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="A rule pack (file or folder) in the place of the national one; may be given several times.",
)
@click.option("--until", callback=instant, metavar="INSTANT", help="Read nothing later; without ticks in the file, the clock.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where to write the alerts.")
@click.option("--journal", type=click.Path(path_type=Path, dir_okay=False), help="Where to write every transition.")
@click.option("--restricted", is_flag=True, help="Supervise the records of interference alone, which are else left out.")
@click.pass_context
def command(
    context: click.Context,
    *,
    events: Path,
    rules: tuple[Path, ...],
    until: datetime | None,
    out: Path,
    journal: Path | None,
    restricted: bool,
) -> None:
    """Supervise EVENTS (JSON Lines of CloudEvents): write the standing alerts, and how they came about."""
    from contract.codec import read_lines  # noqa: PLC0415  # `--help` loads no engine
    from streams.offline import Supervision  # noqa: PLC0415
    from streams.rules.errors import PackError  # noqa: PLC0415
    from streams.rules.load import load_packs  # noqa: PLC0415

    try:
        packs = load_packs(rules or None)
    except PackError as error:
        raise click.ClickException(str(error)) from error
    gc.disable()  # nearly all that is read stays; looking for garbage after every thousand objects costs a third of the time
    supervision = Supervision(packs, until, restricted=restricted)
    encoder = msgspec.json.Encoder()
    told = 0
    with ExitStack() as stack:
        file = stack.enter_context(open_whole(out))  # before the work, so that a folder that isn't there is said at once
        log = stack.enter_context(open_whole(journal)) if journal else None
        for number, event in line_progress(events, read_lines(events)):
            for step in supervision.read(number, event):
                _write(log, encoder, step.journal())
            for line, reason in supervision.refusals[told:]:
                click.echo(f"{events}:{line}: {reason}", err=True)
            told = len(supervision.refusals)
            if number % _COLLECT == 0:
                gc.collect()  # chains that were put away
        for step in supervision.finish():
            _write(log, encoder, step.journal())
        for remark in supervision.remarks:
            click.echo(f"{events}: {remark.what}: {remark.rule} {' '.join(remark.event)}".rstrip(), err=True)
        alerts = supervision.alerts()
        for alert in alerts:
            _write(file, encoder, alert)
    apart = (
        (supervision.left_out, "restricted lines left out (see --restricted)"),
        (supervision.later, "events later than --until not read"),
        (supervision.unheard, "foreign events (x.…) that no pack lists in its events (see --rules)"),
    )
    said = "".join(f", {count} {what}" for count, what in apart if count)
    click.echo(f"{len(alerts)} alerts, {len(supervision.refusals)} lines refused{said}", err=True)
    context.exit(1 if supervision.refusals else 0)


def _write(file: BinaryIO | None, encoder: msgspec.json.Encoder, value: object) -> None:
    if file is not None:
        file.write(encoder.encode(value) + b"\n")
