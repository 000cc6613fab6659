"""What the projections room tells of itself, beside the metrics of every worker."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from streams.shell.warehouse import Batch

BATCH_BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)


class ProjectionMetrics:
    """The metrics, by name, with what each is for; without a registry they are counted and shown to nobody."""

    def __init__(self, registry: CollectorRegistry | None) -> None:
        # Rows confirmed by ClickHouse; with yipanqi_events_total, count in = count out.
        self.rows = Counter("yipanqi_projection_rows", "Rows written", ["table"], registry=registry)
        # One write: every table of a batch and its ledger rows. Beyond a second, ClickHouse is the bottleneck.
        self.seconds = Histogram(
            "yipanqi_projection_batch_seconds", "Write of a batch", buckets=BATCH_BUCKETS, registry=registry
        )
        # Grows while ClickHouse is away; at the limit the process ends.
        self.waiting = Gauge("yipanqi_projection_waiting_records", "Records waiting for ClickHouse", registry=registry)
        # Each is a retry; a few at a restart of ClickHouse, many when it is ill.
        self.unavailable = Counter("yipanqi_projection_unavailable", "Tries that ClickHouse did not answer", registry=registry)
        # The age of the figures, whatever the lag says; ticks come every few seconds, so it stays small.
        self._written_at = time.monotonic()
        age = Gauge("yipanqi_projection_write_age_seconds", "Seconds since the last write", registry=registry)
        age.set_function(lambda: time.monotonic() - self._written_at)

    def written(self, batch: Batch, seconds: float) -> None:
        """Count a batch that ClickHouse confirmed."""
        for table, rows in batch.rows.items():
            self.rows.labels(table.name).inc(len(rows))
        self.seconds.observe(seconds)
        self._written_at = time.monotonic()
