"""The gateway: courts send CloudEvents by HTTP and are answered when Kafka has them.

An ASGI application. Checking, sealing and waiting for the broker happen in a bounded pool of threads; the event loop only
reads and answers, so that a slow broker or a large batch delays nobody's health check. It keeps no state of its own.
"""

import asyncio
import functools
import logging
import re
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from contract.duty.asked import MAX_BYTES
from contract.duty.decisions import Decision
from contract.envelope import Event
from contract.errors import InvalidEvent
from producers import decided
from producers.answers import Accepted, answer
from producers.commands import CommandDesk, Pending
from producers.errors import Backpressure, BrokerAway, LineError
from producers.feed_gate import FeedGate, own_only
from producers.gateway_metrics import GatewayMetrics
from producers.intake import OpenIntake, check_all
from producers.openapi import document
from producers.problems import Problem
from producers.recent import RecentIds
from producers.requests import Batch, bearer, declared_size, read_body, read_events

logger = logging.getLogger(__name__)

_THREADS = 32
_MAX_PENDING = 256
_MAX_PENDING_BYTES = 128 * 1024 * 1024
"""Bodies of requests that are not answered yet; without it many large batches at once could fill the memory."""
_ANSWER_S = 12.0
_BODY_S = 30.0
_REOPEN_S = 0.5
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

OpenFunction = Callable[[], OpenIntake]
OpenDesk = Callable[[OpenIntake], CommandDesk]


class Gateway:
    """The way in of one process.

    Args:
        open_intake: Opens the intake; called again and again while the broker is away or the log has no time line yet.
        fatal: Called with an error that trying again can't mend, e.g. another master key.
        open_desk: Opens the desk of people's commands; None = it takes none.
        feeds: Says which court a request speaks for; None = whoever comes may send for every court.
        answer_s: How long a request waits for the broker.
        max_pending: More requests than that at once are answered 429.
    """

    def __init__(
        self,
        open_intake: OpenFunction,
        fatal: Callable[[BaseException], None],
        *,
        open_desk: OpenDesk | None = None,
        feeds: FeedGate | None = None,
        answer_s: float = _ANSWER_S,
        max_pending: int = _MAX_PENDING,
    ) -> None:
        self._open_intake = open_intake
        self._fatal = fatal
        self._open_desk = open_desk
        self._desk: CommandDesk | None = None
        self._feeds = feeds
        self._answer_s = answer_s
        self._max_pending = max_pending
        self._pending = 0
        self._pending_bytes = 0
        self._intake: OpenIntake | None = None
        self._trouble: str | None = "starting"
        self._away_until = 0.0
        self._closing = threading.Event()
        self._pool = ThreadPoolExecutor(_THREADS, "intake")
        self._recent = RecentIds()
        self.metrics = GatewayMetrics(
            CollectorRegistry(), lambda: 0 if self._intake is None else self._intake.writer.in_flight_bytes
        )

    def app(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/events", self._events, methods=["POST"]),
            Route("/duty/commands", self._commands, methods=["POST"]),
            Route("/metrics", self._metrics),
            Route("/health/live", self._live),
            Route("/health/ready", self._ready),
            Route("/health", self._ready),
            Route("/openapi.json", self._openapi),
        ]
        handlers = {HTTPException: _http_error, Exception: _internal_error}
        return Starlette(routes=routes, exception_handlers=handlers, lifespan=self._lifespan)  # type: ignore[arg-type]

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        opener = threading.Thread(target=self._open, name="open-intake", daemon=True)
        opener.start()
        yield
        self._closing.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        for one in (self._desk, self._intake):
            if one is not None:
                await asyncio.to_thread(one.close)

    def _open(self) -> None:
        while not self._closing.is_set():
            try:
                self._intake = self._intake or self._open_intake()
                self._desk = None if self._open_desk is None else self._open_desk(self._intake)
            except (BrokerAway, LineError) as error:
                self._trouble = str(error)
                logger.warning("not ready: %s", error)
                self._closing.wait(_REOPEN_S)
            except Exception as error:  # noqa: BLE001 - whatever it is, this process can't serve: its owner is told
                self._fatal(error)
                return
            else:
                self._trouble = None
                return

    async def _events(self, request: Request) -> Response:
        begun = time.monotonic()
        try:
            response = await self._take(request)
        except Problem as problem:
            response = problem.response()
        self.metrics.answered(response.status_code, time.monotonic() - begun)
        return response

    async def _commands(self, request: Request) -> Response:
        begun = time.monotonic()
        try:
            response = decided.answer(await self._ask(request))
        except Problem as problem:
            response = problem.response()
        self.metrics.commands.labels(str(response.status_code)).observe(time.monotonic() - begun)
        return response

    async def _ask(self, request: Request) -> Decision | Pending:
        desk = self._desk
        if desk is None:
            raise Problem("broker-unavailable", f"not ready: {self._trouble}", retry_after_s=BrokerAway.retry_after_s)
        if desk.failure is not None:
            self._fatal(desk.failure)
        try:
            async with asyncio.timeout(_BODY_S):
                body = await read_body(request, MAX_BYTES)
        except TimeoutError:
            raise Problem("request-timeout", f"the body did not arrive within {_BODY_S:.0f} s") from None
        return await desk.ask(bearer(request), body, functools.partial(asyncio.get_running_loop().run_in_executor, self._pool))

    async def _take(self, request: Request) -> Response:
        size = declared_size(request)
        if self._pending >= self._max_pending or self._pending_bytes + size > _MAX_PENDING_BYTES:
            raise Problem("too-many-requests", "too many requests wait for the broker; send this again", retry_after_s=1)
        self._pending += 1
        self._pending_bytes += size
        try:
            async with asyncio.timeout(_BODY_S):
                batch = await read_events(request)
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._accept, batch, request)
        except TimeoutError:
            raise Problem("request-timeout", f"the body did not arrive within {_BODY_S:.0f} s") from None
        finally:
            self._pending -= 1
            self._pending_bytes -= size

    def _accept(self, batch: Batch, request: Request) -> Response:
        """Check, send and wait: in a thread of the pool."""
        address = request.client.host if request.client else ""
        court = None if self._feeds is None else self._feeds.court(bearer(request), address)
        trace = _trace(request)
        checked = [_traced(one, trace) for one in own_only(check_all(batch.events), court)]
        events = [one for one in checked if isinstance(one, Event)]
        accepted = iter(self._send(events) if events else [])
        outcomes = [next(accepted) if isinstance(one, Event) else one for one in checked]
        self.metrics.taken(outcomes)
        return answer(batch, outcomes)

    def _send(self, events: list[Event]) -> list[Accepted]:
        intake = self._intake
        if intake is None:
            raise Problem("broker-unavailable", f"not ready: {self._trouble}", retry_after_s=BrokerAway.retry_after_s)
        if intake.failure is not None:
            self._fatal(intake.failure)
        try:
            positions = intake.submit(events).wait(self._answer_s)
        except Backpressure as error:
            raise Problem("too-many-requests", str(error), retry_after_s=error.retry_after_s) from None
        except BrokerAway as error:
            self._trouble = str(error)
            self._away_until = time.monotonic() + error.retry_after_s
            raise Problem(
                "broker-unavailable",
                "the broker did not acknowledge in time; send all of it again, which is always safe",
                retry_after_s=error.retry_after_s,
            ) from None
        self._trouble = None
        conflicts = self._recent.conflicts(events)
        return [Accepted(*one) for one in zip(events, positions, conflicts, strict=True)]

    async def _metrics(self, _: Request) -> Response:
        return Response(generate_latest(self.metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _live(self, _: Request) -> Response:
        return PlainTextResponse("ok")

    async def _ready(self, _: Request) -> Response:
        # An open intake is worth another try after a while: whoever sends only to ready gateways would never find out.
        if self._trouble is not None and (self._intake is None or time.monotonic() < self._away_until):
            return PlainTextResponse(self._trouble, 503)
        return PlainTextResponse("ok")

    async def _openapi(self, _: Request) -> Response:
        return JSONResponse(document())


def _trace(request: Request) -> str | None:
    value = request.headers.get("traceparent", "")
    return value if _TRACEPARENT.fullmatch(value) else None


def _traced(one: Event | InvalidEvent, trace: str | None) -> Event | InvalidEvent:
    """The trace context of the request goes on with events that have none of their own."""
    if trace is None or isinstance(one, InvalidEvent) or one.traceparent is not None:
        return one
    return msgspec.structs.replace(one, traceparent=trace)


async def _http_error(_: Request, error: HTTPException) -> Response:
    kind = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "internal-error")
    response = Problem(kind, f"{error.detail}; the way in is POST /events, its description /openapi.json").response()
    response.headers.update(error.headers or {})
    return response


async def _internal_error(_: Request, error: Exception) -> Response:
    logger.error("unexpected: %s", type(error).__name__)
    return Problem("internal-error", "unexpected; send it again, and tell the operator if it stays so").response()
