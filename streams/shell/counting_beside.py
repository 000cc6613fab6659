"""Counting beside the projections: in a thread of its own, a few seconds after a write, and never for most of the time."""

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from contract.topics import ALERTS, EVENTS
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.errors import Unavailable
from streams.shell.figures import Figures, Reached
from streams.shell.metrics import Metrics

log = logging.getLogger(__name__)

CLIENT_TIMEOUT_S = 120.0  # a statement over many chains may take long where the machine has much else to do
PAUSE_S = 4.0  # what is new of some seconds is counted together,
REST = 2.0  # and counting takes at most a third of its thread's time, whatever there is to catch up with
BUCKETS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 120.0)


class _Shown:
    def __init__(self, registry: CollectorRegistry | None) -> None:
        # One stretch of the log: far more than the pause means that it catches up, or that the machine is too small.
        self.seconds = Histogram("yipanqi_figures_seconds", "Counting of a stretch", buckets=BUCKETS, registry=registry)
        # Grows while ClickHouse is away, and at a start after a change of tables; else it is what came since.
        self.behind = Gauge("yipanqi_figures_behind_records", "Records that no figure counts yet", registry=registry)
        # Each is a retry.
        self.unavailable = Counter("yipanqi_figures_unavailable", "Tries that ClickHouse did not answer", registry=registry)


class CountingBeside:
    """Counts when it is poked, if it isn't counting and has rested."""

    def __init__(self, clickhouse: ClickHouse, metrics: Metrics, *, pause_s: float = PAUSE_S) -> None:
        self._figures = Figures(clickhouse)
        self._pause_s = pause_s
        self._thread = ThreadPoolExecutor(1, "figures")
        self._shown = _Shown(metrics.telling)
        self._running: Future[float] | None = None
        self._next_at = 0.0

    def poke(self, reached: Reached) -> None:
        """Count what is new of the partitions of events that this process has, if it is time; returns at once.

        Args:
            reached: {(topic, partition): offset after what is written}, of all topics that it has.

        Raises:
            Exception: What the last counting ended with, other than that ClickHouse was away.
        """
        if self._running is not None:
            if not self._running.done():
                return
            took = self._running.result()
            self._running = None
            self._next_at = time.monotonic() + max(self._pause_s, REST * took)
        if reached and time.monotonic() >= self._next_at:
            self._figures.stop(stopped=False)
            self._running = self._thread.submit(self._count, dict(reached))

    def stop(self) -> None:
        """End soon; a later poke begins again."""
        self._figures.stop()

    def _count(self, reached: Reached) -> float:
        """Count one stretch; returns the seconds that it took."""
        started = time.perf_counter()
        try:
            self._figures.step(self._mine(reached))
        except Unavailable as error:
            log.warning("figures wait for ClickHouse: %s", error)
            self._shown.unavailable.inc()
        took = time.perf_counter() - started
        self._shown.seconds.observe(took)
        self._shown.behind.set(self._figures.behind)
        return took

    def _mine(self, reached: Reached) -> Reached:
        """What was written of events and alerts; asks the ledger where another process has the alerts of these partitions."""
        parts = {topic: {part for at, part in reached if at == topic} for topic in (EVENTS, ALERTS)}
        if parts[EVENTS] <= parts[ALERTS]:
            return {(topic, part): end for (topic, part), end in reached.items() if topic in parts and part in parts[EVENTS]}
        return self._figures.written(parts[EVENTS])
