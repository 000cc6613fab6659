"""`yipanqi rebuild`: whatever is computed, computed again from the log while everything runs."""

from collections.abc import Callable, Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from contract.errors import YipanqiError
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.place import Place
from infra.clickhouse.retention import FILE, load_limits
from streams.cases.rulebook import UnknownPackError
from streams.shell.cores import core_factory, shelf_of
from streams.shell.groups import group_lanes
from streams.shell.log_ends import committed
from streams.shell.rebuild_engine import Rebuilt, rebuild_engine
from streams.shell.rebuild_tables import rebuild_tables
from streams.shell.sides import APART, COMMON, Side
from yipanqi import options

_EXAMPLES = 20


@click.command("rebuild")
@click.option("--tables", "only_tables", is_flag=True, help="Only the tables of the warehouse.")
@click.option("--alerts", "only_alerts", is_flag=True, help="Only the supervision.")
@options.kafka
@options.warehouse
@click.option("--database", help="Database of the warehouse. Default: yipanqi, or yipanqi_restricted.")
@click.option("--restricted", is_flag=True, help="The topics and the database of restricted records; names and counts none.")
@click.option(
    "--rules", type=click.Path(exists=True, path_type=Path), multiple=True, help="The packs that the engine was given."
)
@options.data
@options.retention
@click.option("--dry-run", is_flag=True, help="Compare the supervision and send nothing; tables stay as they are.")
@click.option("--discard", is_flag=True, help="Drop the tables that a rebuild left when it was cut off.")
def command(
    *,
    only_tables: bool,
    only_alerts: bool,
    kafka: str,
    warehouse: Place,
    database: str | None,
    restricted: bool,
    rules: tuple[Path, ...],
    data: Path,
    retention: Path | None,
    dry_run: bool,
    discard: bool,
) -> None:
    """Compute supervision and tables again from the log; both, if nothing is chosen. Everything may go on running.

    Supervision is recomputed up to where the live engine stands, compared alert by alert, and only the difference is sent.
    Tables are built beside the live ones and exchanged.
    """
    console = Console()
    side = APART if restricted else COMMON
    try:
        limits = load_limits(retention or FILE)
        if only_alerts or not only_tables:
            _alerts(console, kafka, side, rules, data, send=not dry_run)
        if (only_tables or not only_alerts) and not dry_run:
            with warehouse.client(database or side.database) as client:
                _tables(console, client, kafka, side, limits, discard=discard)
    except (YipanqiError, UnknownPackError) as error:
        raise click.ClickException(str(error)) from None


def _alerts(console: Console, kafka: str, side: Side, rules: tuple[Path, ...], data: Path, *, send: bool) -> None:
    discreet, shelf = side is APART, shelf_of(data)
    factory = core_factory(rules or None, restricted=discreet, shelf=shelf)
    positions = committed(kafka, side.group, side.events)
    lanes = group_lanes(rules or None, len(positions), shelf=shelf) if side.has_groups else None
    with Bar(console, discreet=discreet) as progress:
        rebuilt = rebuild_engine(factory, kafka, positions, progress, lanes=lanes, side=side, send=send)
    _show(console, rebuilt, sent=send, discreet=discreet)


def _tables(
    console: Console, client: ClickHouse, kafka: str, side: Side, limits: Mapping[str, int | None], *, discard: bool
) -> None:
    with Bar(console, discreet=side is APART) as progress:
        rows = rebuild_tables(client, kafka, progress, side=side, discard=discard, limits=limits)
    for table, count in rows.items():
        console.print(table if side is APART else f"{table}: {count} rows", highlight=False)


class Bar:
    """A progress bar as a callback (what, done, total): a line for each thing that is done. A discreet one tells no counts."""

    def __init__(self, console: Console, *, discreet: bool = False) -> None:
        counts = () if discreet else (MofNCompleteColumn(),)
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), *counts, TimeRemainingColumn(), console=console
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Callable[[str, int, int], None]:
        self._progress.start()
        return self._update

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _update(self, what: str, done: int, total: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total)
        self._progress.update(self._tasks[what], completed=done, total=total)


def _show(console: Console, rebuilt: Rebuilt, *, sent: bool, discreet: bool) -> None:
    for what, places in (("log", rebuilt.positions), ("facts", rebuilt.facts)):
        if places:
            reached = ", ".join(f"{partition}:{offset}" for partition, offset in sorted(places.items()))
            console.print(f"{what} up to {reached}", highlight=False)
    console.print(f"recomputed into {rebuilt.topic}", highlight=False)
    if not discreet:
        console.print(f"standing alerts: {rebuilt.live} live, {rebuilt.recomputed} recomputed", highlight=False)
    if not rebuilt.difference:
        console.print("[green]no difference")
        return
    table = Table("alert", "transition", *(() if discreet else ("rule", "subject", "from", "to")))
    for out in rebuilt.difference[:_EXAMPLES]:
        cells = (out.alert.rule, out.alert.subject, out.before or "", out.after or "")
        table.add_row(*map(Text, (out.alert.id, out.transition, *(() if discreet else cells))))
    console.print(table)
    word = "sent" if sent else "would be sent"
    console.print(f"[yellow]{len(rebuilt.difference)} differences {word}", highlight=False)
