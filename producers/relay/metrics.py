"""What the relay counts."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class RelayMetrics:
    """The metrics of one relay, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.sent = Counter("yipanqi_relay_sent", "Events that the log acknowledged", registry=self.registry)
        self.refused = Counter(
            "yipanqi_relay_refused", "Events set aside, by their first error", ["code"], registry=self.registry
        )
        self.retries = Counter(
            "yipanqi_relay_retries",
            "Batches to be sent again: connection, token, busy, broker, answer, database",
            ["cause"],
            registry=self.registry,
        )
        self.batch_seconds = Histogram(
            "yipanqi_relay_batch_seconds", "From reading a batch to its rows being marked", registry=self.registry
        )
        self.waiting = Gauge("yipanqi_relay_waiting", "Rows that wait to be sent", registry=self.registry)
        self.oldest_seconds = Gauge(
            "yipanqi_relay_oldest_seconds", "Age of the oldest row that waits; 0 = none", registry=self.registry
        )
