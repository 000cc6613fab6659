"""The projections worker and ClickHouse killed, and the tables rebuilt, under load: `verify` finds no gap and no double."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Self

import msgspec
import pytest
from click.testing import CliRunner
from kafka import KafkaProducer

from contract.codec import to_kafka
from contract.control import line_started, ticked
from contract.envelope import Event
from contract.topics import ALERTS, EMBEDDED_PARTITIONS, EVENTS, FACTS, partition_of
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.migrate import migrate
from infra.processes import free_ports
from streams.projections.tables import TABLES
from streams.shell.audit import audit
from streams.shell.log_ends import ends
from streams.shell.sides import COMMON
from streams.shell.warehouse import Warehouse
from yipanqi.__main__ import cli

_SCRIPT = Path(__file__).with_name("projection_worker.py")
_START = datetime(2026, 1, 5, tzinfo=UTC)
_DEADLINE_S = 60.0


class Load:
    """Writes events, transitions, facts and rubbish into the log."""

    def __init__(self, bootstrap: str) -> None:
        self.producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5)
        self.events = self.transitions = self.cases = 0
        for partition in range(EMBEDDED_PARTITIONS):
            self._send_event(line_started(0, _START, "simulated"), partition)
            self._send_event(ticked(1, _START), partition)
            self.producer.send(EVENTS, partition=partition, key=b"\xff", value=b"\xfe rubbish", headers=[])
        self.producer.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.producer.close()

    def send(self, count: int) -> None:
        """Send so many events with a transition and a case each; every tenth event and transition twice."""
        for _ in range(count):
            number = self.events
            chain = f"chain-{number % 50}"
            partition = partition_of(chain, EMBEDDED_PARTITIONS)
            for _copy in range(2 if number % 10 == 0 else 1):
                self._send_event(_event(number, chain), partition)
                self._send(ALERTS, chain, _transition(number, chain))
            self._send(FACTS, f"case:{chain}", _case(number, chain))
            self.events += 1
        self.producer.flush()

    def _send_event(self, event: Event, partition: int) -> None:
        key, value, headers = to_kafka(event)
        self.producer.send(EVENTS, partition=partition, key=key, value=value, headers=headers)

    def _send(self, topic: str, key: str, value: dict[str, Any]) -> None:
        partition = partition_of(key, EMBEDDED_PARTITIONS)
        self.producer.send(topic, partition=partition, key=key.encode(), value=msgspec.json.encode(value))


def _event(number: int, chain: str) -> Event:
    at = _START + timedelta(seconds=number)
    return Event(
        id=f"e{number}",
        source="/court/京0105/cms",
        type="x.step",
        subject=chain,
        rootid=chain,
        time=at,
        recordedtime=at,
        receivedtime=at,
        data={"n": number},
    )


def _transition(number: int, chain: str) -> dict[str, Any]:
    alert = {"id": f"a{number}", "rule": "R", "version": "1", "scope": "case", "subject": chain, "severity": "red"}
    change = {"id": f"t{number}", "position": f"0:{number}", "clock": "2026-01-05T00:00:00Z", "rootid": chain}
    return {**change, "transition": "raised", "alert": alert}


def _case(number: int, chain: str) -> dict[str, Any]:
    case = {"kind": "case", "id": f"f{number}", "position": f"0:{number}", "known_from": "2026-01-05T00:00:00Z"}
    return {**case, "subject": chain, "rootid": chain, "last_type": f"x.{number}"}


@pytest.fixture
def load(topics: str) -> Iterator[Load]:
    """A log that has begun."""
    with Load(topics) as load:
        yield load


@pytest.fixture
def warehouse(own_front: Any) -> Iterator[ClickHouse]:
    """A migrated warehouse on a front that the test may kill."""
    connect = partial(ClickHouse, "127.0.0.1", own_front.port, timeout_s=5.0)
    migrate(lambda name: connect(database=name), "yipanqi")
    with connect(database="yipanqi") as client:
        yield client


@pytest.fixture
def start(topics: str, own_front: Any, tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """`start(step, times)`: start a worker that dies at a step."""
    running: list[subprocess.Popen[bytes]] = []
    (port,) = free_ports(1)

    def run(step: str = "-", times: int = 0) -> "subprocess.Popen[bytes]":
        arguments = (topics, str(own_front.port), str(tmp_path / "worker"), str(port), step, str(times))
        with (tmp_path / "worker.log").open("ab") as log:
            running.append(subprocess.Popen([sys.executable, str(_SCRIPT), *arguments], stdout=log, stderr=log))
        return running[-1]

    yield run
    for process in running:
        process.kill()
        process.wait()


def _settle(warehouse: ClickHouse, bootstrap: str) -> None:
    """Wait until the ledger reaches the ends of the log."""
    until = ends(bootstrap, [*COMMON.logged, FACTS])
    deadline = time.monotonic() + _DEADLINE_S
    while Warehouse(warehouse).resume(until) != until:
        assert time.monotonic() < deadline, (Warehouse(warehouse).resume(until), until)
        time.sleep(0.2)


def _check(warehouse: ClickHouse, bootstrap: str, load: Load) -> None:
    found = audit(warehouse, bootstrap)
    assert found.findings == ()
    assert sum(part.rows for part in found.coverage) == sum(part.end for part in found.coverage)
    assert warehouse.query_rows("SELECT count() FROM events FINAL WHERE type = 'x.step'") == [(load.events,)]
    assert warehouse.query_rows("SELECT count() FROM alerts_now") == [(load.events,)]
    assert warehouse.query_rows("SELECT count(), sum(toUInt64(substring(last_type, 3))) FROM cases_now") == [
        (50, sum(range(load.events - 50, load.events)))
    ]
    assert list(found.repeats.values()) == [load.events // 10, 0, load.events // 10, EMBEDDED_PARTITIONS]


def test_kills_at_every_step_of_a_write_leave_no_gap_and_no_double(
    topics: str, load: Load, warehouse: ClickHouse, start: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    """Before the write, after each table, after the ledger, before and after the commit: the next worker goes on."""
    load.send(200)
    steps = ("before-write", "written-log", "written-events", "written-alerts", "written-cases", "written-ledger")
    for times, step in enumerate((*steps, "before-commit", "committed")):
        worker = start(step, times % 2)
        load.send(100)
        for _ in range(100):
            if worker.poll() is not None:
                break
            time.sleep(0.1)
            load.send(10)
        assert worker.wait(1) == -9, step
    start()
    _settle(warehouse, topics)
    _check(warehouse, topics, load)


def test_clickhouse_killed_under_load_and_started_again(
    topics: str, load: Load, own_front: Any, warehouse: ClickHouse, start: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    """The worker outlives it and catches up; `verify` says so, and names a row that is taken away afterwards."""
    load.send(200)
    worker = start()
    _settle(warehouse, topics)
    for _ in range(2):
        load.send(200)
        own_front.kill()
        for _ in range(10):
            load.send(20)
            time.sleep(0.1)
        own_front.start()
    load.send(100)
    _settle(warehouse, topics)
    assert worker.poll() is None
    _check(warehouse, topics, load)

    options = ["verify", "--kafka", topics, "--clickhouse", f"127.0.0.1:{own_front.port}", "--wait", "5"]
    result = CliRunner().invoke(cli, options)
    assert (result.exit_code, "no gap, no double" in result.output) == (0, True), result.output
    warehouse.execute("DELETE FROM log WHERE topic = %(topic)s AND partition = 1 AND offset IN (5, 6)", {"topic": EVENTS})
    warehouse.execute("DELETE FROM alerts WHERE transition_id = 't7'")
    result = CliRunner().invoke(cli, options)
    assert result.exit_code == 1
    assert f"{EVENTS}:1:5-6" in result.output
    assert "a transition of the log that is missing in alerts: 1, e.g. t7" in result.output


def test_tables_rebuilt_under_load_are_the_same_and_nothing_is_doubled(
    topics: str, load: Load, own_front: Any, warehouse: ClickHouse, start: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    """Rows that were lost or false are mended, while the worker goes on writing; it needs no restart."""
    load.send(500)
    worker = start()
    _settle(warehouse, topics)
    warehouse.execute("DELETE FROM events WHERE id IN ('e3', 'e4')")
    warehouse.execute("INSERT INTO alerts (id, transition_id, transition) VALUES ('false', 'false', 'raised')")
    assert len(audit(warehouse, topics).findings) == 2
    before = warehouse.query_rows("SELECT name, uuid FROM system.tables WHERE database = 'yipanqi' ORDER BY name")

    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            load.send(20)
            stop.wait(0.05)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        options = ["rebuild", "--tables", "--kafka", topics, "--clickhouse", f"127.0.0.1:{own_front.port}"]
        result = CliRunner().invoke(cli, options)
        again = CliRunner().invoke(cli, options)
    finally:
        stop.set()
        writer.join()
    assert (result.exit_code, again.exit_code) == (0, 0), result.output + again.output
    assert "events: " in result.output
    _settle(warehouse, topics)
    assert worker.poll() is None
    _check(warehouse, topics, load)
    after = warehouse.query_rows("SELECT name, uuid FROM system.tables WHERE database = 'yipanqi' ORDER BY name")
    assert [name for name, _ in after] == [name for name, _ in before]
    assert len(set(after) - set(before)) == len(TABLES)
    assert warehouse.query_rows("SELECT count() FROM system.databases WHERE name = 'yipanqi_rebuild'") == [(0,)]

    warehouse.execute("CREATE DATABASE yipanqi_rebuild")  # as a rebuild that was cut off leaves it
    result = CliRunner().invoke(cli, options)
    assert (result.exit_code, "--discard" in result.output) == (1, True)
    assert CliRunner().invoke(cli, [*options, "--discard"]).exit_code == 0
    _check(warehouse, topics, load)
