"""The pages and their addresses: / · /court/<code> · /case/<subject> · /wall/calibrate."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from nicegui import ui

from contract.courts import COURTS
from dashboards.scene import Scene
from dashboards.wall import case as case_page
from dashboards.wall import court as court_page
from dashboards.wall import national
from dashboards.wall.boards import Boards
from dashboards.wall.figures import utc_now
from dashboards.wall.parts import bar
from infra.clickhouse.errors import ClickHouseError

CASES_SHOWN = 200
ANSWER_S = 15.0
"""How long a page waits for the warehouse before it says that it can't answer."""
T = TypeVar("T")


def mount(scene: Scene, boards: Boards) -> None:
    """Declare the pages of a scene."""

    @ui.page("/", title="一盘棋 · 全国态势")
    def nation() -> None:
        with _page():
            boards.steady("bar:nation", lambda: bar(scene, "一盘棋 执行指挥中心 · 全国态势")).show()
            with ui.element("main").classes("national"):
                boards.steady("counters", lambda: national.counters(scene)).show()
                boards.steady("map", lambda: national.tile_map(scene)).show()
                boards.prompt("alerts", lambda: national.alert_list(scene)).show()

    @ui.page("/court/{code}", title="一盘棋 · 法院", response_timeout=ANSWER_S)
    async def court(code: str) -> None:
        found = COURTS.get(code)
        if found is None:
            _missing(scene, f"没有代字为“{code}”的法院")
            return
        rows = await _asked(lambda: scene.store.cases_of_court(code, CASES_SHOWN))
        with _page("scroll"):
            boards.steady(f"bar:court:{code}", lambda: bar(scene, found.name, court_page.trail(code))).show()
            with ui.element("main").classes("split"):
                with ui.element("div").classes("stack"):
                    if COURTS.children(code):
                        boards.steady(f"children:{code}", lambda: court_page.children(scene, code)).show()
                    if rows or not COURTS.children(code):
                        ui.html(court_page.cases(scene, rows, code), sanitize=False)
                boards.prompt(f"alerts:{code}", lambda: national.alert_list(scene, code, 30)).show()

    @ui.page("/case/{subject:path}", title="一盘棋 · 案件", response_timeout=ANSWER_S)
    async def case(subject: str) -> None:
        row = await _asked(lambda: scene.store.case(subject))
        now = scene.now() or utc_now()
        if row is None:
            _missing(scene, f"没有标识或案号为“{subject}”的案件")
            return
        events = await _asked(lambda: scene.store.events_of(row.rootid, row.subject))
        chain = await _asked(lambda: scene.store.alerts_of(row.rootid))
        known = {alert["id"]: alert for alert in chain if alert["subject"] == row.subject}
        known |= {alert["id"]: alert for alert in scene.live.alerts.values() if alert["subject"] == row.subject}
        way = (
            [*court_page.trail(row.court), (f"/court/{row.court}", _name(row.court))]
            if COURTS.get(row.court)
            else [("/", "全国")]
        )
        with _page("scroll"):
            boards.steady(f"bar:case:{row.subject}", lambda: bar(scene, row.case_no or row.subject, way)).show()
            with ui.element("main").classes("split"):
                ui.html(case_page.timeline(events), sanitize=False)
                with ui.element("div").classes("stack"):
                    ui.html(case_page.facts(row), sanitize=False)
                    ui.html(case_page.alerts(scene, list(known.values()), now), sanitize=False)


def _page(kind: str = "") -> ui.element:
    return ui.element("div").classes(f"page {kind}")


def _name(code: str) -> str:
    court = COURTS.get(code)
    return court.name if court else code


def _missing(scene: Scene, text: str) -> None:
    with _page("scroll"):
        ui.html(bar(scene, "未找到", [("/", "全国")]), sanitize=False)
        with ui.element("section").classes("panel"):
            ui.label(text).classes("empty")


async def _asked(question: Callable[[], T]) -> T:
    """Ask the warehouse in a thread; what it can't answer now is said on NiceGUI's error page."""
    try:
        return await asyncio.to_thread(question)
    except ClickHouseError as error:
        raise RuntimeError(f"数据仓库暂不可用，请稍后刷新：{error}") from error
