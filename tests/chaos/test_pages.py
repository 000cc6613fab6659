"""Pages through a real notifier that is killed: nobody is paged twice for one step, and what may not have arrived is named."""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec
import pytest
from alert_records import alert_record
from kafka import KafkaProducer

from contract.duty.commands import AlertTold, AnyCommand, Broadcast, RuleFacts, command_id, encode, ticked, told_id
from contract.duty.people import part_of_system
from contract.duty.roster import Rota, Rotation
from contract.times import parse_instant
from contract.topics import COMMANDS, DECISIONS, EMBEDDED_PARTITIONS, partition_of
from infra.accounts.store import Accounts
from streams.shell.notifier import WINDOW

START = parse_instant("2024-03-05T02:00:00Z")
ENGINE = part_of_system("supervision")
_SLOW_S = 0.05


class Gateway:
    """An SMS gateway that takes its time, and remembers which pages it sent to whom."""

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = msgspec.json.decode(self.rfile.read(int(self.headers["Content-Length"])))
                owner.sent[body["id"]] += 1
                time.sleep(_SLOW_S)
                answer = msgspec.json.encode({"id": body["id"][:8], "delivered": True})
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A running gateway."""
    made = Gateway()
    yield made
    made.server.shutdown()
    made.server.server_close()


class Desk:
    """Writes what the room is told: a roster, alerts, time."""

    def __init__(self, kafka: str, officer: str) -> None:
        self.now = START
        self._control = 0
        self._producer = KafkaProducer(bootstrap_servers=kafka, acks="all")
        rotation = Rotation(post="officer", accounts=(officer,), every="day", first_on=date(2024, 1, 1))
        rota = Rota(id="京0105", court="京0105", from_on=date(2024, 1, 1), rotations=(rotation,))
        told = Broadcast(id=told_id("rota", 1), target="*", principal=ENGINE, at=START, control=0, rota=rota)
        for partition in range(EMBEDDED_PARTITIONS):
            self._send(told, partition)

    def alert(self, number: int) -> None:
        """A red alert of a rule whose limit is in hours, to be paged at once."""
        name = command_id("alert", str(number))
        subject, rule = f"case-{number}", "R-PRES-01.b"
        alert = alert_record(name, "京0105", subject, armed_at=START, due_at=START, raised_at=START, rule=rule)
        self._send(
            AlertTold(
                id=told_id("alert", number),
                target=name,
                principal=ENGINE,
                at=self.now,
                transition="raised",
                reason="clock",
                alert=alert,
                rootid=subject,
                position=f"0:{number}",
                rule=RuleFacts(name_zh="紧急保全超期", hours=True, hold="1 hours"),
            )
        )

    def tick(self, minutes: float) -> None:
        """Time passes."""
        self.now += timedelta(minutes=minutes)
        self._control += 1
        for partition in range(EMBEDDED_PARTITIONS):
            self._send(ticked(self._control, self.now, "simulated"), partition)
        self._producer.flush()

    def _send(self, command: AnyCommand, partition: int | None = None) -> None:
        place = partition_of(command.target, EMBEDDED_PARTITIONS) if partition is None else partition
        self._producer.send(COMMANDS, key=command.target.encode(), value=encode(command), partition=place)


def test_a_killed_notifier_pages_nobody_twice(scene: Any, tmp_path: Path, gateway: Gateway) -> None:
    """Sixty pages, the notifier killed thrice: none leaves twice, and one of which nothing is known is named."""
    accounts = Accounts(tmp_path)
    accounts.people.add("zhang", "duty_officer", "京0105", by="/sys/test")
    officer = accounts.people.find("zhang").id
    accounts.people.set_contact("zhang", "mobile", "13800000000", "/sys/test")
    accounts.close()
    (tmp_path / "key").write_text("secret")
    text = f'[[channel]]\nname = "电话"\nkind = "call"\nurl = "{gateway.url}"\nsecret_file = "key"\nper_minute = 6000\n'
    (tmp_path / "channels.toml").write_text(text)
    desk = Desk(scene.kafka, officer)
    desk.tick(0)
    for number in range(60):
        desk.alert(number)
    desk.tick(61)
    worker = scene.product("duty", instance="duty")
    worker.wait_until_ready()
    scene.wait_for(lambda: len(_states(scene)) >= 60, "sixty pages to be due")
    for _ in range(3):
        notifier = scene.command("notifier", channels=tmp_path / "channels.toml")
        notifier.wait_until_ready()
        wanted = sum(gateway.sent.values()) + 5
        scene.wait_for(lambda wanted=wanted: sum(gateway.sent.values()) >= wanted, "some pages to leave")
        notifier.signal(signal.SIGKILL)
        notifier.wait()
    scene.command("notifier", channels=tmp_path / "channels.toml").wait_until_ready()
    scene.wait_for(lambda: "due" not in _states(scene).values(), "every page to be claimed")
    desk.tick(3)  # what was claimed and untold becomes unknown, by then the next channel has it
    scene.wait_for(lambda: "claimed" not in _first_channel(scene).values(), "no page to be left open")

    assert max(gateway.sent.values()) == 1, "somebody was paged twice"
    named = {name for name, state in _first_channel(scene).items() if state != "delivered"}
    assert set(_first_channel(scene)) - named <= set(gateway.sent), "a page that left nobody is called delivered"
    assert len(named) <= 3 * WINDOW, "only what a kill caught in the air"


def _records(scene: Any) -> dict[str, dict[str, Any]]:
    last: dict[str, dict[str, Any]] = {}
    for record in scene.records(DECISIONS):
        decision = msgspec.json.decode(record.value)
        if "thread" in (decision.get("record") or {}):
            last[decision["target"]] = decision["record"]
    return last


def _states(scene: Any) -> dict[str, str]:
    """Page → its state."""
    return {page["id"]: page.get("state", "due") for record in _records(scene).values() for page in record.get("pages", ())}


def _first_channel(scene: Any) -> dict[str, str]:
    """Page → what became of it by the first channel."""
    return {
        page["id"]: page.get("state", "due") if page["channel"] == "call" else "gone on"
        for record in _records(scene).values()
        for page in record.get("pages", ())
    }
