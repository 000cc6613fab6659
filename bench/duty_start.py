"""Start of notifier and wall behind a long log of decisions: read whole, or from the last decision of each target.

python bench/duty_start.py [--decisions 200000] [--alerts 8000] [--whole]

The decisions are those of the real room, over a real broker: alerts are raised, paged, commented on; half of them end, and
close. `--whole` leaves `duty.latest.v1` empty, as before there was one. Until each has caught up, three times.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from duty_room import MORNING, rosters, tick, told
from kafka import KafkaProducer

from contract.courts import COURTS
from contract.duty import commands as c
from contract.duty.decisions import START
from contract.duty.people import Principal
from contract.times import format_instant
from contract.topics import DECISIONS, EMBEDDED_PARTITIONS, LATEST, partition_of
from dashboards.duty_live import DutyView
from dashboards.duty_tail import DutyTail
from infra.channels.config import Channels
from infra.kafka.embedded import EmbeddedKafka
from infra.kafka.prepare import prepare
from infra.kafka.topics import ensure_topics
from infra.processes import free_ports
from streams.duty.outputs import EVERYBODY, DecisionOut, Telling
from streams.duty.policy_file import load_policies
from streams.duty.room import DutyRoom
from streams.shell.notifier import Notifier
from streams.shell.notifier_metrics import NotifierMetrics

CHECKPOINT = 2000
"""Commands between two checkpoints."""


class Log:
    """The rooms of all partitions, and what they write."""

    def __init__(self, bootstrap: str, *, whole: bool) -> None:
        self.decisions = [0] * EMBEDDED_PARTITIONS
        self._rooms = [DutyRoom(load_policies()) for _ in range(EMBEDDED_PARTITIONS)]
        self._offsets = [0] * EMBEDDED_PARTITIONS
        self._whole = whole
        self._producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=20, batch_size=256 * 1024)

    def put(self, command: c.AnyCommand) -> None:
        """Decide one command, in every partition if it is for everybody, and what follows from it."""
        everywhere = range(EMBEDDED_PARTITIONS)
        for number in everywhere if command.target == EVERYBODY else (partition_of(command.target, EMBEDDED_PARTITIONS),):
            where = f"{number}:{self._offsets[number]}"
            self._offsets[number] += 1
            outputs = self._rooms[number].apply(where, command)
            for output in outputs:
                if isinstance(output, DecisionOut):
                    self.decisions[number] += 1
                    self._producer.send(DECISIONS, key=output.key.encode(), value=output.encode(), partition=number)
            for output in outputs:
                if isinstance(output, Telling):
                    self.put(output.command)
            if self._offsets[number] % CHECKPOINT == 0:
                self.checkpoint(number)

    def checkpoint(self, number: int) -> None:
        """Write the last decisions, as the worker does."""
        latest = self._rooms[number].drain_latest()
        for key, value in (
            {} if self._whole or latest is None else {**latest, START: str(self.decisions[number]).encode()}.items()
        ):
            self._producer.send(LATEST, key=key.encode(), value=value, partition=number)

    def close(self) -> None:
        """Write what is left."""
        for number in range(EMBEDDED_PARTITIONS):
            self.checkpoint(number)
        self._producer.flush()
        self._producer.close()


def fill(log: Log, alerts: int, decisions: int) -> None:
    """Raise alerts, let half of them end and close, and have people comment on the rest until there are enough decisions."""
    at = MORNING - timedelta(hours=23)
    courts = [court.code for court in COURTS if court.tier == "BASIC"][:500]
    log.put(tick(at))
    for roster in rosters(courts, at):
        log.put(roster)
    for number in range(alerts):
        log.put(told(number, courts[number % len(courts)], ("red", "orange", "yellow")[number % 3], at))
    log.put(tick(MORNING))
    for number in range(0, alerts, 2):
        raised = told(number, courts[number % len(courts)], "red", at)
        ended = {"ended_at": format_instant(MORNING), "end_reason": "cured", "breach_days": 0}
        log.put(c.AlertTold(**{name: getattr(raised, name) for name in raised.__struct_fields__} | {
            "id": f"ended-{number}", "transition": "ended", "alert": raised.alert | ended, "position": f"0:{alerts + number}",
        }))  # fmt: skip
    log.put(tick(MORNING + timedelta(days=8)))
    number = 0
    while sum(log.decisions) < decisions:
        alert, court = 2 * number % alerts + 1, courts[(2 * number % alerts + 1) % len(courts)]
        officer = Principal(account=f"{court}-officer", role="duty_officer", court=court)
        at = MORNING + timedelta(days=8, seconds=30)
        log.put(c.Comment(id=f"c-{number}", target=f"{alert:032x}", principal=officer, at=at, text="已联系承办人"))
        number += 1


async def seconds(run: Callable[[], Awaitable[None]], ready: asyncio.Event) -> str:
    """Wall and CPU seconds until something that runs is ready."""
    started, spent = time.perf_counter(), time.process_time()
    task = asyncio.ensure_future(run())
    await asyncio.wait([task, asyncio.ensure_future(ready.wait())], return_when=asyncio.FIRST_COMPLETED)
    took = f"{time.perf_counter() - started:.1f} s ({time.process_time() - spent:.1f} s of CPU)"
    if task.done():
        await task  # raises what ended it
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return took


async def measure(bootstrap: str) -> None:
    """Start each three times."""
    for _ in range(3):
        tail = DutyTail(DutyView(), bootstrap)
        wall = await seconds(tail.run, tail.loaded)
        one = Notifier(bootstrap, Channels(()), lambda _account, _kind: None, NotifierMetrics())
        notifier = await seconds(one.run, one.caught_up)
        print(f"wall's duty view: {wall}; notifier: {notifier}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--decisions", type=int, default=200_000)
    parser.add_argument("--alerts", type=int, default=8_000)
    parser.add_argument("--whole", action="store_true")
    asked = parser.parse_args()
    prepare()
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="duty-start-") as folder:
        port, controller = free_ports(2)
        with EmbeddedKafka(Path(folder), port=port, controller_port=controller) as broker:
            ensure_topics(broker.bootstrap)
            log = Log(broker.bootstrap, whole=asked.whole)
            fill(log, asked.alerts, asked.decisions)
            log.close()
            print(f"{sum(log.decisions)} decisions of {asked.alerts} alerts")
            asyncio.run(measure(broker.bootstrap))


if __name__ == "__main__":
    main()
