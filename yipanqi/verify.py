"""`yipanqi verify`: whether the warehouse holds the log, without gap and without double."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from contract.errors import YipanqiError
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.place import Place
from streams.cases.rulebook import UnknownPackError
from streams.shell.audit import GAP, Audit, audit
from streams.shell.cores import core_factory, shelf_of
from streams.shell.groups import group_lanes
from streams.shell.log_ends import committed, ends
from streams.shell.proof import GroupProof, Pair, Proof, prove
from streams.shell.seam import TP
from streams.shell.sides import APART, COMMON, Side
from streams.shell.warehouse import Warehouse
from yipanqi import options
from yipanqi.rebuild import Bar

_POLL_S = 0.5


@click.command("verify")
@options.kafka
@options.warehouse
@click.option("--database", help="Database of the warehouse. Default: yipanqi, or yipanqi_restricted.")
@click.option("--restricted", is_flag=True, help="The topics and the database of restricted records; names and counts none.")
@click.option(
    "--wait",
    "wait_s",
    type=options.NOT_NEGATIVE,
    default=30.0,
    show_default=True,
    help="Seconds to wait until it has caught up.",
)
@click.option("--replay", "is_replay", is_flag=True, help="Instead: make the journal again from the log, and compare digests.")
@click.option(
    "--rules",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="For --replay: packs that the engine was given.",
)
@options.data
def command(
    *,
    kafka: str,
    warehouse: Place,
    database: str | None,
    restricted: bool,
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
    side = APART if restricted else COMMON
    try:
        if is_replay:
            sound = _replay(console, kafka, side, rules, data)
        else:
            with warehouse.client(database or side.database) as client:
                sound = _audit(console, client, kafka, side, wait_s)
    except (YipanqiError, UnknownPackError) as error:
        raise click.ClickException(str(error)) from None
    if not sound:
        sys.exit(1)


def _audit(console: Console, client: ClickHouse, kafka: str, side: Side, wait_s: float) -> bool:
    """Count; returns whether nothing is wrong. Of what is restricted only places are told."""
    until = ends(kafka, side.logged)
    behind = _wait(client, until, wait_s)
    found = audit(client, kafka, until, side)
    _show(console, found, discreet=side is APART)
    if behind:
        lag = "" if side is APART else f"{behind} records "
        console.print(f"[yellow]the warehouse is {lag}behind after {wait_s:.0f} s: is its worker running?")
    for finding in found.findings:
        if side is APART and finding.what != GAP:
            console.print(f"[red]{finding.what}", highlight=False)
            continue
        examples = escape(", ".join(finding.examples))
        console.print(f"[red]{finding.what}: {finding.count}[/red], e.g. {examples}", highlight=False)
    if not found.findings:
        console.print("[green]no gap, no double")
    return not found.findings


def _replay(console: Console, kafka: str, side: Side, rules: tuple[Path, ...], data: Path) -> bool:
    """Prove the journals up to where the live engine has committed; returns whether they hold."""
    discreet = side is APART
    positions = committed(kafka, side.group, side.events)
    factory = core_factory(rules or None, restricted=discreet, shelf=shelf_of(data))
    lanes = group_lanes(rules or None, len(positions), shelf=shelf_of(data)) if side.has_groups else None
    with Bar(console, discreet=discreet) as progress:
        found = prove(factory, kafka, positions, progress, lanes=lanes, side=side)
    _line(console, f"log up to {_places(found.positions)}: {found.log}")
    _pair(console, "journal", found.journal, "" if discreet else "transitions")
    if found.groups is not None:
        _show_groups(console, found, found.groups)
    for what, holds, given in _claims(found):
        console.print(f"[green]{what} is {given}" if holds else f"[red]{what} is not {given}", highlight=False)
    return found.holds


def _claims(found: Proof) -> Iterator[tuple[str, bool, str]]:
    """What was put to the proof: something, whether it is what it should be, and what that is (docs/proof.md)."""
    yield "the journal", found.journal.holds, "what the log gives"
    if found.groups is not None:
        yield "what groups were told", found.groups.facts_hold, "what the log gives, partition by partition"
        yield "the journal of groups", found.groups.journal.holds, "what this gives in the order in which it lies in the topic"


def _show_groups(console: Console, found: Proof, groups: GroupProof) -> None:
    _pair(console, "facts", groups.facts, "messages")
    for text in groups.differences:
        console.print(f"[red]facts, partition {escape(text)}", highlight=False)
    _line(console, f"facts up to {_places(groups.positions)}: {groups.log}")
    _pair(console, "journal of groups", groups.journal, "transitions")
    left = {
        "transitions said more than once": found.repeats,
        "facts told more than once": groups.repeats,
        "sent by a rebuild": found.recomputed,
    }
    _line(console, ", ".join(f"{what}: {count}" for what, count in left.items()))


def _pair(console: Console, what: str, pair: Pair, unit: str) -> None:
    """Both digests, and how much there is unless ``unit`` is empty; in red if they differ."""
    colour = "" if pair.holds else "[red]"
    for how, digest, count in zip(("replayed", "stored"), (pair.replayed, pair.stored), pair.counts, strict=True):
        _line(console, f"{colour}{f'{what}, {how}:':30}{digest}" + (f" ({count} {unit})" if unit else ""))


def _places(positions: dict[int, int]) -> str:
    return ", ".join(f"{partition}:{offset}" for partition, offset in sorted(positions.items()))


def _line(console: Console, text: str) -> None:
    console.print(text, highlight=False)


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


def _show(console: Console, found: Audit, *, discreet: bool) -> None:
    counts = () if discreet else ("end", "rows in log", "markers")
    table = Table("topic", "partition", *counts, "missing")
    for part in found.coverage:
        missing = sum(last - first + 1 for first, last in part.gaps)
        table.add_row(
            part.tp.topic,
            str(part.tp.partition),
            *(map(str, (part.end, part.rows, part.markers)) if counts else ()),
            str(missing),
        )
    console.print(table)
    if not discreet:
        for what, count in found.repeats.items():
            console.print(f"{what}: {count}", highlight=False)
