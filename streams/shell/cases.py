"""The cases room: events in, alerts and facts out, state in a fenced changelog.

A checkpoint is: outputs confirmed → state and position written in one transaction per partition → offsets committed (by
the seam). State is therefore never ahead of its outputs. A crash between any two steps repeats outputs under the same ids
and bytes, which every reader drops; see docs/delivery.md.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from contract import deadletter, topics
from contract.deadletter import DeadLetter, Refused
from contract.errors import InvalidEvent, PoisonEvent
from contract.topics import partition_of
from streams.cases.kept import Kept, RereadNeededError
from streams.cases.outputs import EVERYWHERE, TransitionOut
from streams.duty.outputs import EVERYBODY, DecisionOut, EventOut, Telling
from streams.projections.record import Record
from streams.shell.lane import CoreFactory, Lane, Output
from streams.shell.metrics import Metrics
from streams.shell.outbox import Outbox, new_producer
from streams.shell.reread import applied, lacking, reread
from streams.shell.seam import REREADING, TP, StepHook, no_hook
from streams.shell.statelog import Latest, StateLog

GROUP = "yipanqi-cases"

logger = logging.getLogger(__name__)


class CasesRoom:
    """Drives the pure core of each partition that this worker holds.

    `group` and `names` (declared topic → topic to use; none: what would go there is not sent) let a rebuild, or a room of
    another log, run beside the live room, with a state and outputs of its own. `lane` makes the lanes of other records' logs;
    such a room says what it `reads`, what it `sends`, where its `state` is, and of which outputs the last by key lie in which
    topic (`latest`) for who reads them at a start.
    """

    def __init__(
        self,
        factory: CoreFactory,
        *,
        kafka: str,
        master_key: bytes,
        metrics: Metrics,
        group: str = GROUP,
        names: Mapping[str, str] | None = None,
        step: StepHook = no_hook,
        lane: Callable[[int, Mapping[str, bytes]], Lane] | None = None,
        reads: str = topics.EVENTS,
        sends: Sequence[str] = (topics.ALERTS, topics.FACTS),
        state: str = topics.STATE,
        latest: tuple[str, str] | None = None,
    ) -> None:
        self._latest = latest
        self._sends = (*sends, topics.REJECTED)
        self._lane = lane or (lambda partition, items: Lane(partition, factory, items))
        self._names = names or {}
        self._events = self._name(reads)
        self._state = self._name(state)
        self.topics = frozenset({self._events})
        self.group = group
        self.lanes: dict[int, Lane] = {}
        self._logs: dict[int, StateLog] = {}
        self._factory = factory
        self._kafka = kafka
        self._master_key = master_key
        self._metrics = metrics
        self._step = step
        self._producer: Any = None
        self._outbox: Outbox | None = None
        self._counts: dict[str, int] = {}

    async def assigned(self, tps: frozenset[TP]) -> Mapping[TP, int | None]:
        """Fence out earlier owners and restore; each partition goes on where its state stands, whatever was committed."""
        await self._start_producer()
        lanes = await asyncio.gather(*(self._open(tp.partition) for tp in tps))
        self.lanes.update((lane.partition, lane) for lane in lanes)
        return {TP(self._events, lane.partition): lane.next for lane in lanes}

    async def process(self, tp: TP, records: Sequence[Record]) -> None:
        """Apply records and send what comes of them at once; the checkpoint waits for the confirmations."""
        lane, outbox = self.lanes[tp.partition], self._outbox
        assert outbox is not None
        for record in records:
            try:
                outputs = lane.apply(record)
            except RereadNeededError as need:
                lane = await self._reread(tp.partition, record.offset, need.kept)
                self._add(applied(lane, record), outbox)
            except (InvalidEvent, PoisonEvent) as error:
                self._bury(lane, record, error, outbox)
            else:
                if outputs:
                    self._add(outputs, outbox)
                self._remark(lane, record, outbox)
        await outbox.flush()
        if lane.tick_appended_ms is not None:
            self._metrics.watermark_age.labels(lane.partition).set_function(partial(_age, lane))
        self._metrics.events.labels(self._events).inc(len(records))

    async def checkpoint(self) -> Mapping[TP, int]:
        """Confirm the outputs, then write state and position of each partition that moved."""
        moved = [lane for lane in self.lanes.values() if lane.moved]
        if not moved or self._outbox is None:
            return {}
        started = time.perf_counter()
        self._step("outputs-sent")
        await self._outbox.confirm()
        self._step("outputs-confirmed")
        items = {lane.partition: lane.drain() for lane in moved}
        latest = {lane.partition: self._latest_of(lane, self._outbox) for lane in moved}
        await asyncio.gather(*(self._logs[number].write(changes, latest[number]) for number, changes in items.items()))
        self._metrics.checkpoint.observe(time.perf_counter() - started)
        self._metrics.state_changes.inc(sum(map(len, items.values())))
        self._metrics.muted_sources.set(len({source for lane in self.lanes.values() for source in lane.breaker.muted}))
        return {TP(self._events, lane.partition): lane.next for lane in moved}

    async def revoked(self, tps: frozenset[TP]) -> None:
        """Close the changelogs and forget the state; the last partition takes the producer with it."""
        for tp in tps:
            if self.lanes.pop(tp.partition, None) is not None:
                self._metrics.watermark_age.remove(tp.partition)
        logs = [self._logs.pop(tp.partition) for tp in tps if tp.partition in self._logs]
        await asyncio.gather(*(log.close() for log in logs))
        if not self._logs and self._producer is not None:
            producer, self._producer, self._outbox = self._producer, None, None
            await producer.stop()

    def _latest_of(self, lane: Lane, outbox: Outbox) -> Latest | None:
        if self._latest is None:
            return None
        outputs, topic = (self._name(one) for one in self._latest)
        return Latest(topic, lane.drain_latest(outbox.ends.get((outputs, lane.partition))))

    def _name(self, topic: str) -> str:
        return self._names.get(topic, topic)

    async def _start_producer(self) -> None:
        if self._producer is not None:
            return
        self._producer = new_producer(self._kafka, self.group)
        await self._producer.start()
        for name in self._sends:
            self._counts[name] = len(await self._producer.partitions_for(self._name(name))) if self._name(name) else 0
        self._outbox = Outbox(self._producer)

    async def _open(self, partition: int) -> Lane:
        started = time.perf_counter()
        log = self._logs[partition] = StateLog(self._kafka, self._state, partition, self.group, step=self._step)
        lane = self._lane(partition, await log.open())
        if kept := lacking(lane):
            lane = await self._reread(partition, lane.next, kept)
        self._metrics.restore.labels(partition).set(time.perf_counter() - started)
        return lane

    async def _reread(self, partition: int, until: int, kept: Kept) -> Lane:
        """Read a partition again up to an offset, in a thread: heartbeats go on."""
        place = TP(self._events, partition)
        logger.warning("%s partition %d is read again up to offset %d: rules read fields that were not kept", *place, until)
        self.lanes.pop(partition, None)
        REREADING.set()
        try:
            lane = await asyncio.to_thread(reread, self._factory, self._kafka, place, until, kept)
        finally:
            REREADING.clear()
        self._step("reread")
        self.lanes[partition] = lane
        return lane

    def _add(self, outputs: Iterable[Output], outbox: Outbox) -> None:
        for output in outputs:
            topic, key = output.topic, output.key
            if not self._name(topic):
                continue
            value = output.encode()
            headers = output.headers if isinstance(output, EventOut) else ()
            for partition in _partitions(output, self._counts[topic]):
                outbox.add(self._name(topic), partition, key.encode(), value, headers)
            if isinstance(output, TransitionOut):
                self._metrics.alerts.labels(output.alert.rule, output.alert.severity, output.transition).inc()
            elif isinstance(output, DecisionOut):
                self._metrics.decisions.labels(output.decision.what, output.decision.outcome).inc()

    def _bury(self, lane: Lane, record: Record, error: InvalidEvent | PoisonEvent, outbox: Outbox) -> None:
        letter, refused, outputs = lane.refuse(record, error)
        self._add(outputs, outbox)
        self._lay(letter, refused, outbox)

    def _remark(self, lane: Lane, record: Record, outbox: Outbox) -> None:
        """Count what stopped nothing; a body that displaced another is a letter too, so that somebody looks at both."""
        for remark in lane.core.take_remarks():
            self._metrics.remarks.labels(remark.what).inc()
            # What a re-read finds again bears another position: its letter was laid when it was first read.
            if remark.what == "id_conflict" and remark.position == f"{lane.partition}:{record.offset}":
                self._lay(*lane.displacing(record), outbox)

    def _lay(self, letter: DeadLetter, refused: Refused, outbox: Outbox) -> None:
        key, value, headers = deadletter.to_kafka(letter, refused, self._master_key)
        partition = partition_of(letter.source, self._counts[topics.REJECTED])
        outbox.add(self._name(topics.REJECTED), partition, key, value, headers)
        self._metrics.dead_letters.labels(letter.reason).inc()


def _partitions(output: Output, count: int) -> Sequence[int]:
    everybody = isinstance(output, EVERYWHERE) or (isinstance(output, Telling) and output.key == EVERYBODY)
    return range(count) if everybody else (partition_of(output.key, count),)


def _age(lane: Lane) -> float:
    return time.time() - (lane.tick_appended_ms or 0) / 1000
