"""Rules of a chain that read what the engine adds: the alerts and obligations of other rules, months and quarters.

They are judged after the rules that they read, over the history with these events in it. What they see is put together anew
whenever it may have changed; a docket is kept as long as whatever is new to it came last.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from streams.cases.alerts import AlertRecord
from streams.cases.check_docket import CheckDocket
from streams.cases.derived import periods, told_by
from streams.cases.docket import Docket
from streams.cases.facts import BY_ORDER, Fact
from streams.cases.register import Register
from streams.cases.rulebook import Line
from streams.cases.timeline import Timeline
from streams.rules.kinds import JUDGED_AT_EVENTS

Scope = tuple[int, str]
"""(number of a line, id of a scope)."""

Dockets = Mapping[Scope, Register[Any]]
Scopes = Callable[[str], Iterable[Timeline]]
Alerts = Mapping[str, AlertRecord]
Change = tuple[Alerts, Alerts]

_NO_ALERTS: Alerts = {}


def docket_of(line: Line, timeline: Timeline, root: str, *, incomplete: bool) -> Docket | CheckDocket:
    """An empty docket of the kind that a rule needs."""
    kind = CheckDocket if line.kind in JUDGED_AT_EVENTS else Docket
    return kind(line, timeline, root, incomplete=incomplete)


class Echo(NamedTuple):
    """A docket over a history with added events, and what it was made of."""

    docket: Register[Any]
    timeline: Timeline
    length: int
    last: Fact | None
    read: tuple[tuple[Register[Any], int], ...]
    wake: datetime | None

    def is_good(self, line: Line, timeline: Timeline, read: tuple[tuple[Register[Any], int], ...], clock: datetime) -> bool:
        """Whether nothing that the rule reads has changed since: at most events came last that it doesn't read."""
        if self.timeline is not timeline or self.read != read or (self.wake is not None and self.wake <= clock):
            return False
        facts = timeline.facts
        if len(facts) == self.length:
            return True
        if line.periods or self.last is None or facts[self.length - 1] is not self.last:
            return False
        return all(fact.type not in line.read_types for fact in facts[self.length :])


class Echoes:
    """The dockets of the readers of one chain."""

    def __init__(self, root: str) -> None:
        """Begin without any."""
        self._root = root
        self._echoes: dict[Scope, Echo] = {}

    def dockets(self) -> Iterator[Register[Any]]:
        """The docket of each reader in each scope in which there is something to judge."""
        return (echo.docket for echo in self._echoes.values())

    def clear(self) -> None:
        """Forget everything: all of it is judged anew by the next `look`."""
        self._echoes.clear()

    @property
    def wake(self) -> datetime | None:
        """The next instant at which something may change."""
        return min((echo.wake for echo in self._echoes.values() if echo.wake is not None), default=None)

    def look(
        self, readers: Sequence[Line], scopes: Scopes, dockets: Dockets, clock: datetime, *, incomplete: bool
    ) -> list[Change]:
        """Judge what may have changed; returns the alerts of each docket judged, before and after.

        ``readers``: in an order in which each comes after those that it reads. ``scopes``: the histories by kind of scope.
        ``dockets``: those of the other rules, as they are now.
        """
        changes: list[Change] = []
        for line in readers:
            for timeline in scopes(line.scope):
                scope = (line.number, timeline.id)
                known = self._echoes.pop(scope, None)
                before = _NO_ALERTS if known is None else known.docket.alerts
                found = self._judged(line, timeline, known, dockets, clock, incomplete=incomplete)
                if found is not None:
                    self._echoes[scope] = found
                after = _NO_ALERTS if found is None else found.docket.alerts
                if before is not after:
                    changes.append((before, after))
        return changes

    def _judged(
        self, line: Line, timeline: Timeline, known: Echo | None, dockets: Dockets, clock: datetime, *, incomplete: bool
    ) -> Echo | None:
        read = list(self._read(line, timeline, dockets))
        marks = tuple((docket, docket.version) for docket in read)
        if known is not None and known.is_good(line, timeline, marks, clock):
            return known
        told = [fact for docket in read for fact in told_by(docket, docket.timeline.id)]
        wakes: list[datetime] = []
        for kind in line.periods:
            added, wake = periods(kind, timeline, self._root, line.zone, clock)
            told += added
            wakes += [] if wake is None else [wake]
        if not wakes and line.start_types.isdisjoint({*timeline.types(), *(fact.type for fact in told)}):
            return None
        docket = self._brought_up(line, timeline, known, (*_seen_by(line, timeline), *told), clock, incomplete=incomplete)
        wakes += [] if docket.wake is None else [docket.wake]
        last = timeline.facts[-1] if timeline.facts else None
        return Echo(docket, timeline, len(timeline.facts), last, marks, min(wakes, default=None))

    def _brought_up(
        self, line: Line, timeline: Timeline, known: Echo | None, facts: Iterable[Fact], clock: datetime, *, incomplete: bool
    ) -> Register[Any]:
        """A docket over some events at a clock: the one that is known, if they are what it had and others that came last."""
        has = sorted(facts, key=BY_ORDER)
        had = [] if known is None else known.docket.timeline.facts
        if known is None or has[: len(had)] != had:
            docket: Register[Any] = docket_of(line, Timeline(timeline.id, has), self._root, incomplete=incomplete)
            docket.look(clock)
            return docket
        for fact in has[len(had) :]:
            known.docket.timeline.add(fact)
            known.docket.look(clock, fact)
        known.docket.look(clock)
        return known.docket

    def _read(self, line: Line, timeline: Timeline, dockets: Dockets) -> Iterator[Register[Any]]:
        """The dockets of the rules that a rule reads, in its scope or, for a chain, in all."""
        if line.scope == "case":
            for number in line.reads:
                scope = (number, timeline.id)
                if scope in dockets:
                    yield dockets[scope]
                elif scope in self._echoes:
                    yield self._echoes[scope].docket
            return
        echoes = {scope: echo.docket for scope, echo in self._echoes.items() if scope[0] in line.reads}
        for scope, docket in sorted({**dockets, **echoes}.items(), key=lambda item: item[0]):
            if scope[0] in line.reads:
                yield docket


def _seen_by(line: Line, timeline: Timeline) -> Iterator[Fact]:
    """The events that a rule may look at: all, if it asks how a case stands or follows references; else those that it reads.

    The first of each case is among them, for it may tell the owner.
    """
    everything = line.reads_states or line.follows_references
    cases: set[str] = set()
    for fact in timeline.facts:
        if everything or fact.subject not in cases or fact.type in line.read_types or fact.type in line.start_types:
            cases.add(fact.subject)
            yield fact
