"""What stands told in the end: a case's (or a chain's) facts as corrected, in the order of history."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from producers.simulator.case import Fact
from producers.simulator.days import midnight, number
from producers.simulator.fold import Snapshot, folded


class Told(msgspec.Struct, eq=False):
    """One fact as it stands at the end.

    Attributes:
        at: When it happened.
        recorded: When it was entered, as it stands; ``first``: when it was first told.
        order: Its place in history.
        case: The state of its own case just after it, where some text reads that.
        owner: The court whose case it is just after it.
    """

    at: int
    kind: str
    data: dict[str, Any]
    recorded: int
    court: str
    subject: str
    root: str
    id: str
    first: int
    order: int = 0
    case: Snapshot | None = None
    owner: str = ""

    def instant(self, field: str | None) -> int | None:
        """The instant of a date or instant field (without one: its time), or None where it has none."""
        if field is None:
            return self.at
        value = self.data.get(field)
        if value is None:
            return None
        if "T" in value:
            return int(datetime.fromisoformat(value).timestamp())
        return midnight(number(date.fromisoformat(value)))


class Ref(msgspec.Struct, frozen=True):
    """A kind of fact, the field at which it takes effect, and a condition."""

    kind: str
    field: str | None = None
    when: Callable[[Told], bool] | None = None


class View:
    """The facts of one case or chain in the order of history."""

    def __init__(self, name: str, facts: list[Told]) -> None:
        self.name = name
        self.facts = facts
        self.kinds: dict[str, list[Told]] = defaultdict(list)
        self._first: dict[tuple[str, Any], list[Told]] | None = None
        for fact in facts:
            self.kinds[fact.kind].append(fact)

    def of(self, refs: Iterable[Ref]) -> list[tuple[int, Told]]:
        """(instant, fact) of all that match, in order."""
        found = [
            (at, told)
            for ref in refs
            for told in self.kinds.get(ref.kind, ())
            if (ref.when is None or ref.when(told)) and (at := told.instant(ref.field)) is not None
        ]
        return sorted(found, key=lambda one: (one[0], one[1].order)) if len(found) > 1 else found

    def any(self, kind: str, before: Told, when: Callable[[Told], bool] | None = None) -> bool:
        """Whether such a fact stood in history by another one, itself included."""
        return any(told.order <= before.order and (when is None or when(told)) for told in self.kinds.get(kind, ()))

    def ref(self, told: Told) -> Told | None:
        """The earliest other fact of the case with the value of the first id field."""
        if self._first is None:
            self._first = defaultdict(list)
            for fact in self.facts:
                for name, value in fact.data.items():
                    if name.endswith("_id"):
                        self._first[name, value].append(fact)
        for name, value in told.data.items():
            if name.endswith("_id"):
                for other in self._first[name, value]:
                    if other is not told and other.subject == told.subject:
                        return other
        return None

    def key(self, told: Told, field: str) -> str | None:
        """The value of a key field, sought along references."""
        seen = told
        for _ in range(3):
            value = seen.data.get(field)
            if value is not None:
                return str(value)
            earlier = self.ref(seen)
            if earlier is None or earlier is told:
                return None
            seen = earlier
        return None


def standing(facts: Iterable[Fact], horizon: int) -> list[Told]:
    """Facts as corrected, withdrawals applied, in the order of history; what is entered after the horizon is left out."""
    bodies: dict[str, Fact] = {}
    roots: dict[str, str] = {}
    entered: dict[str, int] = {}
    for fact in sorted(facts, key=lambda one: (one.corrects is not None, one.recorded)):
        if fact.recorded < horizon:
            name = fact.id if fact.corrects is None else roots.get(fact.corrects, fact.corrects)
            roots[fact.id] = name
            entered.setdefault(name, fact.recorded)
            bodies[name] = fact
    told = [
        Told(f.at, f.kind, f.data, f.recorded, f.court, f.subject, f.root, f.id, entered[name])
        for name, f in bodies.items()
        if f.data is not None
    ]
    told.sort(key=lambda one: (one.at, one.recorded, one.court, one.id))
    for place, one in enumerate(told):
        one.order = place
    return told


def views(facts: Iterable[Fact], horizon: int) -> tuple[list[View], View]:
    """The cases of a chain, and the chain."""
    told = standing(facts, horizon)
    cases: dict[str, list[Told]] = defaultdict(list)
    for one in told:
        cases[one.subject].append(one)
    for own in cases.values():
        owner = ""
        for one, snapshot in zip(own, folded(own), strict=True):
            one.case = snapshot
            owner = str(one.data["to_court"]) if one.kind == "case.transferred" else owner
            one.owner = owner or one.court
    return [View(name, own) for name, own in cases.items()], View(told[0].root if told else "", told)
