"""A log, workers on it, and what should come out of it: the ground of every test that hurts a worker."""

import importlib.util
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from contract.codec import from_kafka, to_kafka
from contract.control import line_started, ticked
from contract.envelope import Event
from contract.errors import InvalidEvent, PoisonEvent
from contract.registry import validate
from contract.topics import ALERTS, EMBEDDED_PARTITIONS, EVENTS, partition_of
from infra.processes import free_ports

_SCRIPT = Path(__file__).with_name("toy_worker.py")
_START = datetime(2026, 1, 5, tzinfo=UTC)
_DEADLINE_S = 60.0


def _load_toy() -> Any:
    spec = importlib.util.spec_from_file_location("toy_worker", _SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["toy_worker"] = module
    spec.loader.exec_module(module)
    return module


toy = _load_toy()


@pytest.fixture(name="toy_event")
def toy_event_fixture() -> Callable[..., Event]:
    """`toy_event(number, chains, kind="x.toy")`."""
    return toy_event


def toy_event(number: int, chains: int, kind: str = "x.toy") -> Event:
    """The event with this number, of one of so many chains."""
    at = _START + timedelta(seconds=number)
    return Event(
        id=f"e{number}",
        source="/court/京0105/cms",
        type=kind,
        subject=f"chain-{number % chains}",
        rootid=f"chain-{number % chains}",
        time=at,
        recordedtime=at,
        receivedtime=at,
        data={"n": number},
    )


@dataclass
class ToyWorker:
    """A worker process."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    def wait(self, timeout_s: float = 30.0) -> int:
        """Wait for its end; negative = killed by that signal."""
        return self.process.wait(timeout_s)

    def signal(self, kind: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(kind)

    def wait_until_stopped(self) -> None:
        """Wait until it has stopped itself with SIGSTOP."""
        until(
            lambda: Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T", "SIGSTOP", self.text
        )

    def wait_until_ready(self) -> None:
        """Wait until every assigned partition is restored."""
        until(lambda: self.health("ready") == 200, "readiness", self.text)

    def health(self, what: str) -> int:
        """Status of a health page; 0 = no answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/{what}", timeout=2) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return int(error.code)
        except OSError:
            return 0

    def metric(self, name: str) -> float:
        """Sum of a metric over its labels."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.partition("{")[0].partition(" ")[0] == name)

    def text(self) -> str:
        """Its log so far."""
        return self.log.read_text(errors="replace")


def until(condition: Callable[[], bool], what: str, why: Callable[[], str] = str, timeout_s: float = _DEADLINE_S) -> None:
    """Wait for a condition; fail with the text of `why` after the deadline."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"waited {timeout_s} s in vain for {what}\n{why()[-6000:]}")
        time.sleep(0.1)


@dataclass
class Scene:
    """One log on a real broker, the workers on it, and what they said."""

    kafka: str
    folder: Path
    fed: int = 0
    workers: list[ToyWorker] = field(default_factory=list)
    producer: Any = None
    askers: dict[str, Any] = field(default_factory=dict)

    def begin(self, line: str) -> None:
        """Start a time line in every partition."""
        for partition in range(EMBEDDED_PARTITIONS):
            self.put(line_started(0, _START, line), partition)
        self.producer.flush()

    def put(self, event: Event, partition: int | None = None) -> None:
        """Append one event; without a partition, to that of its chain."""
        key, value, headers = to_kafka(event)
        where = partition_of(event.rootid, EMBEDDED_PARTITIONS) if partition is None else partition
        self.producer.send(EVENTS, key=key, value=value, headers=headers, partition=where)

    def put_everywhere(self, event: Event) -> None:
        """Append one control event to every partition."""
        for partition in range(EMBEDDED_PARTITIONS):
            self.put(event, partition)

    def feed(self, count: int, chains: int = 40) -> None:
        """Append so many events and a tick."""
        for number in range(self.fed, self.fed + count):
            self.put(toy_event(number, chains))
        self.fed += count
        for partition in range(EMBEDDED_PARTITIONS):
            self.put(ticked(self.fed, _START + timedelta(seconds=self.fed)), partition)
        self.producer.flush()

    def worker(self, **options: object) -> ToyWorker:
        """Start a worker with options of `toy_worker.py`; it takes the place of an earlier test's worker of the same name."""
        options.setdefault("instance", f"worker-{len(self.workers)}")
        return self._start([str(_SCRIPT)], options)

    def product(self, room: str, **options: object) -> ToyWorker:
        """Start `yipanqi worker` as it ships."""
        return self._start(["-m", "yipanqi", "worker", room], options)

    def command(self, name: str, **options: object) -> ToyWorker:
        """Start another command of `yipanqi` that runs until it is ended."""
        return self._start(["-m", "yipanqi", name], options)

    def _start(self, program: list[str], options: dict[str, object]) -> ToyWorker:
        (port,) = free_ports(1)
        log = self.folder / f"worker-{len(self.workers)}.log"
        given = [str(text) for name, value in options.items() for text in (f"--{name}", value)]
        where = ["--kafka", self.kafka, "--data", str(self.folder), "--port", str(port)]
        command = [sys.executable, *program, *where, *given]
        with log.open("wb") as file:
            process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        self.workers.append(ToyWorker(process, port, log))
        return self.workers[-1]

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition; a failure shows the logs of all workers."""
        until(condition, what, self.logs)

    def wait_until_done(self, topic: str = EVENTS, group: str = "") -> None:
        """Wait until everything that was fed is committed, however long that takes while commits go on."""
        ends, before = self.ends(topic), None
        while (found := self.committed(topic, group)) != ends:
            assert found != before, f"no commit for {_DEADLINE_S} s before the end of {topic}\n{self.logs()[-6000:]}"
            before, end = found, time.monotonic() + _DEADLINE_S
            while found == before and time.monotonic() < end:
                time.sleep(0.1)
                found = self.committed(topic, group)
            ends = self.ends(topic)

    def ends(self, topic: str = EVENTS) -> dict[int, int]:
        """End of each partition of a topic."""
        found = self._ask(lambda consumer: consumer.end_offsets(_tps(topic)))
        return {tp.partition: end for tp, end in found.items()}

    def committed(self, topic: str = EVENTS, group: str = "") -> dict[int, int]:
        """What a group (default: that of the cases) has committed in each partition; 0 = nothing."""
        tps = _tps(topic)
        return self._ask(lambda consumer: {tp.partition: consumer.committed(tp) or 0 for tp in tps}, group)

    def said(self) -> dict[str, bytes]:
        """Outputs by id. An id that was said twice with other bytes is a failure here."""
        out: dict[str, bytes] = {}
        for record in self.records(ALERTS):
            ident = msgspec.json.decode(record.value)["id"]
            assert out.setdefault(ident, record.value) == record.value, "a repeat with another body"
        return out

    def expected(self) -> dict[str, bytes]:
        """What an undisturbed run over the same log says."""
        cores = {partition: toy.ToyCore({}) for partition in range(EMBEDDED_PARTITIONS)}
        out: dict[str, bytes] = {}
        for record in self.records(EVENTS):
            place = record.partition, record.offset
            try:
                event = from_kafka(record.value, record.headers)
                if record.key != event.rootid.encode() or validate(event) or event.receivedtime is None:
                    raise PoisonEvent("refused", "before it reaches the core")  # noqa: TRY301  # the same path
                said = cores[record.partition].apply(place, event)
            except (InvalidEvent, PoisonEvent):
                cores[record.partition].mark_incomplete(record.key.decode(), place)
            else:
                out |= {output.id: output.encode() for output in said}
        return out

    def records(self, topic: str) -> list[Any]:
        """Every record of a topic that a reader of committed transactions sees."""
        tps = [TopicPartition(topic, partition) for partition in range(EMBEDDED_PARTITIONS)]
        consumer = KafkaConsumer(bootstrap_servers=self.kafka, isolation_level="read_committed", auto_offset_reset="earliest")
        try:
            consumer.assign(tps)
            ends = consumer.end_offsets(tps)
            found: list[Any] = []
            while any(consumer.position(tp) < ends[tp] for tp in tps):
                for records in consumer.poll(timeout_ms=200, max_records=5000).values():
                    found += records
            return found
        finally:
            consumer.close()

    def logs(self) -> str:
        """The ends of all workers' logs."""
        return "\n".join(f"--- {worker.log.name}\n{worker.text()[-2500:]}" for worker in self.workers)

    def end(self) -> None:
        """End every process."""
        for worker in self.workers:
            if worker.process.poll() is None:
                worker.signal(signal.SIGCONT)
                worker.process.kill()
                worker.wait()
        for client in (self.producer, *self.askers.values()):
            if client is not None:
                client.close()

    def _ask(self, question: Callable[..., Any], group: str = "") -> Any:
        """Ask the broker by a consumer that is kept: the answer is waited for again and again."""
        name = group or toy.GROUP
        if name not in self.askers:
            self.askers[name] = KafkaConsumer(bootstrap_servers=self.kafka, group_id=name, enable_auto_commit=False)
        return question(self.askers[name])


def _tps(topic: str = EVENTS) -> list[TopicPartition]:
    return [TopicPartition(topic, partition) for partition in range(EMBEDDED_PARTITIONS)]


@pytest.fixture
def scene_on(tmp_path: Path) -> Iterator[Callable[[str], Scene]]:
    """Make a scene on a broker whose log nobody has begun."""
    made: list[Scene] = []

    def make(kafka: str) -> Scene:
        scene = Scene(kafka, tmp_path)
        scene.producer = KafkaProducer(bootstrap_servers=kafka, acks="all", linger_ms=5)
        made.append(scene)
        return scene

    try:
        yield make
    finally:
        for scene in made:
            scene.end()


@pytest.fixture
def scene(topics: str, scene_on: Callable[[str], Scene]) -> Scene:
    """An empty log with a simulated time line begun."""
    made = scene_on(topics)
    made.begin("simulated")
    return made
