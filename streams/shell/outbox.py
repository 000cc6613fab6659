"""Sending many records cheaply: whole batches, confirmed together.

A `send` for each record costs a future and a lock round: 37,000 events/s with one changelog record an event, where batches
reached 105,000 (see docs/delivery.md). Order within a partition is the order of `add`.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer

from contract.topics import MAX_RECORD_BYTES

BATCH_BYTES = 256 * 1024
REQUEST_BYTES = MAX_RECORD_BYTES + 64 * 1024  # the largest record and the frame around it

Headers = Sequence[tuple[str, bytes]]


def new_producer(kafka: str, client: str, transactional_id: str | None = None) -> AIOKafkaProducer:
    """Make an idempotent producer (acks=all), transactional if it has an id; the caller starts and stops it."""
    return AIOKafkaProducer(
        bootstrap_servers=kafka,
        client_id=client,
        acks="all",
        enable_idempotence=True,
        transactional_id=transactional_id,
        max_batch_size=BATCH_BYTES,
        max_request_size=REQUEST_BYTES,
    )


class Outbox:
    """Collects records into batches of one producer and knows which are not yet confirmed.

    Attributes:
        ends: (topic, partition) → the offset after the last batch of ours there that the broker has confirmed.
    """

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self.ends: dict[tuple[str, int], int] = {}
        self._open: dict[tuple[str, int], Any] = {}
        self._full: list[tuple[Any, str, int]] = []
        self._sent: list[tuple[asyncio.Future[Any], int]] = []

    def add(self, topic: str, partition: int, key: bytes, value: bytes | None, headers: Headers = ()) -> None:
        """Append one record; it goes out with the next `flush`."""
        place = (topic, partition)
        batch = self._open.get(place)
        if batch is None:
            batch = self._open[place] = self._producer.create_batch()
        if batch.append(timestamp=None, key=key, value=value, headers=list(headers)) is None:
            self._full.append((batch, topic, partition))
            batch = self._open[place] = self._producer.create_batch()
            if batch.append(timestamp=None, key=key, value=value, headers=list(headers)) is None:
                raise ValueError(f"a record of {len(value or b'')} bytes for {topic} does not fit an empty batch")

    async def flush(self) -> None:
        """Hand everything collected to the producer; waits only while a partition's last batch has not left yet."""
        ready = self._full + [(batch, topic, partition) for (topic, partition), batch in self._open.items()]
        self._full, self._open = [], {}
        for batch, topic, partition in ready:
            batch.close()
            count = batch.record_count()
            self._sent.append((await self._producer.send_batch(batch, topic, partition=partition), count))
        if len(self._sent) > 256:
            self._forget_confirmed()

    async def confirm(self) -> None:
        """Flush, then wait until the broker has taken every batch; raises the first error of any."""
        await self.flush()
        sent, self._sent = self._sent, []
        await asyncio.gather(*(future for future, _ in sent))
        self._note(sent)

    def _forget_confirmed(self) -> None:
        done = [one for one in self._sent if one[0].done()]
        self._sent = [one for one in self._sent if not one[0].done()]
        self._note(done)

    def _note(self, done: Sequence[tuple[asyncio.Future[Any], int]]) -> None:
        for future, count in done:
            place = future.result()  # raises what the broker refused
            if place.offset >= 0:  # of a batch that it took before, and whose word was lost, the broker names no place
                self.ends[place.topic, place.partition] = max(
                    place.offset + count, self.ends.get((place.topic, place.partition), 0)
                )
