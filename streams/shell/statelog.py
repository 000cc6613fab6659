"""The compacted changelog of one partition, and the fence around it.

State goes through a transactional producer whose id belongs to the partition. Starting one shuts out every earlier one with the
same id: a worker that was paused and lost the partition gets `ProducerFenced` at its next write and ends. The transaction also
makes the state of a checkpoint and its position one thing: both are seen, or neither.

A long value is written as parts, under its key and numbered keys beside it; in one transaction, so that it is whole or as it
was. Parts that lie in the topic as they are already are not written again: a court's group grows at its end with each of its
events, and what a checkpoint writes of it must not grow with its years.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.kafka.compacted import last_values
from streams.shell.outbox import Outbox, new_producer
from streams.shell.seam import StepHook, no_hook

PART_BYTES = 8 * 1024  # most chains are one record; of a value that grew its first part and its last are written
_PART = "\x00part:"  # no subject, rootid or id holds a NUL

_Marks = Sequence[int]
"""Of each part of a value after its first, the hash that this process gives to its bytes: it never leaves the process."""

_NONE: _Marks = array("q")


class Latest(NamedTuple):
    """Keys of another compacted topic, that are written with the state."""

    topic: str
    items: Mapping[str, bytes | None]


class StateLog:
    """One partition of the changelog topic. `open` fences and reads; then only `write`, until `close`."""

    def __init__(self, kafka: str, topic: str, partition: int, owner: str, *, step: StepHook = no_hook) -> None:
        self._kafka = kafka
        self._place = TopicPartition(topic, partition)
        self._producer = new_producer(kafka, owner, f"{owner}-{partition}")
        self._step = step
        self._parts: dict[str, _Marks] = {}

    async def open(self) -> dict[str, bytes]:
        """Shut out earlier owners, then return the last value of every key.

        The order matters: what an earlier owner writes before the fence is read, afterwards it can write nothing.
        """
        await self._producer.start()
        items = await self._read()
        self._parts = _parts_of(items)
        return {key: _joined(items, key, len(self._parts.get(key, _NONE))) for key in items if _PART not in key}

    async def write(self, items: Mapping[str, bytes | None], latest: Latest | None = None) -> None:
        """Write these keys in one transaction; None deletes a key. Raises `ProducerFenced` if the partition has a new owner."""
        outbox = Outbox(self._producer)
        parts: dict[str, _Marks] = {}
        await self._producer.begin_transaction()
        for key, value in items.items():
            marks = parts[key] = _marks(value)
            for name, part in self._split(key, value, marks):
                outbox.add(self._place.topic, self._place.partition, name.encode(), part)
        if latest is not None:
            for key, value in latest.items.items():
                outbox.add(latest.topic, self._place.partition, key.encode(), value)
        await outbox.confirm()
        self._step("state-sent")
        await self._producer.commit_transaction()
        for key, marks in parts.items():  # only now: of what was not committed nothing lies in the topic
            if marks:
                self._parts[key] = marks
            else:
                self._parts.pop(key, None)
        self._step("state-confirmed")

    async def close(self) -> None:
        """Stop the producer; an open transaction is aborted."""
        await self._producer.stop()

    def _split(self, key: str, value: bytes | None, marks: "_Marks") -> Iterator[tuple[str, bytes | None]]:
        """The records of a value that are to be written; parts that it had before and has no longer are deleted."""
        known = self._parts.get(key, _NONE)
        yield key, None if value is None else value[:PART_BYTES]
        for number, mark in enumerate(marks, 1):
            if number > len(known) or mark != known[number - 1]:
                assert value is not None
                yield f"{key}{_PART}{number}", value[number * PART_BYTES : (number + 1) * PART_BYTES]
        for number in range(len(marks) + 1, len(known) + 1):
            yield f"{key}{_PART}{number}", None

    async def _read(self) -> dict[str, bytes]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._kafka,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            max_partition_fetch_bytes=8 * 1024 * 1024,
        )
        await consumer.start()
        try:
            consumer.assign([self._place])
            await consumer.seek_to_beginning(self._place)
            values = (await last_values(consumer, [self._place]))[self._place]
        finally:
            await consumer.stop()
        return {key.decode(): value for key, value in values.items()}


def _marks(value: bytes | None) -> _Marks:
    """What the parts of a value after its first are known by."""
    if value is None or len(value) <= PART_BYTES:
        return _NONE
    return array("q", (hash(value[at : at + PART_BYTES]) for at in range(PART_BYTES, len(value), PART_BYTES)))


def _parts_of(items: Mapping[str, bytes]) -> dict[str, _Marks]:
    """The parts after its first that lie in the topic of each value that has more than one; an older one's may be longer."""
    counts: dict[str, int] = {}
    for name in items:
        key, part, _ = name.partition(_PART)
        if part:
            counts[key] = counts.get(key, 0) + 1
    return {
        key: array("q", (hash(items[f"{key}{_PART}{number}"]) for number in range(1, count + 1)))
        for key, count in counts.items()
    }


def _joined(items: Mapping[str, bytes], key: str, parts: int) -> bytes:
    return b"".join([items[key], *(items[f"{key}{_PART}{number}"] for number in range(1, parts + 1))]) if parts else items[key]
