"""Which levels of an obligation are reached, and where its due instant stands.

The obligation is lived through from change to change: at each instant counts what had taken effect by then. A level reached
stays; a later pause or extension moves only the due instant and the levels to come.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from contract.limits import DUE, TIMED, At, FromStart, Term
from contract.periods import Deadline, Extension, Reckoner, Span
from contract.times import civil_date, day_start
from streams.cases.arming import Obligation
from streams.cases.compiled import CompiledLevel, CompiledRule
from streams.cases.effects import Change, End
from streams.cases.facts import Fact
from streams.cases.views import Now
from streams.rules.model import SEVERITIES

_INSTANT = timedelta(microseconds=1)


class Reached(NamedTuple):
    """A level with its instant as it last stood, and the instant at which it was reached (None: not reached)."""

    level: CompiledLevel
    at: datetime
    reached_at: datetime | None
    exclusive: bool


class Course(NamedTuple):
    """How an obligation went: its levels, its due instant, what changed it, and when to look again.

    ``owed_on``: the day after which it is broken; the due day, moved also by a pause that its end found open.
    """

    levels: tuple[Reached, ...]
    due: Deadline
    owed_on: date
    spans: tuple[Span, ...]
    extension: Extension | None
    changed_by: tuple[Fact, ...]
    wake: datetime | None

    @property
    def last_reached(self) -> Reached | None:
        """The level that gives the severity: of those reached the highest, and of its like the last."""
        found: Reached | None = None
        for level in self.levels:
            if level.reached_at is not None and (found is None or _rank(level) >= _rank(found)):
                found = level
        return found


def _rank(level: Reached) -> tuple[int, datetime | None]:
    return SEVERITIES.index(level.level.severity), level.reached_at


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
            waits = [_wake_of(level) for level, known in zip(levels, self.levels, strict=True) if known is None]
            wake = min((instant for instant in (*waits, wake) if instant is not None), default=None)
        due = owed = self._deadline(DUE, closed)
        if ended and self.is_paused:
            owed = self._deadline(
                DUE, [*closed, *(Span(span.begin, self.horizon) for span in self.spans.values() if not span.end)]
            )
        opened = (self.openers[number] for number, span in self.spans.items() if span.end is None)
        return Course(tuple(levels), due, owed.due_on, tuple(closed), self.extension, (*self.changed_by, *opened), wake)

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
                holds = self.holds(found.level, instant, exclusive=found.exclusive)
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
            self.extension = Extension(change.until_on, change.at, self.extension)
            self.changed_by.append(change.fact)

    def holds(self, level: CompiledLevel, instant: datetime, *, exclusive: bool) -> bool:
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
    """A level's deadline while no pause is open."""
    found = reckoner.level(at, start, term, closed, extension)
    assert found is not None  # no pause is open
    return found


class Plan(NamedTuple):
    """Where the levels and the due instant of an undisturbed obligation lie, and when to look first."""

    levels: tuple[Reached, ...]
    due: Deadline
    first: datetime


def plan_of(rule: CompiledRule, term: Term, start: datetime) -> Plan:
    """The plan of an obligation, counted once for all looks at it; in days once for all starts of a civil day."""
    if rule.is_timed or rule.term is None:
        return _plan(rule, term, start)
    plan = _plan_of_day(rule, term, civil_date(start, rule.zone))
    if plan.first >= start:
        return plan
    return _plan(rule, term, start)


@lru_cache(maxsize=65536)
def _plan(rule: CompiledRule, term: Term, start: datetime) -> Plan:
    due = deadline(rule.reckoner, DUE, start, term, (), None)
    levels = []
    for level in rule.levels:
        found = due if level.at == DUE else _level(rule, level.at, term, start)
        levels.append(Reached(level, found.reached_at, None, found.exclusive))
    return Plan(tuple(levels), due, min(map(_wake_of, levels)))


def _level(rule: CompiledRule, at: At, term: Term, start: datetime) -> Deadline:
    """A level's deadline; one that is counted in days from the start is the same for all starts of a civil day."""
    if isinstance(at, FromStart) and at.limit.unit not in TIMED:
        found = _level_of_day(rule, at, civil_date(start, rule.zone))
        if found.reached_at >= start:
            return found
    return deadline(rule.reckoner, at, start, term, (), None)


@lru_cache(maxsize=65536)
def _level_of_day(rule: CompiledRule, at: FromStart, day: date) -> Deadline:
    return deadline(rule.reckoner, at, day_start(day, rule.zone), (at.limit,), (), None)


@lru_cache(maxsize=65536)
def _plan_of_day(rule: CompiledRule, term: Term, day: date) -> Plan:
    return _plan(rule, term, day_start(day, rule.zone))


def _wake_of(level: Reached) -> datetime:
    return level.at + _INSTANT if level.exclusive else level.at


def course_of(
    obligation: Obligation, end: End | None, changes: Sequence[Change], clock: datetime, wake: datetime | None
) -> Course:
    """Live through an obligation that pauses or extensions disturb."""
    return _Life(obligation, end, clock).course(changes, wake, ended=end is not None)


def undisturbed(obligation: Obligation, plan: Plan, end: End | None, clock: datetime, wake: datetime | None) -> Course:
    """The same for an obligation without pauses and extensions."""
    horizon = clock if end is None else end.at
    life: _Life | None = None
    levels: list[Reached] = []
    for found in plan.levels:
        if found.at < horizon or (found.at == horizon and not found.exclusive):
            if found.level.when is None:
                levels.append(found._replace(reached_at=found.at))
                continue
            life = life or _Life(obligation, end, clock)
            holds = life.holds(found.level, found.at, exclusive=found.exclusive)
            levels.append(found._replace(reached_at=found.at if holds else None))
            continue
        levels.append(found)
        if end is None:
            instant = _wake_of(found)
            if wake is None or instant < wake:
                wake = instant
    return Course(tuple(levels), plan.due, plan.due.due_on, (), None, (), None if end is not None else wake)
