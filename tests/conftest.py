"""What every kind of test shares: the marker that goes with its folder, and the embedded engines."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest
from hypothesis import settings
from kafka_sockets import close_them
from running import Up, running
from two_parts import pytest_addoption, pytest_terminal_summary, select

from contract.topics import Topic
from infra import processes
from infra.kafka.embedded import EmbeddedKafka
from infra.kafka.prepare import prepare
from infra.kafka.topics import delete_topics, ensure_topics
from infra.processes import free_ports

__all__ = ["pytest_addoption", "pytest_terminal_summary"]  # pytest finds them here

_TESTS = Path(__file__).parent
_KINDS = ["unit", "contract", "oracle", "component", "integration", "chaos", "browser"]

# Hypothesis gives each example 200 ms by the wall clock, of which other processes take their part, and looks for a smaller
# example of what is late for minutes. How long things take is measured in bench/; a test that hangs is ended by its timeout.
settings.register_profile("no wall clock", parent=settings(), deadline=None)
settings.load_profile("no wall clock")
close_them()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give every test the marker of its folder; run the quick kinds first, and last those that share one running system.

    Only the tests of the part that was asked for are kept.

    The shared system lives until the end of the session and would take its part of the cores from everything after it.
    """
    for item in items:
        if item.path.is_relative_to(_TESTS) and (kind := item.path.relative_to(_TESTS).parts[0]) in _KINDS:
            item.add_marker(kind)
        if "nation" in getattr(item, "fixturenames", ()) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(600))  # the first of them waits until the nation lives
    items.sort(key=lambda item: ("nation" in getattr(item, "fixturenames", ()), _rank(item)))
    select(config, items)


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, kind in enumerate(_KINDS) if item.get_closest_marker(kind)), len(_KINDS))


def _take_ports_apart() -> None:
    """Let each of several processes of tests look for free ports in a part of its own: none takes what another is about to."""
    mine = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    each = (processes._LAST_FREE - processes._FIRST_FREE) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    processes._FIRST_FREE += mine * each
    processes._LAST_FREE = processes._FIRST_FREE + each


_take_ports_apart()


@dataclass
class Front:
    """An embedded ClickHouse front as a child process, over a data folder of its own."""

    folder: Path
    port: int = field(default_factory=lambda: free_ports(1)[0])
    process: "subprocess.Popen[str] | None" = None
    log: "IO[str] | None" = None

    @property
    def pid(self) -> int:
        """Process id of the running front."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> str:
        """Start the front and return its ready line."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = (self.folder / "front.log").open("a")
        command = [sys.executable, "-m", "yipanqi", "clickhouse-front", "--data", str(self.folder), "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.stop()
            raise RuntimeError(f"the front did not start: {(self.folder / 'front.log').read_text()}")
        return line

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        assert self.process is not None
        self.process.kill()
        self._reap()

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        assert self.process is not None
        self.process.terminate()
        return self._reap()

    def _reap(self) -> int:
        assert self.process is not None
        status = self.process.wait(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        if self.log is not None:
            self.log.close()
        self.process = None
        return status


@contextmanager
def running_front(folder: Path) -> Iterator[Front]:
    """Start a front over `folder`, end it by its pid in the end."""
    front = Front(folder)
    front.start()
    try:
        yield front
    finally:
        if front.process is not None:
            front.stop()


@pytest.fixture(scope="session")
def clickhouse_front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A front for the whole session on `clickhouse_front.port`; give each test a database of its own in it."""
    with running_front(tmp_path_factory.mktemp("clickhouse")) as front:
        yield front


@pytest.fixture
def own_front(tmp_path: Path) -> Iterator[Front]:
    """A front for one test, which may kill and start it as it likes."""
    with running_front(tmp_path / "clickhouse") as front:
        yield front


def embedded_kafka(folder: Path) -> EmbeddedKafka:
    """A broker (not yet started) on free ports over a folder of its own."""
    port, controller_port = free_ports(2)
    return EmbeddedKafka(folder, port, controller_port)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """One running broker for the whole session, without topics; tests must not stop or kill it."""
    prepare()
    with embedded_kafka(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker


@pytest.fixture
def topics(kafka: EmbeddedKafka) -> str:
    """Bootstrap address of the session's broker with every declared topic newly made, so that it is empty at offset 0.

    Deleting a topic deletes the offsets that groups committed for it: a test of a whole flow starts as on a new data folder.
    """
    delete_topics(kafka.bootstrap)
    ensure_topics(kafka.bootstrap)
    return kafka.bootstrap


@pytest.fixture
def scratch_topic(kafka: EmbeddedKafka) -> Callable[..., str]:
    """Make a topic with a name that nobody else has on the session's broker: `scratch_topic(partitions=1, **settings)`."""

    def make(partitions: int = 1, **settings: str) -> str:
        name = f"scratch.{uuid.uuid4().hex}"
        configs = {setting.replace("_", "."): value for setting, value in settings.items()}
        ensure_topics(kafka.bootstrap, partitions, [Topic(name, "any", "truth", configs)])
        return name

    return make


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[EmbeddedKafka]:
    """A running broker for one test, which may stop, kill and start it as it likes; without topics."""
    prepare()
    with embedded_kafka(tmp_path / "kafka") as broker:
        yield broker


@pytest.fixture(scope="session")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """The whole system with the simulated nation alive, shared by all who only look and post; stopped by Ctrl-C."""
    with running(tmp_path_factory.mktemp("nation") / "data") as up:
        up.wait_up()
        deadline = time.monotonic() + 420
        while up.api("/api/v1/courts/最高法")["figures"]["open"] < 1500 or up.lag() > 100:
            assert time.monotonic() < deadline, "the simulated nation did not come to life"
            time.sleep(0.5)
        yield up
        up.interrupt()
