"""The last decision of each target, read at a start instead of the whole log of decisions (``duty.latest.v1``)."""

from collections.abc import Callable

from aiokafka import AIOKafkaConsumer

from contract.duty.decisions import START
from contract.topics import LATEST
from infra.kafka.compacted import last_values


async def read_latest(bootstrap: str, take: Callable[[int, bytes], None]) -> dict[int, int]:
    """Take the last decisions, each with its partition; return from which offset each partition of the decisions goes on.

    Raises:
        CompactedStalled: The broker gave nothing for half a minute.
    """
    consumer = AIOKafkaConsumer(
        LATEST,
        bootstrap_servers=bootstrap,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        group_id=None,
        max_partition_fetch_bytes=8 * 1024 * 1024,
    )
    try:
        await consumer.start()
        places = sorted(consumer.assignment())
        last = await last_values(consumer, places)
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
