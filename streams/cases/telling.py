"""What the events of a chain tell the groups that they belong to: a court, an officer, a debtor, an asset, an account.

An event that stands is told to a group if a rule of the group's scope reads its type, and a condition on the reference, judged
in the event's own case, lets it through. It takes along what only its own case knows: owner, the state of the case just after
it as far as rules of the scope read it, fields sought along its references, the event that it refers to. What was told before
and no longer holds (a correction, a transfer entered late, another party) is withdrawn.

Rules that compare courts with each other (`rate` with a baseline of peers or nation) have one group for the whole nation,
``nation:<pack>/<rule>``, so that all values of a window are in one place.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from contract.envelope import WHOLE_COURT
from contract.times import format_instant
from streams.cases.facts import Fact
from streams.cases.states import states_of
from streams.cases.timeline import NOBODY, Timeline
from streams.cases.views import Now, View
from streams.rules.vocabulary import GROUP_NAMES

if TYPE_CHECKING:
    from streams.cases.compiled import CompiledReference, CompiledRule
    from streams.cases.rulebook import Line

NATION = "nation"
_REFS = 4  # how far event.ref.ref… is followed


class Interest(NamedTuple):
    """What the rules of one kind of group want of events of one type."""

    scope: str
    group: str
    ways: tuple[tuple["CompiledRule", "CompiledReference"], ...]
    fields: frozenset[str] | None
    case: frozenset[str] | None
    sought: tuple[str, ...]
    refers: bool


Telling = Mapping[str, tuple[Interest, ...]]
"""By type of event."""

Told = dict[tuple[str, str, str], dict[str, Any]]
"""(group, source, id) → what the group is told of the event."""


class Wants(NamedTuple):
    """What rules of groups want beside events.

    Attributes:
        numbers: Whether one reads what is missing in the sequence of a source.
        cases: The scopes of those that read how the cases of the scope stand.
    """

    numbers: bool = False
    cases: frozenset[str] = frozenset()


def national(line: "Line") -> bool:
    """Whether a rule compares courts with each other."""
    return any(r.rate is not None and r.rate.baseline is not None and r.rate.baseline.of != "self" for r in line.rules())


def telling_of(lines: Iterable["Line"]) -> Telling:
    """What is to be told for some rules of groups. Restricted rules get nothing: their facts are not for the common topic."""
    wanted: dict[tuple[str, str], list[CompiledRule]] = {}
    for line in lines:
        group = f"{NATION}:{line.pack}/{line.rule_id}" if national(line) else ""
        wanted.setdefault((line.scope, group), []).extend(rule for rule in line.rules() if not rule.rule.restricted)
    telling: dict[str, list[Interest]] = {}
    for (scope, group), rules in wanted.items():
        for name in sorted({name for rule in rules for reference in rule.references() for name in reference.types}):
            readers = [rule for rule in rules if any(name in reference.types for reference in rule.references())]
            telling.setdefault(name, []).append(_interest(scope, group, name, readers))
    return {name: tuple(found) for name, found in telling.items()}


def _interest(scope: str, group: str, name: str, rules: list["CompiledRule"]) -> Interest:
    expressions = [expression for rule in rules for expression in rule.expressions()]
    states = [expression.case_names for expression in expressions if "case" in expression.roots]
    keys = {key for rule in rules for key in rule.key}
    return Interest(
        scope=scope,
        group=group,
        ways=tuple((rule, reference) for rule in rules for reference in rule.references() if name in reference.types),
        fields=None if any(rule.reads_all_data for rule in rules) else frozenset().union(*(rule.fields for rule in rules)),
        case=None if None in states else frozenset(name for names in states if names is not None for name in names),
        sought=tuple(sorted(keys)),
        refers=any(expression.uses_ref for expression in expressions),
    )


def told_by(telling: Telling, timeline: Timeline, root: str) -> Told:
    """Everything that the events of one case tell."""
    told: Told = {}
    for fact in timeline.facts:
        told |= told_of(telling, timeline, fact, root)
    return told


def told_of(telling: Telling, timeline: Timeline, fact: Fact, root: str) -> Told:
    """What one event of a case tells, and to whom."""
    told: Told = {}
    for interest in telling.get(fact.type, ()):
        if not _is_let_through(interest, timeline, fact, root):
            continue
        for group in _groups(interest, timeline, fact, root):
            key = interest.group or f"{interest.scope}:{group}"
            told[key, fact.source, fact.id] = _content(interest, timeline, fact, root, group)
    return told


def depends_on_others(telling: Telling, fact: Fact) -> bool:
    """Whether an event that comes last in its case changes what earlier ones tell: a new party belongs to all of the case."""
    return fact.type == "party.registered" and any(one.scope == "debtor" for found in telling.values() for one in found)


def _is_let_through(interest: Interest, timeline: Timeline, fact: Fact, root: str) -> bool:
    for rule, reference in interest.ways:
        condition = reference.condition
        if condition is None or reference.names_start or condition.references or not condition.roots.isdisjoint(GROUP_NAMES):
            return True  # the group judges it: here is no more than one case
        at = reference.effect(fact)
        if at is not None and View(rule, timeline, root).holds(condition, fact, Now(at, fact.order), start=fact):
            return True
    return False


def _groups(interest: Interest, timeline: Timeline, fact: Fact, root: str) -> Iterable[str]:
    """The ids of the groups of a scope that an event belongs to."""
    scope = interest.scope
    if scope == "court":
        owner = fact.subject.removeprefix(WHOLE_COURT) if fact.subject.startswith(WHOLE_COURT) else timeline.owner_after(fact)
        return () if owner == NOBODY else (owner,)
    if scope == "debtor":
        return dict.fromkeys(debtors_of(timeline))
    if scope == "officer":
        officer = officer_of(states_of(timeline, root).after(fact.subject, fact.order))
        return (officer,) if officer else ()
    value = timeline.sought(fact, scope)
    if value is None:
        return ()
    return (value if isinstance(value, str) else format(value).lower() if isinstance(value, bool) else format(value),)


def officer_of(state: Mapping[str, Any]) -> str:
    """Whose case it is: the officer's, else the judge's; "" if nobody's."""
    return state["officer"] or state["judge"] or ""


def debtors_of(timeline: Timeline) -> Iterator[str]:
    """Whoever is registered as 被执行 in the case, at any time."""
    for fact in timeline.of_type("party.registered"):
        data = fact.data or {}
        if data.get("role") == "被执行" and isinstance(data.get("party_ref"), str):
            yield data["party_ref"]


def _content(interest: Interest, timeline: Timeline, fact: Fact, root: str, group: str) -> dict[str, Any]:
    content: dict[str, Any] = _event(interest, fact) | {"root": root, "owner": timeline.owner_after(fact), "of": group}
    if interest.case is None or interest.case:
        state = states_of(timeline, root).after(fact.subject, fact.order)
        names = state.keys() if interest.case is None else interest.case
        content["case"] = _frozen({name: state[name] for name in names})
    sought = {name: timeline.sought(fact, name) for name in (*interest.sought, interest.scope) if name not in content["data"]}
    if any(value is not None for value in sought.values()):
        content["sought"] = {name: value for name, value in sought.items() if value is not None}
    if interest.refers:
        chain: list[dict[str, Any]] = []
        at = timeline.ref(fact)
        while at is not None and len(chain) < _REFS:
            chain.append(_event(interest, at))
            at = timeline.ref(at)
        content["refs"] = chain
    return content


def _event(interest: Interest, fact: Fact) -> dict[str, Any]:
    """What an event says itself; kept with it, for it is told again whenever something came late. Not to be changed."""
    known = fact.memo.get(("told", interest.fields))
    if known is None:
        known = fact.memo["told", interest.fields] = _said(interest, fact)
    said: dict[str, Any] = known
    return said


def _said(interest: Interest, fact: Fact) -> dict[str, Any]:
    data = fact.data or {}
    return {
        "source": fact.source,
        "id": fact.id,
        "type": fact.type,
        "subject": fact.subject,
        "time": format_instant(fact.time),
        "recordedtime": format_instant(fact.recorded),
        "receivedtime": format_instant(fact.received),
        "sequence": fact.sequence,
        "courtcode": fact.court,
        "data": data if interest.fields is None else {name: data[name] for name in data if name in interest.fields},
    }


def _frozen(value: Any) -> Any:
    """A copy of a state that later events don't change; instants as text."""
    if isinstance(value, dict):
        return {name: _frozen(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_frozen(part) for part in value]
    return value
