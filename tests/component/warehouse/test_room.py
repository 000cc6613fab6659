"""The projections room on the real engine: where it goes on, and what a ClickHouse that comes and goes does to it."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from contract.control import ticked
from contract.topics import ALERTS, EVENTS, FACTS, REJECTED
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.errors import Unavailable
from infra.clickhouse.migrate import migrate
from streams.shell import projections
from streams.shell.metrics import Metrics
from streams.shell.projections import ProjectionsRoom
from streams.shell.seam import TP
from streams.shell.warehouse import Batch, MissingTables, Warehouse

_TP = TP(EVENTS, 0)
_START = datetime(2024, 3, 1, 4, tzinfo=UTC)


def ticks(of_event: Callable[..., Any], first: int, last: int) -> list[Any]:
    """Records of ticks at the offsets `first` to `last`, the last not included."""
    return [of_event(ticked(offset, _START), offset) for offset in range(first, last)]


def span(clickhouse: ClickHouse, first: int, records: list[Any]) -> None:
    """Write one batch, read from offset `first` on."""
    batch = Batch()
    batch.add(_TP, first, records)
    Warehouse(clickhouse).write(batch)


def test_resume_is_the_end_of_the_unbroken_run(clickhouse: ClickHouse, of_event: Callable[..., Any]) -> None:
    """A hole stops it, overlaps and a missing marker's offset do not, and filling the hole joins the runs."""
    warehouse = Warehouse(clickhouse)
    assert warehouse.resume([_TP]) == {_TP: 0}
    span(clickhouse, 0, ticks(of_event, 0, 3))
    span(clickhouse, 3, ticks(of_event, 4, 6))  # offset 3 was a marker of a transaction
    span(clickhouse, 9, ticks(of_event, 9, 12))
    assert warehouse.resume([_TP, TP(EVENTS, 1)]) == {_TP: 6, TP(EVENTS, 1): 0}
    span(clickhouse, 2, ticks(of_event, 4, 5))
    assert warehouse.resume([_TP]) == {_TP: 6}
    span(clickhouse, 6, ticks(of_event, 6, 10))
    assert warehouse.resume([_TP]) == {_TP: 12}


def test_a_run_that_does_not_begin_at_the_beginning_is_none(clickhouse: ClickHouse, of_event: Callable[..., Any]) -> None:
    """Whoever lost the first rows reads from the first offset."""
    span(clickhouse, 5, ticks(of_event, 5, 8))
    assert Warehouse(clickhouse).resume([_TP]) == {_TP: 0}


def test_a_table_that_was_exchanged_starts_anew(clickhouse: ClickHouse, of_event: Callable[..., Any]) -> None:
    """Rows of an old generation count for nothing, and a batch caught by the exchange is written again."""
    span(clickhouse, 0, ticks(of_event, 0, 3))
    clickhouse.execute("CREATE TABLE beside AS events")
    caught = Warehouse(clickhouse)

    def exchange(step: str) -> None:
        if step == "written-events" and not seen:
            clickhouse.execute("EXCHANGE TABLES events AND beside")
        seen.append(step)

    seen: list[str] = []
    batch = Batch()
    batch.add(_TP, 3, ticks(of_event, 3, 5))
    caught.write(batch, lambda step: exchange(step) if step == "written-events" else None)
    assert seen == ["written-events", "written-events"]
    assert clickhouse.query_rows("SELECT count() FROM events FINAL") == [(2,)]
    assert Warehouse(clickhouse).resume([_TP]) == {_TP: 0}
    span(clickhouse, 0, ticks(of_event, 0, 3))
    assert Warehouse(clickhouse).resume([_TP]) == {_TP: 5}


def test_a_database_that_is_not_migrated_is_told_plainly(clickhouse_front: Any) -> None:
    """The room names what to do."""
    with (
        ClickHouse("127.0.0.1", clickhouse_front.port, database="default") as client,
        pytest.raises(MissingTables, match="yipanqi migrate"),
    ):
        Warehouse(client).resume([_TP])


def test_the_room_writes_what_it_is_given_and_says_so(
    clickhouse: ClickHouse, of_event: Callable[..., Any], of_transition: Callable[..., Any]
) -> None:
    """Count in = count out, whatever the records carry; the next room goes on behind them."""
    tps = frozenset(TP(topic, 0) for topic in (EVENTS, ALERTS, FACTS, REJECTED))

    async def run() -> ProjectionsRoom:
        metrics = Metrics("test")
        room = ProjectionsRoom(clickhouse, metrics)
        assert await room.assigned(tps) == dict.fromkeys(tps, 0)
        poison = of_event(ticked(1, _START), 2)._replace(value=b"\xff", headers=())
        await room.process(_TP, [*ticks(of_event, 0, 2), poison])
        await room.process(TP(ALERTS, 0), [of_transition(0, 1)])
        await room.process(TP(FACTS, 0), [poison._replace(topic=FACTS)])
        await room.process(TP(REJECTED, 0), [poison._replace(topic=REJECTED, offset=7)])
        done = await room.checkpoint()
        assert done == {_TP: 3, TP(ALERTS, 0): 1, TP(FACTS, 0): 3, TP(REJECTED, 0): 8}
        assert metrics.registry.get_sample_value("yipanqi_projection_rows_total", {"table": "log"}) == 5
        assert metrics.registry.get_sample_value("yipanqi_projection_waiting_records") == 0
        return ProjectionsRoom(clickhouse, Metrics("test"))

    following = asyncio.run(run())
    assert asyncio.run(following.assigned(tps)) == {_TP: 3, TP(ALERTS, 0): 1, TP(FACTS, 0): 3, TP(REJECTED, 0): 8}
    rows = clickhouse.query_rows("SELECT topic, count(), countIf(error != '') FROM log FINAL GROUP BY topic ORDER BY topic")
    assert rows == [(EVENTS, 3, 1), (REJECTED, 1, 1), (ALERTS, 1, 0)]
    (found,) = clickhouse.query_rows(
        "SELECT hex(digest), value, size FROM log FINAL WHERE topic = %(t)s AND error != ''", {"t": EVENTS}
    )
    assert found == (hashlib.sha256(b"\xff").hexdigest().upper(), "", 1)
    assert clickhouse.query_rows("SELECT table, sum(rows) FROM ingested GROUP BY table ORDER BY table") == [
        ("alerts", 1),
        ("cases", 0),
        ("chain_alerts", 1),
        ("chain_events", 0),
        ("dead_letters", 0),
        ("events", 2),
        ("log", 5),
        ("watermarks", 0),
    ]


def test_clickhouse_killed_and_started_again_loses_nothing(own_front: Any, of_event: Callable[..., Any]) -> None:
    """While it is away nothing is committed and nothing raised; when it is back, all of it is written once."""
    connect = partial(ClickHouse, "127.0.0.1", own_front.port, timeout_s=5.0)
    migrate(lambda name: connect(database=name), "yipanqi")

    async def run(client: ClickHouse) -> None:
        room = ProjectionsRoom(client, Metrics("test"))
        await room.assigned(frozenset({_TP}))
        await room.process(_TP, ticks(of_event, 0, 10))
        assert await room.checkpoint() == {_TP: 10}
        own_front.kill()
        for first in (10, 20, 30):
            await room.process(_TP, ticks(of_event, first, first + 10))
            assert await room.checkpoint() == {}
        own_front.start()
        await asyncio.sleep(1.0)
        await room.process(_TP, ticks(of_event, 40, 50))
        for _ in range(200):
            if done := await room.checkpoint():
                break
            await asyncio.sleep(0.1)
        assert done == {_TP: 50}

    with connect(database="yipanqi") as client:
        asyncio.run(run(client))
        assert client.query_rows("SELECT count(), uniqExact(offset) FROM log FINAL") == [(50, 50)]
        assert Warehouse(client).resume([_TP]) == {_TP: 50}


def test_a_room_that_starts_before_clickhouse_waits_for_it(own_front: Any, of_event: Callable[..., Any]) -> None:
    """`assigned` gives no position until `ingested` could be read."""
    connect = partial(ClickHouse, "127.0.0.1", own_front.port, timeout_s=5.0)
    migrate(lambda name: connect(database=name), "yipanqi")
    own_front.kill()

    async def run(client: ClickHouse) -> None:
        room = ProjectionsRoom(client, Metrics("test"))
        waiting = asyncio.ensure_future(room.assigned(frozenset({_TP})))
        await asyncio.sleep(0.5)
        assert not waiting.done()
        own_front.start()
        assert await asyncio.wait_for(waiting, 20) == {_TP: 0}

    with connect(database="yipanqi") as client:
        asyncio.run(run(client))


def test_a_full_room_holds_back_and_then_gives_up(of_event: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded: with ClickHouse away for too long the process ends, and its successor reads the same again."""
    monkeypatch.setattr(projections, "MOST_RECORDS", 5)
    client = ClickHouse("127.0.0.1", 1, database="yipanqi", connect_timeout_s=0.2)

    async def run() -> None:
        room = ProjectionsRoom(client, Metrics("test"), wait_full_s=0.5)
        room._next[_TP] = 0
        with pytest.raises(Unavailable, match="wait for ClickHouse"):
            await room.process(_TP, ticks(of_event, 0, 6))

    asyncio.run(run())
