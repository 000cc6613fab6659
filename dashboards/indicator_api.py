"""Indicators under /api/v1/indicators: values with what they are compared with, and the rows that they are sums of."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, Response

from contract.indicators.catalogue import INDICATORS
from contract.indicators.model import Indicator, Part
from dashboards import figures
from dashboards.api import as_of as positions
from dashboards.asked import AskedFigures, Days, Page, question_of, require_rows, said
from dashboards.counted import Opened
from dashboards.figures import Reading
from dashboards.identity import visitor_of
from dashboards.problems import Json, Unanswerable
from dashboards.question import Question
from dashboards.scene import Scene
from dashboards.view import View

Of = Annotated[Part, Query(description="num: above the line; den: below it; days: what has a median, in the order of days")]


def mount(app: FastAPI, scene: Scene) -> None:
    """Add the paths of indicators to an application."""
    router = APIRouter(prefix="/api/v1/indicators", tags=["v1"], default_response_class=Json)
    _values(router, scene)
    _rows(router, scene)
    app.include_router(router)


def _values(router: APIRouter, scene: Scene) -> None:
    @router.get("", summary="All indicators of a court: num, den, value, a year before (同比) and a window before (环比)")
    async def indicators(request: Request, asked: AskedFigures) -> Response:
        question = question_of(View(scene, visitor_of(request)), asked)
        wanted = list(INDICATORS.values())
        found = await asyncio.to_thread(figures.with_comparisons, scene.store.client, wanted, question)
        items = [_told(one, found[one.id]) for one in wanted]
        return Json({"items": items} | said(question) | positions(scene))

    @router.get("/{name}", summary="One indicator, with median and P90 where it has them")
    async def indicator(request: Request, name: str, asked: AskedFigures) -> Response:
        one = indicator_of(name)
        question = question_of(View(scene, visitor_of(request)), asked)
        found = await asyncio.to_thread(figures.with_comparisons, scene.store.client, [one], question)
        told = _told(one, found[one.id])
        if one.median:
            middle = await asyncio.to_thread(figures.spread, scene.store.client, one, question)
            told |= {"median": None if middle is None else middle[0], "p90": None if middle is None else middle[1]}
        return Json({"indicator": told} | said(question) | positions(scene))


def _rows(router: APIRouter, scene: Scene) -> None:
    @router.get("/{name}/rows", summary="The rows that a number is the sum of, or that its median and P90 are taken from")
    async def rows(request: Request, name: str, asked: AskedFigures, days: Days, page: Page, of: Of = "num") -> Response:
        question, found = await opened(scene, View(scene, visitor_of(request)), name, asked, days, page, of)
        return Json({"items": found.items, "count": found.number, "sum": found.total} | said(question) | positions(scene))


async def opened(
    scene: Scene, view: View, name: str, asked: AskedFigures, days: Days, page: Page, of: Part
) -> tuple[Question, Opened]:
    """Some rows of an indicator's part, for API and page.

    Raises:
        Unanswerable: 404 where the indicator has no such rows, or there is no such court; 422 for days that it has not; 503 for
            more than can be read.
        Denied: The visitor reads no cases, or not of that court, or not every alert.
    """
    require_rows(view)
    one = indicator_of(name)
    require_rows(view, [part.measure for part in one.part(of)])
    question = question_of(view, asked)
    if not one.opens_rows(of):
        raise Unanswerable(
            404,
            f"{name} opens no rows of {of}: see docs/indicators.md for what it is made of",
            f"{name} {one.name.zh}的这一部分不打开任何行",
        )
    if days.bounded and of != "days":
        raise Unanswerable(
            422,
            "min_days and max_days choose among rows by days alone: ask with of=days",
            "用时条件只用于按天数排列的行（of=days）",
        )
    found = await scene.opening.read(
        lambda client: figures.rows(client, one, question, of=of, limit=page.limit, offset=page.offset, days=days.bounds)
    )
    return question, await view.rows(found)


def indicator_of(name: str) -> Indicator:
    """The indicator of an id. Raises Unanswerable 404 where there is none."""
    one = INDICATORS.get(name)
    if one is None:
        raise Unanswerable(
            404,
            f"no indicator has the id {name!r}: they are I-01 to I-38, see /api/v1/indicators",
            f"没有编号为“{name}”的指标，编号为 I-01 至 I-38",
        )
    return one


def _told(one: Indicator, found: dict[str, Reading]) -> dict[str, Any]:
    now = found["now"]
    bounds = one.interval
    inside: bool | None = None
    if now.value is not None and (bounds.low is not None or bounds.high is not None):
        inside = (bounds.low is None or now.value >= bounds.low) and (bounds.high is None or now.value <= bounds.high)
    told = {
        "id": one.id,
        "name": one.name,
        "unit": one.unit,
        "window": one.window,
        "better": one.better,
        "mark": one.mark,
        "parameter": one.is_parameter,
        "citation": one.citation,
        "proxy": one.proxy,
        "missing": one.missing,
        "interval": bounds,
        "in_interval": inside,
        **found,
    }
    if one.compose == "least" and now.parts:
        told["worst"] = min((name for name, value in now.parts.items() if value == now.value), default=None)
    return told
