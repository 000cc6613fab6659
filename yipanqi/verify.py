"""`yipanqi verify`: whether the warehouse holds the log, without gap and without double."""

import sys
import time
from pathlib import Path

import click
from kafka.errors import KafkaError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from contract.errors import YipanqiError
from contract.topics import EVENTS
from infra.clickhouse.client import ClickHouse
from streams.cases.rulebook import UnknownPackError
from streams.shell.audit import LOGGED, Audit, audit
from streams.shell.cores import core_factory, shelf_of
from streams.shell.log_ends import ends
from streams.shell.proof import prove
from streams.shell.rebuild_engine import live_positions
from streams.shell.seam import TP
from streams.shell.warehouse import Warehouse
from yipanqi.rebuild import Bar

_POLL_S = 0.5


@click.command("verify")
@click.option("--kafka", default="127.0.0.1:19092", show_default=True, help="Address of the broker.")
@click.option("--clickhouse", default="127.0.0.1:19000", show_default=True, help="Address of the warehouse.")
@click.option("--database", default="yipanqi", show_default=True, help="Database of the warehouse.")
@click.option("--wait", "wait_s", type=float, default=30.0, show_default=True, help="Seconds to wait until it has caught up.")
@click.option("--replay", "is_replay", is_flag=True, help="Instead: make the journal again from the log, and compare digests.")
@click.option(
    "--rules",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="For --replay: packs that the engine was given.",
)
@click.option("--data", type=click.Path(path_type=Path), default=Path(".data"), show_default=True, help="The data folder.")
def command(
    *,
    kafka: str,
    clickhouse: str,
    database: str,
    wait_s: float,
    is_replay: bool,
    rules: tuple[Path, ...],
    data: Path,
) -> None:
    """Compare the warehouse with the log as it ends now.

    A gap is an offset of a truth or alert topic without its row in `log`; a double is two rows of one id, or an output that was
    repeated with another body. Repetitions with an equal body are harmless and counted. Exit status 1 if anything is wrong.
    """
    console = Console(soft_wrap=not sys.stdout.isatty())
    if is_replay:
        _replay(console, kafka, rules, data)
        return
    host, _, port = clickhouse.rpartition(":")
    try:
        with ClickHouse(host, int(port), database=database) as client:
            until = ends(kafka, LOGGED)
            behind = _wait(client, until, wait_s)
            found = audit(client, kafka, until)
    except (YipanqiError, KafkaError) as error:
        raise click.ClickException(str(error)) from None
    _show(console, found)
    if behind:
        console.print(
            f"[yellow]the warehouse is {behind} records behind after {wait_s:.0f} s: is `worker projections` running?"
        )
    for finding in found.findings:
        examples = escape(", ".join(finding.examples))
        console.print(f"[red]{finding.what}: {finding.count}[/red], e.g. {examples}", highlight=False)
    if found.findings:
        sys.exit(1)
    console.print("[green]no gap, no double")


def _replay(console: Console, kafka: str, rules: tuple[Path, ...], data: Path) -> None:
    """Prove the journal up to where the live engine has committed."""
    try:
        counts = {tp.partition: end for tp, end in ends(kafka, [EVENTS]).items()}
        positions = live_positions(kafka, counts)
        with Bar(console) as progress:
            found = prove(core_factory(rules or None, shelf=shelf_of(data)), kafka, positions, progress)
    except (YipanqiError, KafkaError, UnknownPackError) as error:
        raise click.ClickException(str(error)) from None
    reached = ", ".join(f"{partition}:{offset}" for partition, offset in sorted(found.positions.items()))
    console.print(f"log up to {reached}: {found.log}", highlight=False)
    console.print(f"journal, replayed: {found.replayed} ({found.transitions[0]} transitions)", highlight=False)
    console.print(f"journal, stored:   {found.stored} ({found.transitions[1]} transitions)", highlight=False)
    left = {"said more than once": found.repeats, "sent by a rebuild": found.recomputed, "of groups": found.groups}
    console.print(", ".join(f"{what}: {count}" for what, count in left.items()), highlight=False)
    if found.replayed != found.stored:
        console.print("[red]the journal is not what the log gives")
        sys.exit(1)
    console.print("[green]the journal is what the log gives")


def _wait(client: ClickHouse, until: dict[TP, int], wait_s: float) -> int:
    """Wait until the ledger reaches the ends; returns how many records it still lacks."""
    deadline = time.monotonic() + wait_s
    warehouse = Warehouse(client)
    while True:
        reached = warehouse.resume(until)
        behind = sum(max(0, end - reached[tp]) for tp, end in until.items())
        if not behind or time.monotonic() > deadline:
            return behind
        time.sleep(_POLL_S)


def _show(console: Console, found: Audit) -> None:
    table = Table("topic", "partition", "end", "rows in log", "markers", "missing")
    for part in found.coverage:
        missing = sum(last - first + 1 for first, last in part.gaps)
        table.add_row(part.tp.topic, *map(str, (part.tp.partition, part.end, part.rows, part.markers, missing)))
    console.print(table)
    for what, count in found.repeats.items():
        console.print(f"{what}: {count}", highlight=False)
