"""What CEL sees of one scope: events, the state of a case, and functions over the history up to now."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from contract.limits import FromDue, Unit, parse_at
from streams.cases.compiled import CompiledReference, CompiledRule
from streams.cases.facts import Fact, Order
from streams.cases.states import states_of
from streams.cases.timeline import Timeline
from streams.rules.expressions import RUN_ERRORS, Expression
from streams.rules.vocabulary import GROUP_CASE, GROUP_NAMES

_ATTRIBUTES: dict[str, Callable[[Fact], Any]] = {
    "id": lambda fact: fact.id,
    "source": lambda fact: fact.source,
    "type": lambda fact: fact.type,
    "subject": lambda fact: fact.subject,
    "time": lambda fact: fact.time,
    "recordedtime": lambda fact: fact.recorded,
    "receivedtime": lambda fact: fact.received,
    "sequence": lambda fact: None if fact.sequence < 0 else fact.sequence,
    "courtcode": lambda fact: fact.court,
}


_GIVEN = frozenset({"it", "balance"})
"""Names whose values are handed in: the element, and the balance that was found at a point."""


class Now(NamedTuple):
    """Up to where history counts: what took effect before an instant, and at it as far as ``upto`` says.

    ``upto``: the place in history of the event that is judged; None = everything at the instant counts; () = nothing.
    """

    instant: datetime
    upto: Order | tuple[()] | None

    def covers(self, effect: datetime, order: Order) -> bool:
        """Whether an event that takes effect then counts."""
        if effect != self.instant:
            return effect < self.instant
        return self.upto is None or (self.upto != () and order <= self.upto)


class View:
    """The eyes of one rule on one scope."""

    def __init__(self, rule: CompiledRule, timeline: Timeline, root: str) -> None:
        """Look at a timeline."""
        self.rule = rule
        self.timeline = timeline
        self.root = root
        self._known: dict[tuple[Expression, Fact, Fact | None], bool] = {}

    def key_of(self, fact: Fact) -> tuple[str, ...] | None:
        """The values of the rule's key for an event, sought along its references; None if one is nowhere."""
        values: list[str] = []
        for name in self.rule.key:
            value = self.timeline.sought(fact, name)
            if value is None:
                return None
            values.append(value if isinstance(value, str) else _text(value))
        return tuple(values)

    def holds(self, expression: Expression | None, event: Fact, now: Now, **others: Any) -> bool:
        """Whether a condition on an event holds (none always does)."""
        if expression is None:
            return True
        if expression.only_event:
            known = event.memo.get(expression)
            if known is None:
                known = event.memo[expression] = expression.holds(self._values(expression, event, now, others))
            return bool(known)
        if expression.references or not _GIVEN.isdisjoint(expression.roots) or not now.upto:
            return expression.holds(self._values(expression, event, now, others))
        # What an event saw of its past is fixed: a view is made anew when something enters that past.
        place = (expression, event, others.get("start"))
        known = self._known.get(place)
        if known is None:
            known = self._known[place] = expression.holds(self._values(expression, event, now, others))
        return known

    def value(self, expression: Expression, event: Fact, now: Now, **others: Any) -> Any:
        """The value of an expression, None if it can't be had."""
        try:
            return expression.run(self._values(expression, event, now, others))
        except RUN_ERRORS:
            return None

    def _values(self, expression: Expression, event: Fact, now: Now, others: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name in expression.roots:
            if name == "p":
                values["p"] = self.rule.params
            elif name == "case":
                values["case"] = self._case(expression, event, now)
            elif name in _GIVEN:
                values[name] = others.get(name)
            elif name in GROUP_NAMES:
                values[name] = {"cases": self._cases(event, now)}
            else:
                fact = event if name == "event" else others.get(name, event)
                values[name] = self._event(fact, expression)
        if expression.calls:
            values |= self._functions(expression, now, others)
        return values

    def _event(self, fact: Fact, expression: Expression, depth: int = 4) -> dict[str, Any]:
        data = fact.data or {}
        if not expression.reads_all_data:
            data = {name: data[name] for name in expression.fields if name in data}
        values: dict[str, Any] = {"data": data}
        for name in expression.envelope:
            if name in _ATTRIBUTES:
                values[name] = _ATTRIBUTES[name](fact)
            elif name == "rootid":
                values["rootid"] = self.root
        if expression.uses_ref and depth:
            ref = self.timeline.ref(fact)
            if ref is not None:
                values["ref"] = self._event(ref, expression, depth - 1)
        return values

    def _case(self, expression: Expression, event: Fact, now: Now) -> dict[str, Any]:
        states = states_of(self.timeline, self.root)
        if now.upto:
            state = states.after(event.subject, event.order)
        else:
            facts = self.timeline.facts
            count = sum(1 for fact in facts if now.covers(fact.time, fact.order))
            state = states.upto(event.subject, count, now.instant)
        names = expression.case_names
        return state if names is None else {name: state[name] for name in names}

    def _cases(self, event: Fact, now: Now) -> list[dict[str, Any]]:
        """``chain``, ``debtor`` and ``officer``: the cases of the scope, as they stand after the event or at the instant."""
        states = states_of(self.timeline, self.root)
        if now.upto:
            found = states.cases_where(lambda _, order: order <= event.order)
        else:
            found = states.cases_where(now.covers, now.instant)
        return [{name: state[name] for name in GROUP_CASE} for state in found]

    def _functions(self, expression: Expression, now: Now, others: Mapping[str, Any]) -> dict[str, Any]:
        values = {name: self.rule.functions[name] for name in expression.calls if name in self.rule.functions}
        if not expression.references:
            return values
        start: Fact | None = others.get("start")
        key = self.key_of(start) if start is not None else others.get("key")
        seen = _Seen(self, now, key, start)
        return values | {name: getattr(seen, name) for name in ("seen", "last", "count", "sum") if name in expression.calls}


class _Seen:
    """The functions over the scope and key up to now."""

    def __init__(self, view: View, now: Now, key: tuple[str, ...] | None, start: Fact | None) -> None:
        self._view, self._now, self._key, self._start = view, now, key, start

    def seen(self, text: str) -> bool:
        """Whether there is such an event."""
        return next(self._events(text), None) is not None

    def last(self, text: str) -> dict[str, Any] | None:
        """The last such event, or null."""
        found = max(self._events(text), default=None, key=lambda pair: (pair[0], pair[1].order))
        if found is None:
            return None
        fact = found[1]
        return {name: read(fact) for name, read in _ATTRIBUTES.items()} | {"data": fact.data or {}}

    def count(self, text: str, span: str | datetime | None = None) -> int:
        """How many there are: within a span back from now, or since an instant, if one is given."""
        return sum(1 for _ in self._within(text, span))

    def sum(self, text: str, field: str, span: str | datetime | None = None) -> int | float:
        """The sum of a field over them."""
        return sum((fact.data or {}).get(field) or 0 for _, fact in self._within(text, span))

    def _within(self, text: str, span: str | datetime | None) -> Iterator[tuple[datetime, Fact]]:
        since = _back(self._view.rule, self._now.instant, span) if isinstance(span, str) else span
        return (pair for pair in self._events(text) if since is None or pair[0] >= since)

    def _events(self, text: str) -> Iterator[tuple[datetime, Fact]]:
        reference: CompiledReference = self._view.rule.called[text]
        for fact in reference.facts(self._view.timeline):
            effect = reference.effect(fact)
            if effect is None or not self._now.covers(effect, fact.order):
                continue
            key = self._view.key_of(fact)
            if key is not None and self._key is not None and key != self._key:
                continue
            here = Now(effect, fact.order)
            if self._view.holds(reference.condition, fact, here, start=self._start or fact):
                yield effect, fact


def _back(rule: CompiledRule, now: datetime, span: str) -> datetime:
    """The instant a span (``3 months``, ``48 hours``) before another."""
    shift = parse_at("-" + span)
    assert isinstance(shift, FromDue)
    if shift.unit is Unit.HOURS:
        return now + timedelta(hours=shift.n)
    day = rule.functions["add"](now, f"-{span}")
    local = now.astimezone(rule.zone)
    year, month, number = (int(part) for part in day.split("-"))
    return local.replace(year=year, month=month, day=number).astimezone(now.tzinfo)


def _text(value: Any) -> str:
    """A key's value as text: booleans and numbers as JSON writes them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
