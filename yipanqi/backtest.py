"""`yipanqi backtest`: what a draft pack would add and remove over the whole history."""

import gc
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import click
import msgspec
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from contract.codec import read_lines
from contract.envelope import Event
from contract.errors import InvalidEvent, YipanqiError
from contract.topics import EVENTS
from infra.kafka.connect import NoBroker
from infra.whole_file import whole_file
from producers.simulator import SIMULATED_PACK
from streams.backtest import CHANGES, Backtest, Change, Difference, summary
from streams.cases.rulebook import UnknownPackError
from streams.rules.errors import PackError
from streams.rules.load import NATIONAL, load_packs, read_head
from streams.rules.model import Pack
from streams.shell.cores import on_shelf, shelf_of
from streams.shell.log_ends import ends
from streams.shell.merged import Refused
from yipanqi import options
from yipanqi.export import entries
from yipanqi.files import EVENT_FILE, FileCommand
from yipanqi.progress import line_progress
from yipanqi.rebuild import Bar
from yipanqi.supervise import instant

_COLLECT = 200_000  # lines between two looks for garbage
_WIDE = 140  # of the summary where nobody looks
_HEADINGS: dict[Change, str] = {
    "added": "added",
    "removed": "removed",
    "due": "due moved",
    "levels": "levels",
    "end": "end",
}


class _Line(NamedTuple):
    """A line of the log, or why it is none, and where it stands."""

    place: str
    event: Event | InvalidEvent | str


@click.command("backtest", cls=FileCommand)
@click.argument("pack", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True),
    help="The pack to compare with. Default: what the log has in force of PACK's id and of what PACK extends; else nothing.",
)
@click.option(
    "--rules",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="Packs that PACK extends, or that were in force.",
)
@click.option("--events", type=EVENT_FILE, help="A file in the place of the log.")
@options.kafka
@options.data
@click.option("--until", callback=instant, metavar="INSTANT", help="Read nothing later; without ticks in the file, the clock.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to write the alerts that differ.")
def command(
    pack: Path,
    against: Path | None,
    rules: tuple[Path, ...],
    events: Path | None,
    kafka: str,
    data: Path,
    until: datetime | None,
    out: Path | None,
) -> None:
    """Judge the whole history by the draft PACK, and say which alerts it would add, remove or change.

    PACK judges from the beginning, and nothing is written anywhere but to --out (JSON Lines: changes, before, after). What is
    in force is taken from the log with its versions and parameters; --against judges from the beginning too.

    A line that is no event is named on stderr, the rest goes on, and the exit status is 1.
    """
    try:
        backtest = _backtest(pack, against, rules, data, until)
        lines = _of_file(events) if events else _of_log(kafka)
        refused = _read(backtest, lines)
        found = backtest.finish()
        if out is not None:
            encoder = msgspec.json.Encoder()
            with whole_file(out) as part:
                part.write_bytes(b"".join(encoder.encode(one.line()) + b"\n" for one in found))
    except NoBroker as error:
        raise click.ClickException(f"{error}, or give a file of events: --events") from None
    except (PackError, UnknownPackError, YipanqiError, OSError) as error:
        raise click.ClickException(str(error)) from None
    _show(found, backtest.others)
    click.echo(f"{len(found)} alerts differ, {refused} lines refused", err=True)
    click.get_current_context().exit(1 if refused else 0)


def _backtest(pack: Path, against: Path | None, rules: Sequence[Path], data: Path, until: datetime | None) -> Backtest:
    shipped = load_packs([NATIONAL, SIMULATED_PACK])
    return Backtest(
        _loaded(rules, pack),
        None if against is None else _loaded(rules, against),
        in_force=load_packs(rules) if rules else [pack for pack in shipped if pack.id == NATIONAL.name],
        at_hand=[*shipped, *on_shelf(shelf_of(data))],
        until=until,
    )


def _loaded(rules: Sequence[Path], path: Path) -> list[Pack]:
    """The pack at a path, last, after those that it extends."""
    head = read_head(path)
    packs = load_packs([*rules, path])
    (pack,) = (one for one in packs if (one.id, one.version) == (head["id"], head["version"]))
    return [*_below(pack, packs), pack]


def _below(pack: Pack, packs: Sequence[Pack]) -> list[Pack]:
    """The packs that a pack extends, the last of each id, and those that these extend."""
    near = [[one for one in packs if one.id == name][-1] for name in pack.extends]
    return list({one.label: one for base in near for one in (*_below(base, packs), base)}.values())


def _of_file(path: Path) -> Iterator[_Line]:
    for number, event in line_progress(path, read_lines(path)):
        yield _Line(f"{path}:{number}", event)


def _of_log(kafka: str) -> Iterator[_Line]:
    """The event log up to its end now, its partitions as one file."""
    with Bar(Console(stderr=True)) as progress:
        for entry in entries(kafka, ends(kafka, [EVENTS]), progress):
            if isinstance(entry, Refused):
                yield _Line(f"{entry.partition}:{entry.offset}", entry.reason)
            else:
                partition, offset = next(iter(entry.offsets.items()))
                yield _Line(f"{partition}:{offset}", entry.event)


def _read(backtest: Backtest, lines: Iterator[_Line]) -> int:
    """Let both sides judge the lines; returns how many were refused."""
    gc.disable()  # nearly all that is read stays, as in `supervise`
    refused = 0
    for number, (place, event) in enumerate(lines, 1):
        reasons = [event] if isinstance(event, str) else backtest.read(number, event)
        refused += bool(reasons)
        for reason in reasons:
            click.echo(f"{place}: {reason}", err=True)
        if number % _COLLECT == 0:
            gc.collect()
    gc.enable()
    return refused


def _show(found: Sequence[Difference], others: Sequence[str]) -> None:
    """One line for each rule, severity and court; above the courts of a rule and severity, their sum."""
    click.echo(f"compared with {', '.join(others) or 'nothing: no pack in force has to do with it'}")
    if not found:
        return
    table = Table(box=SIMPLE)
    for name in ("rule", "severity", "court", *(_HEADINGS[change] for change in CHANGES)):
        table.add_column(name, no_wrap=True)
    rows = summary(found)
    for rule, severity in dict.fromkeys((rule, severity) for rule, severity, _ in rows):
        here = {court: counts for (one, level, court), counts in rows.items() if (one, level) == (rule, severity)}
        if len(here) > 1:
            total = sum(here.values(), Counter[Change]())
            table.add_row(rule, severity, f"all {len(here)} courts", *_cells(total), style="bold")
        for court, counts in here.items():
            table.add_row(rule, severity, court, *_cells(counts))
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)


def _cells(counts: Mapping[Change, int]) -> list[str]:
    return [str(counts.get(change) or "") for change in CHANGES]
