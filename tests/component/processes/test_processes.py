"""Child processes, ports and the data folder."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from infra.datafolder import DataFolderError, bind, hold
from infra.processes import PortTaken, command_line, free_ports, port_holder, require_free_port, spawn, stop

_PARENT = """
import sys, time
from pathlib import Path
from threading import Thread
from infra.processes import spawn
def start():
    child = spawn([sys.executable, "-c", "import time; time.sleep(600)"], Path(sys.argv[1]))
    print(child.pid, flush=True)

starter = Thread(target=start)
starter.start()
starter.join()
time.sleep(600)
"""


def _alive(pid: int) -> bool:
    return command_line(pid) != ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_a_child_dies_with_its_parent_but_not_with_the_thread_that_started_it(tmp_path: Path) -> None:
    """SIGKILL of the parent ends the child; the end of the thread that asked for it does not."""
    with subprocess.Popen([sys.executable, "-c", _PARENT, str(tmp_path / "log")], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        time.sleep(0.3)  # the starting thread is long over
        assert _alive(child)
        parent.kill()
    deadline = time.monotonic() + 5
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(child)


def test_a_child_has_a_session_and_a_log_of_its_own(tmp_path: Path) -> None:
    """A Ctrl-C in the terminal does not reach the child, and its output goes to its log, start after start."""
    log = tmp_path / "logs" / "child.log"
    for word in ("one", "two"):
        process = spawn([sys.executable, "-c", f"print('{word}')"], log)
        assert process.wait(10) == 0
    assert log.read_text().split() == ["one", "two"]
    sleeper = spawn([sys.executable, "-c", "import time; time.sleep(600)"], log)
    assert os.getsid(sleeper.pid) == sleeper.pid
    assert stop([sleeper], 5)
    assert sleeper.returncode == -signal.SIGTERM


def test_a_taken_port_names_its_holder() -> None:
    """The refusal names port, process and option; a free port is accepted."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert (port_holder(port) or "").startswith(f"{os.getpid()} (")
        with pytest.raises(PortTaken, match=rf"port {port} is taken by process {os.getpid()} .*--wall-port"):
            require_free_port(port, "--wall-port")
    require_free_port(port, "--wall-port")
    assert len(set(free_ports(5))) == 5


def test_a_data_folder_has_one_owner(tmp_path: Path) -> None:
    """Who comes second is told who has the folder; when the first lets go, it is free."""
    refusals: list[str] = []

    def second() -> None:
        try:
            with hold(tmp_path):
                pass
        except DataFolderError as error:
            refusals.append(str(error))

    with hold(tmp_path):
        thread = Thread(target=second)
        thread.start()
        thread.join()
    assert re.search(rf"in use by process {os.getpid()} \(.+\); stop that one first", refusals[0])
    second()
    assert len(refusals) == 1


def test_a_data_folder_stays_on_its_time_line(tmp_path: Path) -> None:
    """The line is fixed at creation; the other one is refused with the option that fits."""
    birth = bind(tmp_path, "simulated", "0.1")
    assert abs((datetime.now(UTC) - birth.created_at).total_seconds()) < 60
    assert bind(tmp_path, "simulated", "0.2") == birth
    with pytest.raises(DataFolderError, match=r"lives on simulated time .* start without --no-simulator"):
        bind(tmp_path, "wall", "0.2")
