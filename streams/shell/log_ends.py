"""Where the partitions of the log end, and which of its offsets hold no record; raises `NoBroker` where nobody answers."""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition

from infra.kafka.connect import connect
from streams.shell.seam import TP

_PATIENCE_S = 10.0
_POLL_MS = 500
_WAIT_MS = 10_000


def ends(bootstrap: str, topics: Iterable[str]) -> dict[TP, int]:
    """Return the end offset of every partition of the topics that exist."""
    with closing(connect(KafkaConsumer, bootstrap)) as consumer:
        places = [
            TopicPartition(topic, partition)
            for topic in sorted(topics)
            for partition in consumer.partitions_for_topic(topic) or ()
        ]
        return {TP(place.topic, place.partition): int(end) for place, end in consumer.end_offsets(places).items()}


def committed(bootstrap: str, group: str, topic: str) -> dict[int, int]:
    """Where a group has committed each partition of a topic: all that it says of what lies before was confirmed."""
    with closing(connect(KafkaConsumer, bootstrap, group_id=group, enable_auto_commit=False)) as consumer:
        numbers = sorted(consumer.partitions_for_topic(topic) or ())
        return {number: consumer.committed(TopicPartition(topic, number)) or 0 for number in numbers}


def holding(bootstrap: str, tp: TP, ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield those of the offset ranges (first, last) in which Kafka holds a record; the others hold markers of transactions."""
    place = TopicPartition(*tp)
    with closing(connect(KafkaConsumer, bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")) as consumer:
        consumer.assign([place])
        for first, last in ranges:
            consumer.seek(place, first)
            deadline = time.monotonic() + _PATIENCE_S
            while consumer.position(place, timeout_ms=_WAIT_MS) <= last:
                records = consumer.poll(timeout_ms=_POLL_MS, max_records=1).get(place, ())
                if (records and records[0].offset <= last) or time.monotonic() > deadline:
                    yield first, last
                    break
                if records:
                    break
