"""A running system for tests: `yipanqi up` on a data folder and ports of its own."""

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from infra.processes import free_ports

_UP_S = 120  # the budget on two idle cores is 25 s (bench); tests share the machine


class Up:
    """One run of `yipanqi up` on a data folder, with ports of its own."""

    def __init__(self, data: Path, *options: str, **forced: int) -> None:
        names = ("wall", "gateway", "metrics", "clickhouse", "kafka", "kafka-controller", "process")
        ports = dict(zip(names, free_ports(len(names) + 9), strict=False))  # the processes' own ports follow the last
        self.ports = ports | forced
        self.data = data
        self.output = data.parent / "up.log"
        command = [sys.executable, "-m", "yipanqi", "up", "--data", str(data), *options]
        for name, port in self.ports.items():
            if name != "kafka-controller":
                command += [f"--{name}-port", str(port)]
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)

    def units(self) -> dict[str, Any]:
        """State of each unit."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['metrics']}/health", timeout=5) as answer:
                return dict(json.load(answer)["units"])
        except urllib.error.HTTPError as error:
            with error:
                return dict(json.load(error)["units"])

    def get(self, port: int, path: str) -> str:
        """Body of a page."""
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return str(answer.read().decode())

    def wait_up(self) -> dict[str, int]:
        """Wait until every unit runs; return process ids by name."""
        deadline = time.monotonic() + _UP_S
        while True:
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            try:
                units = self.units()
            except OSError:
                units = {}
            if units and all(unit["state"] == "running" for unit in units.values()):
                return {name: unit["pid"] for name, unit in units.items() if unit["pid"]}
            time.sleep(0.2)

    def api(self, path: str) -> dict[str, Any]:
        """Answer of the wall's API; the path may hold Chinese."""
        return dict(json.loads(self.get(self.ports["wall"], quote(path, safe="/?=&"))))

    def post(self, **changes: Any) -> None:
        """Post one event to the gateway, of a case that no other test has."""
        event = {"specversion": "1.0", "source": "/court/京0105/test", "subject": "test-1"} | changes
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports['gateway']}/events",
            json.dumps(event).encode(),
            {"Content-Type": "application/cloudevents+json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 202

    def lag(self) -> float:
        """How many events the supervision has not read yet; infinite before it says so."""
        lines = self.get(self.ports["metrics"], "/metrics").splitlines()
        values = [
            float(line.rsplit(" ", 1)[1])
            for line in lines
            if line.startswith("yipanqi_lag_records{") and "court.events" in line
        ]
        return sum(values) if values else float("inf")

    def interrupt(self) -> float:
        """Ctrl-C; return how many seconds it took to end."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(30) == 0, self.output.read_text()
        return time.monotonic() - began


@contextmanager
def running(data: Path, *options: str, **forced: int) -> Iterator[Up]:
    """Start `yipanqi up` and end it by force if the test did not end it."""
    up = Up(data, *options, **forced)
    try:
        yield up
    finally:
        if up.process.poll() is None:
            up.process.kill()
            up.process.wait()
