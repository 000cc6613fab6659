"""Which levels of an obligation are reached, and where its due instant stands.

The obligation is lived through from change to change: at each instant counts what had taken effect by then. A level reached
stays; a later pause or extension moves only the due instant and the levels to come.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from contract.limits import DUE, TIMED, At, FromDue, Limit, Term
from contract.periods import Deadline, Extension, Reckoner, Span
from contract.times import day_start
from streams.cases.arming import Obligation
from streams.cases.compiled import CompiledLevel
from streams.cases.effects import Change, End
from streams.cases.facts import Fact
from streams.cases.views import Now

_INSTANT = timedelta(microseconds=1)


class Reached(NamedTuple):
    """A level with its instant as it last stood, and the instant at which it was reached (None: not reached)."""

    level: CompiledLevel
    at: datetime
    reached_at: datetime | None
    exclusive: bool


class Course(NamedTuple):
    """How an obligation went: its levels, its due instant, what changed it, and when to look again."""

    levels: tuple[Reached, ...]
    due: Deadline
    spans: tuple[Span, ...]
    extension: Extension | None
    changed_by: tuple[Fact, ...]
    wake: datetime | None


class _Life:
    """One obligation on its way through its changes."""

    def __init__(self, obligation: Obligation, end: End | None, clock: datetime) -> None:
        self.of = obligation
        self.start = obligation.start
        self.rule = obligation.start.view.rule
        self.horizon = clock if end is None else end.at
        self.spans: dict[int, Span] = {}
        self.extension: Extension | None = None
        self.openers: dict[int, Fact] = {}
        self.changed_by: list[Fact] = []
        self.state_at = self.start.at
        self.levels: list[Reached | None] = [None] * len(self.rule.levels)

    def course(self, changes: Sequence[Change], wake: datetime | None, *, ended: bool) -> Course:
        """Live through the changes up to the horizon."""
        for change in changes:
            if change.at >= self.start.at:
                self.advance(change.at)
            self.apply(change)
        self.advance(self.horizon)
        closed = self._closed()
        levels = [found or self._pending(level, closed) for level, found in zip(self.rule.levels, self.levels, strict=True)]
        if ended:
            wake = None
        elif not self.is_paused:
            waits = [
                level.at + _INSTANT if level.exclusive else level.at
                for level, known in zip(levels, self.levels, strict=True)
                if known is None
            ]
            wake = min((instant for instant in (*waits, wake) if instant is not None), default=None)
        due = self._deadline(DUE, closed)
        opened = (self.openers[number] for number, span in self.spans.items() if span.end is None)
        return Course(tuple(levels), due, tuple(closed), self.extension, (*self.changed_by, *opened), wake)

    @property
    def is_paused(self) -> bool:
        """Whether a pause is open; then nothing falls due."""
        return any(span.end is None for span in self.spans.values())

    def advance(self, until: datetime) -> None:
        """Reach the levels that are due before something takes effect: days at their instant, hours only after it."""
        if self.is_paused:
            return
        closed = self._closed()
        waiting = [(self._pending(level, closed), i) for i, level in enumerate(self.rule.levels) if self.levels[i] is None]
        for found, index in sorted(waiting, key=lambda pair: (pair[0].at, pair[1])):
            if found.at < until or (found.at == until and not found.exclusive):
                instant = max(found.at, self.state_at)
                holds = self._holds(found.level, instant, exclusive=found.exclusive)
                self.levels[index] = found._replace(reached_at=instant if holds else None)

    def apply(self, change: Change) -> None:
        """Take a change into account."""
        self.state_at = max(change.at, self.start.at)
        if change.opens is not None:
            self.spans[change.opens] = Span(change.at, None)
            self.openers[change.opens] = change.fact
        elif change.closes is not None:
            span = self.spans[change.closes]
            if span.end is None:
                self.spans[change.closes] = Span(span.begin, change.at)
                if change.at > self.start.at:
                    self.changed_by += [self.openers[change.closes], change.fact]
        else:
            assert change.until_on is not None
            self.extension = Extension(change.until_on, change.at)
            self.changed_by.append(change.fact)

    def _holds(self, level: CompiledLevel, instant: datetime, *, exclusive: bool) -> bool:
        """``when`` at the level's instant: what takes effect at the instant of a day level comes after it."""
        fact = self.start.fact
        now = Now(instant, None if exclusive else self.start.order if instant == self.start.at else ())
        return self.start.view.holds(level.when, fact, now, start=fact, it=self.of.element)

    def _closed(self) -> list[Span]:
        return [span for span in self.spans.values() if span.end is not None and span.end > self.start.at]

    def _pending(self, level: CompiledLevel, closed: Sequence[Span]) -> Reached:
        found = self._deadline(level.at, closed)
        return Reached(level, found.reached_at, None, found.exclusive)

    def _deadline(self, at: At, closed: Sequence[Span]) -> Deadline:
        return deadline(self.rule.reckoner, at, self.start.at, self.of.term, tuple(closed), self.extension)


def deadline(
    reckoner: Reckoner, at: At, start: datetime, term: Term, closed: tuple[Span, ...], extension: Extension | None
) -> Deadline:
    """A level's deadline; days from an undisturbed start are counted once for all starts of a civil day."""
    if closed or extension is not None or _is_timed(at, term):
        found = reckoner.level(at, start, term, closed, extension)
    else:
        # Stays at the middle of the civil day: the instant of the day doesn't matter, and none is before it.
        found = _of_day(reckoner, at, reckoner_day(reckoner, start), term)
        if found.reached_at < start:
            return Deadline(found.due_on, start, found.due_at, exclusive=False, provisional=found.provisional)
    assert found is not None  # no pause is open
    return found


def _is_timed(at: At, term: Term) -> bool:
    return (isinstance(at, FromDue) and at.unit in TIMED) or any(isinstance(i, Limit) and i.unit in TIMED for i in term)


def reckoner_day(reckoner: Reckoner, start: datetime) -> datetime:
    """The first instant of the civil day of a start."""
    local = start.astimezone(reckoner.zone)
    return day_start(local.date(), reckoner.zone)


@lru_cache(maxsize=65536)
def _of_day(reckoner: Reckoner, at: At, day: datetime, term: Term) -> Deadline:
    found = reckoner.level(at, day, term)
    assert found is not None
    return found


def course_of(
    obligation: Obligation, end: End | None, changes: Sequence[Change], clock: datetime, wake: datetime | None
) -> Course:
    """Live through an obligation."""
    return _Life(obligation, end, clock).course(changes, wake, ended=end is not None)
