"""`yipanqi duty`: looks at the duty room from outside."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from kafka.errors import KafkaError
from rich.console import Console
from rich.table import Table

from contract.errors import YipanqiError
from contract.times import format_instant
from streams.duty.audit import Found
from streams.duty.policy_file import CN, load_policies
from streams.shell.duty_audit import audit_log

_SHOWN = 50


@click.group("duty")
def command() -> None:
    """Look at the duty room from outside."""


@command.command("audit")
@click.option("--kafka", default="127.0.0.1:19092", show_default=True, help="Address of the broker.")
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
    console = Console(soft_wrap=not sys.stdout.isatty())
    try:
        audited = audit_log(kafka, load_policies(policies))
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    except KafkaError as error:
        raise click.ClickException(f"no broker answers at {kafka}: {error}") from None
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
