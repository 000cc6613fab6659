"""Measures under /api/v1/measures: what is counted, and the rows of any of it: those that a number of a dashboard adds up.

An indicator's rows are those of its own definition (`indicator_api`); a module's panel counts measures by kind, by day, by how
long something stands, and its numbers open rows here.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response

from contract.indicators.catalogue import CLOSED_MEASURES, MEASURES
from contract.indicators.model import Measure, Term
from dashboards import counted
from dashboards.api import as_of as positions
from dashboards.asked import ANY_DAY, AskedFigures, Days, Page, question_of, require_rows, said
from dashboards.counted import Opened
from dashboards.identity import visitor_of
from dashboards.problems import Json, Unanswerable
from dashboards.question import EVER, Kinds, Question, Sum
from dashboards.scene import Scene
from dashboards.view import View


@dataclass(frozen=True)
class _Rows:
    first: Annotated[
        date | None, Query(**ANY_DAY, description="first day of what comes on a day; default: ever. A stock has none")
    ] = None
    last: Annotated[
        date | None, Query(**ANY_DAY, description="last day; of a stock that at whose end it stands; default: as_of")
    ] = None
    kind: Annotated[
        list[str] | None,
        Query(description=r"kinds, each its own parameter; * = any text, \* = a star; of a twofold kind what it is, alone"),
    ] = None
    step: Annotated[str, Query(description="of a twofold kind the step or stage; default: any")] = ""


RowsAsked = Annotated[_Rows, Depends()]
"""Which rows of a measure, as an address says it."""


def mount(app: FastAPI, scene: Scene) -> None:
    """Add the paths of measures to an application."""
    router = APIRouter(prefix="/api/v1/measures", tags=["v1"], default_response_class=Json)

    @router.get("", summary="Everything that is counted: what its rows are, their kinds and the unit of their amounts")
    async def measures() -> Response:
        return Json({"items": [_told(one) for one in MEASURES.values()]})

    @router.get("/{name}/rows", summary="The rows of a measure: of a court, of some days, of some kinds")
    async def rows(request: Request, name: str, asked: AskedFigures, wanted: RowsAsked, days: Days, page: Page) -> Response:
        question, part, found = await opened(scene, View(scene, visitor_of(request)), name, asked, wanted, days, page)
        told = {"items": found.items, "count": found.number, "sum": found.total, "measure": name}
        days_asked = {"first": None if part.first == EVER else part.first, "last": part.last}
        return Json(told | days_asked | said(question) | positions(scene))

    app.include_router(router)


async def opened(
    scene: Scene, view: View, name: str, asked: AskedFigures, wanted: RowsAsked, days: Days, page: Page
) -> tuple[Question, Sum, Opened]:
    """Some rows of a measure, for API and page.

    Raises:
        Unanswerable: 404 where there is no such measure or court, or its rows are told to nobody; 422 for what it has not; 503
            for more than can be read.
        Denied: The visitor reads no cases, or not of that court, or not every alert.
    """
    require_rows(view)
    measure = measure_of(name)
    require_rows(view, [name])
    question = question_of(view, asked)
    part = sum_of(measure, question, wanted, days)
    found = await scene.opening.read(
        lambda client: counted.rows(client, [part], question, limit=page.limit, offset=page.offset)
    )
    return question, part, await view.rows(found)


def measure_of(name: str) -> Measure:
    """The measure of an id. Raises Unanswerable 404 where there is none, or where its rows are told to nobody."""
    one = MEASURES.get(name)
    if one is None:
        raise Unanswerable(404, f"no measure has the id {name!r}: see /api/v1/measures", f"没有名为“{name}”的计量")
    if name in CLOSED_MEASURES:
        raise Unanswerable(
            404,
            f"{name} opens no rows: it is never told of less than a court and a quarter",
            f"{one.name.zh}只按全院、全季度显示，不打开任何行",
        )
    return one


def sum_of(measure: Measure, question: Question, wanted: RowsAsked, days: Days) -> Sum:
    """The sum that an address asks for. Raises Unanswerable 422 for what the measure has not."""
    if measure.counts == "stock" and wanted.first is not None:
        raise Unanswerable(
            422,
            f"{measure.id} is a stock: ask for what stands at the end of its last day, without first",
            f"{measure.name.zh}是存量，只看某日终存量，没有起始日（first）",
        )
    if days.bounded and not measure.by_days:
        raise Unanswerable(
            422,
            f"{measure.id} is not counted by days: it takes no min_days and max_days",
            f"{measure.name.zh}不按用时计，没有用时条件（min_days、max_days）",
        )
    if wanted.step and not measure.twofold:
        raise Unanswerable(
            422,
            f"{measure.id} has no steps: its kinds are {measure.split}",
            f"{measure.name.zh}不分环节，没有环节条件（step）",
        )
    kinds = Kinds(question.case_types, tuple(wanted.kind or ()), wanted.step, days.bounds)
    return Sum(Term(measure.id), wanted.first or EVER, wanted.last or question.as_of, kinds)


def _told(one: Measure) -> dict[str, Any]:
    told = {"id": one.id, "name": one.name, "counts": one.counts, "rows": one.rows, "split": one.split, "amount": one.amount}
    return told | {"opens_rows": one.id not in CLOSED_MEASURES}
