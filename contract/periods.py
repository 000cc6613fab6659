"""Legal period arithmetic (民诉法 2023 art. 85; docs/deadlines.md): from a start to the instant a level is reached.

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

from contract.calendar import Calendar
from contract.counting import Counter, Mark, Pauses, Span, within
from contract.limits import COURT_HOURS, DUE, TIMED, At, FromDue, FromStart, Hours, Limit, Term, Unit, check_at
from contract.steps import Step, Trace
from contract.times import SHANGHAI, civil_date, day_start
from contract.working_hours import instant_of, micros

__all__ = ["Deadline", "Extension", "Reckoner", "Span"]

_SECOND = timedelta(seconds=1)


class Extension(NamedTuple):
    """A new due day, the instant from which it holds, and the extension that it follows, if any."""

    until_on: date
    at: datetime
    previous: Extension | None = None


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
        """Whether it is reached at ``clock``."""
        return clock > self.reached_at if self.exclusive else clock >= self.reached_at


class _Given(NamedTuple):
    """What an obligation's deadline follows from."""

    start: datetime
    term: Term
    pauses: Pauses
    extension: Extension | None


class Reckoner:
    """Counts the limits of one pack: its calendar, timezone and working hours. Immutable; all methods are pure.

    Methods answer None while a pause is open, for then nothing falls due. They raise PeriodError where ``check_at`` does,
    and for working hours without hours.
    """

    def __init__(self, calendar: Calendar, zone: ZoneInfo = SHANGHAI, hours: Hours = COURT_HOURS) -> None:
        """Make a reckoner; ``hours`` may be empty if no limit is in working hours."""
        self.calendar = calendar
        self.zone = zone
        self._count = Counter(calendar, zone, hours)

    def deadline(
        self,
        start: datetime,
        term: Term,
        pauses: Sequence[Span] = (),
        extension: Extension | None = None,
    ) -> Deadline | None:
        """When a term from ``start`` ends, pauses counted and the extension, if any, in the place of the term."""
        return self.level(DUE, start, term, pauses, extension)

    def level(
        self,
        at: At,
        start: datetime,
        term: Term,
        pauses: Sequence[Span] = (),
        extension: Extension | None = None,
    ) -> Deadline | None:
        """When a level of the obligation is reached; never before the start."""
        given = _Given(start, term, Pauses(self.zone, pauses), extension)
        mark = self._level(at, given, None)
        return None if mark is None else self._finish(mark, start)

    def explain(
        self,
        at: At,
        start: datetime,
        term: Term,
        pauses: Sequence[Span] = (),
        extension: Extension | None = None,
    ) -> tuple[Step, ...]:
        """The same as ``level``, told step by step; ``DUE`` tells the due instant itself."""
        trace = Trace(self.calendar)
        mark = self._level(at, _Given(start, term, Pauses(self.zone, pauses), extension), trace)
        if mark is not None:
            end = self._finish(mark, start)
            trace.end(end.due_on, end.due_at, end.reached_at, provisional=end.provisional)
        return trace.steps

    def _level(self, at: At, given: _Given, trace: Trace | None) -> Mark | None:
        if at == DUE:
            return self._due(given, trace)
        if given.extension is None:
            return self._undisturbed(at, given, trace)
        return self._extended(at, given, given.extension, trace)

    def _extended(self, at: At, given: _Given, extension: Extension, trace: Trace | None) -> Mark | None:
        """A level under an extension: as it was if reached by the grant, else as far from the new due day as from the old."""
        pauses = Pauses(self.zone, given.pauses.spans, until=extension.at)
        before = _Given(given.start, given.term, pauses, extension.previous)
        old_due, old = self._due(before, None), self._level(at, before, None)
        assert old_due is not None  # pauses cut off are closed
        assert old is not None
        was = self._finish(old, given.start)
        if self._count.end_of(old) < self._count.end_of(old_due) and was.is_reached(extension.at):
            return self._level(at, before, trace)
        due = self._due(given, trace)
        if due is None:
            return None
        if isinstance(at, FromDue) and at.unit in TIMED:
            return self._offset(due, at.n, at.unit, trace)
        days = self._count.day_of(old) - self._count.day_of(old_due)
        moved = self._offset(due, days, Unit.CALENDAR_DAYS, trace)
        return moved._replace(provisional=due.provisional or old.provisional or old_due.provisional)

    def _undisturbed(self, at: At, given: _Given, trace: Trace | None) -> Mark | None:
        if isinstance(at, FromDue):
            due = self._due(given, trace)
            return None if due is None else self._offset(due, at.n, at.unit, trace)
        if isinstance(at, FromStart):
            return self._due(given._replace(term=(at.limit,)), trace)
        check_at(at, given.term)
        limit = given.term[0]
        assert isinstance(limit, Limit)
        part = Limit(limit.n * at.percent // 100, limit.unit)
        return self._due(given._replace(term=(part,)), trace)

    def _due(self, given: _Given, trace: Trace | None) -> Mark | None:
        if given.extension is not None:
            until_on, at, _ = given.extension
            if trace is not None:
                self._begin(given.start, trace)
                trace.extend(at, until_on)
            return self._count.named(self._begin(max(given.start, at), None), until_on, given.pauses, trace)
        mark: Mark | None = self._begin(given.start, trace)
        last = len(given.term) - 1
        for index, item in enumerate(given.term):
            assert mark is not None
            if isinstance(item, Limit):
                mark = self._count.limit(mark, item, given.pauses, trace, roll=index == last)
            else:
                mark = self._count.named(mark, item, given.pauses, trace)
            if mark is None:
                return None
        return mark

    def _begin(self, start: datetime, trace: Trace | None) -> Mark:
        mark = Mark(micros(start), timed=True, provisional=False)
        if trace is not None:
            trace.begin(start, self._count.day_of(mark))
        return mark

    def _offset(self, due: Mark, n: int, unit: Unit, trace: Trace | None) -> Mark:
        mark = self._count.distance(due, n, unit)
        if trace is not None:
            trace.offset(self._count.day_of(due), self._count.day_of(mark), n, unit)
        return mark

    def _finish(self, mark: Mark, start: datetime) -> Deadline:
        if mark.timed:
            reached = shown = instant_of(mark.value)
            due_on = civil_date(reached, self.zone)
        else:
            due_on = date.fromordinal(within(mark.value))
            reached = day_start(due_on + timedelta(days=1), self.zone)
            shown = reached - _SECOND
        if reached < start:
            return Deadline(due_on, start.astimezone(UTC), shown, exclusive=False, provisional=mark.provisional)
        return Deadline(due_on, reached, shown, exclusive=mark.timed, provisional=mark.provisional)
