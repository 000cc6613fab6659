"""Legal period arithmetic (民诉法 2023 art. 85 and ``rulepack.md``, "Limits"): from a start to the instant a limit or level is reached.

How a day is counted, whatever the unit:

- The start day is not counted; "0 days" is the same day. Months end on the same day number or the month's last.
- A last day that isn't worked moves to the next working day, once, at the end; dates, and all of a list but its last, stay.
- Pauses move the raw due day by the counted days that they take: those after the start day, up to the due day as moved so
  far. One that begins in the days of rest to which the roll leads holds the due day until the first working day after it.
- A day ends when the next begins: what takes effect before that instant is in time. Hours are in time at their very instant.
- An extension names the new due day, a date, counted from when it was granted: earlier pauses are spent, later ones move it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from contract.calendar import LAST_DAY, Calendar
from contract.limits import COURT_HOURS, DUE, TIMED, At, FromDue, FromStart, Hours, Limit, Percent, PeriodError, Term, Unit
from contract.spans import OPEN, IntSpan, move, union
from contract.steps import Trace
from contract.times import SHANGHAI, civil_date, day_start
from contract.working_hours import WorkingTime, instant_of, micros

_SECOND = timedelta(seconds=1)
_HOUR = 3_600_000_000


class Span(NamedTuple):
    """A pause [begin, end) in aware instants; a date stands for its first instant, ``end`` None is a pause still open."""

    begin: datetime
    end: datetime | None


class Extension(NamedTuple):
    """A new due day, and the instant from which it holds."""

    until_on: date
    at: datetime


class Deadline(msgspec.Struct, frozen=True, gc=False):
    """Where a limit or level ends.

    ``reached_at`` is the instant from which it counts as reached: at it, or, if ``exclusive``, only after it.
    ``due_on`` is the civil day on which it ends, ``due_at`` the last instant in time to the second, as shown.
    A due day in the past of its start keeps ``due_on`` and ``due_at``; ``reached_at`` is then the start's instant.
    ``provisional``: it rests on a year that the calendar doesn't cover.
    """

    due_on: date
    reached_at: datetime
    due_at: datetime
    exclusive: bool
    provisional: bool

    def is_reached(self, clock: datetime) -> bool:
        """Whether the level is reached at ``clock``."""
        return clock > self.reached_at if self.exclusive else clock >= self.reached_at


class _Mark(NamedTuple):
    """An end on the way: a civil day (``timed`` false) or an instant in microseconds, and whether it is provisional."""

    value: int
    timed: bool
    provisional: bool


class _Pauses:
    """A set of pauses, as union of days or of microseconds when first asked for."""

    def __init__(self, reckoner: Reckoner, spans: Sequence[Span], until: datetime | None = None) -> None:
        self._reckoner = reckoner
        self.spans = spans if until is None else _cut(spans, until)
        self._days: list[IntSpan] | None = None
        self._micros: list[IntSpan] | None = None

    def days(self) -> list[IntSpan]:
        if self._days is None:
            day = self._reckoner.day_of
            self._days = union((day(begin), OPEN if end is None else day(end)) for begin, end in self.spans)
        return self._days

    def micros(self) -> list[IntSpan]:
        if self._micros is None:
            self._micros = union((micros(begin), OPEN if end is None else micros(end)) for begin, end in self.spans)
        return self._micros


def _cut(spans: Sequence[Span], until: datetime) -> list[Span]:
    """The spans as they stood at ``until``, those open then closed there."""
    return [Span(begin, until if end is None else min(end, until)) for begin, end in spans if begin < until]


def add_months(day: int, months: int) -> int:
    """The ordinal of the day so many months later: the same day number, or the month's last."""
    start = date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not date.min.year <= year < date.max.year:
        return LAST_DAY if months > 0 else 1
    first = date(year, month + 1, 1)
    following = date(year + month // 11, month % 11 + 1 if month == 11 else month + 2, 1)
    return first.toordinal() + min(start.day, (following - first).days) - 1


class Reckoner:
    """Counts the limits of one pack: its calendar, timezone and working hours. Immutable; all methods are pure.

    Methods answer None while a pause is open: then nothing falls due.
    """

    def __init__(self, calendar: Calendar, zone: ZoneInfo = SHANGHAI, hours: Hours = COURT_HOURS) -> None:
        """Make a reckoner; ``hours`` may be empty if no limit is in working hours."""
        self.calendar = calendar
        self.zone = zone
        self.working_time = WorkingTime(calendar, zone, hours)
        self._hours = hours

    def deadline(
        self,
        start: datetime,
        term: Term,
        pauses: Sequence[Span] = (),
        extension: Extension | None = None,
    ) -> Deadline | None:
        """When a term from ``start`` ends, pauses counted and the extension, if any, in the place of the term."""
        return self._due(start, term, _Pauses(self, pauses), extension, None)

    def level(
        self,
        at: At,
        start: datetime,
        term: Term,
        pauses: Sequence[Span] = (),
        extension: Extension | None = None,
    ) -> Deadline | None:
        """When a level of the obligation is reached; never before the start.

        Raises PeriodError where ``check_at`` would.
        """
        return self._level(at, start, term, _Pauses(self, pauses), extension, None)

    def explain(
        self,
        at: At,
        start: datetime,
        term: Term,
        pauses: Sequence[Span] = (),
        extension: Extension | None = None,
    ) -> Trace:
        """The same as ``level``, told step by step; ``Percent(100)`` tells the due instant."""
        trace = Trace(self.calendar, self.zone)
        end = self._level(at, start, term, _Pauses(self, pauses), extension, trace)
        trace.end(None if end is None else (end.due_on, end.due_at, end.reached_at, end.provisional))
        return trace

    def day_of(self, instant: datetime) -> int:
        """The ordinal of the civil day of an instant."""
        return civil_date(instant, self.zone).toordinal()

    def _level(
        self, at: At, start: datetime, term: Term, pauses: _Pauses, extension: Extension | None, trace: Trace | None
    ) -> Deadline | None:
        if at == DUE:
            return self._due(start, term, pauses, extension, trace)
        if extension is None:
            return self._plain_level(at, start, term, pauses, trace)
        before = _Pauses(self, pauses.spans, until=extension.at)
        old_due = self._due(start, term, before, None, None)
        old = self._plain_level(at, start, term, before, trace)
        assert old_due is not None  # a pause cut off is closed
        assert old is not None
        if old.reached_at < old_due.reached_at and old.is_reached(extension.at):
            return old
        due = self._due(start, term, pauses, extension, trace)
        if due is None:
            return None
        if isinstance(at, FromDue) and at.unit in TIMED:
            return self._from_due(at, due, start, trace)
        distance = old.due_on.toordinal() - old_due.due_on.toordinal()
        day = _within(due.due_on.toordinal() + distance)
        if trace is not None:
            trace.offset(due.due_on.toordinal(), day, distance, Unit.CALENDAR_DAYS)
        return self._finish(_Mark(day, timed=False, provisional=old.provisional or old_due.provisional), start)

    def _plain_level(self, at: At, start: datetime, term: Term, pauses: _Pauses, trace: Trace | None) -> Deadline | None:
        if isinstance(at, FromDue):
            due = self._due(start, term, pauses, None, trace)
            return None if due is None else self._from_due(at, due, start, trace)
        if isinstance(at, FromStart):
            return self._due(start, (at.limit,), pauses, None, trace)
        limit = term[0]
        if len(term) != 1 or not isinstance(limit, Limit) or limit.unit is Unit.MONTHS:
            raise PeriodError(f"{at} of {term} has no meaning; only 100% has")
        part = Limit(limit.n * at.percent // 100, limit.unit)
        # Beyond the limit a level is a distance, no last day of a period: it doesn't roll.
        mark = self._count(self._begin(start), part, pauses, roll=at.percent < 100, trace=trace)
        return None if mark is None else self._finish(mark, start)

    def _from_due(self, at: FromDue, due: Deadline, start: datetime, trace: Trace | None) -> Deadline:
        origin = due.due_on.toordinal()
        if at.unit is Unit.HOURS:
            end = due.due_at if due.exclusive else day_start(date.fromordinal(origin + 1), self.zone)
            mark = _Mark(micros(end) + at.n * _HOUR, timed=True, provisional=due.provisional)
        elif at.unit is Unit.WORKING_DAYS:
            day = self.calendar.add_workdays(origin, at.n)
            mark = _Mark(day, timed=False, provisional=due.provisional or not self.calendar.covers_day(day))
        else:
            day = add_months(origin, at.n) if at.unit is Unit.MONTHS else _within(origin + at.n)
            mark = _Mark(day, timed=False, provisional=due.provisional)
        if trace is not None:
            trace.offset(origin, self._day(mark), at.n, at.unit)
        return self._finish(mark, start)

    def _due(
        self, start: datetime, term: Term, pauses: _Pauses, extension: Extension | None, trace: Trace | None
    ) -> Deadline | None:
        if extension is not None:
            if trace is not None:
                trace.extend(extension.at, extension.until_on)
            term, mark = (extension.until_on,), self._begin(max(start, extension.at))
        else:
            mark = self._begin(start)
        if trace is not None:
            trace.begin(start, self._day(mark))
        for index, item in enumerate(term):
            last = index == len(term) - 1
            if isinstance(item, Limit):
                ended = self._count(mark, item, pauses, roll=last, trace=trace)
            else:
                ended = self._date(mark, item, pauses, trace)
            if ended is None:
                return None
            mark = ended
        return self._finish(mark, start)

    def _begin(self, start: datetime) -> _Mark:
        return _Mark(micros(start), timed=True, provisional=False)

    def _count(self, mark: _Mark, limit: Limit, pauses: _Pauses, *, roll: bool, trace: Trace | None) -> _Mark | None:
        if limit.unit in TIMED:
            return self._count_time(mark, limit, pauses, trace)
        start = self._day(mark)
        floor = start + 1 if limit.n else start
        working = limit.unit is Unit.WORKING_DAYS
        if working:
            raw = self.calendar.add_workdays(start, limit.n)
        elif limit.unit is Unit.MONTHS:
            raw = add_months(start, limit.n)
        else:
            raw = _within(start + limit.n)
        if trace is not None:
            trace.count(start, raw, limit)
        if pauses.spans:
            moved = self._move_days(raw, floor, pauses, trace, working=working)
            if moved is None:
                return None
            raw = moved
        first = floor if working else raw
        provisional = mark.provisional or not (self.calendar.covers_day(first) and self.calendar.covers_day(raw))
        if roll and not working and not self.calendar.works(raw):
            rolled = self._roll(raw, pauses, trace)
            if rolled is None:
                return None
            raw, provisional = rolled, provisional or not self.calendar.covers_day(rolled)
        return _Mark(raw, timed=False, provisional=provisional)

    def _count_time(self, mark: _Mark, limit: Limit, pauses: _Pauses, trace: Trace | None) -> _Mark | None:
        start = mark.value if mark.timed else micros(day_start(date.fromordinal(mark.value + 1), self.zone))
        working = limit.unit is Unit.WORKING_HOURS
        if working and not self._hours:
            raise PeriodError(f"{limit} can't be counted: the pack has no hours")
        advance = self.working_time.advance if working else _plus
        due: int | None = advance(start, limit.n * _HOUR)
        if trace is not None:
            trace.count_time(start, due, limit)
        if pauses.spans and due is not None:
            measure = self.working_time.measure if working else _minus
            due = move(due, start, pauses.micros(), measure, advance, trace.pause_time if trace is not None else None)
            if due is None:
                if trace is not None:
                    trace.open_pause()
                return None
        assert due is not None
        provisional = mark.provisional
        if working and self.calendar.moves:
            days = (self.day_of(instant_of(start)), self.day_of(instant_of(due)))
            provisional = provisional or not all(map(self.calendar.covers_day, days))
        return _Mark(due, timed=True, provisional=provisional)

    def _date(self, mark: _Mark, day: date, pauses: _Pauses, trace: Trace | None) -> _Mark | None:
        start, due = self._day(mark), min(day.toordinal(), LAST_DAY)
        if trace is not None:
            trace.named(start, due)
        if pauses.spans:
            moved = self._move_days(due, start + 1 if due > start else start, pauses, trace, working=False)
            if moved is None:
                return None
            due = moved
        return _Mark(due, timed=False, provisional=mark.provisional)

    def _move_days(self, raw: int, floor: int, pauses: _Pauses, trace: Trace | None, *, working: bool) -> int | None:
        measure, advance = (self.calendar.count_workdays, self.calendar.add_workdays) if working else (_minus, _plus_days)
        moved = move(raw, floor, pauses.days(), measure, advance, trace.pause if trace is not None else None)
        if moved is None and trace is not None:
            trace.open_pause()
        return moved

    def _roll(self, raw: int, pauses: _Pauses, trace: Trace | None) -> int | None:
        day = self.calendar.next_workday(raw)
        for begin, end in pauses.days() if pauses.spans else ():
            if begin > day:
                break
            if begin > raw and end > day:
                if end == OPEN:
                    if trace is not None:
                        trace.open_pause()
                    return None
                day = self.calendar.next_workday(end)
        if trace is not None:
            trace.roll(raw, day)
        return day

    def _day(self, mark: _Mark) -> int:
        return self.day_of(instant_of(mark.value)) if mark.timed else mark.value

    def _finish(self, mark: _Mark, start: datetime) -> Deadline:
        if mark.timed:
            reached = shown = instant_of(mark.value)
            due_on = civil_date(reached, self.zone)
        else:
            due_on = date.fromordinal(mark.value)
            reached = day_start(date.fromordinal(mark.value + 1), self.zone)
            shown = reached - _SECOND
        exclusive = mark.timed
        if reached < start:
            reached, exclusive = start.astimezone(UTC), False
        return Deadline(due_on, reached, shown, exclusive, mark.provisional)


def _within(day: int) -> int:
    return min(max(day, 2), LAST_DAY)


def _plus(value: int, amount: int) -> int:
    return value + amount


def _plus_days(value: int, amount: int) -> int:
    return _within(value + amount)


def _minus(begin: int, end: int) -> int:
    return end - begin
