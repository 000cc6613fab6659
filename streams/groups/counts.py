"""What a rule of kind ``rate`` counts in one scope: its events by window, the figures, and what was judged of them.

It keeps a compact list for each reference: the events that it means, sorted by instant. A window's figures are counted from
these once and kept until an event enters or leaves the window; so is the verdict on it, until the figures of it or of a window
before it change. Windows without any event have the same figures all of them.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from contract.times import civil_date, format_instant
from contract.working_hours import EPOCH
from streams.cases.alerts import AlertRecord, LevelRecord, alert_id
from streams.cases.compiled import CompiledLevel, CompiledReference, CompiledRule
from streams.cases.facts import Fact, Order
from streams.cases.timeline import NOBODY
from streams.cases.views import Now, View
from streams.groups.events import Shared
from streams.groups.windows import Windows
from streams.rules.expressions import RUN_ERRORS, Expression
from streams.rules.model import SEVERITIES

_Placed = tuple[datetime, Order, Fact]


class Figures(NamedTuple):
    """What was counted in one window; ``value`` = ⌊10000 num ÷ den⌋, None where too little stands in the denominator."""

    measures: Mapping[str, int | float]
    num: int | float
    den: int | float
    value: int | None


class Comparison(NamedTuple):
    """What a window is compared with, as far as there is anything."""

    median: int | None
    z: int | None


class Judged(NamedTuple):
    """A window that was judged, with the levels that are reached in it."""

    number: int
    figures: Figures
    comparison: Comparison
    levels: list[CompiledLevel]


class Counts:
    """The events of one scope that a rule counts, and the figures of its windows.

    Attributes:
        judged: The windows that were judged, in order; `afresh` says from which on that has to be done anew.
        upto: The window after the last that was looked at.
        looks_ahead: Whether a level asked for a window after its own.
    """

    def __init__(self, rule: CompiledRule, view: View) -> None:
        """Begin with none."""
        assert rule.rate is not None
        self.rule = rule
        self.windows = Windows(rule.rate.window, rule.rate.every, rule.zone)
        self._rate = rule.rate
        self._view = view
        self._placed: dict[str, list[_Placed]] = {text: [] for text in rule.called}
        self._held: Counter[int] = Counter()
        self._figures: dict[int, Figures] = {}
        self._places: dict[Fact, tuple[tuple[str, datetime], ...]] = {}
        self.judged: list[Judged] = []
        self.upto = 0
        self.looks_ahead = False
        self._first: int | None = None
        self._changed: int | None = None
        self._alerts: dict[int, tuple[Judged, datetime | None, Fact | None, AlertRecord]] = {}

    def put(self, fact: Fact) -> bool:
        """Count an event; returns whether the rule counts it at all."""
        places = [
            (text, at) for text, reference in self.rule.called.items() if (at := self._instant(reference, fact)) is not None
        ]
        for text, at in places:
            insort(self._placed[text], (at, fact.order, fact), key=_place)
            self._forget(at, 1)
        if places:
            self._places[fact] = tuple(places)
        return bool(places)

    def drop(self, fact: Fact) -> bool:
        """Count an event no longer; returns whether it was counted."""
        places = self._places.pop(fact, ())
        for text, at in places:
            placed = self._placed[text]
            del placed[bisect_left(placed, (at, fact.order), key=_place)]
            self._forget(at, -1)
        return bool(places)

    @property
    def is_disturbed(self) -> bool:
        """Whether an event entered or left a window that was looked at, so that the next look may find something else."""
        return self._first is None or (self._changed is not None and self._changed < self.upto)

    @cached_property
    def needs_events(self) -> bool:
        """Whether a window in which nothing is counted can't be judged: it has no value."""
        return self._empty.value is None

    def following(self, number: int) -> int | None:
        """The first window in which something is counted, from one on."""
        return min((held for held in self._held if held >= number), default=None)

    def between(self, begin: int, end: int) -> Iterable[int]:
        """The windows from one up to another that may have a value, in order."""
        return sorted(held for held in self._held if begin <= held < end) if self.needs_events else range(begin, end)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is counted."""
        return not self._places

    def span(self) -> tuple[datetime, datetime] | None:
        """The first and the last instant of what is counted."""
        ends = [(placed[0][0], placed[-1][0]) for placed in self._placed.values() if placed]
        return (min(first for first, _ in ends), max(last for _, last in ends)) if ends else None

    def last(self, before: datetime) -> Fact | None:
        """The last event that is counted before an instant."""
        found: list[_Placed] = []
        for placed in self._placed.values():
            at = bisect_left(placed, (before,))
            found += placed[at - 1 : at] if at else []
        return max(found, key=_place)[2] if found else None

    def figures(self, number: int) -> Figures:
        """The figures of a window."""
        if number not in self._held:
            return self._empty
        known = self._figures.get(number)
        if known is None:
            begin, end = self.windows.begin(number), self.windows.end(number)
            known = self._figures[number] = self._count(begin, end)
        return known

    def afresh(self, first: int) -> int:
        """Forget the verdict on every window that may have another now; returns the first of them.

        A window looks back, at most to the first: what changed in one bears on it and those that follow.
        """
        if first != self._first:
            self._first, self.upto = first, first
            self.judged.clear()
        elif self._changed is not None:
            self.upto = min(self.upto, max(first, self._changed))
        self._changed = None
        while self.judged and self.judged[-1].number >= self.upto:
            self.judged.pop()
        return self.upto

    def alert(self, scope_id: str, found: Judged, end: datetime | None) -> AlertRecord:
        """The alert of a window with a level, the same record as long as nothing of it changes."""
        last = self.last(self.windows.end(found.number))
        known = self._alerts.get(found.number)
        if known is None or known[0] is not found or known[1] != end or known[2] is not last:
            known = found, end, last, _alert(self.rule, scope_id, self.windows, found, last, end)
            self._alerts[found.number] = known
        return known[3]

    def _forget(self, at: datetime, more: int) -> None:
        """An event entered (1) or left (-1) the windows that hold an instant."""
        for number in self.windows.holding(at):
            self._figures.pop(number, None)
            self._held[number] += more
            if not self._held[number]:
                del self._held[number]
            if self._changed is None or number < self._changed:
                self._changed = number

    def _instant(self, reference: CompiledReference, fact: Fact) -> datetime | None:
        if fact.type not in reference.kinds:
            return None
        at = reference.effect(fact)
        if at is None or not self._view.holds(reference.condition, fact, Now(at, fact.order), start=fact):
            return None
        return at

    @cached_property
    def _empty(self) -> Figures:
        """The figures of a window without events."""
        return self._count(EPOCH, EPOCH)

    def _count(self, begin: datetime, end: datetime) -> Figures:
        """The figures of what lies in [begin, end)."""

        def within(text: str) -> Sequence[_Placed]:
            placed = self._placed[text]
            return placed[bisect_left(placed, (begin,)) : bisect_left(placed, (end,))]

        def count(text: str, _span: str | None = None) -> int:
            return len(within(text))

        def total(text: str, field: str, _span: str | None = None) -> int | float:
            return sum((fact.data or {}).get(field) or 0 for _, _, fact in within(text))

        values: dict[str, Any] = {**self.rule.functions, "p": self.rule.params, "count": count, "sum": total}
        measures = {name: _number(expression, values) for name, expression in self._rate.measures.items()}
        known = {"p": self.rule.params, **{name: value for name, value in measures.items() if value is not None}}
        num = _number(self._rate.num, known)
        den = 1 if self._rate.den is None else _number(self._rate.den, known)
        counted = {name: value for name, value in measures.items() if value is not None}
        if num is None or den is None or den < self._rate.least:
            return Figures(counted, num or 0, den or 0, None)
        return Figures(counted, num, den, int(10_000 * num // den))


def _place(item: _Placed) -> tuple[datetime, Order]:
    return item[0], item[1]


def _number(expression: Expression, values: Mapping[str, Any]) -> int | float | None:
    try:
        found = expression.run(values)
    except RUN_ERRORS:
        return None
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def _alert(
    rule: CompiledRule, scope_id: str, windows: Windows, found: Judged, last: Fact | None, end: datetime | None
) -> AlertRecord:
    """The record of a window with a level; ``last``: the last event that is counted before it ends."""
    begin, at, levels = windows.begin(found.number), windows.end(found.number), found.levels
    due = at - timedelta(seconds=1)
    highest = max(levels, key=lambda level: SEVERITIES.index(level.severity))
    court = scope_id if rule.rule.scope == "court" else last.owner if isinstance(last, Shared) else NOBODY
    raised = format_instant(at)
    return AlertRecord(
        id=alert_id(rule.pack.id, rule.id, f"{rule.rule.scope}:{scope_id}", (), None, format_instant(begin)),
        rule=rule.id,
        version=rule.pack.label,
        scope=rule.rule.scope,
        subject=scope_id,
        key=(),
        element=None,
        court=court,
        severity=highest.severity,
        basis=highest.basis,
        armed_at=format_instant(begin),
        due_at=format_instant(due),
        raised_at=raised,
        ended_at=None if end is None else format_instant(end),
        end_reason=None if end is None else "cured",
        breach_days=None if end is None else max(0, (civil_date(end, rule.zone) - civil_date(due, rule.zone)).days),
        levels=tuple(LevelRecord(one.severity, raised, raised if one in levels else None) for one in rule.levels),
        evidence=(),
        citation=rule.rule.citation,
        arithmetic=(),
    )
