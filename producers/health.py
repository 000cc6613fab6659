"""`/health` and `/metrics` of a producer that has no web server of its own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from infra.answering import Answer, answering
from infra.settings import HOST


def serving(
    port: int, registry: CollectorRegistry, trouble: Callable[[], str | None], host: str = HOST
) -> AbstractContextManager[None]:
    """Serve while the block runs.

    Args:
        port: Port of `host`.
        registry: What `/metrics` shows.
        trouble: Says what is wrong, or None: `/health` answers 503 or 200.
        host: Address to listen on.
    """

    def answer(path: str) -> Answer | None:
        if path == "/metrics":
            return Answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(registry))
        if path not in {"/health", "/health/live", "/health/ready"}:
            return None
        wrong = trouble()
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE if wrong else HTTPStatus.OK, "text/plain", (wrong or "ok").encode())

    return answering(host, port, answer, "GET /health or /metrics")
