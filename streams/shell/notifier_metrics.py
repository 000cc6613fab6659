"""Metrics of the notifier. No label bears a person, a case or a court."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 120.0)


class NotifierMetrics:
    """The metrics of one notifier, in a registry of their own."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        # What became of pages: sent, delivered, failed, unheard (no answer: the room calls it unknown), not_ours;
        # no_group: what Alertmanager posted for a desk whose group no channel reaches.
        self.pages = Counter("yipanqi_pages", "Pages by what became of them", ["result"], registry=registry)
        # From the claim to the provider's word. Near a minute, a channel is full.
        self.seconds = Histogram(
            "yipanqi_page_seconds", "From claim to the provider's word", buckets=SECONDS, registry=registry
        )
        # Pages that nobody has claimed. Above zero for minutes, no notifier works.
        self.waiting = Gauge("yipanqi_pages_waiting", "Pages that wait to be claimed", registry=registry)
        # What Alertmanager was last told fires; -1 while it doesn't answer.
        self.firing = Gauge("yipanqi_alertmanager_firing", "Alerts last sent to Alertmanager", registry=registry)
        # When the watchdog last came back through Alertmanager (seconds since 1970). The whole path is alive as of then.
        self.watchdog = Gauge("yipanqi_watchdog_timestamp_seconds", "When the watchdog was last heard", registry=registry)
