"""Supervision computed again from the log, beside the live engine, and compared with it alert by alert.

A fresh core reads each partition from its first offset to where the live engine stands (what its group committed: everything
that it said up to there is confirmed). Fresh groups hear what this core tells, as far as the live ones have heard it. What both
say goes to a topic of its own. Both standings, at the same position, are compared id by id, and only the difference enters the
live topic, caused by ``/sys/rebuild recomputed``. Decisions and pages are no part of this: supervision is recomputed, decisions
are folded.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from typing import NamedTuple

import msgspec
from kafka import KafkaConsumer, KafkaProducer

from contract.canonical import digest, short_id
from contract.topics import MAX_RECORD_BYTES, REBUILD_HEADER, TOPICS, Topic, partition_of
from infra.kafka.connect import connect
from infra.kafka.topics import ensure_topics
from streams.cases.alerts import AlertRecord
from streams.cases.journal import Cause, transitions
from streams.cases.lines import OWN_SCOPES
from streams.cases.outputs import TransitionOut
from streams.cases.partition import Partition
from streams.groups.origin import Message
from streams.shell.alerts_log import said
from streams.shell.groups import GroupLanes
from streams.shell.lane import CoreFactory
from streams.shell.progress import Progress
from streams.shell.replay import replay
from streams.shell.reread import Rereading
from streams.shell.seam import TP
from streams.shell.sides import COMMON, Side
from streams.shell.told import FactsLog, FreshGroups

CAUSE = ("/sys/rebuild", "recomputed")
REASON = "recomputed"
_FLUSH_S = 30.0


class Stood(NamedTuple):
    """A standing alert: the key that it lies under, the partition (of the log, or of the facts) that judges it, and itself."""

    key: str
    partition: int
    alert: AlertRecord


Standing = dict[str, Stood]
"""By alert id, standing alerts only."""


class Place(NamedTuple):
    """Where a partition has been read to, and how far its clock came."""

    end: int
    clock: datetime


class Places(NamedTuple):
    """The places of the partitions of the log, and of those of the facts."""

    cases: Mapping[int, Place]
    groups: Mapping[int, Place]

    def of(self, stood: Stood) -> Place:
        """The place of the partition that judges an alert."""
        return (self.cases if stood.alert.scope in OWN_SCOPES else self.groups)[stood.partition]


class Rebuilt(msgspec.Struct):
    """What came of a rebuild.

    Attributes:
        topic: Where the recomputed transitions are.
        positions: For each partition of the events the offset up to which both were compared.
        facts: For each partition of the facts the same, for alerts of groups.
        recomputed: Standing alerts by the fresh core and the fresh groups.
        live: Standing alerts by the live engine, at the same positions.
        difference: What was sent, or would be.
    """

    topic: str
    positions: dict[int, int]
    facts: dict[int, int]
    recomputed: int
    live: int
    difference: list[TransitionOut]


def rebuild_engine(
    factory: CoreFactory,
    bootstrap: str,
    positions: Mapping[int, int],
    progress: Progress,
    *,
    lanes: GroupLanes | None = None,
    side: Side = COMMON,
    send: bool = True,
) -> Rebuilt:
    """Recompute the log up to some positions, compare, and send the difference (unless not `send`).

    ``lanes``: of the groups; None: they are left out.
    """
    groups = None if lanes is None else FreshGroups(lanes, FactsLog(bootstrap, positions), progress)
    facts = {} if groups is None else groups.cut
    topic = _new_topic(bootstrap, side.alerts, len(positions))
    with _producer(bootstrap) as producer:
        sender = _Sender(producer, len(positions))
        room = Rereading(factory, bootstrap, side.events, list(positions))
        fresh, places = _recompute(room, groups, bootstrap, positions, sender.to(topic), progress)
        live = _live_standing(bootstrap, side.alerts, positions, facts, progress)
        difference = list(_difference(live, fresh, places))
        if send:
            name = short_id("rebuild", topic, sorted(positions.items()), sorted(facts.items()))
            for out in difference:
                sender.to(side.alerts, rebuild=name)(out)
        sender.flush()
    return Rebuilt(topic, dict(positions), dict(facts), len(fresh), len(live), difference)


@contextmanager
def _producer(bootstrap: str) -> Iterator[KafkaProducer]:
    producer = connect(
        KafkaProducer, bootstrap, acks="all", enable_idempotence=True, linger_ms=20, max_request_size=MAX_RECORD_BYTES
    )
    try:
        yield producer
    finally:
        producer.close(timeout=_FLUSH_S)  # without a limit it waits for ever for a broker that is gone


class _Sender:
    """Sends transitions and keeps what the broker refused: a flush waits for all, and tells of none that failed."""

    def __init__(self, producer: KafkaProducer, count: int) -> None:
        self._producer = producer
        self._count = count
        self._failures: list[BaseException] = []

    def to(self, topic: str, *, rebuild: str = "") -> Callable[[TransitionOut], None]:
        """What sends one to a topic; ``rebuild``: the name by which a desk tells of all that a rebuild found at once."""
        headers = [(REBUILD_HEADER, rebuild.encode())] if rebuild else []

        def send(out: TransitionOut) -> None:
            partition = partition_of(out.key, self._count)
            sent = self._producer.send(topic, partition=partition, key=out.key.encode(), value=out.encode(), headers=headers)
            sent.add_errback(self._failures.append)

        return send

    def flush(self) -> None:
        """Wait for all; raises the first refusal."""
        self._producer.flush(_FLUSH_S)
        if self._failures:
            raise self._failures[0]


def _new_topic(bootstrap: str, alerts: str, count: int) -> str:
    stem = f"{alerts.removesuffix('.v1')}.rebuild-"
    with closing(connect(KafkaConsumer, bootstrap)) as consumer:
        taken = consumer.topics()
    number = next(number for number in range(1, len(taken) + 2) if f"{stem}{number}" not in taken)
    declared = TOPICS[alerts]
    topic = Topic(f"{stem}{number}", declared.key, declared.kind, declared.settings)
    ensure_topics(bootstrap, count, [topic])
    return topic.name


def _recompute(
    room: Rereading,
    groups: FreshGroups | None,
    bootstrap: str,
    positions: Mapping[int, int],
    tell: Callable[[TransitionOut], None],
    progress: Progress,
) -> tuple[Standing, Places]:
    """Judge the log again, and let the groups hear of it."""
    chains: dict[str, str] = {}
    done, total = 0, sum(positions.values())
    for _, _, records in replay(bootstrap, {}, {TP(room.topic, partition): end for partition, end in positions.items()}):
        for record in records:
            for out in room.apply(record):
                if isinstance(out, TransitionOut):
                    chains[out.alert.id] = out.rootid
                    tell(out)
                elif groups is not None and isinstance(out, Message):
                    for step in groups.hear(out):
                        tell(step)
        done += len(records)
        progress("recomputing", done, total)
    standing: Standing = {}
    for partition, lane in room.lanes.items():
        assert isinstance(lane.core, Partition)
        standing |= {alert.id: Stood(chains[alert.id], partition, alert) for alert in lane.core.standing()}
    places = Places({partition: Place(lane.next, lane.now) for partition, lane in room.lanes.items()}, {})
    if groups is not None:
        standing |= {one.id: Stood(f"{one.scope}:{one.subject}", partition, one) for partition, one in groups.standing()}
        of_groups = {partition: Place(end, groups.clock(partition)) for partition, end in groups.cut.items()}
        places = places._replace(groups=of_groups)
    return standing, places


def _live_standing(
    bootstrap: str, topic: str, positions: Mapping[int, int], facts: Mapping[int, int], progress: Progress
) -> Standing:
    """What the live engine's transitions come to, those caused below `positions` alone; repeats are passed over by id."""
    latest: dict[str, tuple[int, TransitionOut]] = {}
    seen: set[str] = set()
    for out, partition, offset, _ in said(bootstrap, topic, "reading live alerts", progress):
        limits = positions if out.alert.scope in OWN_SCOPES else facts
        if out.id in seen or offset >= limits.get(partition, 0):
            continue
        seen.add(out.id)
        known = latest.get(out.alert.id)
        if known is None or offset >= known[0]:
            latest[out.alert.id] = (offset, out)
    return {
        alert_id: Stood(out.rootid, int(out.position.partition(":")[0]), out.alert)
        for alert_id, (_, out) in latest.items()
        if out.transition != "retracted" and out.alert.end_reason not in ("retracted", "superseded")
    }


def _difference(live: Standing, fresh: Standing, places: Places) -> Iterator[TransitionOut]:
    """What turns the live standing into the recomputed one, by alert id."""
    for alert_id in sorted(live.keys() | fresh.keys()):
        before, after = live.get(alert_id), fresh.get(alert_id)
        if before is not None and after is not None and before.alert == after.alert:
            continue
        stood = after or before
        assert stood is not None
        place = places.of(stood)
        cause = Cause(f"{stood.partition}:{place.end - 1}", place.clock, stood.key, CAUSE, REASON)
        old = {} if before is None else {alert_id: before.alert}
        new = {} if after is None else {alert_id: after.alert}
        for out in transitions(old, new, cause):
            # an id of its own: the live engine may have said the like at the same position, of another record
            parts = (alert_id, out.transition, out.position, digest(msgspec.to_builtins(out.alert)).hex())
            yield msgspec.structs.replace(out, id=short_id("recomputed", *parts))
