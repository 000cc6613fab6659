"""The warehouse of a small simulated nation, filled by the projections from what the pure core says: no Kafka, no worker."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

import msgspec
from fetched import Fetched
from national import national

from contract import codec
from contract.envelope import Event
from contract.topics import EVENTS
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.migrate import migrate
from producers.simulator.run import gather, lives
from streams.cases.outputs import Output, TransitionOut, Watermark
from streams.cases.partition import Partition
from streams.cases.rulebook import RuleBook
from streams.groups.partition import Groups
from streams.shell.figures import Figures
from streams.shell.seam import TP
from streams.shell.warehouse import Batch, Warehouse

_HOT = 50_000
"""Chains and groups kept decoded: all of them."""
_HEARD = 500
"""The one tick, counted from the first, that groups hear: at each they judge every court of the tree."""


class Nation(NamedTuple):
    """A migrated database with a simulated history, and the instant at which it ends."""

    clickhouse: ClickHouse
    until: datetime


@contextmanager
def simulated_nation(port: int, seed: int, cases: int) -> Iterator[Nation]:
    """A database of so many lives, dropped afterwards."""
    name = f"nation_{uuid.uuid4().hex[:12]}"
    connect = partial(_connect, port)
    migrate(connect, name)
    with connect(name) as client:
        until = _fill(Warehouse(client), seed, cases)
        figures = Figures(client)
        while figures.step():
            pass
        figures.close()
        yield Nation(client, until)
        client.execute(f"DROP DATABASE {name}")


def _connect(port: int, database: str) -> ClickHouse:
    return ClickHouse("127.0.0.1", port, database=database)


def _fill(warehouse: Warehouse, seed: int, cases: int) -> datetime:
    records: dict[str, list[Fetched]] = {}
    until = datetime.min.replace(tzinfo=UTC)
    for record in _records(seed, cases):
        records.setdefault(record.topic, []).append(record)
        until = max(until, datetime.fromtimestamp(record.timestamp / 1000, UTC))
    for topic, found in records.items():
        batch = Batch()
        batch.add(TP(topic, 0), 0, found)
        warehouse.write(batch)
    return until


def _records(seed: int, cases: int) -> Iterator[Fetched]:
    """The log: each event, and what cases and groups say of it, at one place."""
    book = RuleBook([national()])
    core, groups = Partition(book, hot=_HOT), Groups(RuleBook([national()]), hot=_HOT)
    core.activate_all()
    groups.activate_all()
    ends: dict[str, int] = {}
    ticks = 0
    for offset, event in enumerate(received(seed, cases)):
        clock = event.time if event.short == "sys.ticked" else event.receivedtime or event.recordedtime
        key, value, headers = codec.to_kafka(event)
        at = int(clock.timestamp() * 1000)
        yield Fetched(EVENTS, 0, offset, at, key, value, tuple(headers))
        ticks += event.short == "sys.ticked"
        outputs = core.apply((0, offset), event)
        for output in [*outputs, *of_groups(groups, outputs, f"0:{offset}", ticks)]:
            place = ends.get(output.topic, 0)
            ends[output.topic] = place + 1
            yield Fetched(output.topic, 0, place, at, output.key.encode(), output.encode())


def of_groups(groups: Groups, outputs: Iterable[Output], where: str, number: int) -> Iterator[TransitionOut]:
    """What groups say of facts, and at their one tick."""
    for output in outputs:
        if not isinstance(output, TransitionOut | Watermark) or (isinstance(output, Watermark) and number == _HEARD):
            yield from groups.apply(where, output)


def received(seed: int, cases: int) -> Iterator[Event]:
    """The simulated events and their ticks in order, each received when it was recorded."""
    for row in gather(lives(seed, cases, 0.4)).events():
        event = codec.from_json(msgspec.json.encode(row))
        yield event if event.short == "sys.ticked" else msgspec.structs.replace(event, receivedtime=event.recordedtime)
