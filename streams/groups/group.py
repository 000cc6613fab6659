"""One group in hand: the events of a court, an officer, a debtor, an account, and the verdicts of the rules of its scope.

A group is to its rules what a chain is to those of cases: a history in order and a clock, of which the standing alerts are a
function. Its clock is the least watermark of all case partitions.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from sys import intern
from typing import Any, Protocol

import msgspec

from contract.envelope import Ref
from streams.cases.alerts import AlertRecord
from streams.cases.check_docket import CheckDocket
from streams.cases.docket import Docket
from streams.cases.facts import Fact
from streams.cases.journal import Cause, transitions
from streams.cases.outputs import TransitionOut, alert_of_output
from streams.cases.packing import packed_due
from streams.cases.rulebook import Line
from streams.groups.events import (
    GroupTimeline,
    Shared,
    is_event,
    is_mark_of_case,
    is_told_before,
    made,
    ref_of,
    shared,
)
from streams.groups.gaps import Change, Gaps
from streams.groups.idle import is_idle
from streams.groups.judges import Judges, judges_of
from streams.groups.periods import Periods
from streams.groups.rates import RateDocket
from streams.groups.silence import SilenceDocket
from streams.rules.derived import ABOUT_GAPS
from streams.rules.kinds import JUDGED_AT_EVENTS

TREE = "/sys/tree"
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(dict[str, Any])
_NONE: Mapping[str, AlertRecord] = {}


class Verdicts(Protocol):
    """What a docket of any kind offers."""

    line: Line
    alerts: dict[str, AlertRecord]
    wake: datetime | None

    def look(self, clock: datetime, fact: Fact | None = None) -> None:
        """Judge at a clock not before the last."""
        ...


class Group:
    """The decoded form of a group; a function of its events, the active rules, its clock and the log's first tick.

    Attributes:
        key: ``<scope>:<id>``, or ``nation:<pack>/<rule>``.
        due: The next instant at which something may change.
    """

    def __init__(self, key: str, lines: Iterable[Line], born: datetime | None, contents: Iterable[msgspec.Raw] = ()) -> None:
        """Begin a group with what it was told; judge it with `settle` before it takes anything."""
        self.key = key
        self.scope, _, self.id = key.partition(":")
        self.due: datetime | None = None
        self._born = born
        self._periods = Periods(self.id, born) if self.scope == "court" and born is not None else None
        self._gaps: Gaps | None = None
        told = {ref_of(one): (one, raw) for one, raw in ((_DECODER.decode(raw), raw) for raw in contents)}
        self._contents: dict[Ref, bytes] = {ref: bytes(raw) for ref, (_, raw) in told.items()}
        self._facts: dict[Ref, Shared] = {ref: shared(one, ref) for ref, (one, _) in told.items() if is_event(one)}
        self._made: dict[Ref, Shared] = {}
        self._timeline = GroupTimeline(self.scope, self.id, self._facts.values())
        for one, _ in told.values():
            self._timeline.mark(None, one if is_mark_of_case(one) else None)
        self._judges = Judges(())
        self._idle: list[Line] = []
        self._asked_of: set[str] = set()
        self._dockets: dict[int, Verdicts] = {}
        self._before: dict[int, Mapping[str, AlertRecord]] = {}
        self._judged = False
        self._read(lines)

    def pack(self) -> bytes:
        """The packed form: when it is next due, and what it was told."""
        return packed_due(self.due) + _ENCODER.encode([msgspec.Raw(one) for one in self._contents.values()])

    def standing(self) -> Iterator[AlertRecord]:
        """Every alert that stands, ended or not."""
        for docket in self._dockets.values():
            yield from docket.alerts.values()

    def settle(self, clock: datetime | None) -> None:
        """Judge everything afresh at a clock and say nothing of it."""
        self._settle(clock)
        self._before.clear()

    def take(self, ref: Ref, content: dict[str, Any] | None, clock: datetime | None, cause: Cause) -> list[TransitionOut]:
        """Take an event as it now stands (None: the group has it no longer)."""
        ref = intern(ref[0]), ref[1]
        known = self._told(ref)
        if known is not None and content is not None and is_told_before(known, content):
            return []
        before, after = self._facts.pop(ref, None), None
        self._contents.pop(ref, None)
        if content is not None:
            self._contents[ref] = _ENCODER.encode(content)
            if is_event(content):
                after = self._facts[ref] = shared(content, ref)
        if is_mark_of_case(content or known or {}):
            self._timeline.mark(known, content)
            if clock is not None:
                self._look_at_cases(clock)
            return self._steps(cause)
        if self._gaps is not None:
            self._gaps.change(ref, content, known)
        changes: list[Change] = [] if before is None and after is None else [(before, after)]
        last = self._put(changes)
        if clock is None:
            return []
        gaps = self._find_gaps(clock)
        self._judge_again([*changes, *gaps], clock, last=last and not gaps)
        self._set_due()
        return self._steps(cause)

    def advance(self, clock: datetime, cause: Cause) -> list[TransitionOut]:
        """Move the clock on; what stands between, with some of the months that begin by it, is never said."""
        if not self._judged:
            self._settle(clock)
            return self._steps(cause)
        self._judge_again(self._find_gaps(clock), clock, last=False)  # before the months, which may ask for them
        for fact, last in self._add_periods(clock):
            self._judge_again([(None, fact)], clock, last=last)
        for docket in self._dockets.values():
            if docket.wake is not None and docket.wake <= clock:
                self._look(docket, clock)
        self._set_due()
        return self._steps(cause)

    def rejudge(self, lines: Iterable[Line], clock: datetime | None, cause: Cause) -> list[TransitionOut]:
        """Judge everything again, by other rules."""
        self._read(lines)
        self._settle(clock)
        return self._steps(cause)

    def _settle(self, clock: datetime | None) -> None:
        self._before = {number: docket.alerts for number, docket in self._dockets.items()}
        self._dockets.clear()
        if clock is None:
            return
        self._judged = True
        self._find_gaps(clock)
        self._ask_for_periods()
        for _ in self._add_periods(clock):
            pass  # they are in the timeline now
        for line in self._judges.lines:
            if self._has(line):
                self._look(self._open(line), clock)
        self._set_due()

    def _judge_again(self, changes: Sequence[Change], clock: datetime, *, last: bool) -> None:
        """Judge what some changes of history bear on; ``last``: they are one event more, behind all others."""
        for line in self._concerned(changes, clock):
            docket = self._dockets.get(line.number)
            if isinstance(docket, RateDocket | SilenceDocket):
                for before, after in changes:
                    docket.change(before, after)
                self._look(docket, clock)
            elif docket is not None and last:
                self._look(docket, clock, changes[0][1])
            elif docket is not None or self._has(line):
                self._look(self._open(line), clock)

    def _concerned(self, changes: Sequence[Change], clock: datetime) -> Sequence[Line]:
        """The rules that some changes bear on, and those that have found nothing in any month so far and now may."""
        if not changes:
            return ()
        names = {fact.type for change in changes for fact in change if fact is not None}
        lines = self._judges.concerned(names)
        new = not names <= self._asked_of or any(before is not None for before, _ in changes)
        if new and self._idle and (begun := self._ask_for_periods()):
            for _ in self._add_periods(clock):
                pass
            awake = [line for line in self._judges.of_periods if not begun.isdisjoint(line.periods)]
            for line in awake:
                docket = self._dockets.pop(line.number, None)
                self._before.setdefault(line.number, _NONE if docket is None else docket.alerts)
            lines = sorted({*lines, *awake}, key=_number)
        return lines

    def _told(self, ref: Ref) -> dict[str, Any] | None:
        """What the group was told under a name. It is kept packed: it is asked for only when it is told otherwise."""
        known = self._contents.get(ref)
        return None if known is None else _DECODER.decode(known)

    def _put(self, changes: Sequence[Change]) -> bool:
        """Have some changes in the timeline; returns whether they are one event more, behind all others."""
        if len(changes) == 1 and changes[0][0] is None and changes[0][1] is not None:
            return self._timeline.add(changes[0][1])
        if changes:
            self._timeline.put_again([*self._facts.values(), *self._made.values()])
        return False

    def _find_gaps(self, clock: datetime) -> Sequence[Change]:
        """What is found missing in the sequences of the court's sources by a clock, otherwise than before."""
        changes = [] if self._gaps is None else self._gaps.look(clock)
        for before, after in changes:
            if before is not None:
                del self._made[before.ref]
            if after is not None:
                self._made[after.ref] = after
        self._put(changes)
        return changes

    def _look_at_cases(self, clock: datetime) -> None:
        """Judge afresh what reads how the cases of the scope stand."""
        for line in self._judges.lines:
            if (line.number in self._dockets or self._has(line)) and any(rule.reads_cases for rule in line.rules()):
                self._look(self._open(line), clock)
        self._set_due()

    def _look(self, docket: Verdicts, clock: datetime, fact: Fact | None = None) -> None:
        """Judge, and remember what stood before."""
        before = docket.alerts
        docket.look(clock, fact)
        if docket.alerts is not before:
            self._before.setdefault(docket.line.number, before)

    def _steps(self, cause: Cause) -> list[TransitionOut]:
        """What changed since this was last asked, alert by alert; each alert lies under its own scope's key.

        An alert keeps its name where its rule has another number than before, as when a rule joins an earlier pack.
        """
        old: dict[str, AlertRecord] = {}
        new: dict[str, AlertRecord] = {}
        for number, alerts in self._before.items():
            docket = self._dockets.get(number)
            old |= alerts
            new |= _NONE if docket is None else docket.alerts
        self._before.clear()
        steps: list[TransitionOut] = []
        names = [name for name, alert in new.items() if old.get(name) is not alert]
        names += [name for name in old if name not in new]
        for name in sorted(names):
            was, now = old.get(name), new.get(name)
            alert = now or was
            assert alert is not None
            mine = cause._replace(rootid=f"{alert.scope}:{alert.subject}")
            steps += transitions({} if was is None else {name: was}, {} if now is None else {name: now}, mine)
        return sorted(steps, key=alert_of_output)

    def _open(self, line: Line) -> Verdicts:
        """Begin to judge by a rule, or begin anew."""
        known = self._dockets.get(line.number)
        docket: Verdicts
        if line.kind == "rate":
            docket = RateDocket(line, self._timeline)
        elif line.kind == "silence":
            docket = SilenceDocket(line, self._timeline, self._entry())
        else:
            kind = CheckDocket if line.kind in JUDGED_AT_EVENTS else Docket
            docket = kind(line, self._timeline, self.id, incomplete=False)
        self._before.setdefault(line.number, _NONE if known is None else known.alerts)
        self._dockets[line.number] = docket
        return docket

    def _has(self, line: Line) -> bool:
        """Whether a rule has anything to judge here."""
        return line.kind == "silence" or not self._judges.wanted(line).isdisjoint(self._timeline.types())

    def _entry(self) -> Shared | None:
        """The entry of a court in the tree, at the first tick of the log."""
        return None if self.scope != "court" or self._born is None else made(TREE, self.id, "sys.tree", self.id, self._born)

    def _ask_for_periods(self) -> frozenset[str]:
        """Have the months begin for the rules that may find something in one; returns the periods that are new."""
        if self._periods is None:
            return frozenset()
        self._asked_of = set(self._timeline.by_type)
        self._idle = [line for line in self._judges.of_periods if is_idle(line, self.id, self._timeline.by_type)]
        return self._periods.ask({name for line in self._judges.of_periods if line not in self._idle for name in line.periods})

    def _add_periods(self, clock: datetime) -> Iterator[tuple[Shared, bool]]:
        """Add the months and quarters that began by a clock, where rules read them; each, and whether it is the last event."""
        for fact in () if self._periods is None else self._periods.begin(clock):
            self._made[fact.ref] = fact
            yield fact, self._timeline.add(fact)

    def _read(self, lines: Iterable[Line]) -> None:
        """Take the rules that judge this group."""
        self._judges = judges_of(tuple(lines), self.scope, self.id)
        if not self._judges.read_gaps:
            if self._gaps is not None:
                self._made = {ref: fact for ref, fact in self._made.items() if fact.type not in ABOUT_GAPS}
                self._timeline.put_again([*self._facts.values(), *self._made.values()])
            self._gaps = None
        elif self._gaps is None:
            self._gaps = Gaps(self.id)
            for ref in self._contents:
                self._gaps.change(ref, self._told(ref), None)

    def _set_due(self) -> None:
        wakes = [docket.wake for docket in self._dockets.values()]
        if self._gaps is not None:
            wakes.append(self._gaps.wake)
        if self._periods is not None:
            wakes.append(self._periods.due)
        self.due = min((wake for wake in wakes if wake is not None), default=None)


def _number(line: Line) -> int:
    return line.number


def needs_every_court(lines: Sequence[Line]) -> bool:
    """Whether some rule has something to judge of a court that was never heard of."""
    return any(line.scope == "court" and (line.kind == "silence" or line.periods) for line in lines)
