"""Whether a worker lives: by progress, not by an open port.

Two things must keep happening: the fetch loop turns, and the broker answers fetches or records are applied. Faust's loop
can hang for good with the port open, and a consumer whose broker is away polls in vain and looks idle. When either stops
for `stall_s`, the process is ended for its supervisor to start again; nothing is lost, since nothing was committed.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from infra.answering import Answer, answering
from streams.shell.metrics import Metrics
from streams.shell.seam import REREADING, Seam

log = logging.getLogger(__name__)

EXIT_STALLED = 75
_WATCH_S = 1.0
FALLING_S = 40.0  # more than an orderly end after a failure may take (STOP_DEADLINE_S)


class State(NamedTuple):
    """An answer and its reason."""

    good: bool
    reason: str


class Vitals:
    """Reads the signs of life of one seam; `contact_at`: when the broker last answered (monotonic seconds, None = unknown)."""

    def __init__(self, seam: Seam, contact_at: Callable[[], float | None], stall_s: float) -> None:
        self._seam = seam
        self._contact_at = contact_at
        self._stall_s = stall_s

    @property
    def failed(self) -> bool:
        """Whether the room has failed, so that the process is to end in order."""
        return self._seam.failed is not None

    def live(self) -> State:
        """Whether the worker makes progress or has nothing to do."""
        seam, now = self._seam, time.monotonic()
        if seam.failed is not None:
            return State(good=False, reason=f"failed: {type(seam.failed).__name__}")
        if seam.restoring:
            return State(good=True, reason="restoring; the restore has a deadline of its own")
        if REREADING.is_set():
            return State(good=True, reason="reading a partition again, which ends when the broker gives nothing")
        if (idle := now - max(seam.polled_at, seam.progress_at)) > self._stall_s:  # a restore or a long batch is no standstill
            return State(good=False, reason=f"the fetch loop stands still since {idle:.0f} s")
        signs = [seam.progress_at, self._contact_at()] if seam.next else [now]
        if (silent := now - max(sign for sign in signs if sign is not None)) > self._stall_s:
            return State(good=False, reason=f"no record and no answer of the broker since {silent:.0f} s")
        return State(good=True, reason="progress")

    def ready(self) -> State:
        """Whether every assigned partition is restored, and there is one."""
        if not (state := self.live()).good:
            return state
        if self._seam.restoring or not self._seam.ready:
            return State(good=False, reason="restoring")
        return State(good=bool(self._seam.next), reason="ready" if self._seam.next else "no partition assigned")


def watch(vitals: Vitals, falling_s: float = FALLING_S) -> None:
    """End the process when it does not live any more; runs in a thread of its own, since the event loop may be what hangs.

    A room that has failed gets `falling_s` to end in order; if nobody heard of its failure, it would stand still for ever.
    """

    def run() -> None:
        patience = falling_s
        while True:
            time.sleep(_WATCH_S)
            state = vitals.live()
            if vitals.failed:
                patience -= _WATCH_S
            if not state.good and (not vitals.failed or patience <= 0):
                log.critical("watchdog: %s; the process ends and nothing more is committed", state.reason)
                os._exit(EXIT_STALLED)

    threading.Thread(target=run, name="watchdog", daemon=True).start()


def serving(host: str, port: int, metrics: Metrics, vitals: Vitals) -> AbstractContextManager[None]:
    """Serve `/metrics`, `/health/live` and `/health/ready` (also `/health`) while the block runs."""

    def answer(path: str) -> Answer | None:
        if path == "/metrics":
            return Answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(metrics.registry))
        if path not in {"/health", "/health/live", "/health/ready"}:
            return None
        state = vitals.live() if path.endswith("live") else vitals.ready()
        status = HTTPStatus.OK if state.good else HTTPStatus.SERVICE_UNAVAILABLE
        return Answer(status, "text/plain; charset=utf-8", f"{state.reason}\n".encode())

    return answering(host, port, answer, "/metrics, /health/live, /health/ready")
