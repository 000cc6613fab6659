"""How a rule pack writes time: limits (``N unit``), instants of levels (``80%``, ``-30 calendar_days``) and working hours.

Only the forms; ``contract.periods`` counts them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import msgspec

from contract.errors import YipanqiError


class PeriodError(YipanqiError, ValueError):
    """A limit, level or list of hours that can't be counted; the message says what is wrong and what would do."""


class Unit(StrEnum):
    """What a limit counts in."""

    HOURS = "hours"
    WORKING_HOURS = "working_hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"


TIMED = frozenset({Unit.HOURS, Unit.WORKING_HOURS})
"""Units that end at an instant; the others end with a civil day."""


class Limit(msgspec.Struct, frozen=True):
    """``n`` units from a start; ``n`` ≥ 0."""

    n: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.n} {self.unit}"


Term = tuple[Limit | date, ...]
"""What an obligation is given: limits, each counted from the end of the one before; a date stands for itself."""


class Percent(msgspec.Struct, frozen=True):
    """A level at ⌊n × percent ÷ 100⌋ units from the start; 100 is the due instant itself."""

    percent: int

    def __str__(self) -> str:
        return f"{self.percent}%"


class FromStart(msgspec.Struct, frozen=True):
    """A level that is a limit of its own, counted from the start."""

    limit: Limit

    def __str__(self) -> str:
        return str(self.limit)


class FromDue(msgspec.Struct, frozen=True):
    """A level ``n`` units after the due instant (before it if negative), without rolling."""

    n: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.n:+d} {self.unit}"


At = Percent | FromStart | FromDue
DUE = Percent(100)

_MOST = 1_000_000
_AMOUNT = re.compile(r"([+-]?)(\d{1,7}) ([a-z_]+)")
_PERCENT = re.compile(r"(\d{1,6})%")
_RANGE = re.compile(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)")
_FORMS = "write N unit, unit one of " + ", ".join(Unit)


def _amount(text: str) -> tuple[str, int, Unit]:
    match = _AMOUNT.fullmatch(text)
    if match is None or int(match[2]) > _MOST:
        raise PeriodError(f"{text!r} is no limit: {_FORMS}; N is a whole number of at most {_MOST}")
    try:
        return match[1], int(match[2]), Unit(match[3])
    except ValueError:
        raise PeriodError(f"unknown unit {match[3]!r} in {text!r}: {_FORMS}") from None


def parse_limit(text: str) -> Limit:
    """Read ``N unit``; raises PeriodError."""
    sign, n, unit = _amount(text)
    if sign:
        raise PeriodError(f"a limit has no sign: {text!r}; only a level's distance from the due instant has one")
    return Limit(n, unit)


def parse_at(text: str) -> At:
    """Read a level's ``at``: ``80%``, ``15 working_days`` from the start, ``-30 calendar_days`` from the due instant.

    Raises PeriodError; distances from the due instant in working hours are refused, for such an instant may lie outside of any.
    """
    percent = _PERCENT.fullmatch(text)
    if percent:
        return Percent(int(percent[1]))
    if text.endswith("%"):
        raise PeriodError(f"{text!r} is no level: a percentage is a whole number without a sign, such as 80%")
    sign, n, unit = _amount(text)
    if not sign:
        return FromStart(Limit(n, unit))
    if unit is Unit.WORKING_HOURS:
        raise PeriodError(f"{text!r}: a level can't lie working hours from the due instant; use hours or working_days")
    return FromDue(-n if sign == "-" else n, unit)


def check_at(at: At, term: Term) -> None:
    """Raise PeriodError unless the level can be counted for the term: months, dates and lists know only 100%."""
    if not isinstance(at, Percent) or at == DUE:
        return
    if len(term) != 1 or not isinstance(term[0], Limit) or term[0].unit is Unit.MONTHS:
        raise PeriodError(
            f"a level at {at} needs one limit in hours or days; for months, dates and lists only 100% has a meaning"
        )


Hours = tuple[tuple[int, int], ...]
"""Working time of a day: half-open ranges of minutes after midnight, in order, apart from each other."""


def parse_hours(texts: Sequence[str]) -> Hours:
    """Read ``["09:00-12:00", "13:30-17:30"]``; raises PeriodError for what is no range, empty, overlapping or out of order."""
    hours: list[tuple[int, int]] = []
    for text in texts:
        match = _RANGE.fullmatch(text)
        if match is None:
            raise PeriodError(f"{text!r} is no range of hours such as 09:00-12:00")
        begin, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if not begin < end <= 24 * 60:
            raise PeriodError(f"{text!r} does not end after its begin and within the day")
        if hours and begin < hours[-1][1]:
            raise PeriodError(f"{text!r} begins before the range ahead of it ends; list the hours in order, apart")
        hours.append((begin, end))
    return tuple(hours)


COURT_HOURS: Hours = ((9 * 60, 12 * 60), (13 * 60 + 30, 17 * 60 + 30))
"""09:00-12:00, 13:30-17:30: what a pack without ``hours`` means."""
