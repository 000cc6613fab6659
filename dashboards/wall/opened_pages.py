"""What a number opens, at /indicators/<id>, /indicators/<id>/rows and /measures/<id>/rows, asked for as of the API."""

import asyncio
from collections.abc import Awaitable, Callable
from html import escape
from urllib.parse import urlencode

from fastapi import Request
from nicegui import ui
from starlette.exceptions import HTTPException

from contract.courts import COURTS
from contract.indicators.catalogue import MEASURES
from dashboards import figures, indicator_api, measure_api
from dashboards.asked import AskedFigures, Days, Page, question_of
from dashboards.counted import Opened
from dashboards.identity import Identity, visitor_of
from dashboards.indicator_api import Of, indicator_of
from dashboards.measure_api import RowsAsked
from dashboards.question import Question
from dashboards.scene import Scene
from dashboards.view import Denied, View
from dashboards.wall import opened
from dashboards.wall.boards import Boards
from dashboards.wall.court import trail
from dashboards.wall.figures import day_text
from dashboards.wall.pages import ANSWER_S, answer, missing, page, steady
from dashboards.wall.parts import bar

_REFUSED = {404: "没有这项数字，或它不打开任何行", 422: "地址中的条件不适用于这项数字", 503: "尚无数据"}


def mount(scene: Scene, boards: Boards, identity: Identity) -> None:
    """Declare the pages of a scene."""
    for one in (_indicator, _rows_of_indicator, _rows_of_measure):
        one(scene, boards, identity)


def _indicator(scene: Scene, boards: Boards, identity: Identity) -> None:
    @ui.page("/indicators/{name}", title="一盘棋 · 指标", response_timeout=ANSWER_S)
    async def indicator(request: Request, name: str, asked: AskedFigures) -> None:
        view = View(scene, visitor_of(request))

        async def show() -> tuple[Question, str]:
            one, question = indicator_of(name), question_of(view, asked)
            found = await answer(asyncio.to_thread(figures.read, scene.store.client, [one], question))
            words = opened.scope_words(question, [f"截至{day_text(question.as_of)}"])
            return question, opened.made_of(one, found[name], words, request.url.query)

        await _shown(view, boards, identity, show)


def _rows_of_indicator(scene: Scene, boards: Boards, identity: Identity) -> None:
    @ui.page("/indicators/{name}/rows", title="一盘棋 · 所计的行", response_timeout=ANSWER_S)
    async def rows(request: Request, name: str, asked: AskedFigures, days: Days, part: Page, of: Of = "num") -> None:
        view = View(scene, visitor_of(request))

        async def show() -> tuple[Question, str]:
            question, found = await answer(indicator_api.opened(scene, view, name, asked, days, part, of))
            one = indicator_of(name)
            first, last = figures.window_of(one, question.as_of)
            words = opened.scope_words(question, [f"窗口 {day_text(first)}至{day_text(last)}"])
            return question, await _table(view, request, found, opened.title_of(one, of), words, part)

        await _shown(view, boards, identity, show)


def _rows_of_measure(scene: Scene, boards: Boards, identity: Identity) -> None:
    @ui.page("/measures/{name}/rows", title="一盘棋 · 所计的行", response_timeout=ANSWER_S)
    async def rows(request: Request, name: str, asked: AskedFigures, wanted: RowsAsked, days: Days, part: Page) -> None:
        view = View(scene, visitor_of(request))

        async def show() -> tuple[Question, str]:
            question, asked_sum, found = await answer(measure_api.opened(scene, view, name, asked, wanted, days, part))
            kinds = "、".join(wanted.kind or ()) + (f" {wanted.step}" if wanted.step else "")
            words = opened.scope_words(question, [opened.days_words(asked_sum), *([f"类别：{kinds}"] if kinds.strip() else [])])
            return question, await _table(view, request, found, f"{MEASURES[name].name.zh}：所计的行", words, part)

        await _shown(view, boards, identity, show)


async def _shown(view: View, boards: Boards, identity: Identity, show: Callable[[], Awaitable[tuple[Question, str]]]) -> None:
    """The page with what ``show`` makes, or with why it isn't shown."""
    try:
        question, html = await show()
    except Denied:
        missing(view, "所计的行须由有权人员登录后查看", "无权查看")
        return
    except HTTPException as error:
        missing(view, _REFUSED.get(error.status_code, "无法显示"))
        return
    known = COURTS.get(question.court)
    way = trail(view, question.court) if known else []
    name = known.name if known else question.court
    with page(identity, view.visitor, "scroll"):
        steady(boards, view, f"bar:opened:{question.court}", lambda: bar(view, name, way))
        with ui.element("main"):
            ui.html(html, sanitize=False)


async def _table(view: View, request: Request, found: Opened, title: str, words: str, part: Page) -> str:
    subjects = sorted({str(row["subject"]) for row in found.items})
    numbers = await asyncio.to_thread(view.scene.store.numbers, subjects) if subjects else {}
    return opened.rows(found, title, words, numbers=numbers, rule_name=view.rule_name, ways=_ways(request, found, part))


def _ways(request: Request, found: Opened, part: Page) -> str:
    """Links to the rows before and after, and to the same as data."""
    asked = [(key, value) for key, value in request.query_params.multi_items() if key != "offset"]
    first, last = part.offset + 1, part.offset + len(found.items)
    ways = [f"第 {first:,}–{last:,} 行"] if found.items else []
    if part.offset:
        before = urlencode([*asked, ("offset", str(max(0, part.offset - part.limit)))])
        ways.append(f'<a href="{escape(request.url.path)}?{escape(before)}">‹ 上一页</a>')
    if last < found.number:
        after = urlencode([*asked, ("offset", str(part.offset + part.limit))])
        ways.append(f'<a href="{escape(request.url.path)}?{escape(after)}">下一页 ›</a>')
    data = urlencode([*asked, ("offset", str(part.offset))])
    ways.append(f'<a href="/api/v1{escape(request.url.path)}?{escape(data)}">JSON</a>')
    return "".join(f"<span>{way}</span>" for way in ways)
