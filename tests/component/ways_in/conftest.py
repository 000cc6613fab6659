"""A log whose time line has begun, readers of it, and gateways as real processes."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from kafka import KafkaConsumer, TopicPartition

from contract.codec import from_kafka
from contract.envelope import Event
from contract.topics import EMBEDDED_PARTITIONS, EVENTS
from infra.kafka.embedded import EmbeddedKafka
from infra.kafka.topics import delete_topics, ensure_topics
from infra.processes import free_ports
from producers.clock import Clock

STRUCTURED = {"Content-Type": "application/cloudevents+json"}


@dataclass
class GatewayProcess:
    """A gateway as a child process, with its log."""

    bootstrap: str
    data: Path
    port: int
    options: tuple[str, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Address of the gateway."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What it says on stderr."""
        return self.data / "gateway.log"

    def start(self) -> None:
        """Start it and wait until it takes events."""
        command = [sys.executable, "-m", "yipanqi", "gateway", "--kafka", self.bootstrap]
        command += ["--data", str(self.data), "--port", str(self.port), *self.options]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 90  # as a wall: a busy machine takes long to start a process
        while time.monotonic() < deadline:
            try:
                if httpx.get(self.url + "/health/ready").status_code == 200:
                    return
            except httpx.TransportError:
                assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        raise TimeoutError(self.log.read_text())

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send it a signal and wait for its end; returns the exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            os.kill(self.process.pid, number)
        return self.process.wait(15)


@pytest.fixture
def wall_log(topics: str) -> str:
    """Bootstrap address of a broker with empty topics and a wall line that has begun."""
    with Clock(topics, line="wall"):
        return topics


@contextmanager
def running_gateway(bootstrap: str, data: Path, *options: str) -> Iterator[GatewayProcess]:
    """A gateway process on a data folder of its own."""
    data.mkdir(parents=True, exist_ok=True)
    gateway = GatewayProcess(bootstrap, data, free_ports(1)[0], options)
    gateway.start()
    try:
        yield gateway
    finally:
        gateway.end()


@pytest.fixture(scope="module")
def gateway(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway process before a log on a wall line, shared by the tests of a file: each sends under a `feed` of its own."""
    delete_topics(kafka.bootstrap)
    ensure_topics(kafka.bootstrap)
    with Clock(kafka.bootstrap, line="wall"):
        pass
    with running_gateway(kafka.bootstrap, tmp_path_factory.mktemp("gateway")) as process:
        yield process


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """An HTTP client, as one court's system keeps it; several threads may use it."""
    with httpx.Client(timeout=60, limits=httpx.Limits(max_connections=None)) as one:
        yield one


@pytest.fixture
def feed() -> str:
    """A source that no other test uses."""
    return f"/court/京0105/{uuid.uuid4().hex}"


@pytest.fixture
def another_gateway() -> Callable[..., Any]:
    """One more gateway, as a context manager of (bootstrap, data folder, *options)."""
    return running_gateway


@pytest.fixture
def records() -> Callable[..., list[Any]]:
    """Read all records of a topic, partition by partition: `records(bootstrap, topic=…)`."""

    def read(bootstrap: str, topic: str = EVENTS) -> list[Any]:
        found: list[Any] = []
        with KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest") as consumer:
            assigned = [TopicPartition(topic, partition) for partition in range(EMBEDDED_PARTITIONS)]
            consumer.assign(assigned)
            ends = consumer.end_offsets(assigned)
            while any(consumer.position(partition) < end for partition, end in ends.items()):
                for batch in consumer.poll(timeout_ms=500).values():
                    found += batch
        return sorted(found, key=lambda record: (record.partition, record.offset))

    return read


@pytest.fixture
def facts(records: Callable[..., list[Any]], feed: str) -> Callable[[str], list[Event]]:
    """Read all events of the test's feed."""

    def read(bootstrap: str) -> list[Event]:
        events = [from_kafka(record.value, record.headers) for record in records(bootstrap)]
        return [event for event in events if event.source == feed]

    return read


@pytest.fixture
def filed(feed: str) -> Callable[..., dict[str, Any]]:
    """Make a good `case.filed`: `filed("e1", subject=…)`."""

    def make(event_id: str, **attributes: Any) -> dict[str, Any]:
        event = {
            "specversion": "1.0",
            "id": event_id,
            "source": feed,
            "type": "case.filed",
            "subject": "case-1",
            "time": "2024-03-01T09:30:00+08:00",
            "data": {"case_no": "（2024）京0105执1号"},
        }
        return event | attributes

    return make


@pytest.fixture
def party(feed: str) -> Callable[..., dict[str, Any]]:
    """Make a good `party.registered` with personal data."""

    def make(event_id: str, name: str = "张三", number: str = "11010519491231002X", **attributes: Any) -> dict[str, Any]:
        pii = {"name": name, "id_type": "居民身份证", "id_no": number}
        event = {
            "specversion": "1.0",
            "id": event_id,
            "source": feed,
            "type": "party.registered",
            "subject": "case-1",
            "time": "2024-03-01T09:30:00+08:00",
            "data": {"party_ref": "p1", "role": "被执行", "kind": "natural", "pii": pii},
        }
        return event | attributes

    return make
