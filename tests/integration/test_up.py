"""`yipanqi up`: everything from one command, everything gone after Ctrl-C, and on from there the next time."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra.processes import command_line, free_ports

_UP_S = 120  # the budget on two idle cores is 25 s (bench); tests share the machine
_STOP_S = 10
_PROCESSES = {"kafka", "clickhouse", "clock", "gateway", "cases", "projections", "wall", "simulator"}


class Up:
    """One run of `yipanqi up` on a data folder, with ports of its own."""

    def __init__(self, data: Path, *options: str, **forced: int) -> None:
        names = ("wall", "gateway", "metrics", "clickhouse", "kafka", "kafka-controller", "process")
        ports = dict(zip(names, free_ports(len(names) + 4), strict=False))  # the processes' own ports follow the last
        self.ports = ports | forced
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

    def interrupt(self) -> float:
        """Ctrl-C; return how many seconds it took to end."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(30) == 0, self.output.read_text()
        return time.monotonic() - began


@contextmanager
def _running(data: Path, *options: str, **forced: int) -> Iterator[Up]:
    up = Up(data, *options, **forced)
    try:
        yield up
    finally:
        if up.process.poll() is None:
            up.process.kill()
            up.process.wait()


def _gone(pids: dict[str, int], seconds: float = 3) -> dict[str, str]:
    """Wait until the processes are gone; return those that are not."""
    deadline = time.monotonic() + seconds
    while True:
        left = {name: line for name, pid in pids.items() if (line := command_line(pid))}
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)


def test_up_runs_stops_and_goes_on(tmp_path: Path) -> None:
    """Every process starts; a killed one comes back; Ctrl-C ends all within 10 s; the next start goes on with the same log."""
    data = tmp_path / "data"
    with _running(data) as up:
        pids = up.wait_up()
        assert set(pids) == _PROCESSES
        assert "<html" in up.get(up.ports["wall"], "/")
        metrics = up.get(up.ports["metrics"], "/metrics")
        assert 'yipanqi_process_up{process="cases"} 1.0' in metrics

        subprocess.run(["/bin/kill", "-9", str(pids["projections"])], check=True)
        assert not _gone({"projections": pids["projections"]})
        time.sleep(1)
        assert up.wait_up()["projections"] != pids["projections"]

        with _running(data) as second:
            assert second.process.wait(30) == 1
            assert f"in use by process {up.process.pid}" in second.output.read_text().replace("\n", " ")

        pids = up.wait_up()
        assert up.interrupt() < _STOP_S
        assert not _gone(pids)
    identity = (data / "kafka" / "log" / "meta.properties").read_text()

    with _running(data) as up:
        pids = up.wait_up()
        assert (data / "kafka" / "log" / "meta.properties").read_text() == identity
        up.process.kill()
        up.process.wait()
        assert not _gone(pids, 5), "a SIGKILL of `up` must leave nothing behind"

    with _running(data, "--no-simulator") as wrong_line:
        assert wrong_line.process.wait(30) == 1
        assert "lives on simulated time" in wrong_line.output.read_text().replace("\n", " ")


def test_a_taken_port_stops_before_anything_starts(tmp_path: Path) -> None:
    """`up` names the taken port, its holder and the option, exits with 1 and has started nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with _running(tmp_path / "data", wall=port) as up:
            assert up.process.wait(60) == 1
    output = up.output.read_text()
    assert f"port {port} is taken by process" in output
    assert "--wall-port" in output
    assert not (tmp_path / "data" / "kafka").exists()


@pytest.mark.parametrize("port", [0, 70000])
def test_a_port_that_is_none_is_a_usage_error(port: int) -> None:
    """Options are checked before anything is touched."""
    command = [sys.executable, "-m", "yipanqi", "up", "--wall-port", str(port)]
    assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 2
