"""What a duty comes to, counted day by day.

At the first instant of every civil day the day just gone is looked at: did it count, was it paused, is a level due? The
engine computes the same with intervals; that the two agree is the point.
"""

from typing import NamedTuple

import msgspec

from producers.simulator.days import day_of, is_open, last_open, midnight, months_later, next_open, roll
from producers.simulator.parts import Part

_FAR_DAYS = 1200
"""Longer than any duty with all its pauses and levels."""


class Extension(NamedTuple):
    """An approved extension: from ``at`` on the due day is ``until``."""

    at: int
    until: int


class Ending(NamedTuple):
    """How a duty ended: ``cured`` (done) or ``closed`` (nothing owed any more), and when."""

    reason: str
    at: int


class Duty(msgspec.Struct, kw_only=True):
    """One obligation of one case, as the maker of the case's life knows it.

    Attributes:
        part: The rule part that it falls under.
        subject: The case.
        key: Values of the part's key, e.g. the asset.
        start: The instant at which it arose.
        pauses: Spans [from, to) of civil days that don't count; an open one has no ``to``.
        extensions: Approved extensions.
        requested: Instants at which an extension was asked for or approved.
        done: Instants that fulfil it.
        dropped: Instants that cancel it, or end the case.
        due_on: The day on which it is due, where that is named and not counted; it doesn't roll.
    """

    part: Part
    subject: str
    key: tuple[str, ...] = ()
    start: int
    pauses: list[tuple[int, int | None]] = []
    extensions: list[Extension] = []
    requested: list[int] = []
    done: list[int] = []
    dropped: list[int] = []
    due_on: int | None = None

    def ending(self) -> Ending | None:
        """The first instant, not before the start, that fulfils or ends it; fulfilment goes before."""
        done = min((at for at in self.done if at >= self.start), default=None)
        gone = min((at for at in self.dropped if at >= self.start), default=None)
        if done is not None and (gone is None or done <= gone):
            return Ending("cured", done)
        return None if gone is None else Ending("closed", gone)


class Verdict(msgspec.Struct, kw_only=True):
    """What a duty had come to at some instant.

    Attributes:
        due: The last civil day on which fulfilment is in time, as moved by then.
        owed: The same, moved also by a pause that the ending found open: the days of a breach are counted from it.
        last_days: For each level the last day before it stands, as moved by then.
        reached: For each level the first instant at which it stood, or None.
        ending: How it had ended by then, if so.
    """

    due: int
    owed: int
    last_days: list[int]
    reached: list[int | None]
    ending: Ending | None


def judge(duty: Duty, clock: int) -> Verdict:
    """Count a duty out until ``clock``, the greatest instant that a tick has told.

    While a pause is open nothing falls due, but nobody knows yet how far it will move the due day: the one shown is moved
    only by pauses that are over.
    """
    ending = duty.ending()
    if ending is not None and ending.at > clock:
        ending = None
    last = clock if ending is None else ending.at
    walk = _Walk(duty)
    walk.until(last)
    verdict = walk.verdict(ending)
    over = [(begin, end) for begin, end in duty.pauses if end is not None and end <= day_of(last)]
    if len(over) < len(duty.pauses):
        known = _Walk(msgspec.structs.replace(duty, pauses=over))
        known.until(last)
        verdict.due = known.due()
    return verdict


def last_days(duty: Duty) -> list[int]:
    """For each level the last day before it stands, if nobody ever fulfils the duty (and all its pauses end)."""
    walk = _Walk(duty)
    walk.until(midnight(day_of(duty.start) + _FAR_DAYS))
    return [day_of(at) - 1 if at is not None else walk.level_day(index) for index, at in enumerate(walk.reached)]


class _Walk:
    """The count of one duty, day after day."""

    def __init__(self, duty: Duty) -> None:
        part = duty.part
        self.duty = duty
        self.start = day_of(duty.start)
        self.raw = self._raw_day(part.days, part.months, working=part.working)
        self.raw_levels = [
            None
            if level.from_due
            else self._raw_day(level.days, level.months, working=part.working if level.working is None else level.working)
            for level in part.levels
        ]
        self.fixed: int | None = duty.due_on
        self.reached: list[int | None] = [None] * len(part.levels)
        self.looked = [False] * len(part.levels)
        self.today = self.start
        self._pending = sorted(duty.extensions)
        self._pauses = _joined(duty.pauses)

    def _raw_day(self, days: int, months: int, *, working: bool) -> int:
        day = months_later(self.start, months) if months else self.start
        for _ in range(days):
            day = next_open(day) if working else day + 1
        return day

    def due(self) -> int:
        """The due day as it stands; an approved new one doesn't roll."""
        return self._rolled(self.raw) if self.fixed is None else self.fixed

    def _rolled(self, raw: int) -> int:
        """The first day from ``raw`` on that is worked and on which, as known today, no pause stands."""
        day = roll(raw)
        while day <= self.today and self._stands_still(min(day, self.today), day):
            day = next_open(day)
        return day

    def level_day(self, index: int) -> int:
        """The last day before a level stands."""
        raw = self.raw_levels[index]
        if raw is not None:
            return self._rolled(raw)
        day = self.due()
        level = self.duty.part.levels[index]
        if not level.working:
            return day + level.days
        for _ in range(abs(level.days)):
            day = next_open(day) if level.days > 0 else last_open(day - 1)
        return day

    def level_at(self, index: int) -> int:
        """The instant at which a level stands: the first of the day after its last, but never before the start."""
        return max(midnight(self.level_day(index) + 1), self.duty.start)

    def verdict(self, ending: Ending | None) -> Verdict:
        """Everything counted so far."""
        days = [self.level_day(index) for index in range(len(self.reached))]
        return Verdict(due=self.due(), owed=self.due(), last_days=days, reached=self.reached, ending=ending)

    def until(self, last: int) -> None:
        """Walk on to the last midnight not after ``last``."""
        final = day_of(last)
        if not self.duty.pauses and not self.duty.extensions:
            for index in range(len(self.reached)):
                if self.level_at(index) <= last:
                    self._reach(index, self.level_at(index))
            return
        for index in range(len(self.reached)):
            if self.level_day(index) < self.start and not self._stands_still(self.start, self.start):
                self._reach(index, self.duty.start)
        for day in range(self.start + 1, final + 1):
            self._pass(day - 1)
            self._extend(midnight(day))
            self.today = day
            if not self._stands_still(day - 1, day):
                self._look(day)
        self._extend(last)

    def _pass(self, day: int) -> None:
        """Let a day pass; a paused one moves every last day that still lies ahead of it. The start day counts for nothing."""
        if day <= self.start or not self._stands_still(day, day):
            return
        if self.fixed is not None:
            self.fixed += self.fixed >= day
            return
        self.raw = self._moved(self.raw, day)
        self.raw_levels = [None if raw is None else self._moved(raw, day) for raw in self.raw_levels]

    def _moved(self, raw: int, day: int) -> int:
        if raw < day:
            return raw
        if not self.duty.part.working:
            return raw + 1
        return next_open(raw) if is_open(day) else raw

    def _extend(self, before: int) -> None:
        while self._pending and self._pending[0].at < before:
            self.fixed = self._pending.pop(0).until

    def _stands_still(self, begun: int, day: int) -> bool:
        """Whether a pause that began on or before ``begun`` covers the start of ``day``."""
        return any(begin <= begun and (end is None or day < end) for begin, end in self._pauses)

    def _look(self, day: int) -> None:
        for index, looked in enumerate(self.looked):
            if not looked and self.level_day(index) < day:
                self._reach(index, midnight(day))

    def _reach(self, index: int, at: int) -> None:
        """Judge a level at its instant, once."""
        self.looked[index] = True
        if not self.duty.part.levels[index].unless_requested or all(asked >= at for asked in self.duty.requested):
            self.reached[index] = at


def _joined(pauses: list[tuple[int, int | None]]) -> list[tuple[int, int | None]]:
    """The union of the spans: where one begins on the day on which another ends, nothing runs in between."""
    joined: list[tuple[int, int | None]] = []
    for begin, end in sorted(pauses, key=lambda span: span[0]):
        if not joined or ((last := joined[-1][1]) is not None and last < begin):
            joined.append((begin, end))
        else:
            joined[-1] = joined[-1][0], None if last is None or end is None else max(last, end)
    return joined
