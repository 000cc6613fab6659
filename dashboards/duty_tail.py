"""Feeds the duty view: the last decision of each target, then duty.decisions.v1 from a little before where they stand.

A start therefore reads what there is now, not what there ever was. A data folder from before the topic of last decisions is
read from its beginning.
"""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition

from contract.topics import DECISIONS
from dashboards.duty_live import DutyView
from dashboards.duty_recent import KEPT
from dashboards.listeners import Listeners
from infra.kafka.latest import read_latest

_READ_AT_ONCE = 2000


class DutyTail(Listeners):
    """Keeps a duty view up to date for as long as `run` runs.

    Args:
        view: The view to keep.
        bootstrap: The broker, HOST:PORT.

    Attributes:
        loaded: Set when what was there at the start has been read.
    """

    def __init__(self, view: DutyView, bootstrap: str) -> None:
        super().__init__()
        self.view = view
        self.loaded = asyncio.Event()
        self._bootstrap = bootstrap

    async def run(self) -> None:
        """Read until cancelled. A broker that stays away ends it with the client's error, and so the process."""
        starts = await read_latest(self._bootstrap, self.view.load)
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            group_id=None,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
        )
        await consumer.start()
        try:
            places = [TopicPartition(DECISIONS, number) for number in starts]
            consumer.assign(places)
            for number, offset in self.view.begin(starts, KEPT // len(starts)).items():
                consumer.seek(TopicPartition(DECISIONS, number), offset)
            ends = await consumer.end_offsets(places)
            while True:
                batches = await consumer.getmany(timeout_ms=200, max_records=_READ_AT_ONCE)
                for part, records in batches.items():
                    for record in records:
                        self.view.apply(part.partition, record.offset, record.value)
                if all(self.view.positions.get(part.partition, 0) >= end for part, end in ends.items()):
                    self.loaded.set()
                if batches:
                    self.tell()
        finally:
            await consumer.stop()
