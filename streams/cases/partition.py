"""The pure core of one partition: events, ticks and activations in, transitions and facts out.

The journal is a function of the partition's log; state is a function of the log up to a position.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from contract.canonical import short_id
from contract.envelope import Event
from contract.errors import PoisonEvent
from contract.registry import CONTROL_TYPES, HEARTBEAT
from contract.times import format_instant
from contract.working_hours import EPOCH
from streams.cases.alerts import AlertRecord
from streams.cases.chain import Chain
from streams.cases.facts import fact_of
from streams.cases.gossip import control_of, numbered
from streams.cases.journal import Cause
from streams.cases.kept import Kept, RereadNeededError
from streams.cases.outputs import Output, Remark, Watermark, alert_of_output
from streams.cases.packing import due_of
from streams.cases.refusals import Refusal, told_of_refusal
from streams.cases.rule_life import take
from streams.cases.rulebook import RuleBook
from streams.cases.versions import Activation, ParamChange
from streams.rules.model import Pack, pack_from_canonical

PARTITION_KEY = "@partition"
Position = tuple[int, int]
"""(partition, offset)."""

HOT = 10_000
"""Chains kept decoded: some 100 KB each."""


class _Stored(msgspec.Struct):
    offset: int
    clock: datetime | None
    activations: list[Activation]
    packs: list[bytes]
    changes: list[ParamChange] = []
    calendars: list[bytes] = []
    kept: Kept = Kept({}, frozenset())


class Partition:
    """All chains of one partition.

    Attributes:
        clock: The greatest tick read.
    """

    def __init__(self, rules: RuleBook, *, position_prefix: str = "", snapshots: bool = True, hot: int = HOT) -> None:
        """Begin an empty partition.

        Args:
            rules: The packs at hand and those active from the beginning; the partition's activations are its own.
            position_prefix: Written before each position, for a log that isn't the live one.
            snapshots: Whether to tell how cases stand.
            hot: How many chains to keep decoded.
        """
        self.clock: datetime | None = None
        self._book = rules.copy()
        self._kept = self._book.kept
        self._prefix = position_prefix
        self._snapshots = snapshots
        self._hot_limit = hot
        self._offset = -1
        self._packed: dict[str, bytes] = {}
        self._hot: dict[str, Chain] = {}
        self._dirty: set[str] = set()
        self._due: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []
        self._remarks: list[Remark] = []

    @classmethod
    def restore(
        cls, rules: RuleBook, items: Mapping[str, bytes], *, position_prefix: str = "", snapshots: bool = True, hot: int = HOT
    ) -> "Partition":
        """Make a partition of what `drain_dirty` gave; nothing but the timers is decoded."""
        partition = cls(rules, position_prefix=position_prefix, snapshots=snapshots, hot=hot)
        for key, value in items.items():
            if key == PARTITION_KEY:
                stored = msgspec.msgpack.decode(value, type=_Stored)
                partition._offset = stored.offset
                partition.clock = stored.clock
                partition._book.restore(
                    stored.activations,
                    map(pack_from_canonical, stored.packs),
                    changes=stored.changes,
                    calendars=stored.calendars,
                )
                partition._kept = stored.kept
                partition._book.widen(stored.kept)
            else:
                partition._packed[key] = value
                partition._schedule(key, due_of(value))
        return partition

    def apply(self, position: Position, event: Event) -> list[Output]:
        """Apply one event that the contract accepts; what was read before (by position) changes nothing.

        Raises:
            PoisonEvent: It can't be applied; the state is unchanged.
            UnknownPackError: It activates a pack that isn't at hand.
            RereadNeededError: Its rules read what the packed history lacks; the state is unchanged.
        """
        if position[1] <= self._offset:
            return []
        where = self._where(position)
        kind = event.short
        control = kind in CONTROL_TYPES
        outputs = self._control(kind, event, position[0], where) if control else self._fact(event, where)
        self._offset = position[1]
        return numbered(outputs)

    def drain_dirty(self) -> dict[str, bytes | None]:
        """What changed since the last call, to be stored: packed chains by rootid, and the partition's own key."""
        changed: dict[str, bytes | None] = {}
        for rootid in self._dirty:
            if rootid in self._hot:
                self._packed[rootid] = self._hot[rootid].pack()
            changed[rootid] = self._packed[rootid]
        self._dirty.clear()
        changed[PARTITION_KEY] = msgspec.msgpack.encode(
            _Stored(
                self._offset,
                self.clock,
                self._book.activations,
                self._book.active_packs(),
                self._book.changes,
                [calendar.canonical() for calendar in self._book.calendars],
                self._kept,
            )
        )
        self._cool()
        return changed

    def standing(self) -> list[AlertRecord]:
        """Every standing alert, ended or not, by id."""
        alerts: list[AlertRecord] = []
        for rootid in self._rootids():
            alerts += self._chain(rootid).standing()
        return sorted(alerts, key=lambda alert: alert.id)

    def mark_incomplete(self, rootid: str, position: Position) -> list[Output]:
        """The event at a position couldn't be applied: its chain goes on, and every alert of it says so.

        A `sys.dead_letter_resolved` under the chain's key takes the mark away again.
        """
        chain, where = self._chain(rootid), self._where(position)
        clock = chain.clock(self.clock) or EPOCH
        cause = Cause(where, clock, rootid, None, "an event of the chain could not be applied")
        outputs = chain.miss(self.clock, where, cause)
        self._touched(chain)
        return outputs

    def tell_refusal(self, position: Position, refusal: Refusal) -> list[Output]:
        """Tell the court whose feed sent it that the record at a position was refused, if rules have groups."""
        if not self._book.telling:
            return []
        return numbered(told_of_refusal(refusal, self.clock or EPOCH, self._where(position)))

    @property
    def lacking(self) -> Kept | None:
        """What a restored history must keep and doesn't, as after a new version of this program; None if it has all."""
        return None if self._kept.has(self._book.needs) else self._book.kept

    def activate_all(self, packs: Sequence[Pack] | None = None, *, also: Sequence[Pack] = ()) -> None:
        """Let packs at hand (None: all) judge always, if none was activated, and those in ``also`` in any case."""
        self._book.activate_all(packs, also=also)

    def widen(self, kept: Kept) -> None:
        """Keep more fields of what comes; before anything is applied, so that the whole history has them."""
        self._book.widen(kept)
        self._kept = self._book.kept

    def take_remarks(self) -> list[Remark]:
        """What stopped nothing and should be known, since the last call."""
        remarks, self._remarks = self._remarks, []
        return remarks

    def _where(self, position: Position) -> str:
        return f"{self._prefix}{position[0]}:{position[1]}"

    def _fact(self, event: Event, where: str) -> list[Output]:
        if event.correctionof is not None and event.correctionof[0] != event.source:
            raise PoisonEvent("foreign_correction", f"{event.correctionof[0]} is another source than {event.source}")
        fact = fact_of(event, self._book.fields, self._book.shared)
        chain = self._chain(event.rootid)
        outputs = chain.take(fact, self.clock, where, snapshots=self._snapshots and fact.type != HEARTBEAT)
        if chain.remarks:
            self._remarks += chain.remarks
            chain.remarks.clear()
        self._touched(chain)
        return outputs

    def _control(self, kind: str, event: Event, partition: int, where: str) -> list[Output]:
        data = event.data or {}
        if kind == "sys.ticked":
            return self._tick(event, partition, where)
        if kind == "sys.dead_letter_resolved":
            return self._resolved(event, data, partition, where)
        before, after = self._book, self._book.copy()
        reason = take(after, event)
        if not self._kept.has(after.needs):
            raise RereadNeededError(after.kept)
        self._book = after
        outputs = self._rejudge_all(before, event, where, reason) if reason else []
        return [control_of(event, where), *outputs]

    def _resolved(self, event: Event, data: Mapping[str, Any], partition: int, where: str) -> list[Output]:
        chain = self._chain(event.rootid)
        cause = Cause(where, chain.clock(self.clock) or EPOCH, event.rootid, event.ref, str(data["how"]))
        outputs = chain.found(self.clock, self._where((partition, data["offset"])), cause)
        self._touched(chain)
        return outputs

    def _tick(self, event: Event, partition: int, where: str) -> list[Output]:
        outputs: list[Output] = []
        if self.clock is None or event.time > self.clock:
            for rootid in self._reached(event.time):
                chain = self._chain(rootid)  # judged at the clock before this tick
                clock = chain.clock(event.time)
                assert clock is not None
                cause = Cause(where, clock, rootid, event.ref, "clock")
                outputs += chain.advance(event.time, cause)
                self._touched(chain)
            self.clock = event.time
            outputs.sort(key=alert_of_output)
        control = int((event.data or {}).get("control", 0))
        outputs.append(
            Watermark(
                id=short_id("watermark", where),
                partition=partition,
                tick=format_instant(event.time),
                control=control,
                position=where,
            )
        )
        return outputs

    def _reached(self, clock: datetime) -> Iterator[str]:
        """Take the chains that are due by a clock from the timers."""
        while self._heap and self._heap[0][0] <= clock:
            due, rootid = heapq.heappop(self._heap)
            if self._due.get(rootid) == due:
                del self._due[rootid]
                yield rootid

    def _rejudge_all(self, before: RuleBook, event: Event, where: str, reason: str) -> list[Output]:
        """Judge every chain by the rules as they now are; those put away are first judged as they stood before."""
        outputs: list[Output] = []
        for rootid in self._rootids():
            chain = self._chain(rootid, before)
            clock = chain.clock(self.clock) or EPOCH
            cause = Cause(where, clock, rootid, event.ref, reason, taken_back="superseded")
            outputs += chain.rejudge(self.clock, cause, self._book)
            self._touched(chain)
        return sorted(outputs, key=alert_of_output)

    def _rootids(self) -> list[str]:
        return sorted(self._packed.keys() | self._hot.keys())

    def _chain(self, rootid: str, book: RuleBook | None = None) -> Chain:
        """The chain, decoded and judged at the clock so far, by the rules of ``book`` if it isn't at hand."""
        chain = self._hot.pop(rootid, None)
        if chain is None:
            chain = Chain(rootid, book or self._book, self._packed.get(rootid))
            chain.settle(self.clock)
            if len(self._hot) > self._hot_limit * 5 // 4:
                self._cool()
        self._hot[rootid] = chain
        return chain

    def _touched(self, chain: Chain) -> None:
        self._dirty.add(chain.rootid)
        self._schedule(chain.rootid, chain.due)

    def _schedule(self, rootid: str, due: datetime | None) -> None:
        if due is None:
            self._due.pop(rootid, None)
        elif self._due.get(rootid) != due:
            self._due[rootid] = due
            heapq.heappush(self._heap, (due, rootid))

    def _cool(self) -> None:
        """Put the chains away that were used longest ago; those not yet stored are packed."""
        for rootid in list(self._hot)[: max(0, len(self._hot) - self._hot_limit)]:
            chain = self._hot.pop(rootid)
            if rootid in self._dirty:
                self._packed[rootid] = chain.pack()
