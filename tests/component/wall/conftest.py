"""A wall with alerts and cases of three courts; and the whole way of a command, from it to the duty room and back."""

import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from room_loop import alert_told, room_on
from wall_process import WallProcess, alert_of, cases_in, log_with_alerts, send, transition_of

from contract.topics import ALERTS, COMMANDS
from infra.kafka.embedded import EmbeddedKafka
from infra.processes import free_ports
from producers.clock import Clock


@pytest.fixture(scope="module")
def warehouse(clickhouse_front: Any) -> Iterator[tuple[str, str]]:
    """(address, database) with one case of each court."""
    with cases_in(clickhouse_front.port) as found:
        yield found


@pytest.fixture(scope="module")
def log(kafka: EmbeddedKafka) -> str:
    """Bootstrap address of a broker with empty topics and the alerts."""
    return log_with_alerts(kafka.bootstrap)


@pytest.fixture(scope="module")
def wall(log: str, warehouse: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[WallProcess]:
    """A wall that shows a visitor on loopback what a kiosk sees."""
    process = WallProcess(log, *warehouse, tmp_path_factory.mktemp("wall"))
    try:
        process.start()
        yield process
    finally:
        process.stop()


@pytest.fixture
def tell(log: str) -> Callable[[str, int], None]:
    """Tell a change of a court's alert: `tell("京0105", offset)`."""

    def change(court: str, offset: int) -> None:
        alert = alert_of(court) | {"breach_days": offset}
        send(log, ALERTS, [(alert["subject"], transition_of(alert, offset, "redated"))])

    return change


@dataclass
class Desk:
    """A wall, a gateway and the duty room, with alerts on duty; ``pause``: while it is set the room decides nothing."""

    wall: WallProcess
    gateway: str
    gateway_process: "subprocess.Popen[bytes]"
    pause: threading.Event

    def alert(self) -> str:
        """Put a new alert of 京0105 on duty, due in twenty days; returns its id once the wall has it."""
        return self.alert_in("京0105")

    def alert_in(self, court: str, rule: str = "R-OBJ-01.a", **fields: Any) -> str:
        """The same of any court and rule."""
        due = (datetime.now(UTC) + timedelta(days=20)).isoformat()
        alert = alert_of(court, rule) | {"id": uuid.uuid4().hex, "due_at": due} | fields
        send(self.wall.kafka, COMMANDS, [alert_told(alert)])
        send(self.wall.kafka, ALERTS, [(alert["subject"], transition_of(alert))])
        watcher = self.wall.token("president", "最高法")
        deadline = time.monotonic() + 30
        while (answer := watcher.get(f"/api/v1/alerts/{alert['id']}")).status_code != 200 or answer.json()["duty"] is None:
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.05)
        return str(alert["id"])


@pytest.fixture(scope="module")
def desk(log: str, warehouse: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The whole way of a command: wall → gateway → log → duty room → log → gateway and wall."""
    data, port = tmp_path_factory.mktemp("desk"), free_ports(1)[0]
    with Clock(log, line="wall"):
        pass
    command = [sys.executable, "-m", "yipanqi", "gateway", "--kafka", log, "--data", str(data), "--port", str(port)]
    with (data / "gateway.log").open("ab") as output:
        gateway = subprocess.Popen(command, stdout=output, stderr=output)
    url = f"http://127.0.0.1:{port}"
    wall = WallProcess(log, *warehouse, data, "wall", ("--gateway", url))
    try:
        wall.start()
        deadline = time.monotonic() + 90
        while not _ready(url):
            assert time.monotonic() < deadline, (data / "gateway.log").read_text()
            time.sleep(0.1)
        with room_on(log) as pause:
            yield Desk(wall, url, gateway, pause)
    finally:
        wall.stop()
        gateway.terminate()
        gateway.wait(15)


def _ready(url: str) -> bool:
    try:
        return httpx.get(url + "/health/ready").status_code == 200
    except httpx.TransportError:
        return False
