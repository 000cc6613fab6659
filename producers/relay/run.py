"""The loop of the relay: what waits in the outbox goes to the gateway, and is marked when the log has it.

read a batch → post it, in order of ids → mark each row. Whatever breaks off between two of them is done again: the log knows
an event by (source, id), so that a repeat changes nothing. A row that is refused is set aside with the reason and holds up
nothing, not even later events of its case: history is ordered by time and takes the mended event in where it belongs.
"""

import logging
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Event

from sqlalchemy.exc import DBAPIError

from contract.topics import MAX_EVENT_BYTES
from producers.relay.errors import Away
from producers.relay.metrics import RelayMetrics
from producers.relay.post import GatewayPost, Refusal, refused_locally
from producers.relay.table import Outbox, Row

logger = logging.getLogger(__name__)

BATCH = 500
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 60.0
_LOOK_S = 10.0
"""How often the backlog is counted: a count of a long one isn't free."""


class Relay:
    """Sends one outbox to one gateway.

    Args:
        outbox: Where events wait.
        gateway: Where they go.
        metrics: What is counted.
        poll_s: How long to wait when nothing is there.
        batch: Rows that are sent at once.
    """

    def __init__(
        self, outbox: Outbox, gateway: GatewayPost, metrics: RelayMetrics, *, poll_s: float = 1.0, batch: int = BATCH
    ) -> None:
        self._outbox = outbox
        self._gateway = gateway
        self._metrics = metrics
        self._poll_s = poll_s
        self._batch = batch
        self._wait_s = _FIRST_WAIT_S
        self._looked = -_LOOK_S

    def run(self, stop: Event, *, once: bool = False) -> None:
        """Relay until ``stop`` is set; with ``once`` until nothing waits. A batch that was begun is brought to its end."""
        while not stop.is_set():
            try:
                self._look()
                count = self.step()
            except Away as error:
                self._pause(stop, error.cause, str(error), error.retry_after_s)
            except DBAPIError as error:
                self._pause(stop, "database", f"the database does not answer: {type(error.orig).__name__}")
            else:
                self._wait_s = _FIRST_WAIT_S
                if count == 0:
                    if once:
                        return
                    stop.wait(self._poll_s)

    def step(self) -> int:
        """Send one batch and mark its rows; returns how many rows it had.

        Raises:
            Away: The gateway didn't take it; nothing is marked but what never could be sent.
            DBAPIError: The database doesn't answer; what was sent is sent again.
        """
        begun = time.monotonic()
        rows = self._outbox.waiting(self._batch)
        if not rows:
            return 0
        refused = {row.id: why for row in rows if (why := refused_locally(row.event, MAX_EVENT_BYTES))}
        good = [row for row in rows if row.id not in refused]
        if good:
            outcomes = self._gateway.send([row.event for row in good])
            refused |= {row.id: why for row, why in zip(good, outcomes, strict=True) if why is not None}
        self._mark(rows, refused)
        self._metrics.batch_seconds.observe(time.monotonic() - begun)
        return len(rows)

    def _mark(self, rows: Sequence[Row], refused: dict[int, Refusal]) -> None:
        sent = [row.id for row in rows if row.id not in refused]
        self._outbox.done(sent, {number: why.reason for number, why in refused.items()})
        self._metrics.sent.inc(len(sent))
        for number, why in refused.items():
            self._metrics.refused.labels(why.code).inc()
            logger.warning("row %d was refused and set aside: %s", number, why.code)

    def _pause(self, stop: Event, cause: str, text: str, at_least_s: float = 0.0) -> None:
        """Wait before the next try, twice as long each time; not all relays of a country at once."""
        wait_s = max(at_least_s, self._wait_s * random.uniform(0.75, 1.25))
        self._wait_s = min(self._wait_s * 2, _LONGEST_WAIT_S)
        self._metrics.retries.labels(cause).inc()
        logger.warning("%s; trying again in %.1f s", text, wait_s)
        stop.wait(wait_s)

    def _look(self) -> None:
        if time.monotonic() - self._looked < _LOOK_S:
            return
        self._looked = time.monotonic()
        backlog = self._outbox.backlog()
        age = 0.0 if backlog.oldest is None else (datetime.now(UTC) - backlog.oldest).total_seconds()
        self._metrics.waiting.set(backlog.waiting)
        self._metrics.oldest_seconds.set(max(0.0, age))
