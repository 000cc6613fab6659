"""Which starts arm a rule: the obligations of one rule in one scope, before anything is said about their end."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from contract.canonical import canonical_json
from contract.limits import Limit, PeriodError, Term, check_at, parse_limit
from contract.times import format_instant
from streams.cases.compiled import CompiledReference, CompiledRule
from streams.cases.facts import Fact, Order
from streams.cases.rulebook import Line, within_courts
from streams.cases.timeline import Timeline
from streams.cases.views import Now, View
from streams.rules.checks import is_expression
from streams.rules.expressions import Expression
from streams.rules.functions import day_of


class Start(NamedTuple):
    """A start that arms: when it takes effect, the event, its place, key, version of the rule and reference."""

    at: datetime
    order: Order
    fact: Fact
    key: tuple[str, ...]
    view: View
    reference: CompiledReference


class Obligation(NamedTuple):
    """One obligation: its start, the element (None without ``each``), its term, and for ``last`` the start after it."""

    start: Start
    element: Any
    term: Term
    following: Start | None


class Armed(NamedTuple):
    """All obligations of a rule in a scope; ``matched``: the events that are starts of the rule, armed or not.

    ``grown``: it is what was known before, with some obligations more at the end, or none.
    """

    obligations: list[Obligation]
    starts: list[Start]
    matched: set[Fact]
    wake: datetime | None
    keyless: list[Fact]
    grown: bool = False


class _Finder:
    """Collects what arms one line in one scope up to a clock."""

    def __init__(self, line: Line, views: dict[CompiledRule, View], clock: datetime) -> None:
        self.line = line
        self.views = views
        self.clock = clock
        self.wake: datetime | None = None
        self.keyless: list[Fact] = []
        self.matched: set[Fact] = set()

    def start_of(self, fact: Fact) -> Start | None:
        """The start that one event is, if it arms."""
        for rule, view in self.views.items():
            for reference in rule.starts:
                if fact.type in reference.types:
                    start = self._start(rule, view, reference, fact)
                    if start is not None:
                        return start
        return None

    def starts(self) -> list[Start]:
        """Every start that arms, in the order in which they take effect."""
        found: list[Start] = []
        taken: set[Fact] = set()
        for rule, view in self.views.items():
            for reference in rule.starts:
                for fact in reference.facts(view.timeline):
                    start = None if fact in taken else self._start(rule, view, reference, fact)
                    if start is not None:
                        taken.add(fact)
                        found.append(start)
        return sorted(found, key=_effect_order) if len(found) > 1 else found

    def _start(self, rule: CompiledRule, view: View, reference: CompiledReference, fact: Fact) -> Start | None:
        at = reference.effect(fact)
        if at is None or self.line.judging(at) is not rule or not rule.is_effective(at):
            return None
        if at > self.clock:
            self.wake = at if self.wake is None else min(self.wake, at)
            return None
        now = Now(at, fact.order)
        if not view.holds(reference.condition, fact, now, start=fact):
            return None
        self.matched.add(fact)
        if not view.holds(rule.when, fact, now, start=fact) or not self._is_here(rule, view, fact, at):
            return None
        key = view.key_of(fact)
        if key is None:
            self.keyless.append(fact)
            return None
        return Start(at, fact.order, fact, key, view, reference)

    def _is_here(self, rule: CompiledRule, view: View, fact: Fact, at: datetime) -> bool:
        """Whether the owner of the case just after an event is a court for which the rule holds."""
        return (not rule.courts and not self.line.others) or holds_for(self.line, rule, view.timeline.owner_after(fact), at)


def holds_for(line: Line, rule: CompiledRule, court: str, at: datetime) -> bool:
    """Whether the pack of a rule holds in a court at an instant, and no pack that extends it holds there in its place."""
    if not _holds_in(court, rule.courts):
        return False
    others = (other.judging(at) for other in line.others)
    return not any(
        other is not None and rule.pack.id in other.pack.extends and _holds_in(court, other.courts) for other in others
    )


def _holds_in(court: str, roots: Sequence[str]) -> bool:
    return not roots or within_courts(court, roots)


def armed(line: Line, views: dict[CompiledRule, View], clock: datetime) -> Armed:
    """Find the obligations of a line in a scope as they stand at a clock."""
    finder = _Finder(line, views, clock)
    starts = finder.starts()
    return Armed(_together(starts), starts, finder.matched, finder.wake, finder.keyless)


def may_arm(line: Line, timeline: Timeline, root: str, fact: Fact) -> bool:
    """Whether an event may arm a rule, or be a point at which it finds something, by what the event says of itself.

    A condition that asks for more than the event may hold. Where this is false for each start in a scope, a docket would stay
    without an obligation that could ever be broken, so none need be opened.
    """
    return any(_may_start(rule, View(rule, timeline, root), fact) for rule in line.rules())


def _may_start(rule: CompiledRule, view: View, fact: Fact) -> bool:
    if not any(fact.type in one.kinds and _may_hold(one.condition, view, fact) for one in rule.starts):
        return False
    keyed = rule.points is not None and rule.key  # a point without its key is told of, whatever would have been found
    return bool(keyed) or any(_may_hold(asked, view, fact) for asked in rule.asked)


def _may_hold(condition: Expression | None, view: View, fact: Fact) -> bool:
    return condition is None or not condition.only_event or view.holds(condition, fact, Now(fact.time, fact.order))


def start_of(line: Line, views: dict[CompiledRule, View], fact: Fact, clock: datetime) -> Start | None:
    """The start that one event is, if it arms by a clock."""
    return _Finder(line, views, clock).start_of(fact)


def obligations_of(start: Start, following: Start | None) -> list[Obligation]:
    """What one start arms, given the start after it."""
    return list(_obligations(start, following, dict(_elements(start))))


def armed_also(known: Armed, line: Line, views: dict[CompiledRule, View], clock: datetime, fact: Fact) -> Armed:
    """The same with one more event, the last of history, where no condition on the others asks for it."""
    finder = _Finder(line, views, clock)
    start = finder.start_of(fact)
    matched, keyless = known.matched | finder.matched, [*known.keyless, *finder.keyless]
    wake = min((wake for wake in (known.wake, finder.wake) if wake is not None), default=None)
    if start is None:
        return Armed(known.obligations, known.starts, matched, wake, keyless, grown=True)
    if _stands_apart(start, known.starts, views):
        more = [] if _is_once(start) and start.key in {other.key for other in known.starts} else obligations_of(start, None)
        return Armed([*known.obligations, *more], [*known.starts, start], matched, wake, keyless, grown=True)
    starts = sorted([*known.starts, start], key=_effect_order)
    return Armed(_together(starts), starts, matched, wake, keyless)


def _stands_apart(start: Start, others: Sequence[Start], rules: Iterable[CompiledRule]) -> bool:
    """Whether what a start arms changes nothing of what the others do, and is known without their elements."""
    if any(rule.arms == "last" or rule.each is not None for rule in rules):
        return False
    return not others or _effect_order(others[-1]) < _effect_order(start)


def _is_once(start: Start) -> bool:
    """Whether a key is armed by its first start alone; every point is judged."""
    return start.view.rule.arms == "first" and start.view.rule.points is None


def _effect_order(start: Start) -> tuple[datetime, Order]:
    return start.at, start.order


def _together(starts: list[Start]) -> list[Obligation]:
    """The obligations that starts arm, given in the order in which they take effect."""
    by_key: dict[tuple[str, ...], list[Start]] = {}
    for start in starts:
        by_key.setdefault(start.key, []).append(start)
    obligations: list[Obligation] = []
    for found in by_key.values():
        taken: set[bytes] = set()
        for index, start in enumerate(found):
            rule = start.view.rule
            once = _is_once(start)
            if once and index and rule.each is None:
                continue
            following = found[index + 1] if rule.arms == "last" and index + 1 < len(found) else None
            elements = dict(_elements(start))
            obligations += _obligations(start, following, elements, taken if once else ())
            taken |= elements.keys()
    return obligations


def _elements(start: Start) -> Iterator[tuple[bytes, Any]]:
    """The elements of a start's list as it stands there, under their names; without ``each`` the one that is None."""
    rule = start.view.rule
    if rule.each is None:
        yield b"", None
        return
    elements = start.view.value(rule.each, start.fact, Now(start.at, start.order), start=start.fact)
    for value in elements if isinstance(elements, list) else []:
        element = format_instant(value) if isinstance(value, datetime) else value
        try:
            yield canonical_json(element), element
        except ValueError:
            continue  # a duration or the like is no value that an alert could tell


def _obligations(
    start: Start, following: Start | None, elements: Mapping[bytes, Any], taken: Container[bytes] = ()
) -> Iterator[Obligation]:
    """One for each element that isn't taken; none where the limit can't be had."""
    for name, element in elements.items():
        if name not in taken:
            term = _term(start, element)
            if term is not None:
                yield Obligation(start, element, term, following)


def _term(start: Start, element: Any) -> Term | None:
    """The limit of an obligation: as written, or as CEL gives it; None if it can't be had."""
    rule = start.view.rule
    if rule.term is not None:
        return rule.term
    items: list[Limit | date] = []
    for part in rule.within:
        value: Any = part
        if isinstance(part, Expression):
            value = start.view.value(part, start.fact, Now(start.at, start.order), start=start.fact, it=element)
        for item in value if isinstance(value, list) else [value]:
            limit = _limit(item, rule)
            if limit is None:
                return None
            items.append(limit)
    term = tuple(items)
    try:
        for level in rule.levels:
            check_at(level.at, term)
    except PeriodError:
        return None
    return term or None


def _limit(value: Any, rule: CompiledRule) -> Limit | date | None:
    """``N unit``, a number of calendar days, or a date."""
    try:
        if isinstance(value, str) and not is_expression(value):
            return parse_limit(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return parse_limit(f"{value} calendar_days")
        return day_of(value, rule.zone)
    except (PeriodError, TypeError, ValueError):
        return None
