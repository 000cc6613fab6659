"""Supervision computed again from the log, beside the live engine, and compared with it alert by alert.

A fresh core reads each partition from its first offset to where the live engine stands (what its group committed: everything
that it said up to there is confirmed). What it says goes to a topic of its own. Both standings, at the same position, are
compared id by id, and only the difference enters the live topic, caused by ``/sys/rebuild recomputed``. Decisions and pages
are no part of this: supervision is recomputed, decisions are folded.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from contract.canonical import digest, short_id
from contract.topics import ALERTS, EVENTS, MAX_RECORD_BYTES, TOPICS, Topic, partition_of
from infra.kafka.topics import ensure_topics
from streams.cases.alerts import AlertRecord
from streams.cases.journal import Cause, transitions
from streams.cases.lines import OWN_SCOPES
from streams.cases.outputs import TransitionOut
from streams.cases.partition import Partition
from streams.shell.cases import GROUP
from streams.shell.lane import CoreFactory, Lane
from streams.shell.log_ends import ends
from streams.shell.replay import replay
from streams.shell.reread import Rereading
from streams.shell.seam import TP

CAUSE = ("/sys/rebuild", "recomputed")
REASON = "recomputed"
_FLUSH_S = 30.0

Progress = Callable[[str, int, int], None]
Standing = dict[str, tuple[str, AlertRecord]]
"""Alert id → (rootid, record), standing alerts only."""

_TRANSITION = msgspec.json.Decoder(TransitionOut)


class Rebuilt(msgspec.Struct):
    """What came of a rebuild.

    Attributes:
        topic: Where the recomputed transitions are.
        positions: For each partition of the events the offset up to which both were compared.
        recomputed: Standing alerts by the fresh core.
        live: Standing alerts by the live engine, at the same positions.
        difference: What was sent, or would be.
    """

    topic: str
    positions: dict[int, int]
    recomputed: int
    live: int
    difference: list[TransitionOut]


def rebuild_engine(factory: CoreFactory, bootstrap: str, progress: Progress, *, send: bool = True) -> Rebuilt:
    """Recompute, compare, and send the difference (unless not `send`)."""
    counts = {tp.partition: end for tp, end in ends(bootstrap, [EVENTS]).items()}
    positions = live_positions(bootstrap, counts)
    topic = _new_topic(bootstrap, len(counts))
    with _producer(bootstrap) as producer:
        failures: list[BaseException] = []
        fresh, lanes = _recompute(
            factory, bootstrap, positions, lambda out: _send(producer, topic, out, len(counts), failures), progress
        )
        live = _live_standing(bootstrap, positions, progress)
        difference = list(_difference(live, fresh, lanes, len(counts)))
        if send:
            for out in difference:
                _send(producer, ALERTS, out, len(counts), failures)
        producer.flush(_FLUSH_S)  # waits for all, and tells of none that the broker refused
        if failures:
            raise failures[0]
    return Rebuilt(topic, positions, len(fresh), len(live), difference)


@contextmanager
def _producer(bootstrap: str) -> Iterator[KafkaProducer]:
    producer = KafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=20, max_request_size=MAX_RECORD_BYTES
    )
    try:
        yield producer
    finally:
        producer.close(timeout=_FLUSH_S)  # without a limit it waits for ever for a broker that is gone


def live_positions(bootstrap: str, counts: Mapping[int, int]) -> dict[int, int]:
    """Where the live engine has committed each partition: all that it says of what lies before is in the topic of alerts."""
    with closing(KafkaConsumer(bootstrap_servers=bootstrap, group_id=GROUP, enable_auto_commit=False)) as consumer:
        return {partition: consumer.committed(TopicPartition(EVENTS, partition)) or 0 for partition in counts}


def _new_topic(bootstrap: str, count: int) -> str:
    with closing(KafkaConsumer(bootstrap_servers=bootstrap)) as consumer:
        taken = consumer.topics()
    number = next(number for number in range(1, len(taken) + 2) if f"supervision.alerts.rebuild-{number}" not in taken)
    declared = TOPICS[ALERTS]
    topic = Topic(f"supervision.alerts.rebuild-{number}", declared.key, declared.kind, declared.settings)
    ensure_topics(bootstrap, count, [topic])
    return topic.name


def _send(producer: KafkaProducer, topic: str, out: TransitionOut, count: int, failures: list[BaseException]) -> None:
    sent = producer.send(topic, partition=partition_of(out.key, count), key=out.key.encode(), value=out.encode())
    sent.add_errback(failures.append)


def _recompute(
    factory: CoreFactory,
    bootstrap: str,
    positions: Mapping[int, int],
    tell: Callable[[TransitionOut], None],
    progress: Progress,
) -> tuple[Standing, dict[int, Lane]]:
    room = Rereading(factory, bootstrap, EVENTS, list(positions))
    lanes = room.lanes
    chains: dict[str, str] = {}
    done, total = 0, sum(positions.values())
    for _, _, records in replay(bootstrap, {}, {TP(EVENTS, partition): end for partition, end in positions.items()}):
        for record in records:
            for out in room.apply(record):
                if isinstance(out, TransitionOut):
                    chains[out.alert.id] = out.rootid
                    tell(out)
        done += len(records)
        progress("recomputing", done, total)
    standing: Standing = {}
    for lane in lanes.values():
        core = lane.core
        assert isinstance(core, Partition)
        standing.update((alert.id, (chains[alert.id], alert)) for alert in core.standing())
    return standing, lanes


def _live_standing(bootstrap: str, positions: Mapping[int, int], progress: Progress) -> Standing:
    """What the live engine's transitions come to, those caused below `positions` alone; repeats are passed over by id."""
    latest: dict[str, tuple[int, TransitionOut]] = {}
    seen: set[str] = set()
    until = ends(bootstrap, [ALERTS])
    done, total = 0, sum(until.values())
    for _, _, records in replay(bootstrap, {}, until):
        for record in records:
            out = _TRANSITION.decode(record.value or b"")
            partition, _, offset = out.position.partition(":")
            if out.alert.scope not in OWN_SCOPES:
                continue  # of a group: it follows from facts, and its position is one of theirs
            if out.id in seen or int(offset) >= positions[int(partition)]:
                continue
            seen.add(out.id)
            known = latest.get(out.alert.id)
            if known is None or int(offset) >= known[0]:
                latest[out.alert.id] = (int(offset), out)
        done += len(records)
        progress("reading live alerts", done, total)
    return {
        alert_id: (out.rootid, out.alert)
        for alert_id, (_, out) in latest.items()
        if out.transition != "retracted" and out.alert.end_reason not in ("retracted", "superseded")
    }


def _difference(live: Standing, fresh: Standing, lanes: Mapping[int, Lane], count: int) -> Iterator[TransitionOut]:
    """What turns the live standing into the recomputed one, by alert id."""
    for alert_id in sorted(live.keys() | fresh.keys()):
        before, after = live.get(alert_id), fresh.get(alert_id)
        if before is not None and after is not None and before[1] == after[1]:
            continue
        rootid = (after or before or ("",))[0]
        lane = lanes[partition_of(rootid, count)]
        cause = Cause(f"{lane.partition}:{lane.next - 1}", lane.now, rootid, CAUSE, REASON)
        old = {} if before is None else {alert_id: before[1]}
        new = {} if after is None else {alert_id: after[1]}
        for out in transitions(old, new, cause):
            # an id of its own: the live engine may have said the like at the same position, of another record
            parts = (alert_id, out.transition, out.position, digest(msgspec.to_builtins(out.alert)).hex())
            yield msgspec.structs.replace(out, id=short_id("recomputed", *parts))
