"""Health and metrics of the whole embedded system on one port: `GET /health` and `GET /metrics`."""

import http.client
import json
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from http import HTTPStatus
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.parser import text_string_to_metric_families

from infra.answering import Answer, answering
from infra.settings import HOST

Status = Mapping[str, Mapping[str, str | int | None]]
"""Unit → state, pid, restarts, as `Supervisor.status` tells it."""

_SCRAPE_S = 2.0
_UP = {"running"}


def serving(port: int, status: Callable[[], Status], targets: Mapping[str, int]) -> AbstractContextManager[None]:
    """Serve while the block runs.

    `/health` answers 200 when every unit runs, else 503, with the state of each as JSON. `/metrics` gathers those of the
    targets, with the label `process`, and our own: `yipanqi_process_up`, `…_restarts_total`, `…_resident_bytes`.

    Args:
        port: Port on loopback.
        status: State of all units now.
        targets: Name of a process → loopback port of its own `/metrics`.
    """

    def answer(path: str) -> Answer | None:
        if path == "/metrics":
            return Answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, gather(status(), targets))
        if path != "/health":
            return None
        now = status()
        healthy = all(unit["state"] in _UP for unit in now.values())
        body = json.dumps({"healthy": healthy, "units": now}).encode()
        return Answer(HTTPStatus.OK if healthy else HTTPStatus.SERVICE_UNAVAILABLE, "application/json", body)

    return answering(HOST, port, answer, "GET /health or /metrics")


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
