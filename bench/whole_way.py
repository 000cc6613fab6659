"""Many events the whole way: Kafka, the processors, the projections, ClickHouse; then everything is counted and compared.

python bench/whole_way.py --data DIR [--events 5000000] [--seed 1] [--workers 1] [--ahead 100000] [--every 10]
    [--checkpoint 1] [--chains N] [--apart]

The simulator's events go day by day through `producers.publish.Publisher` (what `yipanqi publish` runs: the gateway's checks,
then its intake), received when their courts entered them, with a tick at the start of each day. Engines and processors are
those of `yipanqi up`, under the rules of its simulated nation; gateway, duty room, notifier and wall have no part in it.
With `--apart` groups are judged when cases have been: their facts wait in the log, and the memory of the two is not needed at
once (of 5 million events some 6 and 15 GB). The broker packs its topics by gzip here, to save disk.
DIR keeps everything: a run that was broken off, however it ended, goes on when it is called again. A line of JSON tells how
far it is; those of the end are the result, and stay in DIR/result.jsonl. Exit status 1 if anything differs.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from kafka.errors import KafkaError
from simulated_days import Made, load
from whole_way_compared import compared
from whole_way_fed import Feeder
from whole_way_seen import Cpu, Stages

from contract.errors import YipanqiError
from infra.datafolder import bind, hold
from infra.kafka.embedded import EmbeddedKafka
from infra.kafka.prepare import prepare
from infra.processes import free_ports
from infra.services import Child
from infra.settings import Settings
from infra.supervisor import Change, Supervisor, Unit
from infra.whole_file import whole_file
from yipanqi.plan import units

ENGINES = ("kafka", "clickhouse", "topics", "tables")
PROCESSORS = ("cases", "groups", "projections", "restricted")
TOGETHER = (PROCESSORS,)
APART = (("cases", "projections", "restricted"), ("groups", "projections"))
PORTS = 20
SHARED = ("cases", "groups")
SECOND_PORT = 13  # of those of single processes: the first that the plan gives to nobody
# Who is stopped by SIGSTOP for a while is not to take it for a standstill of its own; and few rebalances where CPU is scarce.
PATIENT = ("--stall-seconds", "7200", "--session-seconds", "80", "--checkpoint-seconds")
STEP_S = 0.2
STOP_S = 60.0
STILL_S = 120.0  # who was stopped for longer was not at work


class Kept(msgspec.Struct):
    """What a run leaves to the next.

    Attributes:
        seconds: How long it ran, the simulation not counted.
        cpu: CPU seconds by process.
        passes: How many are over.
    """

    seconds: float = 0.0
    cpu: dict[str, float] = {}
    passes: int = 0

    @classmethod
    def of(cls, folder: Path) -> "Kept":
        """What the last run left."""
        try:
            return msgspec.json.decode((folder / "kept.json").read_bytes(), type=cls)
        except FileNotFoundError:
            return cls()

    def keep(self, folder: Path) -> None:
        """Leave it to the next."""
        with whole_file(folder / "kept.json") as part:
            part.write_bytes(msgspec.json.encode(self))


def tell(**what: object) -> None:
    """One line."""
    print(json.dumps({"at": time.strftime("%H:%M:%S", time.gmtime()), **what}, ensure_ascii=False), flush=True)


def simulated(folder: Path, events: int, seed: int) -> Made:
    """The events, made by a process of its own unless they are there."""
    if (folder / "made.json").exists() and (made := load(folder)).asked == events and made.seed == seed:
        return made
    script = Path(__file__).with_name("simulated_days.py")
    subprocess.run([sys.executable, script, folder, "--events", str(events), "--seed", str(seed)], check=True)
    return load(folder)


def parts(settings: Settings, kafka: EmbeddedKafka, names: tuple[str, ...], given: argparse.Namespace) -> list[Unit]:
    """Those parts of the embedded system, with as many processes that judge cases, and as many that judge groups."""
    found = [unit for unit in units(settings, kafka) if unit.name in names]
    for unit in found:
        if isinstance(unit.service, Child) and unit.name in PROCESSORS:
            unit.service.arguments += (*PATIENT, f"{given.checkpoint:g}")
            if unit.name == "cases" and given.chains:
                unit.service.arguments += ("--chains", str(given.chains))
    ports = iter(range(settings.process_port + SECOND_PORT, settings.process_port + PORTS))
    for unit in [unit for unit in found if unit.name in SHARED]:
        assert isinstance(unit.service, Child)
        for number in range(1, given.workers):
            name, port = f"{unit.name}-{number}", next(ports)
            arguments = (*unit.service.arguments, "--instance", name, "--port", str(port))  # click takes the last of each
            found.append(Unit(name, Child(arguments, port, settings.logs / f"{name}.log"), unit.needs, unit.stage))
    return found


class PackedKafka(EmbeddedKafka):
    """The embedded broker, sparing with disk: it packs what it is given, and cleans compacted topics earlier."""

    def properties(self, log_dir: Path) -> str:
        """Text of its server.properties."""
        return super().properties(log_dir) + "compression.type=gzip\ncompression.gzip.level=1\nlog.segment.bytes=134217728\n"


class Run:
    """One run, from where the last one stopped."""

    def __init__(self, folder: Path, made: Made, given: argparse.Namespace) -> None:
        self._folder, self._made, self._given = folder, made, given
        self._kept = Kept.of(folder)
        self._passes = APART if given.apart else TOGETHER
        names = ("wall", "gateway", "metrics", "clickhouse", "kafka", "controller", "process")
        ports = dict(zip(names, free_ports(len(names) + PORTS), strict=False))
        ports.pop("controller")
        named: dict[str, Any] = {f"{name}_port": port for name, port in ports.items()}
        self._settings = Settings(data=(folder / "system").absolute(), speed=1.0, **named)
        self._supervisor = Supervisor((), self._changed)
        self._cpu = Cpu(self._kept.cpu)

    def go(self) -> bool:
        """Go on to the end; returns whether everything agrees."""
        with hold(self._settings.data):
            bind(self._settings.data, self._settings.line, version("yipanqi"))
            prepare(lambda *_: None, lambda _: None)
            for names in self._passes[self._kept.passes :]:
                with self._running(names) as stages:
                    self._arrive(stages, names)
            with self._running(()) as stages:
                return self._compare(stages)

    @contextmanager
    def _running(self, names: tuple[str, ...]) -> Iterator[Stages]:
        """Engines and some processors while the block runs."""
        kafka = PackedKafka(self._settings.data / "kafka", self._settings.kafka_port, logs=self._settings.logs)
        plan = parts(self._settings, kafka, (*ENGINES, *names), self._given)
        self._supervisor = Supervisor(plan, self._changed)
        with ExitStack() as stack:
            stack.callback(self._supervisor.stop, STOP_S)
            while not self._supervisor.all_up:
                self._supervisor.step()
                time.sleep(STEP_S)
            stages = Stages(self._settings.kafka)
            stack.callback(stages.close)
            yield stages

    def _arrive(self, stages: Stages, names: tuple[str, ...]) -> None:
        """Until these processors have done all that there is to do."""
        feeder = Feeder(self._folder / "days", self._made, self._settings, self._given.ahead, stages)
        feeder.start()
        try:
            before, next_at, passes = (time.monotonic(), -1), 0.0, self._kept.passes
            while self._kept.passes == passes:
                self._supervisor.step()
                feeder.check()
                if time.monotonic() >= next_at:
                    next_at = time.monotonic() + self._given.every
                    before = self._look(feeder, stages, names, before)
                time.sleep(STEP_S)
        finally:
            feeder.stop()

    def _look(self, feeder: Feeder, stages: Stages, names: tuple[str, ...], before: tuple[float, int]) -> tuple[float, int]:
        """Tell how far it is; returns when that was and how many events were in the tables."""
        self._measure()
        was_whole = feeder.is_done
        try:
            behind = stages.look()
        except (KafkaError, OSError) as error:
            tell(broker=str(error))
            return before
        now, published = time.monotonic(), feeder.published
        whole = max(0, published - behind["events"])
        rate = (whole - before[1]) / (now - before[0]) if before[1] >= 0 else 0.0
        self._kept.seconds += now - before[0] if now - before[0] < STILL_S else 0.0
        if was_whole and not any(count for stage, count in behind.items() if stage != "groups" or "groups" in names):
            self._kept.passes += 1
        self._kept.keep(self._folder)
        judged = max(0, published - behind["cases"])
        rates = {"rate": round(rate), "seconds": round(self._kept.seconds), "cpu_s": round(sum(self._cpu.seconds.values()))}
        memory = {f"{name}_mb": size for name, size in self._cpu.memory.items()}
        tell(published=published, judged=judged, in_tables=whole, behind=behind, **rates, memory=memory)
        return now, whole

    def _measure(self) -> None:
        pids = {name: one["pid"] for name, one in self._supervisor.status().items()}
        self._cpu.look({name: pid for name, pid in pids.items() if isinstance(pid, int)} | {"publish": os.getpid()})

    def _compare(self, stages: Stages) -> bool:
        events, cpu = self._made.events, self._cpu.seconds
        figures: dict[str, Any] = {"events": events, "lives": self._made.lives, "seconds": round(self._kept.seconds)}
        figures |= {"events_per_s": round(events / max(1.0, self._kept.seconds)), "cpu_s": round(sum(cpu.values()))}
        figures |= {f"{name}_cpu_ms": round(used / events * 1000, 3) for name, used in cpu.items()}
        found = [figures, *compared(self._folder / "days", self._made, self._settings, stages)]
        with whole_file(self._folder / "result.jsonl") as part:
            part.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in found), encoding="utf-8")
        for line in found:
            tell(**line)
        return all(line.get("holds", True) for line in found)

    def _changed(self, change: Change) -> None:
        tell(part=change.name, state=change.state.value, seconds=round(change.seconds, 1), message=change.message)


def main() -> int:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that is kept")
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="processes that judge cases, and that judge groups")
    parser.add_argument("--ahead", type=int, default=100_000, help="records that may wait anywhere before more is published")
    parser.add_argument("--checkpoint", type=float, default=1.0, help="seconds between two checkpoints")
    parser.add_argument("--chains", type=int, help="chains that a partition keeps decoded; by default as many as a worker does")
    parser.add_argument("--apart", action="store_true", help="judge groups when cases have been: half of the memory")
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two lines")
    given = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    folder = given.data.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        made = simulated(folder / "days", given.events, given.seed)
        tell(events=made.events, lives=made.lives, days=len(made.days), truths=made.truths)
        return 0 if Run(folder, made, given).go() else 1
    except KeyboardInterrupt:
        tell(stopped="call it again to go on")
    except YipanqiError as error:
        tell(failed=str(error))
    return 2


if __name__ == "__main__":
    sys.exit(main())
