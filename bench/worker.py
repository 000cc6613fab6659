"""Events/s of the cases worker beside a plain Faust agent and a plain aiokafka loop, in one run.

The same core, the same log on the same real broker, state durable, alerts and facts out, offsets committed. Each contestant is
a process of its own; time runs from its first record to its last commit, CPU seconds likewise.

    python bench/worker.py [--cases 10000] [--only worker,loop,faust] [--kafka HOST:PORT]

What differs: the worker is the product. The loop does what the worker does (batches, a checkpoint each second) without group
handling, restore, fence, dead letters or metrics. The agent does what Faust's manual shows: a table write and a send for each
event.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from contestants import CONTESTANTS, Watch, names_of, run

from contract.codec import read_lines, to_kafka
from contract.control import line_started, pack_activated
from contract.envelope import Event
from contract.registry import RESTRICTED_TYPES
from contract.topics import EMBEDDED_PARTITIONS, EVENTS, Topic, partition_of
from infra.kafka.embedded import EmbeddedKafka
from infra.kafka.topics import ensure_topics
from infra.processes import free_ports
from streams.rules.load import load_packs
from streams.shell.outbox import Outbox, new_producer


def simulate(cases: int, folder: Path) -> list[Event]:
    """Events and ticks of so many simulated lives, as the common log has them."""
    out = folder / "events.jsonl"
    command = [sys.executable, "-m", "yipanqi", "simulate", "--seed", "1", "--cases", str(cases)]
    subprocess.run([*command, "--out", out, "--truth", folder / "truth.jsonl"], check=True, capture_output=True)
    return [
        msgspec.structs.replace(event, receivedtime=event.recordedtime)
        for _, event in read_lines(out)
        if isinstance(event, Event) and event.short not in RESTRICTED_TYPES
    ]


async def load(kafka: str, events: Sequence[Event]) -> dict[int, int]:
    """Write the log; returns the end of each partition."""
    begin = events[0].time
    control = [line_started(0, begin, "simulated")]
    control += [pack_activated(0, begin, pack=p.id, version=p.version, sha256=p.sha256) for p in load_packs(None)]
    producer = new_producer(kafka, "bench-load")
    await producer.start()
    outbox, ends = Outbox(producer), dict.fromkeys(range(EMBEDDED_PARTITIONS), 0)
    for event in [*control, *events]:
        key, value, headers = to_kafka(event)
        own = (partition_of(event.rootid, EMBEDDED_PARTITIONS),)
        for partition in tuple(ends) if event.short.startswith("sys.") else own:
            outbox.add(EVENTS, partition, key, value, headers)
            ends[partition] += 1
    await outbox.confirm()
    await producer.stop()
    return ends


@contextmanager
def broker(given: str | None, folder: Path) -> Iterator[str]:
    """The broker that was given, or an embedded one."""
    if given is not None:
        yield given
        return
    with EmbeddedKafka(folder / "kafka", *free_ports(2)) as kafka:
        yield kafka.bootstrap


def contest(kafka: str, names: Sequence[str], cases: int, folder: Path) -> dict[str, dict[str, float]]:
    """Load the log, then run each contestant over it."""
    ensure_topics(kafka)
    events = simulate(cases, folder)
    ends = asyncio.run(load(kafka, events))
    results = {}
    for name in names:
        settings = {"message.timestamp.type": "LogAppendTime", "max.message.bytes": str(2 * 1024 * 1024)}
        ensure_topics(kafka, topics=[Topic(topic, "", "truth", settings) for topic in names_of(name).values()])
        given = ["--run", name, "--kafka", kafka, "--ends", json.dumps(ends)]
        done = subprocess.run([sys.executable, __file__, *given], capture_output=True, text=True, check=False)
        if done.returncode or not done.stdout.strip():
            raise RuntimeError(f"{name} ended with {done.returncode}:\n{done.stderr[-3000:]}")
        found = json.loads(done.stdout.splitlines()[-1])
        results[name] = found | {"events": sum(ends.values()), "events_per_s": sum(ends.values()) / found["seconds"]}
    return results


def main() -> None:
    """Run the contest, or one contestant of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000, help="simulated cases, some 16 events each")
    parser.add_argument("--only", default=",".join(CONTESTANTS))
    parser.add_argument("--kafka", help="a broker without our topics; default: an embedded one")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--ends", help=argparse.SUPPRESS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.run is not None:
            run(given.run, given.kafka, Watch({int(p): end for p, end in json.loads(given.ends).items()}), folder)
            return
        with broker(given.kafka, folder) as kafka:
            results = contest(kafka, given.only.split(","), given.cases, folder)
    if given.json:
        print(json.dumps(results))
        return
    for name, found in results.items():
        print(
            f"{name:8} {found['events_per_s']:10,.0f} events/s  {found['seconds']:7.1f} s  {found['cpu_s']:7.1f} CPU s  "
            f"{found['transitions']:8} transitions"
        )


if __name__ == "__main__":
    main()
