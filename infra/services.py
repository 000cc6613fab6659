"""What a supervisor starts, watches and stops: the broker, our own processes, and steps that are done once."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from contract.errors import YipanqiError
from infra.processes import spawn, stop
from infra.settings import HOST

_POLL_S = 0.1
_READY_S = 300.0  # a large state is restored before a worker is ready; one that hangs ends itself (its own watchdog)
_LOG_BYTES = 10 * 1024 * 1024
_USAGE_ERROR = 2  # click's exit status for options that it does not take: starting again cannot help


class ServiceFailed(YipanqiError):
    """A service did not start, or has ended by itself.

    Attributes:
        fatal: Whether starting it again is pointless.
    """

    def __init__(self, message: str, *, fatal: bool = False) -> None:
        super().__init__(message)
        self.fatal = fatal


class Service(Protocol):
    """One thing that runs. `start` is called from a thread of its own, the rest from the supervisor's."""

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""

    def start(self) -> None:
        """Start it and return when it serves; raise YipanqiError when it does not come up."""

    def check(self) -> None:
        """Raise YipanqiError when it has ended by itself."""

    def stop(self, budget_s: float) -> bool:
        """End it, by force after the budget; return whether it ended by itself. Harmless when it does not run."""


class Step:
    """Something that is done once and is then over."""

    pid = None

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work

    def start(self) -> None:
        """Do it."""
        self._work()

    def check(self) -> None:
        """It cannot end by itself: it is over."""

    def stop(self, budget_s: float) -> bool:
        """Nothing is left of it to stop."""
        del budget_s
        return True


class Child:
    """A subcommand of ours, or another program, as a child process.

    Args:
        arguments: The subcommand and its options; of another program all of its command line.
        port: Port on loopback by which it is known to be ready.
        log: File of its output; one that has grown large is renamed to `<name>.1` at a start.
        health: The page on that port that answers 200 when it is ready; "" = an open port is enough.
        ours: Whether it is a subcommand of ours.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        port: int,
        log: Path,
        *,
        health: str = "/health/ready",
        ours: bool = True,
    ) -> None:
        self.arguments = tuple(arguments)
        self.port = port
        self.log = log
        self._health = health
        self._ours = ours
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start it and wait until it is ready.

        Raises:
            ServiceFailed: it ended, or is not ready in time.
        """
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_name(self.log.name + ".1"))
        # Output must be in the log when the process dies, with a traceback even of a crash in C.
        env = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1"}
        # -P: our own installed packages, never those of the folder that the command is called in.
        program = [sys.executable, "-P", "-m", "yipanqi"] if self._ours else []
        self._process = spawn([*program, *self.arguments], self.log, env=env)
        deadline = time.monotonic() + _READY_S
        while not (answers(self.port, self._health) if self._health else listens(self.port)):
            self.check()
            if time.monotonic() > deadline:
                self.stop(0)
                raise ServiceFailed(f"not ready after {_READY_S:.0f} s; see {self.log}")
            time.sleep(_POLL_S)
        self.check()  # what answered must be this process, not another on its port

    def check(self) -> None:
        """Raise ServiceFailed when it has ended by itself."""
        process = self._process
        if process is not None and (status := process.poll()) is not None:
            how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
            raise ServiceFailed(f"{how}; see {self.log}{last_lines(self.log)}", fatal=status == _USAGE_ERROR)

    def stop(self, budget_s: float) -> bool:
        """End it with SIGTERM, after the budget with SIGKILL."""
        process, self._process = self._process, None
        return stop([process], budget_s) if process else True


def last_lines(log: Path, count: int = 3) -> str:
    """The last lines of a log file, indented, for an error message."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4096))
            lines = file.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return ""
    return "".join(f"\n    {line[:300]}" for line in lines)


def answers(port: int, page: str, timeout_s: float = 1.0) -> bool:
    """Whether a page on a loopback port is answered with 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout_s)
    try:
        connection.request("GET", page)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def listens(port: int, timeout_s: float = 1.0) -> bool:
    """Whether something accepts connections on a loopback port."""
    try:
        with socket.create_connection((HOST, port), timeout_s):
            return True
    except OSError:
        return False
