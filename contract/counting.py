"""Counting one limit from one point: days, months and hours, moved by pauses and rolled off days of rest.

``contract.periods`` puts these together into deadlines and levels.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from contract.calendar import LAST_DAY, Calendar
from contract.limits import TIMED, Hours, Limit, PeriodError, Unit
from contract.spans import OPEN, IntSpan, move, union
from contract.steps import Trace
from contract.times import civil_date, day_start
from contract.working_hours import WorkingTime, instant_of, micros

HOUR = 3_600_000_000


class Span(NamedTuple):
    """A pause [begin, end) in aware instants; a date stands for its first instant, ``end`` None is a pause still open."""

    begin: datetime
    end: datetime | None


class Mark(NamedTuple):
    """An end on the way: a civil day (``timed`` false) or an instant in microseconds, and whether it is provisional."""

    value: int
    timed: bool
    provisional: bool


class Pauses:
    """A set of pauses, made a union of days or of microseconds when first asked for."""

    def __init__(self, zone: ZoneInfo, spans: Sequence[Span], until: datetime | None = None) -> None:
        """Take the spans as they are or, with ``until``, as they stood then, those open closed there."""
        self.spans = spans
        if until is not None:
            self.spans = [Span(span.begin, min(span.end or until, until)) for span in spans if span.begin < until]
        self._zone = zone
        self._days: list[IntSpan] | None = None
        self._micros: list[IntSpan] | None = None

    def days(self) -> list[IntSpan]:
        """Civil days, as ordinals: from the day of each begin to the day before that of its end."""
        if self._days is None:
            self._days = union((self._day(begin), OPEN if end is None else self._day(end)) for begin, end in self.spans)
        return self._days

    def micros(self) -> list[IntSpan]:
        """Microseconds since 1970."""
        if self._micros is None:
            self._micros = union((micros(begin), OPEN if end is None else micros(end)) for begin, end in self.spans)
        return self._micros

    def _day(self, instant: datetime) -> int:
        return civil_date(instant, self._zone).toordinal()


class Counter:
    """Counts single limits with one calendar, zone and working hours; None means that a pause is open."""

    def __init__(self, calendar: Calendar, zone: ZoneInfo, hours: Hours) -> None:
        """Make a counter; ``hours`` may be empty if no limit is in working hours."""
        self.calendar = calendar
        self.zone = zone
        self.hours = hours
        self._working_time = WorkingTime(calendar, zone, hours)

    def day_of(self, mark: Mark) -> int:
        """The civil day of a mark."""
        return civil_date(instant_of(mark.value), self.zone).toordinal() if mark.timed else mark.value

    def limit(self, mark: Mark, limit: Limit, pauses: Pauses, trace: Trace | None, *, roll: bool) -> Mark | None:
        """Where ``limit`` ends, counted from ``mark``; ``roll`` = may move off days of rest."""
        if limit.unit in TIMED:
            return self._time(mark, limit, pauses, trace)
        start = self.day_of(mark)
        floor = start + 1 if limit.n else start
        working = limit.unit is Unit.WORKING_DAYS
        raw = self.plus(start, limit.n, limit.unit)
        if trace is not None:
            trace.count(start, raw, limit)
        if pauses.spans:
            moved = self._move(raw, floor, pauses, trace, working=working)
            if moved is None:
                return None
            raw = moved
        provisional = mark.provisional or not self._covers(floor if working else raw, raw)
        if not roll or working or self.calendar.works(raw):
            return Mark(raw, timed=False, provisional=provisional)
        rolled = self._roll(raw, pauses, trace)
        if rolled is None:
            return None
        return Mark(rolled, timed=False, provisional=provisional or not self._covers(rolled, rolled))

    def named(self, mark: Mark, day: date, pauses: Pauses, trace: Trace | None) -> Mark | None:
        """A day that an event names: pauses move it, days of rest don't."""
        start, due = self.day_of(mark), min(day.toordinal(), LAST_DAY)
        if trace is not None:
            trace.named(start, due)
        if pauses.spans:
            moved = self._move(due, start + 1 if due > start else start, pauses, trace, working=False)
            if moved is None:
                return None
            due = moved
        return Mark(due, timed=False, provisional=mark.provisional)

    def plus(self, day: int, n: int, unit: Unit) -> int:
        """The day so many days or months after (n < 0: before) another, as it comes, without pauses or rolling."""
        if unit is Unit.WORKING_DAYS:
            return self.calendar.add_workdays(day, n)
        return _add_months(day, n) if unit is Unit.MONTHS else within(day + n)

    def distance(self, origin: Mark, n: int, unit: Unit) -> Mark:
        """The mark of a level ``n`` units from a due mark, without rolling."""
        if unit is Unit.HOURS:
            return Mark(self.end_of(origin) + n * HOUR, timed=True, provisional=origin.provisional)
        day = self.plus(self.day_of(origin), n, unit)
        uncovered = unit is Unit.WORKING_DAYS and not self._covers(day, day)
        return Mark(day, timed=False, provisional=origin.provisional or uncovered)

    def end_of(self, mark: Mark) -> int:
        """The instant at which a mark ends, in microseconds: a day ends with the first instant of the next."""
        return mark.value if mark.timed else micros(day_start(date.fromordinal(mark.value + 1), self.zone))

    def _time(self, mark: Mark, limit: Limit, pauses: Pauses, trace: Trace | None) -> Mark | None:
        working = limit.unit is Unit.WORKING_HOURS
        if working and not self.hours:
            raise PeriodError(f"{limit} can't be counted: the pack has no hours")
        advance = self._working_time.advance if working else _plus
        start = self.end_of(mark)
        due = advance(start, limit.n * HOUR)
        if trace is not None:
            trace.count_time(start, due, limit)
        if pauses.spans:
            measure = self._working_time.measure if working else _minus
            moved = move(due, start, pauses.micros(), (measure, advance), None if trace is None else trace.pause_time)
            if moved is None:
                _tell_open(trace)
                return None
            due = moved
        end = Mark(due, timed=True, provisional=mark.provisional)
        if working and not self._covers(self.day_of(Mark(start, timed=True, provisional=False)), self.day_of(end)):
            return end._replace(provisional=True)
        return end

    def _move(self, raw: int, floor: int, pauses: Pauses, trace: Trace | None, *, working: bool) -> int | None:
        how = (self.calendar.count_workdays, self.calendar.add_workdays) if working else (_minus, _plus_days)
        moved = move(raw, floor, pauses.days(), how, None if trace is None else trace.pause)
        if moved is None:
            _tell_open(trace)
            return None
        return self.calendar.next_workday(moved) if working and moved != raw else moved

    def _roll(self, raw: int, pauses: Pauses, trace: Trace | None) -> int | None:
        day = self.calendar.next_workday(raw)
        for begin, end in pauses.days() if pauses.spans else ():
            if begin > day:
                break
            if begin > raw and end > day:
                if end == OPEN:
                    _tell_open(trace)
                    return None
                day = self.calendar.next_workday(end)
        if trace is not None:
            trace.roll(raw, day)
        return day

    def _covers(self, first: int, last: int) -> bool:
        return self.calendar.covers_day(first) and self.calendar.covers_day(last)


def within(day: int) -> int:
    """The day itself, held within those that can be written."""
    return min(max(day, 2), LAST_DAY)


def _add_months(day: int, months: int) -> int:
    start = date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year < date.max.year:
        return LAST_DAY if months > 0 else 2
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).toordinal()


def _tell_open(trace: Trace | None) -> None:
    if trace is not None:
        trace.open_pause()


def _plus(value: int, amount: int) -> int:
    return value + amount


def _plus_days(value: int, amount: int) -> int:
    return within(value + amount)


def _minus(begin: int, end: int) -> int:
    return end - begin
