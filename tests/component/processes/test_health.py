"""Health and metrics of the whole, gathered from processes that really serve theirs."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from threading import Thread

import pytest
from prometheus_client import CollectorRegistry, Counter, start_http_server

from infra.health import serving
from infra.processes import free_ports

_STATUS: dict[str, dict[str, str | int | None]] = {"cases": {"state": "running", "pid": None, "restarts": 2}}


@pytest.fixture
def targets() -> Iterator[dict[str, int]]:
    """Two processes with the same metric, and one that is down."""
    ports = dict(zip(("cases", "projections", "down"), free_ports(3), strict=True))
    servers = []
    for name, count in (("cases", 3), ("projections", 4)):
        registry = CollectorRegistry()
        Counter("yipanqi_events", "Events read.", ["partition"], registry=registry).labels("0").inc(count)
        servers.append(start_http_server(ports[name], "127.0.0.1", registry))
    yield ports
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


def _get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_metrics_of_all_processes_on_one_page(targets: dict[str, int]) -> None:
    """Equal metrics become one family, told apart by `process`; a process that is down costs only its own lines."""
    port = free_ports(1)[0]
    with serving(port, lambda: _STATUS, targets):
        status, text = _get(port, "/metrics")
    assert status == 200
    assert text.count("# TYPE yipanqi_events_total counter") == 1
    assert 'yipanqi_events_total{partition="0",process="cases"} 3.0' in text
    assert 'yipanqi_events_total{partition="0",process="projections"} 4.0' in text
    assert 'yipanqi_process_up{process="cases"} 1.0' in text
    assert 'yipanqi_process_restarts_total{process="cases"} 2.0' in text


def test_a_process_that_ends_in_the_middle_of_its_answer_costs_only_its_own_lines(targets: dict[str, int]) -> None:
    """Whoever scrapes hears of the others."""
    port = free_ports(1)[0]
    with socket.create_server(("127.0.0.1", targets["down"])) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nyipanqi_")

        thread = Thread(target=answer)
        thread.start()
        with serving(port, lambda: _STATUS, targets):
            status, text = _get(port, "/metrics")
        thread.join()
    assert status == 200
    assert 'yipanqi_events_total{partition="0",process="cases"} 3.0' in text


def test_health_is_that_of_the_weakest(targets: dict[str, int]) -> None:
    """200 while every unit runs, 503 as soon as one does not, with the state of each."""
    port = free_ports(1)[0]
    states = dict(_STATUS)
    with serving(port, lambda: states, targets):
        assert _get(port, "/health")[0] == 200
        states["wall"] = {"state": "pausing", "pid": None, "restarts": 1}
        status, text = _get(port, "/health")
        assert status == 503
        assert json.loads(text)["units"]["wall"]["state"] == "pausing"
        assert _get(port, "/nothing")[0] == 404
