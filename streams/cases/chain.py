"""One chain of cases in hand: its history, a timeline for each scope, and the verdicts of the rules."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from contract.canonical import short_id
from contract.times import format_instant
from streams.cases.alerts import AlertRecord
from streams.cases.arming import may_arm
from streams.cases.check_docket import CheckDocket
from streams.cases.docket import Docket
from streams.cases.echoes import Change, Echoes, docket_of
from streams.cases.facts import Fact
from streams.cases.gossip import Gossip
from streams.cases.history import History, Taken
from streams.cases.journal import Cause, transitions
from streams.cases.outputs import CaseSnapshot, Output, Remark, TransitionOut, alert_of_output
from streams.cases.packing import Names, pack, unpack
from streams.cases.refusals import displaced, told_of_refusal
from streams.cases.rulebook import Line, RuleBook
from streams.cases.states import states_of
from streams.cases.timeline import Timeline

Scope = tuple[int, str]
"""(number of a line, id of a scope)."""


class Chain:
    """The decoded form of a chain; a function of its events, the active rules and the clock at which it was judged."""

    def __init__(self, rootid: str, book: RuleBook, packed: bytes | None = None) -> None:
        """Begin a chain, or read a packed one; judge it with `settle` before it takes anything."""
        self.rootid = rootid
        self.due: datetime | None = None
        self._book = book
        names, missing, facts = unpack(packed) if packed is not None else (Names(), [], [])
        self._names = names
        self._missing: dict[str, None] = dict.fromkeys(missing)
        self._history = History(facts)
        self._cases: dict[str, Timeline] = {}
        self._whole: Timeline | None = None
        self._dockets: dict[Scope, Docket | CheckDocket] = {}
        self._stale: frozenset[Scope] = frozenset()
        self._lines: tuple[Line, ...] = ()
        self._has_chain_rules = False
        self._judged_at: datetime | None = None
        self._snapshots: dict[str, tuple[object, ...]] = {}
        self._gossip = Gossip(rootid)
        self._echoes = Echoes(rootid)
        self.remarks: list[Remark] = []

    def pack(self) -> bytes:
        """The packed form."""
        return pack(self.due, self._names, self._missing, self._history.bodies.values())

    def clock(self, tick: datetime | None) -> datetime | None:
        """The chain's clock: the greatest of the partition's ticks and the receivedtimes of its own events."""
        received = self._history.received
        if tick is None or received is None:
            return tick or received
        return max(tick, received)

    def standing(self) -> Iterator[AlertRecord]:
        """Every alert that stands, ended or not."""
        for docket in (*self._dockets.values(), *self._echoes.dockets()):
            yield from docket.alerts.values()

    def settle(self, tick: datetime | None) -> None:
        """Judge everything afresh at a clock and say nothing of it: for a chain that was put away."""
        self._lines = self._book.lines
        self._has_chain_rules = any(line.scope == "chain" for line in (*self._lines, *self._book.readers))
        self._cases.clear()
        for fact in self._history.events():
            self._cases.setdefault(fact.subject, Timeline(fact.subject)).facts.append(fact)
        self._cases = {case: Timeline(case, timeline.facts) for case, timeline in self._cases.items()}
        self._whole = None
        self._dockets.clear()
        self._echoes.clear()
        self._snapshots.clear()
        self._gossip.begin(self._book.telling, self._book.wants, self._cases, self._history.bodies)
        clock = self._judged_at = self.clock(tick)
        if clock is None:
            return
        for scope, (line, timeline) in self._scopes(self._cases).items():
            self._open(scope, line, timeline).look(clock)
        self._echo(clock)
        self._set_due()

    def take(self, fact: Fact, tick: datetime | None, position: str, *, snapshots: bool) -> list[Output]:
        """Take an arrival.

        Raises:
            PoisonEvent: ``id_conflict`` or ``chain_full``; nothing is changed.
        """
        if snapshots:
            self._remember(fact.subject)
        taken = self._history.take(fact)
        if taken == "same":
            return []
        touched, reason = self._place(fact, taken)
        clock = self.clock(tick)
        assert clock is not None  # there is an event
        cause = Cause(position, clock, self.rootid, fact.ref, reason)
        outputs: list[Output] = []
        if taken == "displaced":
            assert self._history.displaced is not None
            if self._book.telling:
                outputs += told_of_refusal(displaced(self._history.displaced), clock, position)
            self.remarks.append(Remark(position=position, rootid=self.rootid, what="id_conflict", rule="", event=fact.ref))
            self._missing[position] = None
        afresh = taken == "displaced" or (self._judged_at is not None and clock < self._judged_at)
        if afresh:
            # What counts was received earlier than what counted before, or every alert has to say that something is missing.
            self._stale = frozenset(self._dockets)
            touched |= self._scopes(self._cases)
        steps = self._rejudge(touched, clock, cause, fact)
        steps += self._rejudge(self._scopes_due(clock, touched), clock, cause, None)
        steps += self._hear(clock, cause, afresh=afresh)
        outputs += sorted(steps, key=alert_of_output)
        # An original that comes after its own correction or withdrawal isn't what stands.
        alone = taken == "new" and reason == "event" and fact.correctionof is None and not self._history.is_corrected(fact.ref)
        outputs += self._gossip.news(self._cases, self._history.bodies, fact if alone else None, position)
        if snapshots:
            outputs += self._snapshot(fact, position)
        return outputs

    def advance(self, tick: datetime, cause: Cause) -> list[Output]:
        """Move the clock on to a tick."""
        clock = self.clock(tick)
        assert clock is not None
        return [*self._rejudge(self._scopes_due(clock, {}), clock, cause, None), *self._hear(clock, cause)]

    def rejudge(self, tick: datetime | None, cause: Cause, book: RuleBook | None = None) -> list[Output]:
        """Judge everything again, by the rules of another book or when what is missing changed."""
        self._book = book or self._book
        old = {alert.id: alert for alert in self.standing()}
        told = self._gossip.told
        self.settle(tick)
        new = {alert.id: alert for alert in self.standing()}
        return [*sorted(transitions(old, new, cause), key=alert_of_output), *self._gossip.since(told, cause.position)]

    def miss(self, tick: datetime | None, missing: str, cause: Cause) -> list[Output]:
        """Note that the event at a position could not be applied: every alert of the chain says so."""
        self._missing[missing] = None
        return self.rejudge(tick, cause)

    def found(self, tick: datetime | None, missing: str, cause: Cause) -> list[Output]:
        """The event at a position was replayed or dismissed."""
        if missing not in self._missing:
            return []
        del self._missing[missing]
        return self.rejudge(tick, cause)

    def _place(self, fact: Fact, taken: Taken) -> tuple[dict[Scope, tuple[Line, Timeline]], str]:
        """Put an arrival in its timeline; returns what must be judged again, and in a word why."""
        history = self._history
        if taken == "new" and fact.correctionof is None and not history.is_corrected(fact.ref):
            timeline = self._cases.setdefault(fact.subject, Timeline(fact.subject))
            last = timeline.add(fact)
            timelines = [timeline]
            if self._has_chain_rules:
                known = self._whole is not None
                whole = self._chain_timeline()  # made just now it holds the event already
                last = (whole.add(fact) if known else whole.facts[-1] is fact) and last
                timelines.append(whole)
            found = self._readers(fact, timelines, last=last)
            if not last:
                self._stale = frozenset(found)
            return found, "event" if last else "late entry"
        root = history.bodies.get(history.root(fact))
        cases = {fact.subject} | ({root.subject} if root is not None else set())
        if taken == "displaced":
            cases |= self._cases.keys()  # the body that no longer counts may have been of another case
        events = [event for event in history.events() if event.subject in cases]
        self._whole = None
        for case in cases:
            self._cases[case] = Timeline(case, (event for event in events if event.subject == case))
        self._stale = frozenset(self._dockets)
        reason = "event"
        if fact.correctionof is not None:
            reason = "withdrawal" if fact.data is None else "correction"
        return self._scopes({case: self._cases[case] for case in cases}), reason

    def _readers(self, fact: Fact, timelines: list[Timeline], *, last: bool) -> dict[Scope, tuple[Line, Timeline]]:
        """The scopes that an event bears on: those it may arm, and those where its rules have a start."""
        found: dict[Scope, tuple[Line, Timeline]] = {}
        starting = self._book.starting.get(fact.type, ())
        reading = (self._book.reading if last else self._book.minding).get(fact.type, ())
        if not last and timelines[0].facts[0] is fact:
            reading = self._lines  # the first event of a case may tell its owner, whatever its type
        for timeline in timelines:
            kind = "chain" if timeline is self._whole else "case"
            for line in starting:
                scope = (line.number, timeline.id)
                if line.scope == kind and (scope in self._dockets or may_arm(line, timeline, self.rootid, fact)):
                    found[scope] = (line, timeline)
            for line in reading:
                docket = self._dockets.get((line.number, timeline.id)) if line.scope == kind else None
                if docket is not None and (not last or docket.minds(fact)):
                    found[line.number, timeline.id] = (line, timeline)
        return found

    def _scopes(self, cases: dict[str, Timeline]) -> dict[Scope, tuple[Line, Timeline]]:
        """Every scope in some cases, and the chain's, in which a rule has a start or a verdict."""
        found: dict[Scope, tuple[Line, Timeline]] = {}
        for line in self._lines:
            for timeline in [self._chain_timeline()] if line.scope == "chain" else cases.values():
                scope = (line.number, timeline.id)
                if scope in self._dockets or any(name in line.start_types for name in timeline.types()):
                    found[scope] = (line, timeline)
        return found

    def _scopes_due(self, clock: datetime, touched: dict[Scope, tuple[Line, Timeline]]) -> dict[Scope, tuple[Line, Timeline]]:
        if self.due is None or self.due > clock:
            return {}
        found: dict[Scope, tuple[Line, Timeline]] = {}
        for scope, docket in self._dockets.items():
            if docket.wake is not None and docket.wake <= clock and scope not in touched:
                found[scope] = (docket.line, docket.timeline)
        return found

    def _rejudge(
        self, scopes: dict[Scope, tuple[Line, Timeline]], clock: datetime, cause: Cause, fact: Fact | None
    ) -> list[TransitionOut]:
        """Judge some scopes; ``fact``: the last event of history, which alone is new. Without it, those opened anew."""
        steps: list[TransitionOut] = []
        if not scopes:
            self._stale, self._judged_at = frozenset(), clock
            return steps
        for scope, (line, timeline) in scopes.items():
            docket = self._dockets.get(scope)
            old = docket.alerts if docket is not None else {}
            if docket is None or docket.timeline is not timeline or scope in self._stale:
                docket = self._open(scope, line, timeline)
            docket.look(clock, fact)
            if old or docket.alerts:
                steps += transitions(old, docket.alerts, cause)
            if fact is not None and any(start.ref == fact.ref for start in docket.keyless):
                remark = Remark(position=cause.position, rootid=self.rootid, what="no_key", rule=line.rule_id, event=fact.ref)
                self.remarks.append(remark)
        self._stale = frozenset()
        self._judged_at = clock
        return steps

    def _hear(self, clock: datetime, cause: Cause, *, afresh: bool = False) -> list[TransitionOut]:
        """Judge the rules that read the alerts of others, or periods, once those have been judged."""
        before = {alert.id: alert for docket in self._echoes.dockets() for alert in docket.alerts.values()} if afresh else {}
        if afresh:
            self._echoes.clear()
        changes = self._echo(clock)
        self._set_due()
        if afresh:
            return list(transitions(before, {key: alert for _, after in changes for key, alert in after.items()}, cause))
        return [step for old, new in changes for step in transitions(old, new, cause)]

    def _echo(self, clock: datetime) -> list[Change]:
        if not self._book.readers:
            return []
        return self._echoes.look(self._book.readers, self._timelines, self._dockets, clock, incomplete=bool(self._missing))

    def _timelines(self, scope: str) -> Iterable[Timeline]:
        """The histories of a kind of scope."""
        return [self._chain_timeline()] if scope == "chain" else self._cases.values()

    def _open(self, scope: Scope, line: Line, timeline: Timeline) -> Docket | CheckDocket:
        docket = self._dockets[scope] = docket_of(line, timeline, self.rootid, incomplete=bool(self._missing))
        return docket

    def _chain_timeline(self) -> Timeline:
        if self._whole is None:
            self._whole = Timeline(self.rootid, self._history.events())
        return self._whole

    def _set_due(self) -> None:
        wakes = (*(docket.wake for docket in self._dockets.values()), self._echoes.wake)
        self.due = min((wake for wake in wakes if wake is not None), default=None)

    def _remember(self, case: str) -> None:
        """Know the snapshot of a case before it changes."""
        if case not in self._snapshots and case in self._cases and self._cases[case].facts:
            self._snapshots[case] = self._values(case)

    def _values(self, case: str) -> tuple[object, ...]:
        timeline = self._cases[case]
        state = states_of(timeline, self.rootid).last(case)
        v, last = state.values, timeline.facts[-1]
        head = (v["court"], state.case_no, v["type"], state.stage, v["mode"], v["filed_on"], v["closed_on"], v["claim_fen"])
        tail = (v["paid_fen"], v["cause"], tuple(v["tags"]), state.opened, v["open"], format_instant(last.time), last.type)
        return head + tail

    def _snapshot(self, fact: Fact, position: str) -> Iterable[CaseSnapshot]:
        """The snapshot of a case, if it changed."""
        case = fact.subject
        if case not in self._cases or not self._cases[case].facts:
            self._snapshots.pop(case, None)  # every event of it was withdrawn
            return []
        values = self._values(case)
        if self._snapshots.get(case) == values:
            return []
        self._snapshots[case] = values
        names = CaseSnapshot.__struct_fields__[5:]
        return [
            CaseSnapshot(
                id=short_id("case", case, position),
                position=position,
                known_from=format_instant(fact.received),
                subject=case,
                rootid=self.rootid,
                **dict(zip(names, values, strict=True)),  # type: ignore[arg-type]  # the tuple follows the struct's fields
            )
        ]
