"""The states of the cases of a timeline, just after an event or at an instant, folded forward as they are asked for."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from streams.cases.facts import BY_ORDER, Fact, Order
from streams.cases.state import CaseState
from streams.cases.timeline import Timeline

Covers = Callable[[datetime, Order], bool]
"""Whether what happened at an instant and has a place in history counts."""


class States:
    """Folds the events of one timeline; asking in the order of history costs one pass.

    It holds the list, not the timeline, which holds it: a ring would outlive its chain until somebody looks for garbage.
    """

    def __init__(self, facts: Sequence[Fact], root: str) -> None:
        """Begin before the first event; of a list that grows at its end."""
        self._facts = facts
        self._root = root
        self._cases: dict[str, CaseState] = {}
        self._done = 0

    def after(self, case: str, order: Order) -> dict[str, Any]:
        """The state of a case just after the event at a place in history; good until the next question."""
        return self._at(case, self._before(order) + 1)

    def upto(self, case: str, count: int, instant: datetime | None = None) -> dict[str, Any]:
        """The state of a case after so many events of the timeline, as it stands at an instant after the last of them."""
        return self._at(case, count, instant)

    def cases(self, count: int, instant: datetime | None = None) -> list[dict[str, Any]]:
        """The states of all cases after so many events, in the order in which they begin."""
        self._fold(count)
        return [state.view(instant) for state in self._cases.values()]

    def cases_where(self, covers: Covers, instant: datetime | None = None) -> list[dict[str, Any]]:
        """The same after those events of the timeline that count."""
        return self.cases(sum(1 for fact in self._facts if covers(fact.time, fact.order)), instant)

    def last(self, case: str) -> CaseState:
        """The state of a case after its last event."""
        self._fold(len(self._facts))
        return self._cases.get(case) or CaseState(case, self._root)

    def _before(self, order: Order) -> int:
        """How many events lie before a place in history."""
        return bisect_left(self._facts, order, key=BY_ORDER)

    def _at(self, case: str, count: int, instant: datetime | None = None) -> dict[str, Any]:
        self._fold(count)
        known = self._cases.get(case)
        return (known or CaseState(case, self._root)).view(instant)

    def _fold(self, count: int) -> None:
        if count < self._done:
            self._cases.clear()
            self._done = 0
        for fact in self._facts[self._done : count]:
            if fact.subject not in self._cases:
                self._cases[fact.subject] = CaseState(fact.subject, self._root)
            self._cases[fact.subject].apply(fact)
        self._done = max(self._done, count)


def states_of(timeline: Timeline, root: str) -> States:
    """The states of a timeline, kept with it until an event enters its past."""
    if timeline.states is None:
        timeline.states = States(timeline.facts, root)
    return timeline.states
