"""The history of one scope (a case, or a chain of them) in order, with what rules ask of it."""

from bisect import insort
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from contract.registry import EVENT_TYPES
from streams.cases.facts import BY_ORDER, Fact, Order

OWNERS = frozenset({"case.filed", "case.restored", "case.application_received"})
"""Events whose acting court is the owner of the case from then on."""

OWNER_TYPES = OWNERS | {"case.transferred"}
NOBODY = "-"

if TYPE_CHECKING:
    from streams.cases.states import States

_IDS: dict[str, tuple[str, ...]] = {name: kind.ids for name, kind in EVENT_TYPES.items()}
_NONE: tuple[Fact, ...] = ()


def has_ids(name: str) -> bool:
    """Whether events of a type carry ids, so that others may refer to them."""
    return bool(_IDS.get(name))


class Timeline:
    """The events that stand in one scope, in the order of history.

    Attributes:
        id: The subject, or the rootid of a chain.
        facts: All events, in order.
        by_type: The same by type.
    """

    def __init__(self, scope_id: str, facts: Iterable[Fact] = ()) -> None:
        """Sort and index some events."""
        self.id = scope_id
        self.facts: list[Fact] = sorted(facts, key=BY_ORDER)
        self.by_type: dict[str, list[Fact]] = {}
        self._first_of: dict[tuple[str, str, str], Fact] = {}
        self._owners: list[tuple[Order, str, str]] | None = None
        self._subjects = {fact.subject for fact in self.facts}
        self.states: States | None = None
        for fact in self.facts:
            self.by_type.setdefault(fact.type, []).append(fact)
            self._index(fact)

    def add(self, fact: Fact) -> bool:
        """Put one more event in its place; returns whether that is the last."""
        last = not self.facts or self.facts[-1].order < fact.order
        if last:
            self.facts.append(fact)
            self.by_type.setdefault(fact.type, []).append(fact)
        else:
            insort(self.facts, fact, key=BY_ORDER)
            insort(self.by_type.setdefault(fact.type, []), fact, key=BY_ORDER)
            self.states = None
        self._index(fact)
        if not last or fact.type in OWNER_TYPES or fact.subject not in self._subjects:
            self._owners = None
            self._subjects.add(fact.subject)
        return last

    def of_type(self, name: str) -> Sequence[Fact]:
        """The events of one type, in order."""
        return self.by_type.get(name, _NONE)

    def types(self) -> Iterable[str]:
        """The types that there are."""
        return self.by_type

    def ref(self, fact: Fact) -> Fact | None:
        """``event.ref``: the earliest other event of the case with the value of its first id field, else of the next."""
        for name in _IDS.get(fact.type, ()):
            value = None if fact.data is None else fact.data.get(name)
            if isinstance(value, str):
                first = self._first_of.get((fact.subject, name, value))
                if first is not None and first is not fact and first.order < fact.order:
                    return first
        return None

    def sought(self, fact: Fact, name: str) -> Any:
        """A field of an event, else of the events that its references lead to; None if none has it."""
        at: Fact | None = fact
        while at is not None:
            value = None if at.data is None else at.data.get(name)
            if value is not None:
                return value
            at = self.ref(at)
        return None

    def owner(self, case: str, before: datetime, *, inclusive: bool) -> str:
        """The court that owned a case by an instant (``inclusive``: events at the instant count)."""
        court = NOBODY
        for order, subject, name in self._owner_changes():
            if order[0] > before or (order[0] == before and not inclusive):
                break
            if subject == case:
                court = name
        return court

    def owner_after(self, fact: Fact) -> str:
        """The court that owns the event's case just after it."""
        court = NOBODY
        for order, subject, name in self._owner_changes():
            if order > fact.order:
                break
            if subject == fact.subject:
                court = name
        return court

    def _owner_changes(self) -> list[tuple[Order, str, str]]:
        """(place, case, owner from then on), in order; the owner of a case is first that of its first event."""
        if self._owners is None:
            changes: list[tuple[Order, str, str]] = []
            seen: set[str] = set()
            for fact in self.facts:
                court = fact.court
                if fact.type == "case.transferred":
                    court = (fact.data or {}).get("to_court") or court
                elif fact.type not in OWNERS and fact.subject in seen:
                    continue
                seen.add(fact.subject)
                changes.append((fact.order, fact.subject, court or NOBODY))
            self._owners = changes
        return self._owners

    def _index(self, fact: Fact) -> None:
        for name in _IDS.get(fact.type, ()):
            value = None if fact.data is None else fact.data.get(name)
            if isinstance(value, str):
                key = (fact.subject, name, value)
                known = self._first_of.get(key)
                if known is None or fact.order < known.order:
                    self._first_of[key] = fact
