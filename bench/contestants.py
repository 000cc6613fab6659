"""The contestants of `bench/worker.py`: the cases worker as it ships, a plain aiokafka loop, a plain Faust agent; one core."""

import asyncio
import json
import logging
import os
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import faust
from aiokafka import AIOKafkaConsumer, TopicPartition
from mode import CrashingSupervisor

from contract.codec import from_kafka
from contract.registry import validate
from contract.topics import ALERTS, EMBEDDED_PARTITIONS, EVENTS, FACTS, REJECTED, STATE, partition_of
from infra.processes import free_ports
from streams.cases.outputs import TransitionOut, Watermark
from streams.shell.cases import CasesRoom
from streams.shell.cores import core_factory
from streams.shell.outbox import Outbox, new_producer
from streams.shell.seam import TP, Record
from streams.shell.worker import WorkerOptions, run_worker

CONTESTANTS = ("worker", "loop", "faust")
CHECKPOINT_S = 1.0


class Watch:
    """Takes the time from the first record to the last commit, and prints the result."""

    def __init__(self, ends: Mapping[int, int]) -> None:
        self._ends = ends
        self._started: tuple[float, float] | None = None
        self.transitions = 0

    def begin(self) -> None:
        """The first record is here."""
        if self._started is None:
            self._started = time.perf_counter(), _cpu_s()

    def committed(self, offsets: Mapping[int, int]) -> bool:
        """Whether all is committed; then the result is printed."""
        if self._started is None or any(offsets.get(partition, 0) < end for partition, end in self._ends.items()):
            return False
        started, cpu = self._started
        result = {"seconds": time.perf_counter() - started, "cpu_s": _cpu_s() - cpu, "transitions": self.transitions}
        print(json.dumps(result), flush=True)
        return True


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def names_of(contestant: str) -> dict[str, str]:
    """Outputs and state of a contestant: topics of its own."""
    return {name: f"bench.{contestant}.{name}" for name in (ALERTS, FACTS, STATE, REJECTED)}


# The worker, as it ships


class TimedRoom(CasesRoom):
    """The cases room under a watch."""

    watch: Watch

    async def process(self, tp: TP, records: Sequence[Record]) -> None:
        """Note the first record."""
        self.watch.begin()
        await super().process(tp, records)

    async def revoked(self, tps: frozenset[TP]) -> None:
        """Nothing to note."""
        await super().revoked(tps)


def run_product(kafka: str, watch: Watch, folder: Path) -> None:
    """Run the worker until everything is committed."""
    (port,) = free_ports(1)
    done: dict[int, int] = {}

    def make(metrics: Any) -> TimedRoom:
        room = TimedRoom(
            core_factory(None),
            kafka=kafka,
            master_key=bytes(range(64)),
            metrics=metrics,
            group="bench-worker",
            names=names_of("worker"),
        )
        room.watch = watch
        made.append(room)
        return room

    def step(name: str) -> None:
        if name == "committed":
            done.update({lane.partition: lane.next for lane in made[0].lanes.values()})
            watch.transitions = int(sum(s.value for s in _samples(made[0], "yipanqi_alert_transitions_total")))
            if watch.committed(done):
                os._exit(0)

    made: list[TimedRoom] = []
    logging.disable(logging.INFO)
    options = WorkerOptions(group="bench-worker", kafka=kafka, data=folder, port=port, checkpoint_interval_s=CHECKPOINT_S)
    run_worker(make, options, step=step)


def _samples(room: TimedRoom, name: str) -> Iterator[Any]:
    for family in room._metrics.registry.collect():  # noqa: SLF001  # the bench looks inside
        yield from (sample for sample in family.samples if sample.name == name)


# A plain aiokafka loop


async def run_loop(kafka: str, watch: Watch) -> None:
    """Fetch, apply, send; each second confirm, write state, commit."""
    factory, names = core_factory(None), names_of("loop")
    cores = {partition: factory({}) for partition in range(EMBEDDED_PARTITIONS)}
    positions: dict[int, int] = {}
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka, group_id="bench-loop", enable_auto_commit=False, auto_offset_reset="earliest"
    )
    producer = new_producer(kafka, "bench-loop")
    await consumer.start()
    await producer.start()
    outbox = Outbox(producer)
    consumer.assign([TopicPartition(EVENTS, partition) for partition in range(EMBEDDED_PARTITIONS)])
    due = time.monotonic() + CHECKPOINT_S
    while True:
        for place, records in (await consumer.getmany(timeout_ms=200, max_records=1000)).items():
            watch.begin()
            for record in records:
                for topic, partition, key, value in _apply(cores[place.partition], record, watch):
                    outbox.add(names[topic], partition, key, value)
            positions[place.partition] = records[-1].offset + 1
            await outbox.flush()
        if time.monotonic() >= due and positions:
            await outbox.confirm()
            for partition in positions:
                for key, value in cores[partition].drain_dirty().items():
                    outbox.add(names[STATE], partition, key.encode(), value)
            await outbox.confirm()
            await consumer.commit({TopicPartition(EVENTS, partition): offset for partition, offset in positions.items()})
            due = time.monotonic() + CHECKPOINT_S
            if watch.committed(positions):
                os._exit(0)


def _apply(core: Any, record: Any, watch: Watch) -> Iterator[tuple[str, int, bytes, bytes]]:
    event = from_kafka(record.value, record.headers)
    if errors := validate(event):
        raise ValueError(errors)
    for output in core.apply((record.partition, record.offset), event):
        watch.transitions += isinstance(output, TransitionOut)
        key = output.key.encode()
        everywhere = range(EMBEDDED_PARTITIONS)
        for partition in everywhere if isinstance(output, Watermark) else (partition_of(output.key, EMBEDDED_PARTITIONS),):
            yield output.topic, partition, key, output.encode()


# A plain Faust agent


def run_agent(kafka: str, watch: Watch, folder: Path) -> None:
    """An agent with a table, as in Faust's manual."""
    names = names_of("faust")
    app = faust.App(
        "bench-faust",
        broker=f"kafka://{kafka}",
        datadir=str(folder),
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_partitions=EMBEDDED_PARTITIONS,
        consumer_auto_offset_reset="earliest",
        broker_max_poll_records=1000,
        producer_acks=-1,
        producer_linger=0.01,
        agent_supervisor=CrashingSupervisor,
    )
    table = app.Table("state", partitions=EMBEDDED_PARTITIONS, value_type=bytes, key_type=bytes)
    topic = app.topic(EVENTS, key_type=bytes, value_type=bytes, value_serializer="raw", key_serializer="raw")
    out = {
        name: app.topic(names[name], key_type=bytes, value_type=bytes, value_serializer="raw", key_serializer="raw")
        for name in (ALERTS, FACTS)
    }
    factory = core_factory(None)
    cores = {partition: factory({}) for partition in range(EMBEDDED_PARTITIONS)}

    @app.agent(topic, name="bench-agent", concurrency=1)
    async def supervise(stream: Any) -> None:
        async for event in stream.events():
            watch.begin()
            message = event.message
            for name, partition, key, value in _apply(cores[message.partition], _Shown(message), watch):
                await out[name].send(key=key, value=value, partition=partition)
            for key, value in cores[message.partition].drain_dirty().items():
                table[key.encode()] = value

    @app.timer(0.25, name="bench-watch")
    async def look() -> None:
        offsets = app.consumer._committed_offset.items()  # noqa: SLF001  # Faust shows it nowhere else
        committed = {tp.partition: at for tp, at in offsets if tp.topic == EVENTS and at}
        if watch.committed(committed):
            os._exit(0)

    logging.disable(logging.INFO)
    faust.Worker(app, loglevel="WARN", redirect_stdouts=False).execute_from_commandline()


class _Shown:
    """A Faust message with the headers as a list, as aiokafka gives them."""

    def __init__(self, message: Any) -> None:
        self.value, self.partition, self.offset = message.value, message.partition, message.offset
        headers = message.headers
        self.headers = list(headers.items()) if isinstance(headers, dict) else list(headers)


def run(name: str, kafka: str, watch: Watch, folder: Path) -> None:
    """Run one contestant; it ends the process itself."""
    if name == "worker":
        run_product(kafka, watch, folder)
    elif name == "loop":
        asyncio.run(run_loop(kafka, watch))
    else:
        run_agent(kafka, watch, folder)
