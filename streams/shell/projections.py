"""The projections room: every topic of the log into ClickHouse.

ClickHouse is no part of the engine's checkpoint. Here a checkpoint is one write: the batch of about a second, then its rows in
`ingested`; where to go on is read from there and nowhere else, so the offsets that the group commits are for show. While
ClickHouse is away, batches wait frozen, up to a limit; beyond it the process ends, and its successor
waits for ClickHouse before it reads anything. Nothing is lost, since nothing counts as read that is not in `ingested`.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from infra.clickhouse.client import ClickHouse
from infra.clickhouse.errors import Unavailable
from streams.projections.record import Record
from streams.projections.tables import FED
from streams.shell.counting_beside import CountingBeside
from streams.shell.metrics import Metrics
from streams.shell.projection_metrics import ProjectionMetrics
from streams.shell.seam import TP, StepHook, no_hook
from streams.shell.warehouse import Batch, Warehouse

T = TypeVar("T")
log = logging.getLogger(__name__)

GROUP = "yipanqi-projections"
BATCH_RECORDS = 20_000  # a batch is written before it grows beyond: some 20 MB of rows, 0.3 s to insert
MOST_RECORDS = 200_000  # what may wait for ClickHouse in memory, at 1,000 events/s some three minutes,
MOST_BYTES = 256 * 1024 * 1024  # and in bytes of values
WAIT_FULL_S = 30.0  # how long a full room waits before its process ends; below the watchdog's 60 s
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
CLIENT_TIMEOUT_S = 20.0  # a server that answers nothing for so long is away


class ProjectionsRoom:
    """Writes what it reads into ClickHouse, each partition from the end of its unbroken run in `ingested`."""

    def __init__(
        self,
        clickhouse: ClickHouse,
        metrics: Metrics,
        *,
        topics: Iterable[str] = FED,
        wait_full_s: float = WAIT_FULL_S,
        step: StepHook = no_hook,
        beside: CountingBeside | None = None,
    ) -> None:
        self.topics = frozenset(topics)
        self._warehouse = Warehouse(clickhouse)
        self._metrics = metrics
        self._shown = ProjectionMetrics(metrics.telling)
        self._wait_full_s = wait_full_s
        self._step = step
        self._beside = beside
        self._thread = ThreadPoolExecutor(1, "clickhouse")  # the warehouse, and its connection, belong to one thread
        self._next: dict[TP, int] = {}
        self._open = Batch()
        self._frozen: list[Batch] = []
        self._pause_s = FIRST_PAUSE_S
        self._retry_at = 0.0

    async def assigned(self, tps: frozenset[TP]) -> Mapping[TP, int | None]:
        """Go on where `ingested` says; waits for ClickHouse as long as the seam allows."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                found = await self._in_thread(self._warehouse.resume, tps)
            except Unavailable as error:
                log.warning("waiting for ClickHouse to tell where to go on: %s", error)
                self._shown.unavailable.inc()
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            else:
                self._next.update(found)
                return dict(found)

    async def process(self, tp: TP, records: Sequence[Record]) -> None:
        """Turn records into rows; writes only when the batch is full."""
        self._open.add(tp, self._next[tp], records)
        self._next[tp] = records[-1].offset + 1
        self._metrics.events.labels(tp.topic).inc(len(records))
        if self._open.records >= BATCH_RECORDS:
            self._freeze()
            await self._write_frozen()
        await self._wait_while_full()

    async def checkpoint(self) -> Mapping[TP, int]:
        """Write what there is. While ClickHouse is away this returns at once, and nothing is committed."""
        self._freeze()
        await self._write_frozen()
        if self._beside is not None and not self._frozen:
            self._beside.poke({(tp.topic, tp.partition): offset for tp, offset in self._next.items()})
        return {} if self._frozen else dict(self._next)

    async def revoked(self, tps: frozenset[TP]) -> None:
        """Forget these partitions. Frozen batches stay, since they may hold others' records too: writing twice is harmless."""
        for tp in tps:
            self._next.pop(tp, None)
        if self._beside is not None:
            self._beside.stop()

    @property
    def _waiting(self) -> tuple[int, int]:
        batches = [*self._frozen, self._open]
        return sum(batch.records for batch in batches), sum(batch.bytes for batch in batches)

    def _freeze(self) -> None:
        if self._open.records:
            self._frozen.append(self._open)
            self._open = Batch()
        self._shown.waiting.set(self._waiting[0])

    async def _write_frozen(self) -> None:
        """Write frozen batches in order, until ClickHouse fails to answer; then not before the pause is over."""
        if time.monotonic() < self._retry_at:
            return
        while self._frozen:
            batch = self._frozen[0]
            started = time.perf_counter()
            self._step("before-write")
            try:
                await self._in_thread(self._warehouse.write, batch, self._step)
            except Unavailable as error:
                log.warning("%d records wait for ClickHouse, next try in %.1f s: %s", self._waiting[0], self._pause_s, error)
                self._shown.unavailable.inc()
                self._retry_at = time.monotonic() + self._pause_s
                self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
                return
            del self._frozen[0]
            self._pause_s = FIRST_PAUSE_S
            self._shown.written(batch, time.perf_counter() - started)
        self._shown.waiting.set(self._waiting[0])

    async def _wait_while_full(self) -> None:
        """Hold the fetch loop back while too much waits.

        Raises:
            Unavailable: ClickHouse did not come back in time; the process ends, and reads the same again later.
        """
        deadline = time.monotonic() + self._wait_full_s
        while (waiting := self._waiting)[0] >= MOST_RECORDS or waiting[1] >= MOST_BYTES:
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"{waiting[0]} records ({waiting[1]} bytes) wait for ClickHouse since {self._wait_full_s:.0f} s"
                )
            await asyncio.sleep(max(0.05, self._retry_at - time.monotonic()))
            self._freeze()
            await self._write_frozen()

    async def _in_thread(self, call: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *args)
