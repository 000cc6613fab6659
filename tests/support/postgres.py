"""A real PostgreSQL from the system's packages, in a folder of its own, on a socket there and on loopback."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

_UNPRIVILEGED = ("postgres", "nobody")  # PostgreSQL refuses to run as root


class Postgres:
    """One server; `url` is what SQLAlchemy takes. Kill it by `process.pid` alone."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.folder = Path(tempfile.mkdtemp(prefix="yipanqi-pg-", dir="/tmp"))  # a socket's path has at most 107 bytes
        self.user: str | None = None
        self.process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            self.user = next(name for name in _UNPRIVILEGED if _exists(name))
            shutil.chown(self.folder, self.user)
        arguments = ["--pgdata", str(self.folder / "data"), "--username", "court", "--auth", "trust", "--no-sync"]
        self._run("initdb", *arguments, "--encoding", "UTF8", "--locale", "C")

    @property
    def url(self) -> str:
        """Where the database is, over TCP as a relay on another machine would reach it."""
        return f"postgresql+psycopg://court@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        options = ["-D", str(self.folder / "data"), "-p", str(self.port), "-k", str(self.folder), "-h", "127.0.0.1"]
        with (self.folder / "postgres.log").open("ab") as log:
            command = [program("postgres"), *options, "-c", "fsync=off"]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, user=self.user, cwd=self.folder)
        deadline = time.monotonic() + 30
        ready = [program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode:
            assert self.process.poll() is None, (self.folder / "postgres.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it at once, as a restart for maintenance would; open connections break."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(20)

    def close(self) -> None:
        """Stop it and delete its folder."""
        self.stop()
        shutil.rmtree(self.folder)

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [program(name), *arguments], user=self.user, cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def program(name: str) -> str:
    """A program of PostgreSQL: on PATH, or where Debian keeps those of the newest version."""
    if (found := shutil.which(name)) is not None:
        return found
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    assert kept, "install postgresql"
    return str(kept[-1])


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
