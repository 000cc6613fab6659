"""The stack's own commands, environment and broker configuration, as processes: from gateway to wall."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from stack_file import load
from stack_processes import Stack, StackKafka, event, metrics

from contract.topics import EVENTS
from infra.clickhouse.client import ClickHouse
from infra.kafka.prepare import prepare
from infra.processes import free_ports

T = TypeVar("T")
PARTITIONS = 8
SERVICES = ("gateway", "cases", "groups", "duty", "restricted", "projections", "notifier", "prover", "wall")


@pytest.fixture
def stack(tmp_path: Path, own_front: Any) -> Iterator[Stack]:
    """Broker and front run; nothing of ours yet."""
    prepare()
    port, controller_port = free_ports(2)
    with StackKafka(tmp_path / "kafka", port, controller_port) as broker:
        made = Stack(tmp_path, {"kafka": broker.bootstrap, "clickhouse": f"127.0.0.1:{own_front.port}"}, PARTITIONS)
        try:
            yield made
        finally:
            made.stop()


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_an_event_goes_from_the_gateway_to_the_wall(stack: Stack, own_front: Any) -> None:
    """Jobs, then services; a court's event becomes an alert and a case; a second worker shares the partitions."""
    assert f"of {PARTITIONS} partitions" in stack.run("topics")
    assert "applied" in stack.run("tables")
    assert "applied" in stack.run("tables-restricted")
    stack.wait_ready(stack.start("clock"))
    for service in SERVICES:
        stack.start(service)
    stack.wait_ready(*SERVICES)

    feed = _token(stack.run("tools", "account", "token", "add", "--kind", "feed", "--court", "京0105"))
    reader = _token(
        stack.run("tools", "account", "token", "add", "--kind", "program", "--role", "director", "--court", "最高法")
    )
    assert "first password" in stack.run("tools", "account", "add", "admin", "--role", "director", "--court", "最高法")

    received = datetime.now(UTC) - timedelta(days=40)
    objection = {"objection_id": "o1", "kind": "行为"}
    sent = event(id="1", type="objection.received", time=received.isoformat(timespec="seconds"), data=objection)
    headers = {"Content-Type": "application/cloudevents+json"}
    with httpx.Client(timeout=30) as client:
        refused = client.post(f"{stack.url('gateway')}/events", json=sent, headers=headers)
        assert refused.status_code == 401
        taken = client.post(f"{stack.url('gateway')}/events", json=sent, headers=headers | {"Authorization": f"Bearer {feed}"})
        assert taken.status_code == 202, taken.text
        assert client.get(f"{stack.url('wall')}/api/v1/alerts").status_code == 401
        as_reader = {"Authorization": f"Bearer {reader}"}
        alerts = _until(lambda: _items(client, stack, "/api/v1/alerts?q=stack-1", as_reader))
        assert {alert["rule"] for alert in alerts} >= {"R-OBJ-01.a"}
        case = _until(lambda: _found(client, stack, "/api/v1/cases/stack-1", as_reader))
        assert case["subject"] == "stack-1"

    stack.wait_ready(stack.start("cases", "+2"))
    held = _until(lambda: _shared(stack, "cases", "cases+2"))
    assert held == PARTITIONS
    assert _until(lambda: metrics(stack.url("prover")).get("yipanqi_proof_holds") == 1)
    with ClickHouse("127.0.0.1", own_front.port) as client_of_engine:
        engine = str(client_of_engine.query_rows("SELECT version()")[0][0])
    assert load()["services"]["clickhouse"]["image"].partition(":")[2].split(".")[:2] == engine.split(".")[:2]
    assert stack.written_beside() == []


def _token(said: str) -> str:
    return said.strip().rpartition(" ")[2]


def _until(look: Callable[[], T | None], seconds: float = 300) -> T:
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.5)
    return found


def _items(client: httpx.Client, stack: Stack, page: str, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer = client.get(stack.url("wall") + page, headers=headers)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def _found(client: httpx.Client, stack: Stack, page: str, headers: dict[str, str]) -> dict[str, Any] | None:
    answer = client.get(stack.url("wall") + page, headers=headers)
    return dict(answer.json()["case"]) if answer.status_code == 200 else None


def _shared(stack: Stack, *workers: str) -> int | None:
    """How many partitions the workers hold together, once each holds some and none is held twice."""
    ages = [metrics(stack.url(worker)) for worker in workers]
    held = [{name for name in one if name.startswith("yipanqi_commit_age_seconds") and EVENTS in name} for one in ages]
    if not all(held) or set.intersection(*held):
        return None
    return len(set.union(*held)) if sum(map(len, held)) == PARTITIONS else None
