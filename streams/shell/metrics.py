"""Every metric of a worker, by name, with what it is for.

No label bears a case, a party or a source: their number is not bounded.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info

CHECKPOINT_BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """The metrics of one worker process, in a registry of their own."""

    def __init__(self, room: str, *, discreet: bool = False) -> None:
        """Make those of a room. ``discreet``: what would tell how much came, and of what, is counted and shown to nobody."""
        registry = self.registry = CollectorRegistry()
        telling = self.telling = None if discreet else registry
        # Which room the process drives; joins to all others by instance.
        Info("yipanqi_worker", "The room that this process drives", registry=registry).info({"room": room})
        # Work done. A flat line while lag grows means that the room hangs.
        self.events = Counter("yipanqi_events", "Records applied", ["topic"], registry=telling)
        # Records between the room's position and the end of the partition.
        self.lag = Gauge("yipanqi_lag_records", "Records not yet applied", ["topic", "partition"], registry=telling)
        # How long ago the last tick was appended: supervision is as old as this, whatever the lag says.
        self.watermark_age = Gauge(
            "yipanqi_watermark_age_seconds", "Age of the last tick applied", ["partition"], registry=registry
        )
        # Lag can be small while nothing is committed any more; so this has its own alarm.
        self.commit_age = Gauge(
            "yipanqi_commit_age_seconds", "Seconds since the last commit", ["topic", "partition"], registry=registry
        )
        # What the engine says. A rule that never raises, or a storm, is seen here first.
        self.alerts = Counter(
            "yipanqi_alert_transitions", "Alert transitions", ["rule", "severity", "transition"], registry=telling
        )
        # What the duty room decides: refusals, pages, escalations.
        self.decisions = Counter("yipanqi_duty_decisions", "Decisions of the duty room", ["what", "outcome"], registry=telling)
        # Records refused. Every one is a case that goes on incomplete.
        self.dead_letters = Counter("yipanqi_dead_letters", "Dead letters", ["reason"], registry=telling)
        # What the engine could use only in part: a start without its key, a body displaced by a lesser one.
        self.remarks = Counter("yipanqi_remarks", "Events used only in part", ["what"], registry=telling)
        # Sources that the circuit breaker keeps out; each is for R-DATA-03.
        self.muted_sources = Gauge("yipanqi_muted_sources", "Muted sources", registry=telling)
        # Outputs confirmed, state written, offsets committed. Near the interval, the broker is the bottleneck.
        self.checkpoint = Histogram(
            "yipanqi_checkpoint_seconds", "Duration of a checkpoint", buckets=CHECKPOINT_BUCKETS, registry=registry
        )
        # Keys written by a checkpoint.
        self.state_changes = Counter("yipanqi_state_changes", "State keys written", registry=telling)
        # Reading back the state of a partition after a start or a rebalance.
        self.restore = Gauge("yipanqi_restore_seconds", "Duration of the last restore", ["partition"], registry=registry)
        # Something synchronous blocks the event loop; over a second, heartbeats and commits suffer.
        self.loop_lag = Gauge("yipanqi_loop_lag_seconds", "Delay of the event loop", registry=registry)
