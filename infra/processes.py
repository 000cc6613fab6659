"""Child processes: started so that they never outlive us, ended within a budget; and who holds a port."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from contract.errors import YipanqiError

_TETHER = Path(__file__).with_name("tether.py")
_TCP_LISTEN = "0A"
_FIRST_FREE, _LAST_FREE = 20_000, 32_000

# The kernel's parent-death signal follows the *thread* that forked. So all children are forked by one thread that lives as long
# as this process does, and callers may be short-lived threads.
_forker: ThreadPoolExecutor | None = None
_forker_lock = Lock()


class PortTaken(YipanqiError):
    """A port that we were to listen on is in use."""


def spawn(
    command: Sequence[str | Path],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a command that is killed when this process ends, however it ends (Linux).

    It gets a session of its own, so that a Ctrl-C in the terminal reaches only us and we can stop things in order.

    Args:
        command: Absolute path of the program, then its arguments.
        log: File that its output is appended to; its folder is made.
        env: Whole environment; default ours.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    return _forking_thread().submit(_fork, command, log, env).result()


def _fork(command: Sequence[str | Path], log: Path, env: Mapping[str, str] | None) -> "subprocess.Popen[bytes]":
    tether = [sys.executable, "-S", "-E", "-s", str(_TETHER), str(os.getpid())]
    with log.open("ab") as output:
        return subprocess.Popen(
            [*tether, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            start_new_session=True,
        )


def _forking_thread() -> ThreadPoolExecutor:
    global _forker  # noqa: PLW0603  (one for the process is the point)
    with _forker_lock:
        if _forker is None:
            _forker = ThreadPoolExecutor(1, thread_name_prefix="forker")
        return _forker


def stop(processes: Iterable["subprocess.Popen[bytes]"], budget_s: float) -> bool:
    """End processes with SIGTERM together, after the budget with SIGKILL; return whether all ended by themselves."""
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + budget_s
    clean = True
    for process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            clean = False
            process.kill()
            process.wait()
    return clean


def require_free_port(port: int, option: str, host: str = "127.0.0.1") -> None:
    """Refuse to go on when a port is taken.

    Raises:
        PortTaken: naming the port, who has it where the system tells, and the option that chooses another.
    """
    if not _is_free(port, host):
        holder = port_holder(port)
        by = f"by process {holder}" if holder else "by a process that this user may not look at"
        raise PortTaken(f"port {port} is taken {by}; stop it, or choose another port with {option}")


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback interface, all different and in a row, that nobody uses now.

    They lie below those that systems give to outgoing connections, which come and go between this look and the use.
    """
    while True:
        first = random.randrange(_FIRST_FREE, _LAST_FREE - count)
        if all(_is_free(port) for port in range(first, first + count)):
            return list(range(first, first + count))


def _is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def port_holder(port: int) -> str | None:
    """Say which process has a port, as `PID (command line)`; None where /proc does not tell."""
    inodes = _inodes(port)
    if not inodes:
        return None
    targets = {f"socket:[{inode}]" for inode in inodes}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if any(str(fd.readlink()) in targets for fd in (entry / "fd").iterdir()):
                return f"{entry.name} ({command_line(int(entry.name))[:120]})"
        except OSError:  # ended meanwhile, or another user's
            continue
    return None


def _inodes(port: int) -> set[str]:
    """Sockets with this local port: those that listen, else those that are connected."""
    wanted = f"{port:04X}"
    listening: set[str] = set()
    connected: set[str] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[1].rpartition(":")[2] == wanted:
                (listening if fields[3] == _TCP_LISTEN else connected).add(fields[9])
    return listening or connected


def command_line(pid: int) -> str:
    """Command line of a running process; empty when there is none or it may not be read."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        if Path("/proc/self").exists():
            return ""
    # Systems without /proc (macOS) tell it by ps, which POSIX has.
    answer = subprocess.run(["/bin/ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip()
