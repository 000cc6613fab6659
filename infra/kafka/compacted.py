"""Reading a compacted topic whole, as it is done at a start: the last value of each key."""

import asyncio
import time
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from contract.errors import YipanqiError

STALL_S = 30.0  # who gets no record for so long will get none


class CompactedStalled(YipanqiError):
    """The end was not reached: the broker gives nothing more."""


async def last_values(consumer: AIOKafkaConsumer, places: Sequence[TopicPartition]) -> dict[TopicPartition, dict[bytes, bytes]]:
    """Read partitions, from where the consumer stands, to what is their end now; {partition: {key: last value}}.

    By position, not by records: transaction markers and compacted records give none.

    Raises:
        CompactedStalled: The broker gave nothing for half a minute.
    """
    ends = await consumer.end_offsets(places)
    values: dict[TopicPartition, dict[bytes, bytes]] = {place: {} for place in places}
    positions, moved = [-1], time.monotonic()
    while True:
        before, positions = positions, [await consumer.position(place) for place in places]
        if all(position >= ends[place] for position, place in zip(positions, places, strict=True)):
            return values
        if positions != before:
            moved = time.monotonic()
        elif time.monotonic() - moved > STALL_S:
            raise CompactedStalled(f"{places} stand at {positions} of {list(ends.values())} since {STALL_S} s")
        for place, records in (await consumer.getmany(timeout_ms=200, max_records=5000)).items():
            for record in records:
                if record.value is None:
                    values[place].pop(record.key, None)
                else:
                    values[place][record.key] = record.value
        await asyncio.sleep(0)
