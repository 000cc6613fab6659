"""`yipanqi duty`: looks at the duty room from outside."""

import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from contract.duty.measures import Quality
from contract.duty.quality import MIX_BP, Spread
from contract.errors import YipanqiError
from contract.times import format_instant
from streams.duty.audit import Found
from streams.duty.policy_file import CN, load_policies
from streams.shell.duty_audit import audit_log
from streams.shell.duty_quality import read_quality
from yipanqi import duty_simulate, options

_SHOWN = 50
_WIDTH = 200  # where no terminal says its own: a table is cut nowhere


@click.group("duty")
def command() -> None:
    """Look at the duty room from outside."""


command.add_command(duty_simulate.command)


@command.command("audit")
@options.kafka
@click.option(
    "--policies",
    type=click.Path(path_type=Path),
    default=CN,
    help="The policies that the worker was given. Default: the national ones.",
)
def audit_command(*, kafka: str, policies: Path) -> None:
    """Whether every escalation that was due happened, and every decision follows from the log.

    The room's input is decided again and compared with the decisions by bytes; what is late, missed, taken twice or too early,
    unanswered, or a page that nobody can say arrived, is named. Exit status 1 if anything is.
    """
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    try:
        audited = audit_log(kafka, load_policies(policies))
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    console.print(
        f"{audited.commands} records of the input, {audited.decisions} decisions, until {format_instant(audited.until)}"
    )
    for what, names in (
        ("decisions that differ from those made again", audited.different),
        ("decisions that the log lacks (lost, or the room is behind)", audited.missing),
        ("decisions that the input doesn't lead to", audited.beyond),
    ):
        if names:
            console.print(f"{len(names)} {what}: {', '.join(names[:3])}{' …' if len(names) > 3 else ''}")
    if audited.found:
        console.print(_table(audited.found))
        console.print(f"{len(audited.found)} found")
    if audited.found or audited.different or audited.missing or audited.beyond:
        sys.exit(1)
    console.print("every escalation that was due happened, and every decision follows from the log")


def _table(found: Sequence[Found]) -> Table:
    table = Table("kind", "target", "what", "due", "at")
    for one in found[:_SHOWN]:
        due, at = ("" if instant is None else format_instant(instant) for instant in (one.due, one.at))
        table.add_row(one.kind, one.target, one.what, due, at)
    return table


@command.command("quality")
@options.kafka
@click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True, help="The last days of the log's own time.")
def quality_command(*, kafka: str, days: int) -> None:
    """How much each desk is asked, against the limits of EEMUA 191 and ISA-18.2, and how long answers and cures take.

    A yardstick for the system, never for a person.
    """
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    try:
        found = read_quality(kafka, days)
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    if found is None:
        console.print("nothing was decided yet")
        return
    console.print(f"{format_instant(found.start)} to {format_instant(found.end)}")
    console.print(_loads(found))
    mix = ", ".join(f"{name} {share / 100:.1f} % (about {MIX_BP[name] // 100} %)" for name, share in found.mix.items())
    console.print(f"priorities: {mix or 'none raised'}")
    console.print(f"standing for more than a day: {len(found.stale)}; chattering: {len(found.chattering)}")
    console.print(f"open at desks without a roster: {sum(found.uncovered.values())} of {len(found.uncovered)} courts")
    console.print(_spreads(found))


def _loads(found: Quality) -> Table:
    table = Table("desk", "asked", "a day", "worst hour", "worst 10 min", "floods", "over the limit")
    order = sorted(found.loads.values(), key=lambda load: (-load.count, load.desk))
    for load in order[:_SHOWN]:
        figures = (load.count, load.per_day, load.worst_hour, load.worst_ten_minutes, len(load.floods))
        table.add_row(load.desk, *map(str, figures), ", ".join(load.over))
    return table


def _spreads(found: Quality) -> Table:
    table = Table("rule", "court", "answered", "median", "90 %", "cured", "median", "90 %")
    for place in sorted(found.to_acknowledge.keys() | found.to_cure.keys())[:_SHOWN]:
        cells = [*_cells(found.to_acknowledge.get(place)), *_cells(found.to_cure.get(place))]
        table.add_row(*place, *cells)
    return table


def _cells(spread: Spread | None) -> tuple[str, str, str]:
    if spread is None:
        return "0", "", ""
    return str(spread.times), str(timedelta(seconds=spread.median_s)), str(timedelta(seconds=spread.p90_s))
