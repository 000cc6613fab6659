"""The stack without containers: the commands of docker-compose.yml as processes, in the environment that it gives them.

Each has an address of its own on loopback (127.x.y.z) in the place of a container, so that ports are those of the file. Names
of services become these addresses, secrets and volumes become files and folders. The broker runs by the stack's own
configuration; ClickHouse is the embedded front, which takes every user and password. Partitions are as many as a test says: the
file's 64 want a machine of their own.
"""

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from stack_file import ADDRESS, FILLED, ROOT, File, declared_ports, load

from infra.kafka.embedded import EmbeddedKafka

STACK = ROOT / "infra" / "stack"
DATA = "/var/lib/yipanqi"
_UP_S = 400
_STOP_S = 30


class StackKafka(EmbeddedKafka):
    """The broker by infra/stack/kafka.properties, with this machine's folder and ports in the place of the container's."""

    def properties(self, log_dir: Path) -> str:
        """The file, moved."""
        moved = {
            "listeners=BROKER://:9092,CONTROLLER://127.0.0.1:9093": f"listeners=BROKER://{self.bootstrap},CONTROLLER://{self._controller}",
            "1@127.0.0.1:9093": f"1@{self._controller}",
            "BROKER://kafka:9092": f"BROKER://{self.bootstrap}",
            "/var/lib/kafka/data": str(log_dir),
        }
        text = (STACK / "kafka.properties").read_text(encoding="utf-8")
        for there, here in moved.items():
            assert there in text
            text = text.replace(there, here)
        return text

    def log4j(self) -> str:
        """The file as it is."""
        return (STACK / "kafka-log4j2.properties").read_text(encoding="utf-8")

    @property
    def _controller(self) -> str:
        return f"127.0.0.1:{self.controller_port}"


class Stack:
    """Processes of the stack over a running broker and front."""

    def __init__(self, folder: Path, engines: dict[str, str], partitions: int) -> None:
        self.folder = folder
        self._partitions = partitions
        self.file: File = load(FILLED)
        self.log = folder / "logs"
        self.empty = folder / "nowhere"  # what a read-only root is: nothing may appear in it
        for made in (self.log, self.empty, folder / "accounts", folder / "packs", folder / "clock"):
            made.mkdir()
        self._net = f"127.{random.randrange(2, 250)}.{random.randrange(250)}"
        self._engines = engines
        self._hosts: dict[str, str] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        environment = {**os.environ, "YIPANQI_SECRETS": str(folder / "secrets"), "YIPANQI_ENV": str(folder / "env")}
        subprocess.run([str(STACK / "secrets")], env=environment, check=True, capture_output=True)

    def host(self, name: str) -> str:
        """The address that stands for a container."""
        return self._hosts.setdefault(name, f"{self._net}.{len(self._hosts) + 2}")

    def url(self, name: str) -> str:
        """Where a service is asked."""
        return f"http://{self.host(name)}:{declared_ports()[name.partition('+')[0]]}"

    def start(self, service: str, replica: str = "") -> str:
        """Start a service of the file; returns its name, with the replica's mark."""
        name = service + replica
        with (self.log / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                self._command(self.file["services"][service]["command"]),
                env=self._environment(service, name),
                cwd=self.empty,
                stdout=log,
                stderr=log,
            )
        return name

    def run(self, service: str, *arguments: str) -> str:
        """Run a job of the file, or a command by its `tools`, to its end; returns what it said."""
        command = list(arguments) or self.file["services"][service]["command"]
        environment = self._environment(service, service)
        done = subprocess.run(
            self._command(command), env=environment, cwd=self.empty, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def wait_ready(self, *names: str) -> None:
        """Wait until each answers as its health check asks."""
        deadline = time.monotonic() + _UP_S
        for name in names:
            while not self._is_ready(name):
                text = (self.log / f"{name}.log").read_text(errors="replace")[-3000:]
                assert self._processes[name].poll() is None, f"{name} ended: {text}"
                assert time.monotonic() < deadline, f"{name} is not ready: {text}"
                time.sleep(0.2)

    def stop(self) -> None:
        """End every process, by its id."""
        for process in self._processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + _STOP_S
        for process in self._processes.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def written_beside(self) -> list[str]:
        """What was written where a container's root is read-only: in no volume of its service, and in no folder of memory."""
        found = [str(path) for path in self.empty.iterdir()]
        for folder in (self.folder / "data").iterdir():
            places = self._writable(folder.name.partition("+")[0])
            if DATA not in places:
                found += [str(path) for path in folder.iterdir() if f"{DATA}/{path.name}" not in places]
        return found

    def _writable(self, service: str) -> set[str]:
        """Where volumes and folders of memory are mounted; what is mounted to be read counts, for the test makes its folder."""
        given = self.file["services"][service]
        volumes = {str(mount).split(":")[1] for mount in given.get("volumes", ())}
        return volumes | {one.partition(":")[0] for one in given.get("tmpfs", ())}

    def _is_ready(self, name: str) -> bool:
        try:
            return httpx.get(f"{self.url(name)}/health/ready", timeout=5).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    @staticmethod
    def _command(arguments: list[str]) -> list[str]:
        return [sys.executable, "-P", "-m", "yipanqi", *arguments]

    def _environment(self, service: str, name: str) -> dict[str, str]:
        """What the container would see, and nothing of ours but where Python's own things are."""
        given = {key: self._moved(str(value)) for key, value in self.file["services"][service]["environment"].items()}
        if "YIPANQI_HOST" in given:
            given["YIPANQI_HOST"] = self.host(name)
        if "YIPANQI_PARTITIONS" in given:
            given["YIPANQI_PARTITIONS"] = str(self._partitions)
        given["YIPANQI_DATA"] = str(self._data(service, name))
        return {"HOME": str(self.empty), "PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **given}

    def _data(self, service: str, name: str) -> Path:
        """The data folder with the volumes that the file mounts into it."""
        data = self.folder / "data" / name
        data.mkdir(parents=True, exist_ok=True)
        for mount in self.file["services"][service].get("volumes", ()):
            source, target = str(mount).split(":")[:2]
            place = Path(target.replace(DATA, str(data)))
            if source in {"accounts", "packs"} and not place.exists():
                place.symlink_to(self.folder / source)
        return data

    def _moved(self, value: str) -> str:
        secret = re.fullmatch(r"/run/secrets/(\w+)", value)
        if secret:
            return str(self.folder / "secrets" / Path(self.file["secrets"][secret[1]]["file"]).name)
        address = ADDRESS.fullmatch(value)
        if address and (engine := self._engines.get(address[1])):
            return engine
        if address:
            return value.replace(f"{address[1]}:", f"{self.host(address[1])}:")
        return value.replace("/etc/yipanqi/channels", str(self.folder / "secrets" / "channels")).replace("/tmp", str(self.log))  # noqa: S108


def metrics(url: str) -> dict[str, float]:
    """Every sample of a metrics page, by name and labels as they stand there."""
    lines = httpx.get(f"{url}/metrics", timeout=10).text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[:1] != "#")}


def event(**changes: Any) -> dict[str, Any]:
    """A CloudEvent of one court."""
    return {"specversion": "1.0", "source": "/court/京0105/stack", "subject": "stack-1"} | changes
