"""The pure core of one partition of the facts topic: facts, control events and watermarks in, transitions out.

What it holds of a group is what the group was told: a compact list of events, each with no more fields than rules of groups
read. The clock is the least watermark of all case partitions, so that a lag of ours is never taken for the silence of a court.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from contract.courts import COURTS
from contract.envelope import Event
from contract.times import parse_instant
from contract.topics import partition_of
from contract.working_hours import EPOCH
from streams.cases.alerts import AlertRecord
from streams.cases.journal import Cause
from streams.cases.outputs import CaseSnapshot, GroupControl, GroupFact, TransitionOut, Watermark, alert_of_output
from streams.cases.packing import after_due, due_of
from streams.cases.rule_life import take
from streams.cases.rulebook import RuleBook
from streams.cases.versions import Activation, ParamChange
from streams.groups.group import Group, needs_every_court
from streams.groups.origin import Message, Place, place_of
from streams.rules.model import Pack, pack_from_canonical

GROUPS_KEY = "@groups"

_HOT = 5_000
_CONTENTS = msgspec.msgpack.Decoder(list[msgspec.Raw])


class _Stored(msgspec.Struct):
    heard: dict[int, Place]
    marks: dict[int, datetime]
    born: datetime | None
    activations: list[Activation]
    packs: list[bytes]
    changes: list[ParamChange]
    calendars: list[bytes]


class Groups:
    """All groups of one partition.

    Attributes:
        clock: The least watermark, None until every case partition has given one.
    """

    def __init__(self, rules: RuleBook, *, number: int = 0, count: int = 1, hot: int = _HOT) -> None:
        """Begin an empty partition.

        Args:
            rules: The packs at hand and those active from the beginning.
            number: Which partition of the facts topic it is.
            count: How many partitions the events and the facts have.
            hot: How many groups to keep decoded.
        """
        self.clock: datetime | None = None
        self._book = rules.copy()
        self._number, self._count, self._hot_limit = number, count, hot
        self._heard: dict[int, Place] = {}
        self._marks: dict[int, datetime] = {}
        self._born: datetime | None = None
        self._packed: dict[str, bytes] = {}
        self._hot: dict[str, Group] = {}
        self._dirty: set[str] = set()
        self._due: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []
        self._has_all_courts = False

    @classmethod
    def restore(
        cls, rules: RuleBook, items: Mapping[str, bytes], *, number: int = 0, count: int = 1, hot: int = _HOT
    ) -> "Groups":
        """Make a partition of what `drain_dirty` gave."""
        groups = cls(rules, number=number, count=count, hot=hot)
        for key, value in items.items():
            if key == GROUPS_KEY:
                groups._resume(msgspec.msgpack.decode(value, type=_Stored))
            else:
                groups._packed[key] = value
                groups._schedule(key, due_of(value))
        if groups.clock is not None:
            groups._meet_courts(groups.clock)
        return groups

    def apply(self, where: str, message: Message, part: int = 0) -> list[TransitionOut]:
        """Take one record of the facts topic, at a position; what its case partition said before changes nothing.

        ``part``: which of the messages at this position it is, where it isn't the only one.

        Raises:
            UnknownPackError: It activates a pack that isn't at hand.
        """
        if isinstance(message, CaseSnapshot):
            return []
        origin, place = place_of(message)
        if place <= self._heard.get(origin, (-1, -1)):
            return []
        self._heard[origin] = place
        if isinstance(message, Watermark):
            return self._tick(origin, message, where, part)
        if isinstance(message, GroupControl):
            return self._control(message, where, part)
        group = self._group(message.group)
        cause = Cause(where, self.clock or EPOCH, group.key, message.ref, _reason(message), part=part)
        steps = group.take(message.ref, message.event, self.clock, cause)
        self._touched(group)
        return steps

    def activate_all(self, packs: Sequence[Pack] | None = None, *, also: Sequence[Pack] = ()) -> None:
        """Activate packs at hand (None: all) from the beginning, unless one was activated; those in ``also`` in any case."""
        self._book.activate_all(packs, also=also)

    def drain_dirty(self) -> dict[str, bytes | None]:
        """What changed since the last call, to be stored: packed groups by key, and the partition's own."""
        changed: dict[str, bytes | None] = {}
        for key in self._dirty:
            changed[key] = self._hot[key].pack() if key in self._hot else self._packed[key]
        self._dirty.clear()
        book = self._book
        stored = _Stored(
            self._heard,
            self._marks,
            self._born,
            book.activations,
            book.active_packs(),
            book.changes,
            [calendar.canonical() for calendar in book.calendars],
        )
        changed[GROUPS_KEY] = msgspec.msgpack.encode(stored)
        self._cool()
        return changed

    def standing(self) -> list[AlertRecord]:
        """Every standing alert, ended or not, by id."""
        alerts = [alert for key in self._keys() for alert in self._group(key).standing()]
        return sorted(alerts, key=lambda alert: alert.id)

    def _resume(self, stored: _Stored) -> None:
        self._heard, self._marks, self._born = stored.heard, stored.marks, stored.born
        self.clock = self._least()
        packs = map(pack_from_canonical, stored.packs)
        self._book.restore(stored.activations, packs, changes=stored.changes, calendars=stored.calendars)

    def _least(self) -> datetime | None:
        return min(self._marks.values()) if len(self._marks) == self._count else None

    def _tick(self, origin: int, mark: Watermark, where: str, part: int) -> list[TransitionOut]:
        tick = parse_instant(mark.tick)
        self._marks[origin] = max(tick, self._marks.get(origin, tick))
        clock = self._least()
        if clock is None or (self.clock is not None and clock <= self.clock):
            return []
        steps: list[TransitionOut] = []
        if self.clock is None:
            self._born = clock
            self._begin(clock)
        self._meet_courts(clock)
        for key in self._reached(clock):
            group = self._group(key)
            event = ("/sys/clock", f"sys.ticked:{mark.control}")
            steps += group.advance(clock, Cause(where, clock, key, event, "clock", part=part))
            self._touched(group)
        self.clock = clock
        return sorted(steps, key=alert_of_output)

    def _begin(self, clock: datetime) -> None:
        """The first tick of the log: what was told before it has waited for a clock."""
        for key in self._keys():
            self._dirty.add(key)
            packed = self._packed.pop(key, None)
            contents = _contents(self._hot.pop(key).pack() if packed is None else packed)
            group = self._hot[key] = Group(key, self._book.group_lines, self._born, contents)
            self._due[key] = clock
            heapq.heappush(self._heap, (clock, key))
            del group

    def _meet_courts(self, clock: datetime, before: RuleBook | None = None) -> None:
        """Have a group for each court of the tree that lies here, if a rule judges courts that were never heard of.

        ``before``: the book by which they stand until they are judged again; None: the book as it is.
        """
        if self._has_all_courts or not needs_every_court(self._book.group_lines):
            return
        self._has_all_courts = True
        known = set(self._keys())
        for court in COURTS:
            key = f"court:{court.code}"
            if key not in known and partition_of(key, self._count) == self._number:
                group = self._hot[key] = Group(key, (before or self._book).group_lines, self._born)
                group.settle(min(clock, self.clock or self._born or clock))
                self._touched(group)

    def _control(self, message: GroupControl, where: str, part: int) -> list[TransitionOut]:
        at = parse_instant(message.time)
        source, event_id = message.ref
        event = Event(
            id=event_id,
            source=source,
            type=message.type,
            subject="sys/control",
            rootid="sys/control",
            time=at,
            recordedtime=at,
            receivedtime=at,
            data=message.data,
        )
        after = self._book.copy()
        reason = take(after, event)
        before, self._book = self._book, after
        if not reason:
            return []
        if self.clock is not None:
            self._meet_courts(self.clock, before)
        steps: list[TransitionOut] = []
        for key in self._keys():
            group = self._group(key, before)
            cause = Cause(where, self.clock or EPOCH, key, message.ref, reason, taken_back="superseded", part=part)
            steps += group.rejudge(self._book.group_lines, self.clock, cause)
            self._touched(group)
        return sorted(steps, key=alert_of_output)

    def _reached(self, clock: datetime) -> Iterator[str]:
        while self._heap and self._heap[0][0] <= clock:
            due, key = heapq.heappop(self._heap)
            if self._due.get(key) == due:
                del self._due[key]
                yield key

    def _keys(self) -> list[str]:
        return sorted(self._packed.keys() | self._hot.keys())

    def _group(self, key: str, book: RuleBook | None = None) -> Group:
        """The group, decoded and judged at the clock so far, by the rules of ``book`` if it isn't at hand."""
        group = self._hot.pop(key, None)
        if group is None:
            lines = (book or self._book).group_lines
            packed = self._packed.get(key)
            group = Group(key, lines, self._born, () if packed is None else _contents(packed))
            group.settle(self.clock)
            if len(self._hot) > self._hot_limit * 5 // 4:
                self._cool()
        self._hot[key] = group
        return group

    def _touched(self, group: Group) -> None:
        self._packed.pop(group.key, None)  # the packed form is of before
        self._dirty.add(group.key)
        self._schedule(group.key, group.due)

    def _schedule(self, key: str, due: datetime | None) -> None:
        if due is None:
            self._due.pop(key, None)
        elif self._due.get(key) != due:
            self._due[key] = due
            heapq.heappush(self._heap, (due, key))

    def _cool(self) -> None:
        """Put the groups away that were used longest ago; those that changed since they were unpacked are packed."""
        for key in list(self._hot)[: max(0, len(self._hot) - self._hot_limit)]:
            group = self._hot.pop(key)
            if key not in self._packed:
                self._packed[key] = group.pack()


def _contents(packed: bytes) -> Iterable[msgspec.Raw]:
    return _CONTENTS.decode(after_due(packed))


def _reason(message: GroupFact) -> str:
    return "withdrawal" if message.event is None else "event"
