"""Feeds the duty view: reads duty.decisions.v1 from its beginning, then follows it."""

import asyncio

from aiokafka import AIOKafkaConsumer

from contract.topics import DECISIONS
from dashboards.duty_live import DutyView
from dashboards.listeners import Listeners

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
        consumer = AIOKafkaConsumer(
            DECISIONS,
            bootstrap_servers=self._bootstrap,
            group_id=None,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
        )
        await consumer.start()
        try:
            ends = await consumer.end_offsets(sorted(consumer.assignment()))
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
