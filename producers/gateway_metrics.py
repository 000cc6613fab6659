"""What the gateway counts."""

from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from contract.errors import InvalidEvent
from producers.answers import Accepted


class GatewayMetrics:
    """Counters of one gateway, in a registry of their own."""

    def __init__(self, registry: CollectorRegistry, in_flight: Callable[[], float]) -> None:
        self.registry = registry
        self._accepted = Counter("yipanqi_gateway_events_accepted", "Events that the broker acknowledged.", registry=registry)
        self._refused = Counter(
            "yipanqi_gateway_events_refused", "Events refused, by first error.", ["code"], registry=registry
        )
        self._conflicts = Counter("yipanqi_gateway_id_conflicts", "Second bodies under one source and id.", registry=registry)
        self._seconds = Histogram("yipanqi_gateway_request_seconds", "From request to answer.", ["status"], registry=registry)
        self.commands = Histogram(
            "yipanqi_gateway_command_seconds", "From a command to its answer.", ["status"], registry=registry
        )
        gauge = Gauge("yipanqi_gateway_in_flight_bytes", "Bytes that wait for the broker's acknowledgement.", registry=registry)
        gauge.set_function(in_flight)

    def taken(self, outcomes: Sequence[Accepted | InvalidEvent]) -> None:
        """Count the events of a request."""
        for outcome in outcomes:
            if isinstance(outcome, InvalidEvent):
                self._refused.labels(outcome.errors[0].code).inc()
            else:
                self._accepted.inc()
                self._conflicts.inc(outcome.conflict)

    def answered(self, status: int, seconds: float) -> None:
        """Count an answer."""
        self._seconds.labels(str(status)).observe(seconds)
