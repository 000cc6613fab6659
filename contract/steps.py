"""The arithmetic of a deadline, told step by step: what an alert shows so that a judge can check it with a calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from contract.calendar import Calendar
from contract.limits import Limit, Unit
from contract.times import format_instant
from contract.working_hours import instant_of

Doing = Literal[
    "start", "count", "date", "pause", "open", "extend", "roll", "offset", "end", "judge", "missing", "fails", "balance"
]


class Skipped(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """Days passed over, both named days included, and why (a holiday's name or 周末)."""

    first: str
    last: str
    why: str


class Step(msgspec.Struct, frozen=True, omit_defaults=True, rename={"begin": "from", "end": "to"}):
    """One step of a deadline's arithmetic; dates are civil days, instants are UTC.

    ``do`` tells what it is: start (``from`` the instant, ``to`` its civil day), count (``n`` ``unit`` from there to the raw
    end), date (a named day), pause (from, to = the half-open span as cut; ``due`` = where it moves the raw end to), open (a
    pause is open, nothing falls due), extend (from the grant to the new due day), roll (from a day of rest to a working day),
    offset (a level ``n`` ``unit`` from the due day), end (from the instant reached; ``to`` the last in time, ``due`` the day).
    A rule without a clock tells what it asked: judge (``from`` the instant of the event), missing (``what`` = the reference of
    which no event stands earlier), fails (``what`` = the id of a check, or the condition; ``zh`` and ``en`` its name), balance
    (``n`` fen where up to ``most`` are let pass; ``what`` = the expression).
    """

    do: Doing
    begin: str = ""
    end: str = ""
    n: int = 0
    unit: str = ""
    due: str = ""
    skipped: tuple[Skipped, ...] = ()
    calendar: str = ""
    provisional: bool = False
    what: str = ""
    zh: str = ""
    en: str = ""
    most: int = 0


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


class Trace:
    """Collects steps while a reckoner counts; ``steps`` is complete once the reckoner is done."""

    def __init__(self, calendar: Calendar) -> None:
        """Begin an empty trace for deadlines of this calendar."""
        self._calendar = calendar
        self._steps: list[Step] = []
        self._unit: Unit | None = None
        self._began_on = 1

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps so far, in order."""
        return tuple(self._steps)

    def begin(self, start: datetime, day: int) -> None:
        """The count starts; its day isn't counted."""
        self._began_on = day
        version = self._calendar.version_of(day, day)
        self._steps.append(Step("start", format_instant(start), _iso(day), calendar=version))

    def count(self, start: int, end: int, limit: Limit) -> None:
        """So many days or months from a day."""
        self._unit = limit.unit
        skipped = self._skipped(start + 1, end) if limit.unit is Unit.WORKING_DAYS else ()
        self._steps.append(Step("count", _iso(start), _iso(end), limit.n, limit.unit, skipped=skipped))

    def count_time(self, start: int, end: int, limit: Limit) -> None:
        """So many hours from an instant."""
        self._unit = limit.unit
        begin, due = format_instant(instant_of(start)), format_instant(instant_of(end))
        self._steps.append(Step("count", begin, due, limit.n, limit.unit))

    def named(self, start: int, end: int) -> None:
        """A day that an event names."""
        self._unit = None
        self._steps.append(Step("date", _iso(start), _iso(end)))

    def pause(self, begin: int, end: int, due: int, moved: int) -> None:
        """A pause, as cut, moves the raw due day."""
        working = self._unit is Unit.WORKING_DAYS
        n = self._calendar.count_workdays(begin, end) if working else end - begin
        unit = Unit.WORKING_DAYS if working else Unit.CALENDAR_DAYS
        skipped = self._skipped(due + 1, moved) if working else ()
        self._steps.append(Step("pause", _iso(begin), _iso(end), n, unit, _iso(moved), skipped))

    def pause_time(self, begin: int, end: int, due: int, moved: int) -> None:
        """A pause, as cut, moves the due instant."""
        del due
        times = [format_instant(instant_of(value)) for value in (begin, end, moved)]
        self._steps.append(Step("pause", times[0], times[1], unit=self._unit or "", due=times[2]))

    def open_pause(self) -> None:
        """A pause is open: nothing falls due."""
        self._steps.append(Step("open"))

    def extend(self, at: datetime, until_on: date) -> None:
        """A new due day in the place of the term."""
        self._steps.append(Step("extend", format_instant(at), until_on.isoformat()))

    def roll(self, raw: int, day: int) -> None:
        """The last day moves over days of rest."""
        provisional = not (self._calendar.covers_day(raw) and self._calendar.covers_day(day))
        self._steps.append(Step("roll", _iso(raw), _iso(day), skipped=self._skipped(raw, day), provisional=provisional))

    def offset(self, due: int, day: int, n: int, unit: Unit) -> None:
        """A level lies so far from the due day."""
        skipped = self._skipped(min(due, day), max(due, day)) if unit is Unit.WORKING_DAYS else ()
        self._steps.append(Step("offset", _iso(due), _iso(day), n, unit, skipped=skipped))

    def end(self, due_on: date, due_at: datetime, reached_at: datetime, *, provisional: bool) -> None:
        """Where it all ends: the day, the last instant in time, the instant reached."""
        times = format_instant(reached_at), format_instant(due_at)
        days = sorted((self._began_on, due_on.toordinal()))
        self._steps[0] = msgspec.structs.replace(self._steps[0], calendar=self._calendar.version_of(*days))
        self._steps.append(Step("end", *times, due=due_on.isoformat(), provisional=provisional))

    def _skipped(self, begin: int, end: int) -> tuple[Skipped, ...]:
        """The days of rest in [begin, end), joined where they touch and have one reason."""
        runs: list[tuple[int, int, str]] = []
        for day in range(begin, min(end, begin + 4000)):
            why = self._calendar.reason(date.fromordinal(day))
            if why is None:
                continue
            if runs and runs[-1][1] == day - 1 and runs[-1][2] == why:
                runs[-1] = (runs[-1][0], day, why)
            else:
                runs.append((day, day, why))
        return tuple(Skipped(_iso(first), _iso(last), why) for first, last, why in runs)
