"""What dockets of all kinds judged at starts share: the obligations that a rule has in a scope, and when to look at which.

What a docket holds is a function of history, rule and clock, however it came there: `look` takes short cuts only where
nothing can have changed, and a fresh docket finds the same.
"""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Generic, TypeVar

from streams.cases.alerts import AlertRecord
from streams.cases.arming import Armed, Obligation, armed, armed_also
from streams.cases.effects import End
from streams.cases.facts import Fact
from streams.cases.rulebook import Line
from streams.cases.timeline import Timeline
from streams.cases.views import View


class Entry:
    """One obligation and what was last found of it; ``judged``: whether that was done at all."""

    __slots__ = ("end", "judged", "obligation", "owner", "rule", "told", "wake")

    def __init__(self, obligation: Obligation) -> None:
        """Note an obligation, not judged yet."""
        self.obligation = obligation
        self.rule = obligation.start.view.rule
        self.judged = False
        self.end: End | None = None
        self.owner = ""
        self.told: tuple[End, datetime, Fact] | None = None  # what other rules were last told of it: `streams.cases.derived`
        self.wake: datetime | None = None


E = TypeVar("E", bound=Entry)


class Register(ABC, Generic[E]):
    """All obligations of a rule in a scope.

    Attributes:
        line: The rule.
        timeline: The history of the scope.
        alerts: The alerts that stand, by id.
        wake: The next instant at which something may change.
        keyless: Starts that armed nothing because their key was nowhere to be found.
        version: Grows whenever an alert, or what became of an obligation, changes.
    """

    def __init__(self, line: Line, timeline: Timeline, root: str, *, incomplete: bool) -> None:
        """Open it; it is empty until `look`."""
        self.line = line
        self.timeline = timeline
        self.alerts: dict[str, AlertRecord] = {}
        self.wake: datetime | None = None
        self.keyless: list[Fact] = []
        self.version = 0
        self._root = root
        self._incomplete = incomplete
        self._views = {rule: View(rule, timeline, root) for rule in line.rules()}
        self._armed: Armed | None = None
        self._entries: dict[tuple[object, ...], E] = {}

    def look(self, clock: datetime, fact: Fact | None = None) -> None:
        """Judge at a clock not before the last; ``fact``: an event that came since, the last of history."""
        arming = self._armed
        if arming is None or (arming.wake is not None and arming.wake <= clock) or self._is_asked_for(fact):
            self._arm(armed(self.line, self._views, clock))
        elif fact is not None and fact.type in self.line.start_types:
            self._arm(armed_also(arming, self.line, self._views, clock, fact))
        assert self._armed is not None
        changed, wake = False, self._armed.wake
        for entry in self._entries.values():
            due = entry.wake is not None and entry.wake <= clock
            if due or not entry.judged or (fact is not None and self._concerns(entry, fact, clock)):
                changed = self._judge(entry, clock) or changed
                entry.judged = True
            if entry.wake is not None and (wake is None or entry.wake < wake):
                wake = entry.wake
        self.wake = wake
        if changed:
            self._gather()

    def minds(self, fact: Fact) -> bool:
        """Whether an event that is no start may change anything here."""
        return bool(self._entries) or self._is_asked_for(fact)

    @abstractmethod
    def _entry(self, obligation: Obligation) -> E:
        """An entry for an obligation that is new."""

    @abstractmethod
    def _concerns(self, entry: E, fact: Fact, clock: datetime) -> bool:
        """Whether the last event of history may change what was found of an obligation."""

    @abstractmethod
    def _judge(self, entry: E, clock: datetime) -> bool:
        """Judge one obligation; returns whether an alert may have changed."""

    @abstractmethod
    def _gather(self) -> None:
        """Put the alerts together."""

    def _is_asked_for(self, fact: Fact | None) -> bool:
        """Whether a condition on starts may ask for an event (``seen`` and its like)."""
        return fact is not None and fact.type in self.line.called_types

    def _arm(self, found: Armed) -> None:
        """Take the obligations; those that are what they were keep what was found of them."""
        known = self._armed
        self._armed = found
        self.keyless = found.keyless
        if known is not None and found.grown:
            for obligation in found.obligations[len(known.obligations) :]:
                self._entries[id(obligation.start.fact), None] = self._entry(obligation)
                self.version += 1
            return
        entries: dict[tuple[object, ...], E] = {}
        for number, obligation in enumerate(found.obligations):
            name = (id(obligation.start.fact), number if obligation.element is not None else None)
            entry = self._entries.get(name)
            entries[name] = entry if entry is not None and entry.obligation == obligation else self._entry(obligation)
        self._entries = entries
        self.version += 1
        self._gather()
