"""The tables on the real engine: columns, identity, versions, corrections, times."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from contract.envelope import Event
from contract.errors import PoisonEvent
from contract.topics import EVENTS
from infra.clickhouse.client import ClickHouse
from streams.cases.facts import fact_of
from streams.cases.history import History
from streams.projections.events import EventRow
from streams.projections.tables import TABLES, Table
from streams.shell.seam import TP
from streams.shell.warehouse import Batch, Warehouse

_START = datetime(2024, 3, 1, 4, tzinfo=UTC)
_SOURCE = "/court/京0105/x"


def event(name: str, **changes: Any) -> Event:
    """An event of one chain."""
    given: dict[str, Any] = {"time": _START, "recordedtime": _START, "receivedtime": _START, "data": {"n": 0}, **changes}
    return Event(id=name, source=_SOURCE, type="x.step", subject="c1", rootid="c1", **given)


def write(clickhouse: ClickHouse, topic: str, records: list[Any], partition: int = 0) -> None:
    """Write records as one batch."""
    batch = Batch()
    batch.add(TP(topic, partition), records[0].offset, records)
    Warehouse(clickhouse).write(batch)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_columns_of_projection_and_table_are_the_same_in_the_same_order(clickhouse: ClickHouse, table: Table) -> None:
    """A projection that misses or misnames a column is found here and not in a figure."""
    sql = "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = %(table)s ORDER BY position"
    assert [name for (name,) in clickhouse.query_rows(sql, {"table": table.name})] == list(table.columns)


def test_every_table_survives_a_second_writing(
    clickhouse: ClickHouse, of_event: Callable[..., Any], of_transition: Callable[..., Any]
) -> None:
    """The same records in other batches change no figure."""
    events = [of_event(event(f"e{n}"), n) for n in range(5)]
    transitions = [of_transition(0, 3), of_transition(1, 4, "ended", ended_at="2024-03-02T00:00:00Z", end_reason="cured")]
    queries = [
        "SELECT count(), sum(cityHash64(*)) FROM log FINAL",
        "SELECT count(), sum(cityHash64(*)) FROM events FINAL",
        "SELECT count(), sum(cityHash64(source, id, data)) FROM events_now",
        "SELECT count(), sum(cityHash64(id, transition, end_reason)) FROM alerts_now",
    ]
    write(clickhouse, EVENTS, events)
    write(clickhouse, transitions[0].topic, transitions)
    once = [clickhouse.query_rows(sql) for sql in queries]
    for first, last in ((0, 2), (1, 5), (4, 5), (0, 5)):
        write(clickhouse, EVENTS, events[first:last])
    write(clickhouse, transitions[0].topic, transitions[1:])
    write(clickhouse, transitions[0].topic, transitions)
    assert [clickhouse.query_rows(sql) for sql in queries] == once
    assert once[1][0][0] == 5


def test_a_batch_is_written_as_often_as_it_is_told_to_be(clickhouse: ClickHouse, of_event: Callable[..., Any]) -> None:
    """No insert is taken for one that was seen before, of which nothing may be there; the row counts once all the same."""
    clickhouse.execute("SYSTEM STOP MERGES events")
    batch = Batch()
    batch.add(TP(EVENTS, 0), 0, [of_event(event("e"), 0)])
    for _ in range(3):
        Warehouse(clickhouse).write(batch)
    assert clickhouse.query_rows("SELECT count() FROM events") == [(3,)]
    assert clickhouse.query_rows("SELECT count() FROM events FINAL") == [(1,)]


def test_of_two_bodies_and_many_copies_the_same_one_counts_in_every_order(
    clickhouse: ClickHouse, of_event: Callable[..., Any]
) -> None:
    """The lesser by (recordedtime, digest), and of its copies the earliest receivedtime."""
    later = _START + timedelta(seconds=1)
    bodies = [
        event("e", data={"n": 1}),
        event("e", data={"n": 2}),
        event("e", data={"n": 0}, recordedtime=later),
        event("e", data={"n": 1}, receivedtime=later),
        event("e", data={"n": 2}, receivedtime=later),
    ]
    first = min(bodies, key=lambda body: (body.recordedtime, body.digest, body.receivedtime))
    seen = set()
    for seed in range(6):
        order = random.Random(seed).sample(range(5), 5)
        clickhouse.execute("TRUNCATE TABLE events")
        for index in order:
            write(clickhouse, EVENTS, [of_event(bodies[index], 1000 * seed + index)])
        seen.update(clickhouse.query_rows("SELECT data, receivedtime FROM events FINAL"))
    assert seen == {(msgspec.json.encode(first.data).decode(), first.receivedtime)}


def test_corrections_hold_as_the_engine_holds_them(clickhouse: ClickHouse, of_event: Callable[..., Any]) -> None:
    """`events_now` equals the engine's own history for random corrections, withdrawals and corrections of corrections."""
    chance = random.Random(7)
    history, records = History(), []
    for chain in range(60):
        names = [f"{chain}.0"]
        if chance.random() < 0.9:
            records.append(event(names[0], data={"n": chain}))
        depth = {names[0]: 0}
        for number in range(1, chance.randrange(6)):
            target = chance.choice([name for name in names if depth[name] < 3])
            name = f"{chain}.{number}"
            names.append(name)
            depth[name] = depth[target] + 1
            at = _START + timedelta(seconds=chance.randrange(3))
            data = None if chance.random() < 0.3 else {"n": 1000 * chain + number}
            records.append(event(name, correctionof=(_SOURCE, target), data=data, recordedtime=at, time=at))
    chance.shuffle(records)
    for record in records:
        history.take(fact_of(record, {"x.step": None}, frozenset()))
    for offsets in _cuts(len(records), chance):
        write(clickhouse, EVENTS, [of_event(records[offset], offset) for offset in offsets])
    wanted = sorted((fact.id, fact.time, (fact.data or {})["n"]) for fact in history.events())
    found = clickhouse.query_rows("SELECT id, time, JSONExtractInt(data, 'n') FROM events_now ORDER BY id")
    assert sorted(found) == wanted
    assert 20 < len(wanted) < 60


def _cuts(count: int, chance: random.Random) -> Iterator[range]:
    cuts = sorted({0, count, *(chance.randrange(count) for _ in range(5))})
    for first, last in pairwise(cuts):
        yield range(first, last)


def test_an_event_with_two_bodies_is_what_the_engine_takes(clickhouse: ClickHouse, of_event: Callable[..., Any]) -> None:
    """Warehouse and engine choose the same body of a conflict."""
    history = History()
    bodies = [event("e", data={"n": n}) for n in range(8)]
    for body in bodies:
        with suppress(PoisonEvent):  # id_conflict
            history.take(fact_of(body, {"x.step": None}, frozenset()))
    write(clickhouse, EVENTS, [of_event(body, offset) for offset, body in enumerate(bodies)])
    (counted,) = history.events()
    assert clickhouse.query_rows("SELECT JSONExtractInt(data, 'n') FROM events FINAL") == [((counted.data or {})["n"],)]


def test_alerts_now_is_the_latest_version_that_stands(clickhouse: ClickHouse, of_transition: Callable[..., Any]) -> None:
    """Retracted and superseded alerts are gone, one raised again is back; earlier versions stay."""
    write(
        clickhouse,
        "supervision.alerts.v1",
        [
            of_transition(0, 1, id="stands", severity="orange"),
            of_transition(1, 1, "severity", id="stands", severity="red"),
            of_transition(2, 1, id="gone"),
            of_transition(3, 2, "retracted", id="gone"),
            of_transition(4, 1, id="back"),
            of_transition(5, 2, "retracted", id="back"),
            of_transition(6, 3, "raised", id="back"),
            of_transition(7, 1, id="old"),
            of_transition(8, 2, "ended", id="old", end_reason="superseded"),
            of_transition(9, 1, id="stands", severity="orange"),  # the same two again, after a crash
            of_transition(10, 1, "severity", id="stands", severity="red"),
        ],
    )
    found = clickhouse.query_rows("SELECT id, transition, severity, log_offset FROM alerts_now ORDER BY id")
    assert found == [("back", "raised", "red", 6), ("stands", "severity", "red", 1)]
    assert clickhouse.query_rows("SELECT count() FROM alerts FINAL") == [(9,)]


@pytest.fixture
def lima(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that lives in Lima."""
    monkeypatch.setenv("TZ", "America/Lima")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_times_are_the_same_in_every_zone_and_century(clickhouse: ClickHouse, of_event: Callable[..., Any], lima: None) -> None:
    """Microseconds and centuries survive a writer and a reader in Lima."""
    instants = [
        datetime(1949, 10, 1, 0, 0, 0, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2024, 2, 29, 16, 0, 0, 123_456, tzinfo=UTC),
        datetime(2199, 1, 1, tzinfo=UTC),
    ]
    write(clickhouse, EVENTS, [of_event(event(f"e{n}", time=at), n) for n, at in enumerate(instants)])
    found = [at for (at,) in clickhouse.query_rows("SELECT time FROM events FINAL ORDER BY id")]
    assert found == instants
    texts = clickhouse.query_rows("SELECT toString(time) FROM events FINAL ORDER BY id LIMIT 1")
    assert texts == [("1949-10-01 00:00:00.000001",)]
    assert EventRow._fields.index("time") == 5
