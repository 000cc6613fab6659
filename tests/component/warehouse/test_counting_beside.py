"""Counting beside the projections room: it follows what was written, and a ClickHouse that is away costs only time."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from contract.envelope import Event
from contract.topics import ALERTS, EVENTS
from infra.clickhouse.client import ClickHouse
from streams.shell.counting_beside import CountingBeside
from streams.shell.metrics import Metrics
from streams.shell.projections import ProjectionsRoom
from streams.shell.seam import TP

_TP = TP(EVENTS, 0)
_BOTH = frozenset({_TP, TP(ALERTS, 0)})
_AT = datetime(2024, 3, 1, 4, tzinfo=UTC)


def _filed(n: int) -> Event:
    data = {"case_no": f"（2024）京0105执{n + 1}号", "case_type": "执"}
    return Event(
        id=f"e{n}",
        source="/court/京0105/x",
        type="cn.court.enforcement.case.filed.v1",
        subject=f"c{n}",
        rootid=f"c{n}",
        time=_AT,
        recordedtime=_AT,
        receivedtime=_AT,
        courtcode="京0105",
        data=data,
    )


@pytest.mark.timeout(900)
def test_what_the_room_writes_is_counted(clickhouse: ClickHouse, of_event: Callable[..., Any]) -> None:
    """Batch after batch; after a stop it goes on where it was; the work database is the only thing beside."""

    async def run() -> None:
        metrics = Metrics("test")
        room = ProjectionsRoom(
            clickhouse, metrics, topics=[EVENTS, ALERTS], beside=CountingBeside(clickhouse, metrics, pause_s=0.0)
        )
        await room.assigned(_BOTH)
        for n in range(2):
            await room.process(_TP, [of_event(_filed(n), n)])
            await _until(clickhouse, room, n + 1)
        await room.revoked(_BOTH)
        await room.assigned(frozenset({_TP}))  # the alerts went to another process: now the ledger tells what is written
        await room.process(_TP, [of_event(_filed(2), 2)])
        await _until(clickhouse, room, 3)
        assert metrics.registry.get_sample_value("yipanqi_figures_unavailable_total") == 0

    asyncio.run(run())
    assert clickhouse.query_rows("SELECT sum(amount) FROM counted FINAL WHERE measure = 'filed'") == [(3,)]
    assert clickhouse.query_rows("SELECT sum(value) FROM subtree_days FINAL WHERE measure = 'open' AND court = '京'") == [(3,)]


async def _until(clickhouse: ClickHouse, room: ProjectionsRoom, filed: int) -> None:
    deadline = time.monotonic() + 240
    while clickhouse.query_rows("SELECT topic, partition, offset FROM figured FINAL") != [(EVENTS, 0, filed)]:
        assert time.monotonic() < deadline
        await room.checkpoint()
        await asyncio.sleep(0.05)
