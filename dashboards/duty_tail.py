"""Feeds the duty view: reads duty.decisions.v1 from its beginning, then follows it."""

import asyncio
from collections.abc import Callable

from aiokafka import AIOKafkaConsumer

from contract.topics import DECISIONS
from dashboards.duty_live import DutyView

_READ_AT_ONCE = 2000


class DutyTail:
    """Keeps a duty view up to date for as long as `run` runs.

    Args:
        view: The view to keep.
        bootstrap: The broker, HOST:PORT.

    Attributes:
        loaded: Set when what was there at the start has been read.
    """

    def __init__(self, view: DutyView, bootstrap: str) -> None:
        self.view = view
        self.loaded = asyncio.Event()
        self._bootstrap = bootstrap
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call a listener after each batch of decisions, in the loop."""
        self._listeners.append(listener)

    def forget(self, listener: Callable[[], None]) -> None:
        """Stop calling a listener."""
        if listener in self._listeners:
            self._listeners.remove(listener)

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
                for listener in tuple(self._listeners) if batches else ():
                    listener()
        finally:
            await consumer.stop()
