"""Single records of the log, fetched by their positions: exactly the bytes that lie there."""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from contract.errors import YipanqiError
from infra.kafka.connect import NoBroker, connect

_STALL_S = 30.0
_POLL_RECORDS = 500


class LogAway(YipanqiError):
    """The broker doesn't answer, or no longer has what the warehouse says that it has."""


class Place(msgspec.Struct, frozen=True, order=True):
    """Where a record lies."""

    topic: str
    partition: int
    offset: int


class Fetched(msgspec.Struct, frozen=True):
    """A record with its place and the time, in milliseconds, at which the broker took it."""

    place: Place
    append_ms: int
    key: bytes
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


def fetch(bootstrap: str, places: Iterable[Place]) -> list[Fetched]:
    """Fetch some records, in the order of their places.

    Raises:
        LogAway: Some can't be had.
    """
    wanted: dict[TopicPartition, set[int]] = {}
    for place in places:
        wanted.setdefault(TopicPartition(place.topic, place.partition), set()).add(place.offset)
    if not wanted:
        return []
    try:
        with closing(connect(KafkaConsumer, bootstrap, enable_auto_commit=False)) as consumer:
            found = [record for part, offsets in sorted(wanted.items()) for record in _of_partition(consumer, part, offsets)]
    except NoBroker as error:
        raise LogAway(str(error)) from None
    except KafkaError as error:
        raise LogAway(f"the broker at {bootstrap} answers no more: {error}") from None
    return found


def _of_partition(consumer: Any, part: TopicPartition, offsets: set[int]) -> Iterator[Fetched]:
    left = sorted(offsets, reverse=True)
    consumer.assign([part])
    deadline = time.monotonic() + _STALL_S
    while left:
        if consumer.position(part) != left[-1]:
            consumer.seek(part, left[-1])
        for record in consumer.poll(timeout_ms=1000, max_records=_POLL_RECORDS).get(part, ()):
            if left and record.offset == left[-1]:
                left.pop()
                deadline = time.monotonic() + _STALL_S
                yield _fetched(record)
        if left and time.monotonic() > deadline:
            raise LogAway(f"{part.topic} has no record at {part.partition}:{left[-1]}, though the warehouse says so")


def _fetched(record: Any) -> Fetched:
    place = Place(record.topic, record.partition, record.offset)
    return Fetched(place, record.timestamp, record.key or b"", record.value, tuple(record.headers))
