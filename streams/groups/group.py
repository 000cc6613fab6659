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
from streams.groups.events import GroupTimeline, Shared, made, shared
from streams.groups.rates import RateDocket
from streams.groups.silence import SilenceDocket
from streams.rules.derived import PERIODS
from streams.rules.kinds import JUDGED_AT_EVENTS

TREE = "/sys/tree"
ENGINE = "/sys/engine"
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
        self._read(lines)
        self._contents: dict[Ref, dict[str, Any]] = {(one["source"], one["id"]): one for one in contents}
        self._facts: dict[Ref, Shared] = {ref: shared(content) for ref, content in self._contents.items()}
        self._timeline = GroupTimeline(self.scope, self.id, self._facts.values())
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
        for line in self._lines:
            if self._has(line):
                self._open(line).look(clock)
        self._set_due()

    def take(self, ref: Ref, content: dict[str, Any] | None, clock: datetime | None, cause: Cause) -> list[TransitionOut]:
        """Take an event as it now stands (None: the group has it no longer)."""
        before = self._facts.pop(ref, None)
        self._contents.pop(ref, None)
        after = None
        if content is not None:
            self._contents[ref] = content
            after = self._facts[ref] = shared(content)
        if before is None and after is not None:
            last = self._timeline.add(after)
        else:
            last = False
            periods = [fact for fact in self._timeline.facts if fact.source == ENGINE]
            self._timeline.put_again([*self._facts.values(), *periods])
        if clock is None:
            return []
        return self._judge_again(before, after, clock, cause, last=last)

    def advance(self, clock: datetime, cause: Cause) -> list[TransitionOut]:
        """Move the clock on."""
        if not self._judged:
            return self._compared(lambda: self.settle(clock), cause)
        steps: list[TransitionOut] = []
        for fact, last in self._add_periods(clock):
            steps += self._judge_again(None, fact, clock, cause, last=last)
        return steps + self._compared(lambda: self._look_due(clock), cause)

    def rejudge(self, lines: Iterable[Line], clock: datetime | None, cause: Cause) -> list[TransitionOut]:
        """Judge everything again, by other rules."""
        self._read(lines)
        return self._compared(lambda: self.settle(clock), cause)

    def _judge_again(
        self, before: Shared | None, after: Shared | None, clock: datetime, cause: Cause, *, last: bool
    ) -> list[TransitionOut]:
        def judge() -> None:
            for line in self._lines:
                docket = self._dockets.get(line.number)
                if isinstance(docket, RateDocket | SilenceDocket):
                    docket.change(before, after)
                    docket.look(clock)
                elif docket is not None and last and after is not None:
                    docket.look(clock, after)
                elif docket is not None or self._has(line):
                    self._open(line).look(clock)
            self._set_due()

        return self._compared(judge, cause)

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
                    fact = made(ENGINE, event_id, name, self.id, at)
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
        self._periods = PERIODS & frozenset(name for line in self._lines for name in line.start_types | line.read_types)

    def _set_due(self) -> None:
        wakes = [docket.wake for docket in self._dockets.values() if docket.wake is not None]
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
