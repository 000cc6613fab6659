"""Drives a feed into the log: what courts have entered by the clock's instant, no faster than the rest can take it."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge

from producers.errors import LogError
from producers.intake import Intake, check_raw
from producers.line import TimeSource
from producers.simulator.feed import Feed, keep

logger = logging.getLogger(__name__)

_BATCH = 100
_PAUSE_S = 0.2
_KEEP_S = 2.0
_STALLED_S = 60.0


class Driver:
    """Sends what a feed hands out and remembers how far it got, always after the broker's acknowledgement.

    After a crash the last seconds are sent again, with the same bytes under the same ids: every reader drops them.

    Args:
        feed: What to send.
        intake: The way in.
        clock: The clock of the log.
        path: Where the feed's state is kept.
        most_a_second: Events a second at most, while history or a gap is made up.
        registry: Where the metrics go.
    """

    def __init__(
        self, feed: Feed, intake: Intake, clock: TimeSource, path: Path, *, most_a_second: float, registry: CollectorRegistry
    ) -> None:
        self._feed = feed
        self._intake = intake
        self._clock = clock
        self._path = path
        self._most_a_second = most_a_second
        self._past = datetime.fromtimestamp(feed.origin, UTC)
        self._lively_at = time.monotonic()
        self._kept_at = 0.0
        self._sent = Counter("yipanqi_simulator_events", "Events that the broker acknowledged.", registry=registry)
        lives = Gauge("yipanqi_simulator_lives", "Simulated lives with events to come.", registry=registry)
        lives.set_function(lambda: feed.lives)

    def run(self, stop: threading.Event, wait: Callable[[float], object] | None = None) -> None:
        """Send until ``stop``; while the broker is away the same events are sent again and again."""
        rest = wait or stop.wait
        keep(self._path, self._feed.state())
        while not stop.is_set():
            began = time.monotonic()
            count = self._send_some(stop)
            if time.monotonic() - self._kept_at >= _KEEP_S:
                self._keep()
            rest(max(0.0, count / self._most_a_second - (time.monotonic() - began)) if count == _BATCH else _PAUSE_S)
        self._keep()

    def trouble(self) -> str | None:
        """What is wrong, or None."""
        silent = time.monotonic() - self._lively_at
        return f"nothing could be sent for {silent:.0f} s" if silent > _STALLED_S else None

    def _keep(self) -> None:
        keep(self._path, self._feed.state())
        self._kept_at = time.monotonic()

    def _send_some(self, stop: threading.Event) -> int:
        events = [check_raw(raw) for raw in self._feed.take(int(self._clock.now().timestamp()), _BATCH)]
        sent = not events
        while not sent:
            try:
                self._intake.submit(events, past=self._past).wait()
                sent = True
            except LogError as error:
                logger.warning("sending again: %s", error)
                if stop.wait(error.retry_after_s):
                    # What was taken from the feed is not in the log: leave the state of before for the next start.
                    raise SystemExit(1) from None
        self._lively_at = time.monotonic()
        self._sent.inc(len(events))
        return len(events)
