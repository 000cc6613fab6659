"""`yipanqi calendar`: bring the days of a State Council notice into the log."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import click
import msgspec

from contract.calendar import Calendar, calendar_of, cn_calendar
from contract.control import calendar_changed
from contract.errors import YipanqiError
from producers.control_writer import write_control
from yipanqi import options


class _Notice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file says: its version, the years that it completes, days of rest and make-up days with the holiday's name."""

    version: str
    years: tuple[int, ...]
    rest: dict[date, str] = {}
    work: dict[date, str] = {}


@click.group("calendar")
def command() -> None:
    """The working calendar: which days are worked."""


@command.command("activate")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@options.kafka
@options.data
@options.partitions
def activate(file: Path, *, kafka: str, data: Path, partitions: int) -> None:
    """Let the days of FILE hold, beside those of the installed calendar; due dates that were provisional are dated anew.

    FILE is TOML: version = "国办发明电〔2026〕9号", years = [2027], and tables [rest] and [work] of lines 2027-01-01 = "元旦".
    It names every year beyond the installed calendar, not only the last.
    """
    calendar = _read(file)
    names = {"calendar": calendar.name, "version": calendar.version, "sha256": calendar.sha256}
    try:
        event = write_control(
            kafka,
            partitions,
            data / "clock.json",
            lambda control, now: calendar_changed(control, now, **names, days=calendar.content()),
        )
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{event.id} is in every partition: {calendar.version}, {calendar.years}")


def _read(file: Path) -> Calendar:
    base = cn_calendar()
    assert base.years is not None
    try:
        notice = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8-sig")), _Notice)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise click.ClickException(f"{file}: {error}") from None
    first, last = base.years
    missing = set(range(last + 1, max((*notice.years, last)) + 1)) - set(notice.years)
    if missing:
        raise click.ClickException(f"{file}: years: the calendar would have a gap, {sorted(missing)}")
    content: dict[str, Any] = {"years": [first, max((*notice.years, last))]}
    for name, days, others in (("rest", notice.rest, notice.work), ("work", notice.work, notice.rest)):
        known = base.content()[name]
        assert isinstance(known, dict)
        gone = {day.isoformat() for day in others}
        content[name] = {day: why for day, why in known.items() if day not in gone} | {
            day.isoformat(): why for day, why in days.items()
        }
    return calendar_of(base.name, notice.version, content)
