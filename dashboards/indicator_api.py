"""Indicators under /api/v1/indicators: values with what they are compared with, and the rows that they are sums of."""

import asyncio
import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from starlette.exceptions import HTTPException

from contract.courts import COURTS
from contract.indicators.catalogue import INDICATORS
from contract.indicators.model import Indicator, Part
from contract.times import FIRST_DAY, LAST_DAY, civil_date
from dashboards import figures
from dashboards.api import as_of as positions
from dashboards.figures import Question, Reading
from dashboards.identity import visitor_of
from dashboards.problems import Json
from dashboards.scene import Scene
from dashboards.view import View

Court = Annotated[str | None, Query(description="法院代字; the court and all below it; default: the visitor's own")]
AsOf = Annotated[
    date | None,
    Query(ge=FIRST_DAY, le=LAST_DAY, description="the last day of the window; default: the day of the data"),
]
KnownOn = Annotated[
    date | None,
    Query(ge=FIRST_DAY, le=LAST_DAY, description="as it was known at the end of this day; default: as it is known now"),
]

_ALL = "All"
_BETWEEN = re.compile(r"[\s,+]+")
"""Grafana writes several values of a variable as a text with " + " between them."""
CaseType = Annotated[
    str,
    Query(description="types of cases, such as 执,执恢, where what is counted is split by them; All = all of them"),
]


@dataclass(frozen=True)
class _Asked:
    """Which figures, as an address says it."""

    court: Court = None
    as_of: AsOf = None
    known_on: KnownOn = None
    case_type: CaseType = _ALL


Asked = Annotated[_Asked, Depends()]


def mount(app: FastAPI, scene: Scene) -> None:
    """Add the paths of indicators to an application."""
    router = APIRouter(prefix="/api/v1/indicators", tags=["v1"], default_response_class=Json)
    _values(router, scene)
    _rows(router, scene)
    app.include_router(router)


def _values(router: APIRouter, scene: Scene) -> None:
    @router.get("", summary="All indicators of a court: num, den, value, a year before (同比) and a window before (环比)")
    async def indicators(request: Request, asked: Asked) -> Response:
        question = _question(scene, request, asked)
        wanted = list(INDICATORS.values())
        found = await asyncio.to_thread(figures.with_comparisons, scene.store.client, wanted, question)
        items = [_told(one, found[one.id]) for one in wanted]
        return Json({"items": items} | _asked(question) | positions(scene))

    @router.get("/{name}", summary="One indicator, with median and P90 where it has them")
    async def indicator(request: Request, name: str, asked: Asked) -> Response:
        one = _indicator(name)
        question = _question(scene, request, asked)
        found = await asyncio.to_thread(figures.with_comparisons, scene.store.client, [one], question)
        told = _told(one, found[one.id])
        if one.median:
            middle = await asyncio.to_thread(figures.spread, scene.store.client, one, question)
            told |= {"median": None if middle is None else middle[0], "p90": None if middle is None else middle[1]}
        return Json({"indicator": told} | _asked(question) | positions(scene))


def _rows(router: APIRouter, scene: Scene) -> None:
    @router.get("/{name}/rows", summary="The rows that a number is the sum of, or that its median and P90 are taken from")
    async def rows(
        request: Request,
        name: str,
        asked: Asked,
        *,
        of: Annotated[
            Part, Query(description="num: above the line; den: below it; days: what has a median, in the order of days")
        ] = "num",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0, le=100_000_000)] = 0,
    ) -> Response:
        View(scene, visitor_of(request)).require("cases", asked.court)
        one = _indicator(name)
        question = _question(scene, request, asked)
        if not one.opens_rows(of):
            raise HTTPException(404, f"{name} opens no rows of {of}: see docs/indicators.md for what it is made of")
        count, total, found = await asyncio.to_thread(
            figures.rows, scene.store.client, one, question, of=of, limit=limit, offset=offset
        )
        return Json({"items": found, "count": count, "sum": total} | _asked(question) | positions(scene))


def _indicator(name: str) -> Indicator:
    one = INDICATORS.get(name)
    if one is None:
        raise HTTPException(404, f"no indicator has the id {name!r}: they are I-01 to I-38, see /api/v1/indicators")
    return one


def _question(scene: Scene, request: Request, asked: _Asked) -> Question:
    """What is asked, within what the visitor sees."""
    if asked.court is not None and COURTS.get(asked.court) is None:
        raise HTTPException(404, f"no court has the code {asked.court!r}")
    found = View(scene, visitor_of(request)).court_of_figures(asked.court)
    as_of = asked.as_of
    if as_of is None:
        now = scene.now()
        if now is None:
            raise HTTPException(503, "there are no data yet, so there is no day as of which to ask: give as_of")
        as_of = civil_date(now)
    return Question(found.court, as_of, asked.known_on, found.below, case_types(asked.case_type))


def case_types(text: str) -> tuple[str, ...]:
    """The types of cases in a text; none = all of them."""
    types = tuple(one for one in _BETWEEN.split(text) if one)
    return () if _ALL in types else types


def _asked(question: Question) -> dict[str, Any]:
    asked = {"court": question.court, "below": question.below, "as_of": question.as_of, "known_on": question.known_on}
    return asked | ({"case_types": question.case_types} if question.case_types else {})


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
