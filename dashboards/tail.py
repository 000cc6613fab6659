"""Feeds the live view: loads it from the warehouse with its positions, then tails the topics from exactly there."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from contract.topics import ALERTS, FACTS
from dashboards.listeners import Listeners
from dashboards.live import LiveView
from dashboards.store import Store
from infra.clickhouse.errors import Unavailable
from infra.clickhouse.ingested import resume_offsets

log = logging.getLogger(__name__)
_COALESCE_S = 0.05
"""Changes of the alert list are pushed at once, gathered over at most this long."""


class Tail(Listeners):
    """Keeps a live view up to date for as long as `run` runs.

    Args:
        live: The view to keep.
        store: Where it is loaded from.
        bootstrap: The broker, HOST:PORT.
    """

    def __init__(self, live: LiveView, store: Store, bootstrap: str) -> None:
        super().__init__()
        self.live = live
        self.bootstrap = bootstrap
        self.loaded = asyncio.Event()
        self._store = store

    async def run(self) -> None:
        """Load, then tail until cancelled. A broker that stays away ends it with the client's error, and so the process."""
        # Without a group a consumer is given every partition of its topics, and commits nothing.
        consumer = AIOKafkaConsumer(
            ALERTS,
            FACTS,
            bootstrap_servers=self.bootstrap,
            group_id=None,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
        )
        await consumer.start()
        try:
            await self._load()
            partitions = sorted(consumer.assignment())
            for part in partitions:
                consumer.seek(part, self.live.positions.get((part.topic, part.partition), 0))
            ends = await consumer.end_offsets(partitions)
            while True:
                batches = await consumer.getmany(timeout_ms=200, max_records=2000)
                self._apply(batches)
                if not self.loaded.is_set() and self._reached(ends):
                    self.loaded.set()
                if batches:
                    await asyncio.sleep(_COALESCE_S)
        finally:
            await consumer.stop()

    async def _load(self) -> None:
        """Ask the warehouse in a thread, and change the view in the loop, where it is read."""
        while True:
            try:
                positions, alerts, watermarks = await asyncio.to_thread(self._ask)
                self.live.load(positions, alerts, watermarks)
                if self.live.today is not None:
                    day = self.live.today.day
                    for case in await asyncio.to_thread(self._store.counted_today, day):
                        self.live.count_case(*case)
                    self.live.today.reached.update(await asyncio.to_thread(self._store.reached_on, day))
            except Unavailable as error:
                log.warning("the warehouse is not there yet: %s", error)
                await asyncio.sleep(1)
            else:
                return

    def _ask(self) -> tuple[dict[tuple[str, int], int], list[tuple[dict[str, Any], str]], dict[int, datetime]]:
        # Positions first: what is written meanwhile is then read twice, which changes nothing, and never missed.
        positions = {
            (topic, partition): offset
            for topic, table in ((ALERTS, "alerts"), (FACTS, "cases"))
            for partition, offset in resume_offsets(self._store.client, table, topic).items()
        }
        return positions, self._store.open_alerts(), self._store.watermarks()

    def _apply(self, batches: Any) -> None:
        now = datetime.now(UTC)
        for part, records in batches.items():
            topic = part.topic
            for record in records:
                if record.value is not None:
                    self.live.apply(topic, part.partition, record.offset, record.value, now)
        if batches:
            self.tell()

    def _reached(self, ends: dict[TopicPartition, int]) -> bool:
        return all(self.live.positions.get((p.topic, p.partition), 0) >= end for p, end in ends.items())
