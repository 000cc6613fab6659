"""The duty room's decisions in memory: the last record of each target, what is open by court, answers by command.

A read model like the live view of alerts: fed in the loop where it is read. At a start it takes the last decision of each
target (`load`), and reads the log from where those stand (`begin`); a little before, for answers and alarm quality.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec
from sortedcontainers import SortedKeyList

from contract.courts import COURTS
from contract.duty import decisions
from contract.duty.decisions import LEFT, Decision
from contract.duty.scope import Scope
from dashboards.duty_recent import Recent

Kind = Literal["alert", "directive", "entrustment", "roster", "desk", "thread"]
_ANSWERS_KEPT = 100_000
_CHANGES_KEPT = 10_000
_OPEN_ALERT = frozenset({"firing", "acked"})
_DEFAULTS: dict[Kind, dict[str, Any]] = {"alert": {"state": "firing", "level": 0}, "directive": {"state": "drafted"}}
"""Fields that everybody reads and a record leaves out while they have their first value."""

_NOT_TOLD = frozenset({"", "drafted", "unknown", "withdrawn"})
"""States in which a directive or an entrustment opens no case to the other court."""

_ENDED_DIRECTIVE = frozenset({"closed", "raised", "withdrawn", "lapsed"})


class Head(msgspec.Struct, frozen=True):
    """What is read of every record, whatever it is of; the rest is decoded when somebody looks at it."""

    rule: str = ""
    court: str = ""
    from_court: str = ""
    to_court: str = ""
    desks: tuple[str, ...] = ()
    state: str = ""
    subject: str = ""
    due_at: str = ""
    raised_at: str = ""
    severity: str = ""
    owner: str = ""
    assigned: str = ""
    merged_into: str = ""
    snoozed_until: str | None = None
    disputed_until: str | None = None
    flood_since: str | None = None


class Kept(msgspec.Struct, frozen=True):
    """The last that was decided of a target: its version, the instant, and its record, packed as it stands in the log."""

    target: str
    kind: Kind
    version: int
    at: datetime
    head: Head
    packed: bytes

    @property
    def record(self) -> dict[str, Any]:
        """The whole record; decoded at each call."""
        return _DEFAULTS.get(self.kind, {}) | _RECORDS.decode(self.packed)

    @property
    def state(self) -> str:
        """Its state; the first one is left out in the log."""
        return self.head.state or str(_DEFAULTS.get(self.kind, {}).get("state", ""))

    @property
    def courts(self) -> tuple[str, ...]:
        """Courts that it concerns."""
        head = self.head
        named = (head.court, head.from_court, head.to_court, *head.desks)
        return tuple(dict.fromkeys(court for court in named if court))

    @property
    def is_open(self) -> bool:
        """Whether somebody must still do something about it."""
        if self.kind == "alert":
            return self.state in _OPEN_ALERT
        return self.kind == "directive" and self.state not in _ENDED_DIRECTIVE


class Told(msgspec.Struct, frozen=True):
    """One decision as it was read here, numbered from 1."""

    number: int
    packed: bytes

    @property
    def decision(self) -> Decision:
        """The decision."""
        return decisions.decode(self.packed)


_NO_RECORD = b"null"


class _Read(msgspec.Struct, frozen=True):
    """A decision as far as it is read at once."""

    position: str
    n: int
    at: datetime
    target: str
    what: str = ""
    version: int = 0
    command: str | None = None
    record: msgspec.Raw = msgspec.Raw(_NO_RECORD)

    @property
    def place(self) -> tuple[int, int]:
        """Where in the room's input it comes from; grows for each partition."""
        return int(self.position.partition(":")[2]), self.n


_READ: msgspec.json.Decoder[_Read] = msgspec.json.Decoder(_Read)
_HEAD: msgspec.json.Decoder[Head] = msgspec.json.Decoder(Head)
_RECORDS: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(dict[str, Any])


class DutyView:
    """What the duty room has decided, as it stands now.

    Attributes:
        kept: Target → the last decision's record.
        positions: Partition of the decisions → the next offset to read.
        now: The greatest instant of a decision, None before the first.
        queue: Open alerts, those that are due first in front.
        recent: The last decisions as far as alarm quality reads them.
    """

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        self.positions: dict[int, int] = {}
        self.now: datetime | None = None
        self.queue: SortedKeyList = SortedKeyList(key=breach)
        self.recent = Recent()
        self._desks: dict[str, None] = {}
        self._open: dict[tuple[Kind, str], dict[str, None]] = {}
        self._held: dict[str, dict[str, None]] = {}
        self._about: dict[str, dict[str, None]] = {}
        self._answers: OrderedDict[str, bytes] = OrderedDict()
        self._changes: deque[Told] = deque(maxlen=_CHANGES_KEPT)
        self._seen: dict[str, tuple[int, int]] = {}
        self._number = self._begun = 0
        self._last: dict[int, tuple[int, int]] = {}
        self._starts: dict[int, int] = {}
        self._cut: set[int] = set()

    @property
    def number(self) -> int:
        """How many decisions there were, by those that were read."""
        return self._number

    def load(self, partition: int, value: bytes) -> None:
        """Take the last decision of a target, of ``duty.latest.v1``."""
        del partition
        read = _READ.decode(value)
        self._seen[read.target] = read.place
        self._stands(read)

    def begin(self, starts: Mapping[int, int], before: int) -> dict[int, int]:
        """Where to read on in the partitions of the decisions, after `load`: a little before where the log goes on.

        ``before``: how many records of each partition are read again, for answers and alarm quality.
        """
        self.positions = {partition: max(0, start - before) for partition, start in starts.items()}
        self._cut = {partition for partition, position in self.positions.items() if position > 0}
        self._starts = dict(starts)
        self._number = self._begun = sum(starts.values())
        return dict(self.positions)

    def apply(self, partition: int, offset: int, value: bytes) -> None:
        """Take one record of the topic; a repeat after a crash, and what was loaded, changes nothing."""
        self.positions[partition] = offset + 1
        read = _READ.decode(value)
        if read.command is not None:
            self._answer(read.command, value)
        if read.place > self._last.get(partition, (-1, -1)):
            self._last[partition] = read.place
            if partition in self._cut:
                self._cut.discard(partition)
                self.recent.begins(read.at)
            self.recent.apply(value)
        if read.place <= self._seen.get(read.target, (-1, -1)):
            return
        self._seen[read.target] = read.place
        if offset >= self._starts.get(partition, 0):
            self._number += 1
            self._changes.append(Told(self._number, value))
        self._stands(read)

    def _stands(self, read: _Read) -> None:
        self.now = read.at if self.now is None else max(self.now, read.at)
        packed = bytes(read.record)
        if packed != _NO_RECORD:
            head = _HEAD.decode(packed)
            self._keep(Kept(read.target, kind_of(read.target, head), read.version, read.at, head, packed))
        elif read.what == LEFT:
            self.kept.pop(read.target, None)  # it was closed: nothing else names it
            self._seen.pop(read.target, None)

    def get(self, target: str) -> Kept | None:
        """What was last decided of a target."""
        return self.kept.get(target)

    def answer(self, command: str) -> Decision | None:
        """The decision that answers a command; the last hundred thousand that were read are kept."""
        packed = self._answers.get(command)
        return None if packed is None else decisions.decode(packed)

    def open_of(self, kind: Kind, court: str) -> Iterator[Kept]:
        """Open targets that concern one court, in no order."""
        return (self.kept[target] for target in self._open.get((kind, court), ()))

    def open_in(self, kind: Kind, scope: Scope) -> list[Kept]:
        """Open targets that concern a court of a scope, each once."""
        courts = [court for one, court in self._open if one == kind and court in scope]
        return list({kept.target: kept for court in courts for kept in self.open_of(kind, court)}.values())

    def held_by(self, account: str) -> list[Kept]:
        """Open alerts that an account has, or was given."""
        return [self.kept[target] for target in self._held.get(account, ())]

    def all_in(self, kind: Kind, scope: Scope) -> list[Kept]:
        """Every target of a kind that concerns a court of a scope, ended ones too."""
        return [k for k in self.kept.values() if k.kind == kind and any(court in scope for court in k.courts)]

    def counterparts(self, subject: str) -> frozenset[str]:
        """Courts that one case was opened to: by an entrustment, or by a directive that was issued."""
        about = (self.kept[target] for target in self._about.get(subject, ()))
        return frozenset(court for kept in about if kept.state not in _NOT_TOLD for court in kept.courts)

    def desks(self) -> list[Kept]:
        """Every desk that digests or floods were decided for."""
        return [self.kept[target] for target in self._desks]

    def changes_after(self, number: int) -> list[Told] | None:
        """The decisions read after a number, None if they are no longer kept."""
        if not self._begun <= number <= self._number or (self._changes and number < self._changes[0].number - 1):
            return None
        return [told for told in self._changes if told.number > number]

    def _answer(self, command: str, value: bytes) -> None:
        self._answers[command] = value
        while len(self._answers) > _ANSWERS_KEPT:
            self._answers.popitem(last=False)

    def _keep(self, kept: Kept) -> None:
        before = self.kept.get(kept.target)
        for court in before.courts if before is not None and before.is_open else ():
            self._open[before.kind, court].pop(kept.target, None)  # type: ignore[union-attr]  # there are no courts of None
        if before is not None and before.kind == "alert" and before.is_open:
            self.queue.remove(before)
            for account in _holders(before):
                self._held[account].pop(kept.target, None)
        if kept.kind == "alert" and kept.is_open:
            self.queue.add(kept)
            for account in _holders(kept):
                self._held.setdefault(account, {})[kept.target] = None
        if kept.kind == "desk":
            self._desks[kept.target] = None
        self.kept[kept.target] = kept
        if kept.kind in {"directive", "entrustment"}:
            self._about.setdefault(kept.head.subject, {})[kept.target] = None
        for court in kept.courts if kept.is_open else ():
            self._open.setdefault((kept.kind, court), {})[kept.target] = None


def _holders(kept: Kept) -> set[str]:
    return {account for account in (kept.head.owner, kept.head.assigned) if account}


def breach(kept: Kept) -> tuple[str, str]:
    """The order of the queue: what is due first stands in front."""
    return kept.head.due_at, kept.target


def kind_of(target: str, head: Head) -> Kind:
    """What a target is: by the beginning of its name, or, of alerts and directives, by what the record has."""
    beginnings: dict[str, Kind] = {"roster": "roster", "desk": "desk", "thread": "thread", "entrustment": "entrustment"}
    beginning, slash, _ = target.partition("/")
    if slash and beginning in beginnings:
        return beginnings[beginning]
    return "alert" if head.rule else "directive"


def desk_of(court: str) -> str:
    """The target of a desk's roster.

    Raises:
        KeyError: The tree has no such court.
    """
    return f"roster/{COURTS[court].code}"
