"""`yipanqi up`: everything from one command, everything gone after Ctrl-C, and on from there the next time."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import running

from infra.alertmanager import program as alertmanager
from infra.processes import command_line
from infra.prometheus import program as prometheus

_STOP_S = 10
_PROCESSES = {
    "kafka",
    "clickhouse",
    "clock",
    "gateway",
    "cases",
    "groups",
    "restricted",
    "duty",
    "notifier",
    "projections",
    "wall",
    "simulator",
}
_PROCESSES |= {name for name, one in (("alertmanager", alertmanager), ("prometheus", prometheus)) if one.find_program()}


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
    with running(data) as up:
        pids = up.wait_up()
        assert set(pids) == _PROCESSES
        assert "<html" in up.get(up.ports["wall"], "/")
        metrics = up.get(up.ports["metrics"], "/metrics")
        assert 'yipanqi_process_up{process="cases"} 1.0' in metrics

        subprocess.run(["/bin/kill", "-9", str(pids["projections"])], check=True)
        assert not _gone({"projections": pids["projections"]})
        time.sleep(1)
        assert up.wait_up()["projections"] != pids["projections"]

        with running(data) as second:
            assert second.process.wait(30) == 1
            assert f"in use by process {up.process.pid}" in second.output.read_text().replace("\n", " ")

        pids = up.wait_up()
        assert up.interrupt() < _STOP_S
        assert not _gone(pids)
    identity = (data / "kafka" / "log" / "meta.properties").read_text()

    with running(data) as up:
        pids = up.wait_up()
        assert (data / "kafka" / "log" / "meta.properties").read_text() == identity
        up.process.kill()
        up.process.wait()
        assert not _gone(pids, 5), "a SIGKILL of `up` must leave nothing behind"

    with running(data, "--no-simulator") as wrong_line:
        assert wrong_line.process.wait(30) == 1
        assert "lives on simulated time" in wrong_line.output.read_text().replace("\n", " ")


def test_a_taken_port_stops_before_anything_starts(tmp_path: Path) -> None:
    """`up` names the taken port, its holder and the option, exits with 1 and has started nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with running(tmp_path / "data", wall=port) as up:
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
