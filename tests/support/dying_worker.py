"""A log in partitions, and workers that write and count it until they die: the projections room over the real engine."""

import asyncio
import random
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import msgspec
from told_log import Told

from contract.courts import COURTS, SPC
from contract.indicators.catalogue import INDICATORS
from contract.topics import ALERTS, EVENTS, partition_of
from dashboards import figures
from dashboards.question import Question
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.migrate import migrate
from streams.shell.figures import Figures
from streams.shell.metrics import Metrics
from streams.shell.projections import ProjectionsRoom
from streams.shell.seam import TP

PARTITIONS = 4
TPS = frozenset(TP(topic, number) for topic in (EVENTS, ALERTS) for number in range(PARTITIONS))
AS_OF = (date(2024, 3, 31), date(2024, 12, 31), date(2025, 6, 30))
_WRITES = 16
"""Within so many writes a worker dies that dies at one: a batch is ten, a stretch of figures is six."""
_STAYS = re.compile(r"^INSERT INTO (?!\w+_work_)", re.MULTILINE)
_SUMS = "SELECT * EXCEPT (version) FROM {table} FINAL WHERE {amount} != 0 ORDER BY ALL"

Log = Mapping[TP, Sequence[Any]]
Make = Callable[..., Any]


class Died(Exception):
    """The process ended before this statement."""


class Mortal(ClickHouse):
    """A client whose process dies before one of its next statements, or before one of those that write what stays."""

    left = 0
    only_writes = False

    def query_rows(self, sql: str, *args: Any, **named: Any) -> list[tuple[Any, ...]]:
        """As it is, while it lives."""
        self._age(writes=_STAYS.search(sql) is not None)
        return super().query_rows(sql, *args, **named)

    def insert_columns(self, table: str, *args: Any, **named: Any) -> int:
        """As it is, while it lives."""
        self._age(writes="." not in table)
        return super().insert_columns(table, *args, **named)

    def _age(self, *, writes: bool) -> None:
        self.left -= writes or not self.only_writes
        if self.left < 0:
            raise Died


def partitions(log: Told, of_event: Make, of_output: Make) -> Log:
    """The log in partitions by key: each event is sent once more, later; each output came twice, as after a crash."""
    rng = random.Random(4)
    again = [
        msgspec.structs.replace(one, receivedtime=one.receivedtime + timedelta(days=rng.randrange(40)))
        for one in log.events
        if one.receivedtime is not None and one.source != "/sys/clock"
    ]
    events = [*log.events, *rng.sample(again, len(again))]
    found: dict[TP, list[Any]] = {tp: [] for tp in TPS}
    for event in events:
        made = of_event(event, 0)
        place = found[TP(EVENTS, partition_of(made.key.decode(), PARTITIONS))]
        place.append(made)
    steps = list(log.journal)
    for at in sorted(rng.sample(range(len(steps)), len(steps) // 10), reverse=True):
        steps[at:at] = steps[max(0, at - 30) : at]
    for step in steps:
        made = of_output(step, 0)
        found[TP(ALERTS, partition_of(made.key.decode(), PARTITIONS))].append(made)
    return {
        tp: [one._replace(partition=tp.partition, offset=offset) for offset, one in enumerate(records)]
        for tp, records in found.items()
    }


@contextmanager
def database(port: int) -> Iterator[str]:
    """A migrated database, dropped afterwards."""
    name = f"w_{uuid.uuid4().hex[:12]}"
    migrate(lambda database: ClickHouse("127.0.0.1", port, database=database), name)
    yield name
    with ClickHouse("127.0.0.1", port) as client:
        for (left,) in client.query_rows("SELECT name FROM system.databases WHERE startsWith(name, %(name)s)", {"name": name}):
            client.execute(f"DROP DATABASE {left}")  # with what workers that died were counting in


class Life:
    """What a worker does until it dies or everything is counted."""

    def __init__(self, client: Mortal, log: Log, rng: random.Random) -> None:
        self._log, self._rng = log, rng
        self._room = ProjectionsRoom(client, Metrics("test"), topics=[EVENTS, ALERTS])
        self._figures = Figures(client, stretch=rng.randrange(50, 4000))
        self._at: dict[TP, int] = {}

    async def live(self) -> None:
        """Read partitions by turns of any length; write and count now and then."""
        self._at = {tp: offset or 0 for tp, offset in (await self._room.assigned(TPS)).items()}
        while waiting := sorted(tp for tp, records in self._log.items() if self._at[tp] < len(records)):
            tp = self._rng.choice(waiting)
            until = self._at[tp] + self._rng.choice((1, 7, 150, 900))
            await self._room.process(tp, self._log[tp][self._at[tp] : until])
            self._at[tp] = min(until, len(self._log[tp]))
            if self._rng.random() < 0.3:
                await self._room.checkpoint()
                if self._rng.random() < 0.2:
                    self._figures.step()
        await self._room.checkpoint()
        while self._figures.step():
            pass
        self._figures.close()


def deliver(port: int, name: str, log: Log, seed: int, mean: int | None) -> int:
    """Let one worker after another read the log until one ends. How many died.

    One dies after some `mean` statements, the next after a few of those that write what stays: between a write and the next
    lies what a guard of their order is for, and few of all statements are writes.
    """
    rng = random.Random(seed)
    died = 0
    while True:
        with Mortal("127.0.0.1", port, database=name) as client:
            client.only_writes = mean is not None and died % 2 == 1
            client.left = rng.randrange(_WRITES if client.only_writes else 2 * mean) if mean else 1_000_000
            try:
                asyncio.run(Life(client, log, rng).live())
            except Died:
                died += 1
                mean = (mean or 0) + 3  # so that it ends
            else:
                return died


def rows(client: ClickHouse) -> dict[str, list[Any]]:
    """Everything that is counted."""
    amounts = {"counted": "amount", "court_days": "value", "subtree_days": "value", "subtree_months": "value"}
    return {table: client.query_rows(_SUMS.format(table=table, amount=amount)) for table, amount in amounts.items()}


def readings(client: ClickHouse) -> dict[str, Any]:
    """Every indicator with what it is compared with, and its median and P90, of courts of each tier, as known now and then."""
    court = client.query_rows("SELECT court FROM counted FINAL WHERE amount != 0 GROUP BY court ORDER BY count() DESC, court")
    basic = next(code for (code,) in court if code in COURTS and COURTS[code].tier == "BASIC")
    found: dict[str, Any] = {}
    for question in (
        Question(place, as_of, known_on)
        for place in (SPC, basic, *(above.code for above in COURTS.ancestors(basic)))
        for as_of in AS_OF
        for known_on in (None, as_of)
    ):
        found[f"{question}"] = figures.with_comparisons(client, INDICATORS.values(), question)
        for one in INDICATORS.values():
            if one.median:
                found[f"{question} {one.id}"] = figures.spread(client, one, question)
    return found
