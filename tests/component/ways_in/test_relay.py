"""The relay between a real PostgreSQL and a real gateway: nothing lost, nothing doubled, whoever is killed."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from postgres import Postgres
from sqlalchemy import Engine, func, insert, select, text, update

from contract.codec import from_kafka
from contract.envelope import Event
from infra.accounts.store import Accounts
from infra.kafka.embedded import EmbeddedKafka
from infra.kafka.topics import ensure_topics
from infra.processes import free_ports
from producers.clock import Clock
from producers.relay.table import ddl, layout, open_database

pytestmark = [pytest.mark.component, pytest.mark.postgresql]

OUTBOX = layout("court.outbox")
Make = Callable[..., dict[str, Any]]
Records = Callable[..., list[Any]]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server for the tests of this file."""
    server = Postgres(free_ports(1)[0])
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def engine(postgres: Postgres) -> Iterator[Engine]:
    """A court's database with an empty outbox, made by what `yipanqi relay ddl` prints."""
    database = open_database(postgres.url)
    with database.begin() as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS court CASCADE"))
        connection.execute(text("CREATE SCHEMA court"))
        connection.execute(text(ddl("court.outbox", "postgresql")))
    yield database
    database.dispose()


class RelayProcess:
    """`yipanqi relay` as a process, which may be killed and started again."""

    def __init__(self, folder: Path, database: str, gateway: str, *options: str, token: str = "") -> None:
        url = _secret(folder / "database.url", database)
        self.command = [sys.executable, "-m", "yipanqi", "relay", "--database", str(url), "--table", "court.outbox"]
        self.command += ["--gateway", gateway, "--poll", "0.1", *options]
        if token:
            self.command += ["--token-file", str(_secret(folder / "token", token))]
        self.log = folder / "relay.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it needs some two seconds to begin."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send it a signal and wait for its end; returns the exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            os.kill(self.process.pid, number)
        return self.process.wait(20)

    def drain(self) -> "subprocess.CompletedProcess[str]":
        """Run one with --once to its end."""
        return subprocess.run([*self.command, "--once"], capture_output=True, text=True, timeout=120, check=False)


def _secret(path: Path, value: str) -> Path:
    path.write_text(value)
    path.chmod(0o600)
    return path


def write(engine: Engine, events: list[dict[str, Any]]) -> None:
    """Write events into the outbox, in one transaction."""
    with engine.begin() as connection:
        connection.execute(insert(OUTBOX), [{"event": json.dumps(event, ensure_ascii=False)} for event in events])


def count(engine: Engine, state: str) -> int:
    """Rows in a state."""
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).where(OUTBOX.c.state == state)).scalar_one())


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def of_feed(records: list[Any], feed: str) -> list[Event]:
    """The events of a feed as they lie in the log, partition by partition, repeats too."""
    events = [from_kafka(record.value, record.headers) for record in records]
    return [event for event in events if event.source == feed]


def first_of_each(events: list[Event]) -> list[Event]:
    """Each event once, where it first came; a repeat under the same name has the same digest."""
    first: dict[tuple[str, str], Event] = {}
    for event in events:
        assert first.setdefault(event.ref, event).digest == event.digest
    return list(first.values())


def test_killed_again_and_again_nothing_is_lost_or_doubled_and_each_case_keeps_its_order(
    wall_log: str,
    another_gateway: Callable[..., Any],
    engine: Engine,
    postgres: Postgres,
    filed: Make,
    feed: str,
    records: Records,
    tmp_path: Path,
) -> None:
    """8,000 events of 40 cases while a writer goes on, SIGKILL five times, once of the gateway too."""
    chance = random.Random(20260101)
    events = [filed(f"e{n:05}", subject=f"case-{chance.randrange(40)}", sequence=str(n)) for n in range(8000)]
    with another_gateway(wall_log, tmp_path / "data") as gateway:
        relay = RelayProcess(tmp_path, postgres.url, gateway.url, "--batch", "400")
        writer = threading.Thread(target=lambda: [write(engine, events[n : n + 50]) for n in range(0, 7900, 50)])
        writer.start()
        for kill in range(5):
            before = count(engine, "sent")
            relay.start()
            wait_until(lambda before=before: count(engine, "sent") > before)  # type: ignore[misc]
            time.sleep(chance.uniform(0.05, 0.3))  # not just when a batch was marked: anywhere in the next ones
            if kill == 2:
                gateway.end(signal.SIGKILL)  # so that a batch is read and can't be sent when the relay dies
                write(engine, events[7900:])
                wait_until(lambda: "does not answer" in relay.log.read_text())
            assert relay.end(signal.SIGKILL) == -signal.SIGKILL
            if kill == 2:
                gateway.start()
        writer.join()
        assert count(engine, "new") > 0
        done = relay.drain()
        assert done.returncode == 0, done.stderr
    assert (count(engine, "new"), count(engine, "sent"), count(engine, "refused")) == (0, 8000, 0)
    written = of_feed(records(wall_log), feed)
    each = first_of_each(written)
    assert {event.id for event in each} == {event["id"] for event in events}
    assert len(written) - len(each) <= 5 * 400, "a kill repeats at most the batch that was in flight"
    with engine.connect() as connection:
        in_order = [json.loads(event)["id"] for (event,) in connection.execute(select(OUTBOX.c.event).order_by(OUTBOX.c.id))]
    subject_of = {event["id"]: event["subject"] for event in events}
    for case in {event.subject for event in each}:
        assert [e.id for e in each if e.subject == case] == [one for one in in_order if subject_of[one] == case]


def test_a_transaction_that_commits_late_is_not_lost(
    gateway: Any, engine: Engine, postgres: Postgres, filed: Make, feed: str, records: Records, tmp_path: Path
) -> None:
    """Its id is lower than those that were sent while it was open; one that rolls back leaves a gap for ever."""
    late, lost = engine.connect(), engine.connect()
    late.execute(insert(OUTBOX), {"event": json.dumps(filed("late"))})
    lost.execute(insert(OUTBOX), {"event": json.dumps(filed("rolled-back"))})
    relay = RelayProcess(tmp_path, postgres.url, gateway.url)
    relay.start()
    try:
        write(engine, [filed("early-1"), filed("early-2")])
        wait_until(lambda: count(engine, "sent") == 2)
        lost.rollback()
        late.commit()
        wait_until(lambda: count(engine, "sent") == 3)
        write(engine, [filed("after")])
        wait_until(lambda: count(engine, "sent") == 4)
    finally:
        late.close()
        lost.close()
        assert relay.end() == 0
    with engine.connect() as connection:
        numbers = dict(tuple(row) for row in connection.execute(select(OUTBOX.c.event, OUTBOX.c.id)))
    ids = {json.loads(event)["id"]: number for event, number in numbers.items()}
    assert ids["late"] < ids["early-1"]
    assert [event.id for event in of_feed(records(gateway.bootstrap), feed)] == ["early-1", "early-2", "late", "after"]


def test_refused_rows_are_set_aside_with_the_reason_and_mended_ones_go(
    wall_log: str,
    another_gateway: Callable[..., Any],
    engine: Engine,
    postgres: Postgres,
    filed: Make,
    party: Make,
    feed: str,
    records: Records,
    tmp_path: Path,
) -> None:
    """Another court's event, misspelt fields (PostgreSQL takes no NUL), no JSON; later events of the same case go on."""
    with another_gateway(wall_log, tmp_path / "data") as gateway:
        accounts = Accounts(tmp_path / "data")
        token = accounts.tokens.add("feed", "京0105", by="/cli/test")
        accounts.close()
        misspelt = filed("e2", data={"case_no": "（2024）京0105执1号", "clam_fen": 1, "a\0b": 1})
        write(engine, [filed("e1"), misspelt, filed("e3", source="/court/京0101/oa"), party("e4")])
        with engine.begin() as connection:
            connection.execute(insert(OUTBOX), {"event": "{"})
        relay = RelayProcess(tmp_path, postgres.url, gateway.url, token=token)
        done = relay.drain()
        assert done.returncode == 0, done.stderr
        with engine.connect() as connection:
            rows = connection.execute(select(OUTBOX.c.state, OUTBOX.c.reason).order_by(OUTBOX.c.id)).all()
        assert [row.state for row in rows] == ["sent", "refused", "refused", "sent", "refused"]
        assert "data.clam_fen: case.filed has no such field" in rows[1].reason
        assert "data.a\\u0000b: case.filed has no such field" in rows[1].reason
        assert "[foreign_feed]" in rows[2].reason
        assert "[not_json]" in rows[4].reason
        assert "clam_fen" not in done.stderr
        mended = json.dumps(filed("e2", data={"case_no": "（2024）京0105执1号", "claim_fen": 1}))
        with engine.begin() as connection:
            connection.execute(update(OUTBOX).where(OUTBOX.c.id == 2).values(event=mended, state="new"))
        assert relay.drain().returncode == 0
    assert sorted(event.id for event in of_feed(records(wall_log), feed)) == ["e1", "e2", "e4"]


def test_gateway_broker_and_database_go_away_and_come_back(
    own_kafka: EmbeddedKafka,
    another_gateway: Callable[..., Any],
    engine: Engine,
    postgres: Postgres,
    filed: Make,
    feed: str,
    records: Records,
    tmp_path: Path,
) -> None:
    """The relay waits for each, says what for in its metrics, and ends cleanly within a wait."""
    ensure_topics(own_kafka.bootstrap)
    with Clock(own_kafka.bootstrap, line="wall"):
        pass
    (port,) = free_ports(1)
    with another_gateway(own_kafka.bootstrap, tmp_path / "data", "--answer-within", "2") as gateway:
        relay = RelayProcess(tmp_path, postgres.url, gateway.url, "--metrics-port", str(port))
        relay.start()
        write(engine, [filed("e1")])
        wait_until(lambda: count(engine, "sent") == 1)
        gateway.end(signal.SIGKILL)
        write(engine, [filed("e2")])
        wait_until(lambda: _metric(port, 'yipanqi_relay_retries_total{cause="connection"}') > 0)
        gateway.start()
        wait_until(lambda: count(engine, "sent") == 2)
        own_kafka.stop()
        write(engine, [filed("e3")])
        wait_until(lambda: _metric(port, 'yipanqi_relay_retries_total{cause="broker"}') > 0)
        own_kafka.start()
        wait_until(lambda: count(engine, "sent") == 3)
        postgres.stop()
        wait_until(lambda: _metric(port, 'yipanqi_relay_retries_total{cause="database"}') > 0)
        postgres.start()
        engine.dispose()
        write(engine, [filed("e4")])
        wait_until(lambda: count(engine, "sent") == 4)
        assert _metric(port, "yipanqi_relay_sent_total") == 4
        gateway.end()
        write(engine, [filed("e5")])
        retries = _metric(port, 'yipanqi_relay_retries_total{cause="connection"}')
        wait_until(lambda: _metric(port, 'yipanqi_relay_retries_total{cause="connection"}') > retries + 1)
        began = time.monotonic()
        assert relay.end() == 0
        assert time.monotonic() - began < 5
    each = first_of_each(of_feed(records(own_kafka.bootstrap), feed))
    assert sorted(event.id for event in each) == ["e1", "e2", "e3", "e4"]
    assert count(engine, "new") == 1


def _metric(port: int, name: str) -> float:
    text_ = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
    found = [line.rpartition(" ")[2] for line in text_.splitlines() if line.startswith(name + " ")]
    return float(found[0]) if found else 0.0
