"""One group in hand: the events of a court, an officer, a debtor, an account, and the verdicts of the rules of its scope.

A group is to its rules what a chain is to those of cases: a history in order and a clock, of which the standing alerts are a
function. Its clock is the least watermark of all case partitions.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import msgspec

from contract.canonical import short_id
from contract.envelope import Ref
from contract.times import SHANGHAI, civil_date, day_start, format_instant
from streams.cases.alerts import AlertRecord
from streams.cases.check_docket import CheckDocket
from streams.cases.docket import Docket
from streams.cases.facts import Fact
from streams.cases.journal import Cause, transitions
from streams.cases.outputs import TransitionOut, alert_of_output
from streams.cases.packing import packed_due
from streams.cases.rulebook import Line
from streams.cases.telling import NATION, national
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
from streams.groups.gaps import ENGINE, Change, Gaps
from streams.groups.rates import RateDocket
from streams.groups.silence import SilenceDocket
from streams.rules.derived import ABOUT_GAPS, PERIODS
from streams.rules.kinds import JUDGED_AT_EVENTS

TREE = "/sys/tree"
_ENCODER = msgspec.msgpack.Encoder()
_DAY = timedelta(days=1)


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

    def __init__(self, key: str, lines: Iterable[Line], born: datetime | None, contents: Iterable[dict[str, Any]] = ()) -> None:
        """Begin a group with what it was told; judge it with `settle` before it takes anything."""
        self.key = key
        self.scope, _, self.id = key.partition(":")
        self.due: datetime | None = None
        self._born = born
        self._lines: list[Line] = []
        self._periods: frozenset[str] = frozenset()
        self._gaps: Gaps | None = None
        self._contents: dict[Ref, dict[str, Any]] = {ref_of(one): one for one in contents}
        self._facts: dict[Ref, Shared] = {ref: shared(one) for ref, one in self._contents.items() if is_event(one)}
        self._made: dict[Ref, Shared] = {}
        self._timeline = GroupTimeline(self.scope, self.id, self._facts.values())
        for one in self._contents.values():
            self._timeline.mark(None, one if is_mark_of_case(one) else None)
        self._read(lines)
        self._dockets: dict[int, Verdicts] = {}
        self._month: date | None = None
        self._judged = False

    def pack(self) -> bytes:
        """The packed form: when it is next due, and what it was told."""
        return packed_due(self.due) + _ENCODER.encode(list(self._contents.values()))

    def standing(self) -> Iterator[AlertRecord]:
        """Every alert that stands, ended or not."""
        for docket in self._dockets.values():
            yield from docket.alerts.values()

    def settle(self, clock: datetime | None) -> None:
        """Judge everything afresh at a clock and say nothing of it."""
        self._dockets.clear()
        if clock is None:
            return
        self._judged = True
        for _ in self._add_periods(clock):
            pass  # they are in the timeline now
        self._find_gaps(clock)
        for line in self._lines:
            if self._has(line):
                self._open(line).look(clock)
        self._set_due()

    def take(self, ref: Ref, content: dict[str, Any] | None, clock: datetime | None, cause: Cause) -> list[TransitionOut]:
        """Take an event as it now stands (None: the group has it no longer)."""
        known = self._contents.get(ref)
        if known is not None and content is not None and is_told_before(known, content):
            return []
        before, after = self._facts.pop(ref, None), None
        self._contents.pop(ref, None)
        if content is not None:
            self._contents[ref] = content
            if is_event(content):
                after = self._facts[ref] = shared(content)
        if is_mark_of_case(content or known or {}):
            self._timeline.mark(known, content)
            return [] if clock is None else self._compared(lambda: self._look_at_cases(clock), cause)
        if self._gaps is not None:
            self._gaps.change(ref, content, known)
        last = self._put([] if before is None and after is None else [(before, after)])
        if clock is None:
            return []
        changes, gaps = [] if before is None and after is None else [(before, after)], self._find_gaps(clock)
        return self._judge_again([*changes, *gaps], clock, cause, last=last and not gaps)

    def advance(self, clock: datetime, cause: Cause) -> list[TransitionOut]:
        """Move the clock on."""
        if not self._judged:
            return self._compared(lambda: self.settle(clock), cause)
        steps: list[TransitionOut] = []
        for fact, last in self._add_periods(clock):
            steps += self._judge_again([(None, fact)], clock, cause, last=last)
        if gaps := self._find_gaps(clock):
            steps += self._judge_again(gaps, clock, cause, last=False)
        return steps + self._compared(lambda: self._look_due(clock), cause)

    def rejudge(self, lines: Iterable[Line], clock: datetime | None, cause: Cause) -> list[TransitionOut]:
        """Judge everything again, by other rules."""
        self._read(lines)
        return self._compared(lambda: self.settle(clock), cause)

    def _judge_again(self, changes: Sequence[Change], clock: datetime, cause: Cause, *, last: bool) -> list[TransitionOut]:
        """Judge what some changes of history bear on; ``last``: they are one event more, behind all others."""
        if not changes:
            self._set_due()
            return []

        def judge() -> None:
            for line in self._lines:
                docket = self._dockets.get(line.number)
                if isinstance(docket, RateDocket | SilenceDocket):
                    for before, after in changes:
                        docket.change(before, after)
                    docket.look(clock)
                elif docket is not None and last:
                    docket.look(clock, changes[0][1])
                elif docket is not None or self._has(line):
                    self._open(line).look(clock)
            self._set_due()

        return self._compared(judge, cause)

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
        for line in self._lines:
            if (line.number in self._dockets or self._has(line)) and any(rule.reads_cases for rule in line.rules()):
                self._open(line).look(clock)
        self._set_due()

    def _look_due(self, clock: datetime) -> None:
        for docket in self._dockets.values():
            if docket.wake is not None and docket.wake <= clock:
                docket.look(clock)
        self._set_due()

    def _compared(self, judge: Any, cause: Cause) -> list[TransitionOut]:
        """What a judgment changes, alert by alert; each alert lies under its own scope's key."""
        old = {alert.id: alert for alert in self.standing()}
        judge()
        new = {alert.id: alert for alert in self.standing()}
        steps: list[TransitionOut] = []
        for name in sorted(old.keys() | new.keys()):
            was, now = old.get(name), new.get(name)
            if was is now:
                continue
            alert = now or was
            assert alert is not None
            mine = cause._replace(rootid=f"{alert.scope}:{alert.subject}")
            steps += transitions({} if was is None else {name: was}, {} if now is None else {name: now}, mine)
        return sorted(steps, key=alert_of_output)

    def _open(self, line: Line) -> Verdicts:
        docket: Verdicts
        if line.kind == "rate":
            docket = RateDocket(line, self._timeline)
        elif line.kind == "silence":
            docket = SilenceDocket(line, self._timeline, self._entry())
        else:
            kind = CheckDocket if line.kind in JUDGED_AT_EVENTS else Docket
            docket = kind(line, self._timeline, self.id, incomplete=False)
        self._dockets[line.number] = docket
        return docket

    def _has(self, line: Line) -> bool:
        """Whether a rule has anything to judge here."""
        if line.kind == "silence":
            return True
        wanted = line.read_types if line.kind == "rate" else line.start_types
        return any(name in wanted for name in self._timeline.types())

    def _entry(self) -> Shared | None:
        """The entry of a court in the tree, at the first tick of the log."""
        return None if self.scope != "court" or self._born is None else made(TREE, self.id, "sys.tree", self.id, self._born)

    def _add_periods(self, clock: datetime) -> Iterator[tuple[Shared, bool]]:
        """Add the months and quarters that began by a clock, where rules read them; each, and whether it is the last event."""
        if not self._periods or self._born is None or self.scope != "court":
            return
        month = self._month or _month_before(self._born)
        while (at := day_start(following := self._next(month), SHANGHAI)) <= clock:
            self._month = month = following
            for name in sorted(self._periods):
                if name == "@month" or month.month % 3 == 1:
                    event_id = short_id("period", name, self.id, format_instant(at))
                    fact = self._made[ENGINE, event_id] = made(ENGINE, event_id, name, self.id, at)
                    yield fact, self._timeline.add(fact)
        self._month = month

    def _next(self, month: date) -> date:
        """The next month after one in which a period that is read begins."""
        following = _next_month(month)
        while self._periods == {"@quarter"} and following.month % 3 != 1:
            following = _next_month(following)
        return following

    def _read(self, lines: Iterable[Line]) -> None:
        """Take the rules that judge this group, and the periods that they read."""
        self._lines = [line for line in lines if _is_for(line, self.scope, self.id)]
        names = frozenset(name for line in self._lines for name in line.start_types | line.read_types)
        self._periods = PERIODS & names
        if self.scope != "court" or ABOUT_GAPS.isdisjoint(names):
            self._made = {ref: fact for ref, fact in self._made.items() if fact.type not in ABOUT_GAPS}
            self._gaps = None
            self._timeline.put_again([*self._facts.values(), *self._made.values()])
        elif self._gaps is None:
            self._gaps = Gaps(self.id)
            for ref, content in self._contents.items():
                self._gaps.change(ref, content, None)

    def _set_due(self) -> None:
        wakes = [docket.wake for docket in self._dockets.values() if docket.wake is not None]
        if self._gaps is not None and self._gaps.wake is not None:
            wakes.append(self._gaps.wake)
        if self._month is not None:
            wakes.append(day_start(self._next(self._month), SHANGHAI))
        self.due = min(wakes, default=None)


def _month_before(at: datetime) -> date:
    """The month that began last before an instant; what begins at the instant itself is yet to come."""
    month = civil_date(at).replace(day=1)
    return (month - _DAY).replace(day=1) if at == day_start(month, SHANGHAI) else month


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _is_for(line: Line, scope: str, scope_id: str) -> bool:
    if scope == NATION:
        return national(line) and scope_id == f"{line.pack}/{line.rule_id}"
    return line.scope == scope and not national(line)


def needs_every_court(lines: Sequence[Line]) -> bool:
    """Whether some rule has something to judge of a court that was never heard of."""
    return any(line.scope == "court" and (line.kind == "silence" or not PERIODS.isdisjoint(line.start_types)) for line in lines)
