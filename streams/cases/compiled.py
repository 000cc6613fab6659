"""A rule ready to run: references with their types, expressions compiled, limit and levels read."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from contract.calendar import Calendar
from contract.limits import TIMED, At, FromDue, FromStart, Limit, Term, parse_at, parse_hours
from contract.periods import Reckoner
from contract.times import day_start, parse_instant
from streams.cases.facts import Fact
from streams.cases.points_compiled import levels_of, points_of
from streams.cases.rates_compiled import rate_of
from streams.cases.state import STATE_TYPES
from streams.cases.timeline import Timeline
from streams.rules.checks import is_expression, literal_term, types_of
from streams.rules.expressions import Expression
from streams.rules.functions import date_functions
from streams.rules.model import Level, Pack, Rule
from streams.rules.references import field_of_begin, parse_reference
from streams.rules.vocabulary import GROUP_NAMES

Ending = Literal["stop", "cancel", "end"]
"""What an event does to an obligation: fulfil it, cancel it, or end its case."""


class CompiledReference:
    """A reference: which types it means, at which instant they take effect, and on what condition."""

    def __init__(self, text: str, pack: Pack, zone: ZoneInfo, *, received: bool) -> None:
        """Read it; ``received`` = an event without a field counts at its receivedtime."""
        reference = parse_reference(text)
        self.text = text
        self.types = tuple(types_of(reference, pack))
        self.kinds = frozenset(self.types)
        self.field = reference.field
        self.condition = Expression(reference.condition) if reference.condition else None
        self.names_start = self.condition is not None and "start" in self.condition.roots
        self._zone = zone
        self._received = received

    def effect(self, fact: Fact) -> datetime | None:
        """The instant at which an event takes effect here; None if its field is missing, null or no date."""
        if not self.field:
            return fact.received if self._received else fact.time
        day = self.day(fact)
        return day[1] if day is not None else None

    def day(self, fact: Fact) -> tuple[date | None, datetime] | None:
        """The date in the field (None if it is an instant) and the instant; None if there is neither."""
        key = (self.field, self._zone)
        if key not in fact.memo:
            fact.memo[key] = _moment(None if fact.data is None else fact.data.get(self.field), self._zone)
        found: tuple[date | None, datetime] | None = fact.memo[key]
        return found

    def facts(self, timeline: Timeline) -> Iterable[Fact]:
        """The events of its types in a scope."""
        if len(self.types) == 1:
            return timeline.of_type(self.types[0])
        return [fact for name in self.types for fact in timeline.of_type(name)]


def _moment(value: Any, zone: ZoneInfo) -> tuple[date | None, datetime] | None:
    if not isinstance(value, str):
        return None
    try:
        if len(value) == 10:
            day = date.fromisoformat(value)
            return day, day_start(day, zone)
        return None, parse_instant(value)
    except (ValueError, OverflowError):
        return None


class CompiledPause:
    """A kind of pause; ``until`` names fields of the opening event whose day is the last of the span."""

    def __init__(
        self, begin: CompiledReference, ends: tuple[CompiledReference, ...], until: tuple[CompiledReference, ...]
    ) -> None:
        """Take the references."""
        self.begin = begin
        self.ends = ends
        self.until = until


class CompiledLevel:
    """A level with its place read and its condition compiled."""

    def __init__(self, level: Level, basis: str) -> None:
        """Read it."""
        self.severity = level.severity
        self.at: At = parse_at(level.at)
        self.when = Expression(level.when) if level.when else None
        self.basis = level.basis or basis


class CompiledRule:
    """One rule of one version of a pack."""

    def __init__(self, pack: Pack, rule: Rule, calendar: Calendar) -> None:
        """Compile it."""
        self.pack = pack
        self.rule = rule
        self.id = rule.id
        self.zone = ZoneInfo(pack.timezone)
        self.reckoner = Reckoner(calendar, self.zone, parse_hours(pack.hours))
        self.calendar = calendar
        self.functions = date_functions(calendar, self.zone)
        self.courts = pack.courts
        self.key = rule.key
        self.arms = rule.arms
        self.params = dict(rule.params)
        self.points = points_of(rule, self._references)
        self.rate = rate_of(rule)
        self.starts = self._references((*rule.start, *rule.after, *rule.at))
        self.stops = self._references((*rule.stop, *rule.clears))
        self.cancels = self._references(rule.cancel)
        self.ends = () if rule.outlives else self._references(pack.ends)
        self.extends = self._references(rule.extend)
        self.pauses = tuple(self._pause(entry.begin, entry.ends) for entry in rule.pause)
        self.when = Expression(rule.when) if rule.when and self.points is None else None
        self.match = Expression(rule.match) if rule.match else None
        self.match_names_start = self.match is not None and "start" in self.match.roots
        self.each = Expression(rule.each) if rule.each else None
        self.levels = tuple(CompiledLevel(level, rule.basis) for level in levels_of(rule))
        self.term: Term | None = literal_term(rule)
        self.is_timed = any(map(_is_timed, self.term or ())) or any(map(_is_timed, (level.at for level in self.levels)))
        self.within: tuple[Expression | Any, ...] = () if self.term is not None else tuple(map(_part, rule.within))
        self.called: dict[str, CompiledReference] = {}
        self._expressions = list(self._all_expressions())
        for expression in self._expressions:  # grows by the conditions in calls: they too read fields, and may call
            for text in expression.references:
                if text not in self.called:
                    reference = self.called[text] = self._references([text])[0]
                    self._expressions += [reference.condition] if reference.condition else []
        self.start_types = frozenset(name for reference in self.starts for name in reference.types)
        self.other_types = self._read_types()
        self.ending = self._ending()
        called = {name for reference in self.called.values() for name in reference.types}
        self.watched = frozenset({name for reference in self._disturbing() for name in reference.types} | called)
        if self._levels_read_case():
            self.watched |= STATE_TYPES
        self.called_types = frozenset(called)
        self.dated_types = self._dated_types()
        self.reads_states = any(not expression.roots.isdisjoint({"case", *GROUP_NAMES}) for expression in self._expressions)
        self.follows_references = bool(self.key) or any(expression.uses_ref for expression in self._expressions)
        self.disturbing = frozenset(name for reference in self._disturbing() for name in reference.types)
        self.fields = self._read_fields()
        self.reads_all_data = any(expression.reads_all_data for expression in self._expressions)
        self.reads_cases = any(not expression.roots.isdisjoint(GROUP_NAMES) for expression in self._expressions)
        self.begin, self.end = self._effective()
        self.asked = self._asked()

    def is_effective(self, instant: datetime) -> bool:
        """Whether an instant lies within the days on which the rule judges."""
        return (self.begin is None or instant >= self.begin) and (self.end is None or instant < self.end)

    def _references(self, texts: Iterable[str]) -> tuple[CompiledReference, ...]:
        received = self.rule.axis == "received"
        return tuple(CompiledReference(text, self.pack, self.zone, received=received) for text in texts)

    def _pause(self, begin: str, ends: Sequence[str]) -> CompiledPause:
        opening = parse_reference(begin)
        fields = [field for field in map(field_of_begin, ends) if field is not None]
        closing = [text for text in ends if field_of_begin(text) is None]
        until = self._references(f"{opening.type}:{field}" for field in fields)
        return CompiledPause(self._references([begin])[0], self._references(closing), until)

    def _ending(self) -> dict[str, tuple[tuple[Ending, CompiledReference], ...]]:
        """What ends an obligation, by type of event: a stop before a cancel before an end of the case."""
        found: dict[str, list[tuple[Ending, CompiledReference]]] = {}
        groups: tuple[tuple[Ending, tuple[CompiledReference, ...]], ...]
        groups = (("stop", self.stops), ("cancel", self.cancels), ("end", self.ends))
        for how, references in groups:
            for reference in references:
                for name in reference.types:
                    found.setdefault(name, []).append((how, reference))
        return {name: tuple(entries) for name, entries in found.items()}

    def _dated_types(self) -> frozenset[str]:
        """Types of which an event may take effect before it happened, by a date in it or because receipt counts."""
        if self.rule.axis == "received":
            return self.other_types
        return frozenset(name for reference in self._all_references() if reference.field for name in reference.types)

    def _disturbing(self) -> Iterable[CompiledReference]:
        """References to what moves a due instant."""
        yield from self.extends
        for pause in self.pauses:
            yield from (pause.begin, *pause.ends)

    def references(self) -> Iterable[CompiledReference]:
        """Every reference, those in calls among them."""
        return self._all_references()

    def expressions(self) -> Iterable[Expression]:
        """Every expression, the conditions of references and calls among them."""
        return self._expressions

    def _all_references(self) -> Iterable[CompiledReference]:
        yield from (*self.starts, *self.stops, *self.cancels, *self.ends, *self.extends, *self.called.values())
        yield from self.points.before if self.points is not None else ()
        for pause in self.pauses:
            yield from (pause.begin, *pause.ends, *pause.until)

    def _all_expressions(self) -> Iterable[Expression]:
        if self.points is not None:
            yield from self.points.expressions()
        if self.rate is not None:
            yield from self.rate.expressions()
        parts = [self.when, self.match, self.each, *self.within, *(level.when for level in self.levels)]
        parts += [reference.condition for reference in self._all_references()]
        for part in parts:
            if isinstance(part, Expression):
                yield part

    def _asked(self) -> tuple[Expression | None, ...]:
        """What is asked at a start: where none of these holds nothing is found; None always holds."""
        points = self.points
        if points is None:
            return (self.when,)
        if points.before or points.balance is not None:
            return (None,)
        return tuple(one for one in (points.forbidden, *(fail for _, fail in points.checks)) if one is not None)

    def _levels_read_case(self) -> bool:
        """Whether a level sees the case at an instant of its own; at a point it is the case just after that event."""
        return self.points is None and any(level.when is not None and "case" in level.when.roots for level in self.levels)

    def _read_types(self) -> frozenset[str]:
        """Types whose events, coming last in history, can change what the rule finds in a case where it has a start.

        Conditions on events see the state just after them, which no later event changes; levels see it at their instant.
        """
        types = {name for reference in self._all_references() for name in reference.types}
        if self._levels_read_case():
            types |= STATE_TYPES
        return frozenset(types)

    def _read_fields(self) -> frozenset[str]:
        # The scope may be a field of events; one that isn't is the name of no field.
        names = {reference.field for reference in self._all_references()} | set(self.key) | {self.rule.scope}
        for expression in self._expressions:
            names |= expression.members
        return frozenset(names - {""})

    def _effective(self) -> tuple[datetime | None, datetime | None]:
        period = self.rule.effective
        begin = None if period.begin is None else day_start(period.begin, self.zone)
        if period.end is None or period.end == date.max:  # the last day of the calendar is never over
            return begin, None
        end = day_start(period.end + timedelta(days=1), self.zone)
        return begin, end


def _is_timed(item: object) -> bool:
    """Whether a limit or level counts hours, so that the instant of its start matters."""
    if isinstance(item, FromStart):
        item = item.limit
    return isinstance(item, Limit | FromDue) and item.unit in TIMED


def _part(text: str) -> Any:
    """A part of ``within``: a limit stays text, CEL is compiled."""
    return Expression(text) if is_expression(text) else text
