"""The docket of a rule of kind ``rate``: what was counted in each window, what it is compared with, and the alerts.

It keeps a compact list for each reference: the events that it means, sorted by instant. A window's figures are counted from
these once and kept until an event enters or leaves the window, so that what comes late changes them like what came in time.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from contract.courts import COURTS
from contract.times import civil_date, format_instant
from streams.cases.alerts import AlertRecord, LevelRecord, alert_id
from streams.cases.arming import holds_for
from streams.cases.compiled import CompiledLevel, CompiledReference, CompiledRule
from streams.cases.facts import Fact, Order
from streams.cases.rulebook import Line
from streams.cases.timeline import NOBODY
from streams.cases.views import Now, View
from streams.groups.events import GroupTimeline, Shared
from streams.groups.windows import Windows
from streams.rules.expressions import RUN_ERRORS, Expression
from streams.rules.model import SEVERITIES

_MAD = 14_826  # 1.4826 in ten-thousandths
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


class Counts:
    """The events of one scope that a rule counts, and the figures of its windows."""

    def __init__(self, rule: CompiledRule, view: View) -> None:
        """Begin with none."""
        assert rule.rate is not None
        self.rule = rule
        self.windows = Windows(rule.rate.window, rule.rate.every, rule.zone)
        self._rate = rule.rate
        self._view = view
        self._placed: dict[str, list[_Placed]] = {text: [] for text in rule.called}
        self._figures: dict[int, Figures] = {}
        self._places: dict[Fact, list[tuple[str, datetime]]] = {}

    def put(self, fact: Fact) -> bool:
        """Count an event; returns whether the rule counts it at all."""
        places = [
            (text, at) for text, reference in self.rule.called.items() if (at := self._instant(reference, fact)) is not None
        ]
        for text, at in places:
            insort(self._placed[text], (at, fact.order, fact), key=_place)
            self._forget(at)
        if places:
            self._places[fact] = places
        return bool(places)

    def drop(self, fact: Fact) -> bool:
        """Count an event no longer; returns whether it was counted."""
        places = self._places.pop(fact, [])
        for text, at in places:
            placed = self._placed[text]
            del placed[bisect_left(placed, (at, fact.order), key=_place)]
            self._forget(at)
        return bool(places)

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
        known = self._figures.get(number)
        if known is None:
            known = self._figures[number] = self._count(number)
        return known

    def _forget(self, at: datetime) -> None:
        for number in self.windows.holding(at):
            self._figures.pop(number, None)

    def _instant(self, reference: CompiledReference, fact: Fact) -> datetime | None:
        if fact.type not in reference.types:
            return None
        at = reference.effect(fact)
        if at is None or not self._view.holds(reference.condition, fact, Now(at, fact.order), start=fact):
            return None
        return at

    def _count(self, number: int) -> Figures:
        begin, end = self.windows.begin(number), self.windows.end(number)

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


class RateDocket:
    """All windows of a rule in a group: of one scope, or of every court where courts are compared with each other.

    Attributes:
        line: The rule.
        alerts: The alerts that stand, by id.
        wake: When the next window ends.
        keyless: Nothing; a rate has no starts.
    """

    def __init__(self, line: Line, timeline: GroupTimeline) -> None:
        """Count what there is."""
        self.line = line
        self.timeline = timeline
        self.alerts: dict[str, AlertRecord] = {}
        self.wake: datetime | None = None
        self.keyless: list[Fact] = []
        self._views = {rule: View(rule, timeline, timeline.id) for rule in line.rules()}
        self._counts: dict[tuple[CompiledRule, str], Counts] = {}
        self._changed = True
        for fact in timeline.facts:
            self.change(None, fact)

    def change(self, before: Fact | None, after: Fact | None) -> None:
        """Take note that an event was replaced, came or went."""
        for fact, put in ((before, False), (after, True)):
            if isinstance(fact, Shared):
                for rule in self._views:
                    counts = self._counts_of(rule, fact.of)
                    self._changed = (counts.put(fact) if put else counts.drop(fact)) or self._changed

    def look(self, clock: datetime, fact: Fact | None = None) -> None:
        """Judge every window that has ended by a clock."""
        del fact
        if not self._changed and (self.wake is None or self.wake > clock):
            return
        self._changed = False
        self.wake = None
        self.alerts = {}
        for (rule, scope_id), counts in self._counts.items():
            for alert in self._judge(rule, scope_id, counts, clock):
                self.alerts[alert.id] = alert

    def _counts_of(self, rule: CompiledRule, scope_id: str) -> Counts:
        name = (rule, scope_id)
        if name not in self._counts:
            self._counts[name] = Counts(rule, self._views[rule])
        return self._counts[name]

    def _judge(self, rule: CompiledRule, scope_id: str, counts: Counts, clock: datetime) -> Iterator[AlertRecord]:
        span = counts.span()
        if span is None:
            return
        first, last = counts.windows.first_after(span[0]), counts.windows.first_after(clock)
        self._wait(counts.windows.end(last))
        judged: list[tuple[int, Figures, Comparison, list[CompiledLevel]]] = []
        for number in range(first, last):
            figures = counts.figures(number)
            if figures.value is None or not self._is_for(rule, counts.windows.begin(number), scope_id):
                continue
            comparison = self._compare(rule, scope_id, counts, number, figures.value, first)
            judged.append((number, figures, comparison, _reached(rule, counts, number, comparison, first)))
        for index, (number, figures, comparison, levels) in enumerate(judged):
            if levels:
                cured = next((counts.windows.end(later) for later, _, _, reached in judged[index + 1 :] if not reached), None)
                end = self._cleared(rule, scope_id, counts.windows.end(number), cured, clock)
                yield _alert(rule, scope_id, counts, (number, figures, comparison, levels), end)

    def _is_for(self, rule: CompiledRule, begin: datetime, scope_id: str) -> bool:
        """Whether a version judges windows that begin then, and no other pack holds in its place."""
        if self.line.judging(begin) is not rule or not rule.is_effective(begin):
            return False
        return holds_for(self.line, rule, scope_id if rule.rule.scope == "court" else NOBODY, begin)

    def _compare(self, rule: CompiledRule, scope_id: str, counts: Counts, number: int, value: int, first: int) -> Comparison:
        assert rule.rate is not None
        base = rule.rate.baseline
        if base is None:
            return Comparison(None, None)
        if base.of == "self":
            numbers = range(number - 1, first - 1, -1)
            like = [one for one in numbers if not base.like or counts.windows.month(one) == counts.windows.month(number)]
            found = [counts.figures(one).value for one in like[: base.windows]]
        else:
            others = ((court, other) for (one, court), other in self._counts.items() if one is rule)
            found = [other.figures(number).value for court, other in others if base.of == "nation" or _peers(court, scope_id)]
        return _compared(value, sorted(one for one in found if one is not None))

    def _cleared(
        self, rule: CompiledRule, scope_id: str, judged_at: datetime, cured: datetime | None, clock: datetime
    ) -> datetime | None:
        """When an alert ended: at the next window without a level, or by what clears it."""
        end = cured
        for reference in rule.stops:
            for fact in reference.facts(self.timeline):
                at = reference.effect(fact)
                if at is None or not isinstance(fact, Shared) or fact.of != scope_id or at < judged_at:
                    continue
                if at > clock:
                    self._wait(at)
                elif (end is None or at < end) and self._views[rule].holds(
                    reference.condition, fact, Now(at, fact.order), start=fact
                ):
                    end = at
        return end

    def _wait(self, instant: datetime) -> None:
        self.wake = instant if self.wake is None else min(self.wake, instant)


def _peers(one: str, other: str) -> bool:
    a, b = COURTS.get(one), COURTS.get(other)
    return a is not None and b is not None and (a.tier, a.kind) == (b.tier, b.kind)


def _compared(value: int, others: Sequence[int]) -> Comparison:
    if not others:
        return Comparison(None, None)
    median = others[(len(others) - 1) // 2]
    off = sorted(abs(one - median) for one in others)
    mad = off[(len(off) - 1) // 2]
    return Comparison(median, None if mad == 0 else 100 * 10_000 * (value - median) // (_MAD * mad))


def _reached(rule: CompiledRule, counts: Counts, number: int, comparison: Comparison, first: int) -> list[CompiledLevel]:
    figures = counts.figures(number)
    values: dict[str, Any] = {**rule.functions, "p": rule.params, **figures.measures}
    values |= {"num": figures.num, "den": figures.den, "value": figures.value}
    values |= {name: value for name, value in comparison._asdict().items() if value is not None}

    def prev(name: str, back: int) -> int | float:
        if number - back < first and name == "value":
            raise ValueError("nothing was counted so far back")
        earlier = counts.figures(number - back)
        found = earlier.value if name == "value" else earlier.measures[name]
        if found is None:
            raise ValueError("too little was counted then")
        return found

    values["prev"] = prev
    return [level for level in rule.levels if level.when is None or level.when.holds(values)]


def _alert(
    rule: CompiledRule,
    scope_id: str,
    counts: Counts,
    found: tuple[int, Figures, Comparison, list[CompiledLevel]],
    end: datetime | None,
) -> AlertRecord:
    number, _, _, levels = found
    begin, at = counts.windows.begin(number), counts.windows.end(number)
    due = at - timedelta(seconds=1)
    highest = max(levels, key=lambda level: SEVERITIES.index(level.severity))
    last = counts.last(at)
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
