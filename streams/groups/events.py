"""An event as a group has it: with what only its own case knows, and the timeline of many such events."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from sys import intern
from typing import Any

from contract.envelope import Ref
from contract.times import parse_instant
from streams.cases.facts import Fact, Order
from streams.cases.states import Covers, States
from streams.cases.timeline import NOBODY, Timeline

_NOTHING: Mapping[str, Any] = {}


class Shared(Fact):
    """An event of some case in a group.

    Attributes:
        root: The rootid of its own chain.
        owner: The court that owned the case just after it.
        of: The id of the scope that it belongs to (in a group of the whole nation: the court).
        case: The state of its own case just after it, as far as rules of groups read it.
        known: Fields sought along its references in its own case.
        referred: The event that it refers to.
    """

    __slots__ = ("case", "known", "of", "owner", "referred", "root")

    root: str
    owner: str
    of: str
    case: Mapping[str, Any]
    known: Mapping[str, Any]
    referred: "Shared | None"


def shared(content: Mapping[str, Any], ref: Ref | None = None) -> Shared:
    """Make an event of what a case told (`streams.cases.telling`).

    Groups keep every event of their courts, so what is equal is one object: the names in ``ref``, under which it is kept, too.
    """
    subject, court, name = content["subject"], content["courtcode"], content["id"]
    recorded = parse_instant(content["recordedtime"])
    fact = Shared(
        intern(content["source"]),
        ref[1] if ref is not None and ref[1] == name else name,
        intern(content["type"]),
        subject,
        parse_instant(content["time"]),
        recorded,
        recorded if content["receivedtime"] == content["recordedtime"] else parse_instant(content["receivedtime"]),
        content["sequence"],
        None if court is None else intern(court),
        None,
        b"",
        content["data"],
    )
    root = content.get("root", "")
    fact.root = subject if root == subject else root
    fact.owner = intern(content.get("owner", NOBODY))
    fact.of = intern(content.get("of", ""))
    fact.case = content.get("case") or _NOTHING
    fact.known = content.get("sought") or _NOTHING
    fact.referred = None
    for referred in reversed(content.get("refs", ())):
        at = shared(referred)
        at.referred, fact.referred = fact.referred, at
    return fact


def ref_of(content: Mapping[str, Any]) -> Ref:
    """The name under which a group was told something: the event's own, unless it says no more than a mark of it."""
    source, name = content.get("ref") or (content["source"], content["id"])
    return intern(source), name


def is_event(content: Mapping[str, Any]) -> bool:
    """Whether what was told is an event of the history; else it is a mark that stands for something else."""
    return "what" not in content


def is_mark_of_case(content: Mapping[str, Any]) -> bool:
    """Whether what was told is how a case of the scope stands."""
    return content.get("what") == "case"


def is_told_before(known: Mapping[str, Any], content: Mapping[str, Any]) -> bool:
    """Whether it is a refusal that was told before: of equal ones the earliest receipt counts."""
    refused = content.get("type") == known.get("type") == "sys.event_rejected"
    return refused and parse_instant(known["receivedtime"]) <= parse_instant(content["receivedtime"])


def made(source: str, event_id: str, name: str, court: str, at: datetime) -> Shared:
    """An event that no court sent: the entry of a court in the tree, the begin of a month."""
    fact = Shared(source, event_id, name, f"court/{court}", at, at, at, -1, court, None, b"", {})
    fact.root, fact.owner, fact.of, fact.case, fact.known, fact.referred = (
        f"court/{court}",
        court,
        court,
        _NOTHING,
        _NOTHING,
        None,
    )
    return fact


class GroupTimeline(Timeline):
    """The events of a group in order; what belongs to single cases is what each event brought along."""

    def __init__(self, scope: str, scope_id: str, facts: Iterable[Fact] = ()) -> None:
        """Sort and index some events."""
        super().__init__(scope_id, facts)
        self.scope = scope
        self.marks: dict[str, dict[Order, dict[str, Any] | None]] = {}
        self.states: States | None = Carried(self)

    def add(self, fact: Fact) -> bool:
        """Put one more event in its place; returns whether that is the last."""
        last = super().add(fact)
        self.states = Carried(self)
        return last

    def put_again(self, facts: Iterable[Fact]) -> None:
        """Hold these events in the place of all that are here; who looks at the timeline goes on looking at it."""
        super().__init__(self.id, facts)
        self.states = Carried(self)

    def mark(self, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> None:
        """Take how a case of the scope stands from a place in history on, and no longer what was said of that place."""
        if before is not None:
            del self.marks[before["case"]][_place(before["place"])]
        if after is not None:
            self.marks.setdefault(after["case"], {})[_place(after["place"])] = after["row"]

    def ref(self, fact: Fact) -> Fact | None:
        """``event.ref`` as the event's own case has it."""
        return fact.referred if isinstance(fact, Shared) else None

    def sought(self, fact: Fact, name: str) -> Any:
        """A field of an event, else what its own case found along its references."""
        value = None if fact.data is None else fact.data.get(name)
        if value is None and isinstance(fact, Shared):
            return fact.known.get(name)
        return value

    def owner(self, case: str, before: datetime, *, inclusive: bool) -> str:
        """The court of the group, else the one that owned a case after its last event here by an instant."""
        if self.scope == "court":
            return self.id
        court = NOBODY
        for fact in self.facts:
            if fact.time > before or (fact.time == before and not inclusive):
                break
            if fact.subject == case and isinstance(fact, Shared):
                court = fact.owner
        return court

    def owner_after(self, fact: Fact) -> str:
        """The court that owned the event's case just after it."""
        return fact.owner if isinstance(fact, Shared) else NOBODY


class Carried(States):
    """The states of cases as the events brought them along; what they left out is as a case begins."""

    def __init__(self, timeline: GroupTimeline) -> None:
        """Read them off a timeline, which is not held: it holds them."""
        super().__init__(timeline.facts, "")
        self._marks = timeline.marks
        self._blank = _blank()

    def after(self, case: str, order: Order) -> dict[str, Any]:
        """The state of a case just after the event at a place in history."""
        return self._of(case, self._before(order) + 1)

    def upto(self, case: str, count: int, instant: datetime | None = None) -> dict[str, Any]:
        """The state of a case just after its last event among so many; it is not known at any other instant."""
        del instant
        return self._of(case, count)

    def cases_where(self, covers: Covers, instant: datetime | None = None) -> list[dict[str, Any]]:
        """How the cases of the scope stand, as they said themselves, in the order in which they came to it."""
        del instant  # of what is told of them nothing lapses by itself
        found: list[tuple[Order, dict[str, Any]]] = []
        for said in self._marks.values():
            places = [place for place in said if covers(place[0], place)]
            row = said[max(places)] if places else None
            if row is not None:
                found.append((min(places), row))
        return [row for _, row in sorted(found, key=_first)]

    def _of(self, case: str, count: int) -> dict[str, Any]:
        for fact in reversed(self._facts[:count]):
            if fact.subject == case and isinstance(fact, Shared):
                return {**self._blank, "id": case, **fact.case}
        return {**self._blank, "id": case}


@cache
def _blank() -> Mapping[str, Any]:
    """The state of a case before anything happened."""
    return States((), "").upto("", 0)


def _place(place: Sequence[Any]) -> Order:
    time, recorded, source, sequence, event_id = place
    return parse_instant(time), parse_instant(recorded), source, sequence, event_id


def _first(item: tuple[Order, dict[str, Any]]) -> Order:
    return item[0]
