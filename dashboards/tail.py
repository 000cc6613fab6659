"""Feeds the live view: loads it from the warehouse with its positions, then tails the topics from exactly there."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from contract.times import civil_date
from contract.topics import ALERTS, FACTS
from dashboards.live import LiveView, Today
from dashboards.store import Store
from infra.clickhouse.errors import Unavailable
from infra.clickhouse.ingested import resume_offsets

log = logging.getLogger(__name__)
_COALESCE_S = 0.05
"""Changes of the alert list are pushed at once, gathered over at most this long."""


class Tail:
    """Keeps a live view up to date for as long as `run` runs.

    Args:
        live: The view to keep.
        store: Where it is loaded from.
        bootstrap: The broker, HOST:PORT.
        prefix: Prefix of topic names, empty in production.
    """

    def __init__(self, live: LiveView, store: Store, bootstrap: str, prefix: str = "") -> None:
        self.live = live
        self.loaded = asyncio.Event()
        self._store = store
        self._bootstrap = bootstrap
        self._prefix = prefix
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call a listener after each batch of records, in the loop."""
        self._listeners.append(listener)

    def forget(self, listener: Callable[[], None]) -> None:
        """Stop calling a listener."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    async def run(self) -> None:
        """Load, then tail until cancelled. A broker that stays away ends it with the client's error, and so the process."""
        # Without a group a consumer is given every partition of its topics, and commits nothing.
        consumer = AIOKafkaConsumer(
            *(self._prefix + topic for topic in (ALERTS, FACTS)),
            bootstrap_servers=self._bootstrap,
            group_id=None,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
        )
        await consumer.start()
        try:
            await self._load()
            partitions = sorted(consumer.assignment())
            for part in partitions:
                consumer.seek(part, self.live.positions.get((self._plain(part.topic), part.partition), 0))
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
        while True:
            try:
                await asyncio.to_thread(self._load_now)
            except Unavailable as error:
                log.warning("the warehouse is not there yet: %s", error)
                await asyncio.sleep(1)
            else:
                return

    def _load_now(self) -> None:
        for topic, table in ((ALERTS, "alerts"), (FACTS, "cases")):
            for partition, offset in resume_offsets(self._store.client, table, topic).items():
                self.live.positions[topic, partition] = offset
        for alert, position in self._store.open_alerts():
            self.live.load_alert(alert, position)
        self.live.watermarks = self._store.watermarks()
        if self.live.watermarks:
            self.live.today = Today(civil_date(max(self.live.watermarks.values())))
            for subject, filed_on, closed_on, paid_fen in self._store.counted_today(self.live.today.day):
                self.live.count_case(subject, _text(filed_on), _text(closed_on), paid_fen)
            self.live.today.reached.update(self._store.reached_on(self.live.today.day))

    def _apply(self, batches: Any) -> None:
        now = datetime.now(UTC)
        for part, records in batches.items():
            topic = self._plain(part.topic)
            for record in records:
                if record.value is not None:
                    self.live.apply(topic, part.partition, record.offset, record.value, now)
        if batches:
            for listener in self._listeners:
                listener()

    def _reached(self, ends: dict[TopicPartition, int]) -> bool:
        return all(self.live.positions.get((self._plain(p.topic), p.partition), 0) >= end for p, end in ends.items())

    def _plain(self, topic: str) -> str:
        return topic.removeprefix(self._prefix)


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
