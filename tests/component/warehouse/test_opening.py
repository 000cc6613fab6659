"""Rows are read by few at once and within bounds, on the real engine; what is beyond them is said in words of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, get_args

import httpx
import pytest
from fastapi import FastAPI

from contract.duty.people import Principal
from contract.duty.scope import EVERYTHING
from dashboards import indicator_api, measure_api
from dashboards.asked import AskedFigures, Days, Page
from dashboards.counted import Opened
from dashboards.identity import Visitor
from dashboards.measure_api import RowsAsked
from dashboards.opening import AT_ONCE, BOUNDS, Opening
from dashboards.problems import Unanswerable, answer_errors
from dashboards.scene import Scene
from dashboards.store import Store
from dashboards.view import View
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.errors import Refused

_NONE = Opened(0, 0, [])


@contextmanager
def refused(kind: str) -> Iterator[None]:
    """A question is answered with a problem of its own."""
    with pytest.raises(Unanswerable) as error:
        yield
    assert (error.value.status_code, error.value.kind) == (503, kind)


def asking(sql: str) -> Any:
    """A question that asks so."""

    def question(client: ClickHouse) -> Opened:
        client.query_rows(sql)
        return _NONE

    return question


@pytest.mark.parametrize(
    ("bounds", "sql"),
    [
        ({"max_memory_usage": 10_000_000}, "SELECT length(groupArray(number)) FROM numbers(10000000)"),
        ({"max_execution_time": 0.2}, "SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) % 7 = 1"),
    ],
)
def test_a_question_beyond_its_bounds_is_refused_in_words(clickhouse: ClickHouse, bounds: Any, sql: str) -> None:
    """Too much memory, too much time; the next question is answered, and another error stays what it is."""
    with Opening(clickhouse, bounds=bounds) as opening:
        with refused("too-much"):
            asyncio.run(opening.read(asking(sql)))
        assert asyncio.run(opening.read(asking("SELECT 1"))) == _NONE
        with pytest.raises(Refused):
            asyncio.run(opening.read(asking("SELECT * FROM nowhere")))
    assert BOUNDS.keys() == {"max_memory_usage", "max_execution_time"}


def test_few_are_read_at_once_and_the_rest_wait_their_turn(clickhouse: ClickHouse) -> None:
    """No more than so many run; who has left while waiting is never read, and neither's wait is without end."""
    go, running = threading.Event(), []

    def slow(_: ClickHouse) -> Opened:
        running.append(1)
        go.wait(30)
        return _NONE

    async def ask(opening: Opening) -> None:
        first = [asyncio.create_task(opening.read(slow)) for _ in range(AT_ONCE)]
        await asyncio.sleep(0.1)
        with refused("busy"):
            await opening.read(slow)
        for one in first:
            with refused("too-much"):
                await one
        assert len(running) == AT_ONCE
        go.set()
        assert await opening.read(asking("SELECT 1")) == _NONE
        assert len(running) == AT_ONCE

    with Opening(clickhouse, answer_s=2.0) as opening:
        asyncio.run(ask(opening))


def test_rows_of_indicators_and_measures_are_read_within_bounds(clickhouse: ClickHouse) -> None:
    """Both ask through it: where even the simplest question takes too long, neither is answered."""
    scene = Scene.__new__(Scene)
    scene.store, scene.opening = Store(clickhouse), Opening(clickhouse, bounds={"max_execution_time": 0.000_001})
    view = View(scene, Visitor(principal=Principal(account="p", role="duty_officer", court="最高法"), reads=EVERYTHING))
    days, page, wanted = (get_args(one)[0]() for one in (Days, Page, RowsAsked))
    asked = get_args(AskedFigures)[0](as_of=date(2024, 6, 30))
    with refused("too-much"):
        asyncio.run(measure_api.opened(scene, view, "filed", asked, wanted, days, page))
    with refused("too-much"):
        asyncio.run(indicator_api.opened(scene, view, "I-05", asked, days, page, "num"))
    scene.opening.close()


def test_the_problem_names_what_to_do() -> None:
    """In English and in Chinese."""
    app = FastAPI()
    answer_errors(app)

    @app.get("/rows")
    def rows() -> None:
        raise Unanswerable(503, "too many", "范围过大", kind="too-much")

    async def get() -> Any:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://wall") as client:
            return (await client.get("/rows")).json()

    told = asyncio.run(get())
    assert told == {"type": "/problems/too-much", "title": "范围过大", "status": 503, "detail": "too many"}
