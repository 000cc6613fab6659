"""A wall as a real process before a real broker and warehouse, with alerts and cases of three courts, and people of each."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
from alert_records import PROOF, alert_record
from enrolled import enrolled
from kafka import KafkaProducer

from contract.duty.people import Role
from contract.times import format_instant, parse_instant
from contract.topics import ALERTS, EMBEDDED_PARTITIONS, partition_of
from infra.accounts.store import Accounts
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.migrate import migrate
from infra.kafka.topics import delete_topics, ensure_topics
from infra.processes import free_ports

PASSWORD = "correct horse battery"
COURTS = ("京0105", "京0101", "粤01")
"""Two basic courts of one city, and an intermediate court of another province."""


@dataclass
class WallProcess:
    """A wall as a child process on a data folder of its own."""

    kafka: str
    clickhouse: str
    database: str
    data: Path
    visitors: str = "wall"
    options: tuple[str, ...] = ()
    port: int = field(default_factory=lambda: free_ports(1)[0])
    process: "subprocess.Popen[bytes] | None" = None
    clients: list[httpx.Client] = field(default_factory=list)
    _accounts: Accounts | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def accounts(self) -> Accounts:
        """Its accounts, as the command line opens them."""
        self._accounts = self._accounts or Accounts(self.data)
        return self._accounts

    def start(self) -> None:
        """Start it and wait until it has read the log."""
        command = [sys.executable, "-m", "yipanqi", "wall", "--kafka", self.kafka, "--clickhouse", self.clickhouse]
        command += ["--database", self.database, "--data", str(self.data), "--visitors", self.visitors]
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "wall.log").open("ab") as log:
            self.process = subprocess.Popen([*command, "--port", str(self.port), *self.options], stdout=log, stderr=log)
        deadline = time.monotonic() + 90
        while True:
            assert self.process.poll() is None, (self.data / "wall.log").read_text()
            assert time.monotonic() < deadline, (self.data / "wall.log").read_text()
            try:
                if httpx.get(self.url + "/health/ready").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)

    def stop(self) -> None:
        """End it."""
        for client in self.clients:
            client.close()
        if self._accounts is not None:
            self._accounts.close()
        if self.process is not None and self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
            self.process.wait(15)

    def client(self, **headers: str) -> httpx.Client:
        """A client without cookies, as a browser or program comes for the first time."""
        self.clients.append(httpx.Client(base_url=self.url, headers=headers, timeout=30))
        return self.clients[-1]

    def person(self, role: Role, court: str) -> tuple[str, str]:
        """Make an account whose password was changed already; returns login and account id."""
        login = f"{role}-{uuid.uuid4().hex[:6]}".replace("_", "-")
        return login, enrolled(self.accounts.people, login, role, court, PASSWORD).id

    def logged_in(self, role: Role, court: str) -> httpx.Client:
        """A client with the session of a new person."""
        client = self.client()
        login, _ = self.person(role, court)
        answer = client.post("/login", data={"login": login, "password": PASSWORD})
        assert (answer.status_code, answer.headers["location"]) == (303, "/"), answer.text
        return client

    def token(self, role: Role, court: str) -> httpx.Client:
        """A client with a token of a new person: quicker than a login where the session isn't the point."""
        login, people = f"t{uuid.uuid4().hex[:10]}", self.accounts.people
        people.add(login, role, court, name="测试", by="/cli/test")
        account = people.find(login)
        secret = self.accounts.tokens.add("program", court, by="/cli/test", role=role, account=account)
        return self.client(Authorization=f"Bearer {secret}")


def alert_of(court: str, rule: str = "R-OBJ-01.a") -> dict[str, Any]:
    """An open alert of a court, as the engine tells it."""
    due = parse_instant("2024-03-04T15:59:59Z")
    raised = due + timedelta(seconds=1)
    at, name = format_instant(raised), f"{court}-{rule}".encode().hex().ljust(32, "0")[:32]
    proof = {
        "checks": [],
        "levels": [{"severity": "red", "at": at, "reached_at": at}],
        "evidence": [[f"/court/{court}/oa", "e1"]],
        "citation": [{"document": "民诉法", "article": "236"}],
    }
    armed, case = due - timedelta(days=4), f"case-{court}"
    alert = alert_record(name, court, case, armed_at=armed, due_at=due, raised_at=raised, rule=rule, key=["o1"])
    return alert | PROOF | proof


ALERT_LIST = [*(alert_of(court) for court in COURTS), alert_of("京0105", "R-DATA-01.a"), alert_of("京0105", "R-FUND-01")]


def transition_of(alert: dict[str, Any], offset: int = 0, kind: str = "raised") -> bytes:
    """The record of an alert's transition."""
    return msgspec.json.encode(
        {
            "id": f"{alert['id']}-{offset}",
            "position": f"0:{offset}",
            "clock": "2024-03-05T00:00:00Z",
            "rootid": alert["subject"],
            "transition": kind,
            "from": None,
            "to": alert["severity"],
            "cause": None,
            "reason": "clock",
            "alert": alert,
        }
    )


def send(bootstrap: str, topic: str, records: list[tuple[str, bytes]]) -> None:
    """Write records, each to the partition of its key."""
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for key, value in records:
        producer.send(topic, key=key.encode(), value=value, partition=partition_of(key, EMBEDDED_PARTITIONS))
    producer.flush()
    producer.close()


@contextmanager
def cases_in(port: int) -> Iterator[tuple[str, str]]:
    """(address, database) of a migrated database with one case of each court."""
    database = f"wall_{uuid.uuid4().hex[:12]}"
    connect: Callable[[str], ClickHouse] = partial(_connect, port)
    migrate(connect, database)
    with connect(database) as client:
        for court in COURTS:
            subject = f"case-{court}"
            client.execute(
                "INSERT INTO cases (subject, position, id, rootid, court, case_no, open, opened, stage)"
                f" VALUES ('{subject}', 1, '{subject}', '{subject}', '{court}', '（2024）{court}执1号', true, true, 'FILED')"
            )
        yield f"127.0.0.1:{port}", database
        client.execute(f"DROP DATABASE {database}")


def _connect(port: int, database: str) -> ClickHouse:
    return ClickHouse("127.0.0.1", port, database=database)


def log_with_alerts(bootstrap: str) -> str:
    """Make the topics of a broker anew, with the alerts; returns its address."""
    delete_topics(bootstrap)
    ensure_topics(bootstrap)
    send(bootstrap, ALERTS, [(a["subject"], transition_of(a)) for a in ALERT_LIST])
    return bootstrap
