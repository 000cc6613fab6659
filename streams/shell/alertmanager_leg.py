"""The leg through Alertmanager: what fires goes there every minute; what it posts back goes into the room's input.

Counts for (rule, court, severity), never cases. The label ``feed_down`` lets a court's silence mute what else fires at that
court, and is left out while our own watermark is old: then the silence may be ours.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from contract.courts import COURTS
from infra.alertmanager.client import SEND_EVERY_S, AlertmanagerAway, Client, Firing
from streams.duty.board import Board, Group
from streams.shell.notifier_metrics import NotifierMetrics

log = logging.getLogger(__name__)

FEED_RULES = frozenset({"R-DATA-01.a"})
"""Rules by which a court's own feed is silent."""


class AlertmanagerLeg:
    """Keeps Alertmanager told.

    Args:
        client: The client.
        board: What fires.
        names: Rule id → its Chinese name.
        is_fresh: Whether our own watermark is recent.
        metrics: What is counted.
    """

    def __init__(
        self,
        client: Client,
        board: Board,
        is_fresh: Callable[[], bool],
        metrics: NotifierMetrics,
        every_s: float = SEND_EVERY_S,
    ) -> None:
        self._client, self._board, self._is_fresh, self._metrics, self._every_s = client, board, is_fresh, metrics, every_s

    async def run(self) -> None:
        """Send until cancelled; while Alertmanager is away it is tried again each time."""
        while True:
            started = time.monotonic()
            try:
                sent = await asyncio.to_thread(self._client.send, list(self.firing()), datetime.now(UTC))
                self._metrics.firing.set(sent)
            except AlertmanagerAway as error:
                self._metrics.firing.set(-1)
                log.warning("%s", error)
            await asyncio.sleep(max(0.0, self._every_s - (time.monotonic() - started)))

    def firing(self) -> Iterable[Firing]:
        """What fires now, since when the log says it does: after a restart too it is the same alert to Alertmanager."""
        board, now, fresh = self._board, datetime.now(UTC), self._is_fresh()
        # A simulated line may be ahead of the wall clock, which is Alertmanager's.
        since = {group: min(at, now) for group, at in board.since.items()}
        return [
            _firing(group, count, since[group], down=fresh and group[0] in FEED_RULES) for group, count in board.firing.items()
        ]


def _firing(group: Group, count: int, since: datetime, *, down: bool) -> Firing:
    rule, court, severity = group
    known = COURTS.get(court)
    labels = {"alertname": rule, "court": court, "court_l2": _second(court), "severity": severity}
    name = known.name if known else court
    return Firing(
        labels=labels | ({"feed_down": "true"} if down else {}),
        annotations={"summary": f"{name} {rule} {count}件", "count": str(count)},
        since=since,
    )


def _second(court: str) -> str:
    """The intermediate court's area: a province is too wide for one message, a basic court too narrow."""
    line = [court, *(above.code for above in COURTS.ancestors(court))] if COURTS.get(court) else [court]
    return line[-3] if len(line) >= 3 else line[0]
