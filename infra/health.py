"""Health and metrics of the whole embedded system on one port: `GET /health` and `GET /metrics`."""

import http.client
import json
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.parser import text_string_to_metric_families

from infra.settings import HOST

Status = Mapping[str, Mapping[str, str | int | None]]
"""Unit → state, pid, restarts, as `Supervisor.status` tells it."""

_SCRAPE_S = 2.0
_POLL_S = 0.1  # how long the end of the server may take
_UP = {"running"}


@contextmanager
def serving(port: int, status: Callable[[], Status], targets: Mapping[str, int]) -> Iterator[None]:
    """Serve while the block runs.

    `/health` answers 200 when every unit runs, else 503, with the state of each as JSON. `/metrics` gathers those of the
    targets, with the label `process`, and our own: `yipanqi_process_up`, `…_restarts_total`, `…_resident_bytes`.

    Args:
        port: Port on loopback.
        status: State of all units now.
        targets: Name of a process → loopback port of its own `/metrics`.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/health":
                now = status()
                healthy = all(unit["state"] in _UP for unit in now.values())
                body = json.dumps({"healthy": healthy, "units": now}).encode()
                self._answer(HTTPStatus.OK if healthy else HTTPStatus.SERVICE_UNAVAILABLE, "application/json", body)
            elif self.path == "/metrics":
                self._answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, gather(status(), targets))
            else:
                self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"GET /health or /metrics\n")

        def _answer(self, code: HTTPStatus, content_type: str, body: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name is http.server's)
            """Requests are not worth a line on the screen."""

    server = ThreadingHTTPServer((HOST, port), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(_POLL_S,), name="health", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def gather(status: Status, targets: Mapping[str, int]) -> bytes:
    """Metrics of all targets that answer, in one exposition, each sample labelled with its process."""
    families: dict[str, Metric] = {}
    for process, port in targets.items():
        for family in _scrape(port):
            merged = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
            for sample in family.samples:
                merged.samples.append(sample._replace(labels={"process": process, **sample.labels}))

    class Everything:
        def collect(self) -> Iterator[Metric]:
            yield from _own(status)
            yield from families.values()

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Everything())
    return generate_latest(registry)


def _scrape(port: int) -> list[Metric]:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=_SCRAPE_S) as answer:
            return list(text_string_to_metric_families(answer.read().decode()))
    except (OSError, ValueError, http.client.HTTPException):
        return []  # down, or no metrics there: yipanqi_process_up and the missing series tell


def _own(status: Status) -> Iterator[Metric]:
    up = GaugeMetricFamily("yipanqi_process_up", "Whether a unit of the embedded system runs.", labels=["process"])
    restarts = CounterMetricFamily("yipanqi_process_restarts", "How often a unit was started again.", labels=["process"])
    resident = GaugeMetricFamily("yipanqi_process_resident_bytes", "Memory in use by a process.", labels=["process"])
    for name, unit in status.items():
        up.add_metric([name], float(unit["state"] in _UP))
        restarts.add_metric([name], float(unit["restarts"] or 0))
        if isinstance(unit["pid"], int) and (size := _resident_bytes(unit["pid"])) is not None:
            resident.add_metric([name], size)
    yield from (up, restarts, resident)


def _resident_bytes(pid: int) -> float | None:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((float(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), None)
