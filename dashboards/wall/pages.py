"""The pages and their addresses: / · /court/<code> · /case/<subject>. Each is built for who looks."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import quote

from fastapi import Request
from nicegui import ui
from starlette.responses import RedirectResponse, Response

from contract.courts import COURTS
from dashboards.identity import Identity, Visitor, visitor_of
from dashboards.lost import AWAY, Away
from dashboards.scene import Scene
from dashboards.view import Denied, View
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
STILL_S = 15.0
"""How often an open page asks whether its session still holds; a page is pushed to for as long as it is open."""
T = TypeVar("T")


def mount(scene: Scene, boards: Boards, identity: Identity) -> None:
    """Declare the pages of a scene."""
    for one in (_nation, _court, _case):
        one(scene, boards, identity)


def _nation(scene: Scene, boards: Boards, identity: Identity) -> None:
    @ui.page("/", title="一盘棋 · 全国态势")
    def nation(request: Request) -> Response | None:
        view = View(scene, visitor_of(request))
        if not view.scope.whole:
            return RedirectResponse(f"/court/{quote(view.scope.court)}", 303)
        with page(identity, view.visitor):
            steady(boards, view, "bar:nation", lambda: bar(view, "一盘棋 执行指挥中心 · 全国态势"))
            with ui.element("main").classes("national"):
                steady(boards, view, "counters", lambda: national.counters(view))
                steady(boards, view, "map", lambda: national.tile_map(view))
                boards.prompt(f"{view.key}:alerts", lambda: national.alert_list(view)).show()
        return None


def _court(scene: Scene, boards: Boards, identity: Identity) -> None:
    @ui.page("/court/{code}", title="一盘棋 · 法院", response_timeout=ANSWER_S)
    async def court(request: Request, code: str) -> None:
        view = View(scene, visitor_of(request))
        found = COURTS.get(code)
        if found is None:
            missing(view, f"没有代字为“{code}”的法院")
            return
        if code not in view.scope:
            missing(view, f"{found.name}不在您的权限范围内", "无权查看")
            return
        rows = await answer(asyncio.to_thread(scene.store.cases_of_court, code, CASES_SHOWN)) if view.reads("cases") else None
        with page(identity, view.visitor, "scroll"):
            steady(boards, view, f"bar:court:{code}", lambda: bar(view, found.name, court_page.trail(view, code)))
            with ui.element("main").classes("split"):
                with ui.element("div").classes("stack"):
                    if COURTS.children(code) and view.visitor.reads.below:
                        steady(boards, view, f"children:{code}", lambda: court_page.children(view, code))
                    if rows or (rows is not None and not COURTS.children(code)):
                        ui.html(court_page.cases(view, rows, code), sanitize=False)
                boards.prompt(f"{view.key}:alerts:{code}", lambda: national.alert_list(view, code, 30)).show()


def _case(scene: Scene, boards: Boards, identity: Identity) -> None:
    @ui.page("/case/{subject:path}", title="一盘棋 · 案件", response_timeout=ANSWER_S)
    async def case(request: Request, subject: str) -> None:
        view = View(scene, visitor_of(request))
        try:
            view.require("cases")
        except Denied:
            missing(view, "案件详情须由有权人员登录后查看", "无权查看")
            return
        found = await answer(view.cases(subject))
        now = view.now() or utc_now()
        if not found:
            missing(view, f"没有标识或案号为“{subject}”的案件")
            return
        if len(found) > 1:
            with page(identity, view.visitor, "scroll"):
                ui.html(bar(view, subject, [top(view)]), sanitize=False)
                ui.html(case_page.choices(found), sanitize=False)
            return
        row = found[0]
        events = await answer(asyncio.to_thread(scene.store.events_of, row.rootid, row.subject))
        chain = await answer(asyncio.to_thread(scene.store.alerts_of, row.rootid))
        known = {alert["id"]: alert for alert in chain if alert["subject"] == row.subject}
        known |= {alert["id"]: alert for alert in scene.live.alerts.values() if alert["subject"] == row.subject}
        seen = [alert for alert in known.values() if view.whole(alert)]
        way = (
            [*court_page.trail(view, row.court), (f"/court/{row.court}", name_of(row.court))]
            if COURTS.get(row.court)
            else [("/", "全国")]
        )
        with page(identity, view.visitor, "scroll"):
            steady(boards, view, f"bar:case:{row.subject}", lambda: bar(view, row.case_no or row.subject, way))
            with ui.element("main").classes("split"):
                ui.html(case_page.timeline(events), sanitize=False)
                with ui.element("div").classes("stack"):
                    ui.html(case_page.facts(row), sanitize=False)
                    ui.html(case_page.alerts(view, seen, now), sanitize=False)


def page(identity: Identity, visitor: Visitor, kind: str = "") -> ui.element:
    """The frame of a page; an open one leaves as soon as its session or token no longer holds."""

    async def still() -> None:
        if await identity.still(visitor) is None:
            # Loading a kiosk's page again says that its token was taken back, and leads to no login.
            ui.navigate.reload() if visitor.cookie is None else ui.navigate.to("/login?error=ended")

    if not visitor.anonymous:
        ui.timer(STILL_S, still)
    return ui.element("div").classes(f"page {kind}")


def steady(boards: Boards, view: View, name: str, render: Callable[[], str]) -> None:
    """Show a board that is renewed once a second and made once for all who see the same."""
    boards.steady(f"{view.key}:{name}", render).show()


def name_of(code: str) -> str:
    """The name of a court; its code where the tree has none."""
    court = COURTS.get(code)
    return court.name if court else code


def top(view: View) -> tuple[str, str]:
    """Where what the visitor sees begins."""
    return ("/", "全国") if view.scope.whole else (f"/court/{view.scope.court}", name_of(view.scope.court))


def missing(view: View, text: str, title: str = "未找到", *, more: str = "") -> None:
    """A page that says what isn't there, or isn't shown. ``more``: HTML below it, of why or of what to do."""
    with ui.element("div").classes("page scroll"):
        ui.html(bar(view, title, [top(view)]), sanitize=False)
        with ui.element("section").classes("panel"):
            ui.label(text).classes("empty")
            if more:
                ui.html(more, sanitize=False).classes("empty")


async def answer(question: Awaitable[T]) -> T:
    """The warehouse's answer.

    Raises:
        Away: It can't answer now; the page says so.
    """
    try:
        return await question
    except ClickHouseError as error:
        raise Away(AWAY) from error
