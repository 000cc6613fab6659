"""The last decision of each target, read at a start instead of the whole log of decisions (``duty.latest.v1``)."""

import asyncio
import time
from collections.abc import Callable

from aiokafka import AIOKafkaConsumer, TopicPartition

from contract.duty.decisions import START
from contract.topics import LATEST

_STALL_S = 30.0


class LatestStalled(Exception):
    """The end of the topic was not reached: the broker gives nothing more."""


async def read_latest(bootstrap: str, take: Callable[[int, bytes], None]) -> dict[int, int]:
    """Take the last decisions, each with its partition; return from which offset each partition of the decisions goes on.

    Raises:
        LatestStalled: The broker gave nothing for half a minute.
    """
    consumer = AIOKafkaConsumer(
        LATEST,
        bootstrap_servers=bootstrap,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        group_id=None,
        max_partition_fetch_bytes=8 * 1024 * 1024,
    )
    await consumer.start()
    try:
        places = sorted(consumer.assignment())
        last = await _last_values(consumer, await consumer.end_offsets(places))
    finally:
        await consumer.stop()
    starts = {}
    for place in places:
        values = last[place]
        start = values.pop(START.encode(), None)
        starts[place.partition] = 0 if start is None else int(start)
        for value in values.values() if start is not None else ():
            take(place.partition, value)
    return starts


async def _last_values(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> dict[TopicPartition, dict[bytes, bytes]]:
    values: dict[TopicPartition, dict[bytes, bytes]] = {place: {} for place in ends}
    positions, moved = [-1], time.monotonic()
    while True:
        before, positions = positions, [await consumer.position(place) for place in ends]
        if all(position >= end for position, end in zip(positions, ends.values(), strict=True)):
            return values
        if positions != before:
            moved = time.monotonic()
        elif time.monotonic() - moved > _STALL_S:
            raise LatestStalled(f"{LATEST} stands at {positions} of {list(ends.values())} since {_STALL_S} s")
        for place, records in (await consumer.getmany(timeout_ms=200, max_records=5000)).items():
            for record in records:
                if record.value is None:
                    values[place].pop(record.key, None)
                else:
                    values[place][record.key] = record.value
        await asyncio.sleep(0)
