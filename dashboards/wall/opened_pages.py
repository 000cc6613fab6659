"""What a number opens, at /indicators/<id>, /indicators/<id>/rows and /measures/<id>/rows, asked for as of the API."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from html import escape
from http import HTTPStatus
from urllib.parse import quote, urlencode

from fastapi import Request
from nicegui import ui

from contract.courts import COURTS
from contract.indicators.catalogue import MEASURES
from contract.indicators.model import Amount
from dashboards import figures, indicator_api, measure_api
from dashboards.asked import AskedFigures, Days, Page, question_of
from dashboards.counted import Opened
from dashboards.identity import Identity, visitor_of
from dashboards.indicator_api import Of, indicator_of
from dashboards.measure_api import RowsAsked
from dashboards.parameters import Strict
from dashboards.problems import Unanswerable
from dashboards.question import Question
from dashboards.scene import Scene
from dashboards.view import Denied, View
from dashboards.wall import opened
from dashboards.wall.boards import Boards
from dashboards.wall.court import trail
from dashboards.wall.figures import day_text
from dashboards.wall.pages import ANSWER_S, answer, missing, name_of, page, steady
from dashboards.wall.parts import bar

_DENIED = "所计的行须由有权人员登录后查看"


def _login(view: View, request: Request) -> str:
    """The way to log in, and back to the same address; nothing for who has."""
    if not view.visitor.anonymous:
        return ""
    return f'<a href="/login?next={quote(f"{request.url.path}?{request.url.query}", safe="")}">登录后查看</a>'


def mount(scene: Scene, boards: Boards, identity: Identity) -> None:
    """Declare the pages of a scene."""
    for one in (_indicator, _rows_of_indicator, _rows_of_measure):
        one(scene, boards, identity)


def _indicator(scene: Scene, boards: Boards, identity: Identity) -> None:
    @ui.page("/indicators/{name}", title="一盘棋 · 指标", response_timeout=ANSWER_S)
    async def indicator(request: Request, name: str, asked: AskedFigures, _: Strict) -> None:
        view = View(scene, visitor_of(request))

        async def show() -> tuple[Question, str]:
            one, question = indicator_of(name), question_of(view, asked)
            found = await answer(asyncio.to_thread(figures.read, scene.store.client, [one], question))
            words = opened.scope_words(question, [f"截至{day_text(question.as_of)}"])
            return question, opened.made_of(one, found[name], words, request.url.query)

        await _shown(view, request, boards, identity, show)


def _rows_of_indicator(scene: Scene, boards: Boards, identity: Identity) -> None:
    @ui.page("/indicators/{name}/rows", title="一盘棋 · 所计的行", response_timeout=ANSWER_S)
    async def rows(request: Request, name: str, asked: AskedFigures, days: Days, part: Page, _: Strict, of: Of = "num") -> None:
        view = View(scene, visitor_of(request))

        async def show() -> tuple[Question, str]:
            question, found = await answer(indicator_api.opened(scene, view, name, asked, days, part, of))
            one = indicator_of(name)
            over = dict.fromkeys(map(opened.days_words, figures.sums_of(one, question, of)))
            words = opened.scope_words(question, [*over, *opened.took_words(days.bounds)])
            unit = MEASURES[one.part(of)[0].measure].amount
            return question, _table(view, request, found, part, title=opened.title_of(one, of), words=words, unit=unit)

        await _shown(view, request, boards, identity, show)


def _rows_of_measure(scene: Scene, boards: Boards, identity: Identity) -> None:
    @ui.page("/measures/{name}/rows", title="一盘棋 · 所计的行", response_timeout=ANSWER_S)
    async def rows(
        request: Request, name: str, asked: AskedFigures, wanted: RowsAsked, days: Days, part: Page, _: Strict
    ) -> None:
        view = View(scene, visitor_of(request))

        async def show() -> tuple[Question, str]:
            question, asked_sum, found = await answer(measure_api.opened(scene, view, name, asked, wanted, days, part))
            words = opened.scope_words(question, [opened.days_words(asked_sum), *opened.kinds_words(asked_sum, view.rule_name)])
            title, unit = f"{MEASURES[name].name.zh}：所计的行", MEASURES[name].amount
            return question, _table(view, request, found, part, title=title, words=words, unit=unit)

        await _shown(view, request, boards, identity, show)


async def _shown(
    view: View, request: Request, boards: Boards, identity: Identity, show: Callable[[], Awaitable[tuple[Question, str]]]
) -> None:
    """The page with what ``show`` makes, or with why it isn't shown."""
    try:
        question, html = await show()
    except Denied as error:
        missing(view, _DENIED if view.visitor.anonymous else error.zh, "无权查看", more=_login(view, request))
        return
    except Unanswerable as error:
        missing(view, error.zh, "未找到" if error.status_code == HTTPStatus.NOT_FOUND else "无法显示")
        return
    way = trail(view, question.court) if question.court in COURTS else []
    with page(identity, view.visitor, "scroll"):
        steady(boards, view, f"bar:opened:{question.court}", lambda: bar(view, name_of(question.court), way))
        with ui.element("main"):
            ui.html(html, sanitize=False)


def _table(view: View, request: Request, found: Opened, part: Page, *, title: str, words: Iterable[str], unit: Amount) -> str:
    return opened.rows(found, title, words, unit, rule_name=view.rule_name, ways=_ways(request, found, part))


def _ways(request: Request, found: Opened, part: Page) -> str:
    """Links to the rows before and after, and to the same as data."""
    asked = [(key, value) for key, value in request.query_params.multi_items() if key != "offset"]
    path, last = request.url.path, part.offset + len(found.items)

    def way(text: str, offset: int, path: str = path) -> str:
        return f'<a href="{escape(path)}?{escape(urlencode([*asked, ("offset", str(offset))]))}">{text}</a>'

    ways = [f"<span>第 {part.offset + 1:,}–{last:,} 行</span>"] if found.items else []
    if part.offset:
        ways.append(way("‹ 上一页", max(0, min(part.offset, found.number) - part.limit)))
    if last < found.number:
        ways.append(way("下一页 ›", part.offset + part.limit))
    return "".join([*ways, way("JSON", part.offset, f"/api/v1{path}")])
