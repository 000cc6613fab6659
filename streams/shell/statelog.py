"""The compacted changelog of one partition, and the fence around it.

State goes through a transactional producer whose id belongs to the partition. Starting one shuts out every earlier one with the
same id: a worker that was paused and lost the partition gets `ProducerFenced` at its next write and ends. The transaction also
makes the state of a checkpoint and its position one thing: both are seen, or neither.
"""

import asyncio
import time
from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.shell.outbox import Outbox, new_producer
from streams.shell.seam import StepHook, no_hook

STALL_DEADLINE_S = 30.0  # a restore that gets no record for so long will get none


class StateStalledError(Exception):
    """The changelog's end was not reached: the broker gives nothing more."""


class StateLog:
    """One partition of the changelog topic. `open` fences and reads; then only `write`, until `close`."""

    def __init__(self, kafka: str, topic: str, partition: int, owner: str, *, step: StepHook = no_hook) -> None:
        self._kafka = kafka
        self._place = TopicPartition(topic, partition)
        self._producer = new_producer(kafka, owner, f"{owner}-{partition}")
        self._step = step

    async def open(self) -> dict[str, bytes]:
        """Shut out earlier owners, then return the last value of every key.

        The order matters: what an earlier owner writes before the fence is read, afterwards it can write nothing.
        """
        await self._producer.start()
        return await self._read()

    async def write(self, items: Mapping[str, bytes | None]) -> None:
        """Write these keys in one transaction; None deletes a key. Raises `ProducerFenced` if the partition has a new owner."""
        outbox = Outbox(self._producer)
        await self._producer.begin_transaction()
        for key, value in items.items():
            outbox.add(self._place.topic, self._place.partition, key.encode(), value)
        await outbox.confirm()
        self._step("state-sent")
        await self._producer.commit_transaction()
        self._step("state-confirmed")

    async def close(self) -> None:
        """Stop the producer; an open transaction is aborted."""
        await self._producer.stop()

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
            end = (await consumer.end_offsets([self._place]))[self._place]
            return await self._read_to(consumer, end)
        finally:
            await consumer.stop()

    async def _read_to(self, consumer: AIOKafkaConsumer, end: int) -> dict[str, bytes]:
        items: dict[str, bytes] = {}
        moved, position = time.monotonic(), await consumer.position(self._place)
        while position < end:  # by position, not by records: transaction markers and compacted records give none
            for records in (await consumer.getmany(timeout_ms=200, max_records=5000)).values():
                for record in records:
                    key = record.key.decode()
                    if record.value is None:
                        items.pop(key, None)
                    else:
                        items[key] = record.value
            before, position = position, await consumer.position(self._place)
            if position > before:
                moved = time.monotonic()
            elif time.monotonic() - moved > STALL_DEADLINE_S:
                raise StateStalledError(f"{self._place} stands at {position} of {end} since {STALL_DEADLINE_S} s")
            await asyncio.sleep(0)
        return items
