"""Links of dashboards: what a board's variables and time picker say, as the address of the figures that its number counted.

A board knows its range as instants and its period by name; Grafana writes them into a link and can't compute with them. So a
number leads to /board/…, which answers with the address that says the same in days: one that can be kept and passed on.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, get_args
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from contract.indicators.catalogue import INDICATORS, MEASURES
from contract.indicators.model import Part, Window
from contract.indicators.windows import days_of, one_before, year_before
from contract.times import FIRST_DAY, LAST_DAY, civil_date
from dashboards.lost import said

_OURS: Final = frozenset({"from", "to", "at", "period", "known", "before", "first", "last", "as_of", "known_on"})
_ANSWERED: Final = ("as_of", "known_on")
"""What the answer says, and a board's link therefore doesn't."""
_PARTS: Final[tuple[Part, ...]] = get_args(Part)
_INTEGER: Final = re.compile(r"-?[0-9]+")
_NAMED: Final = {("indicators", one) for one in INDICATORS} | {("measures", one) for one in MEASURES}
_PERIODS: Final[dict[str, Window]] = {"month": "month", "quarter": "quarter", "year": "year"}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def mount(app: FastAPI) -> None:
    """Add the addresses that dashboards' links have."""

    @app.get("/board/{what}/{name}", include_in_schema=False)
    @app.get("/board/{what}/{name}/rows", include_in_schema=False)
    def follow(request: Request, what: str, name: str) -> Response:
        rows = request.url.path.endswith("/rows")
        try:
            return RedirectResponse(address(what, name, request.query_params.multi_items(), rows=rows), 303)
        except HTTPException as error:
            return said(error.status_code, "看板链接有误", str(error.detail))


def address(what: str, name: str, query: Sequence[tuple[str, str]], *, rows: bool) -> str:
    """The address of an indicator, or of the rows of one or of a measure; of a part that opens no rows, that of the indicator.

    Args:
        what: ``indicators`` or ``measures``.
        name: Its id.
        query: Of the board: ``to`` and ``from``, the ends of its range, and ``at``, the point of a line, all in milliseconds
            since 1970; ``period`` (now, month, quarter, year: the end of which the board is asked for); ``known`` (now; then:
            at the end of that day); ``before`` (year, one: the window that is compared with); ``first`` and ``last``: a day,
            ``from``, or a number of days after that of the board (before it where negative). All else is kept as it is, but
            ``of``, the part whose rows are meant, which an indicator by itself has not.
        rows: Whether its rows are meant.

    Raises:
        HTTPException: 422 with what is wrong, in Chinese: people follow these links; 404 for an id that isn't there.
    """
    if (what, name) not in _NAMED or (what == "measures" and not rows):
        raise HTTPException(404, f"没有 {what}/{name} 这项数字。")
    told = {key: value for key, value in query if key in _OURS}
    kept = [(key, value) for key, value in query if key not in _OURS]
    _refuse(told, *_ANSWERED)
    if what == "indicators":
        rows, kept = _opened(name, kept, rows=rows)
    board = _end_of(told.get("period", "now"), _day(told, "to"))
    point = _day(told, "at") if "at" in told else board
    find = _days_of_indicator if what == "indicators" else _days_of_measure
    days = [*find(name, told, board, point), *_known(told.get("known", "now"), board)]
    return f"/{what}/{quote(name)}{'/rows' if rows else ''}?{urlencode([*kept, *days])}"


def _opened(name: str, kept: list[tuple[str, str]], *, rows: bool) -> tuple[bool, list[tuple[str, str]]]:
    """Whether an indicator's rows are led to, and what is asked of them; a part that isn't one is for the page to refuse."""
    asked = dict(kept).get("of", "num")
    if rows and (asked not in _PARTS or INDICATORS[name].opens_rows(asked)):
        return True, kept
    return False, [(key, value) for key, value in kept if key != "of"]


def _days_of_indicator(name: str, told: dict[str, str], _: date, point: date) -> list[tuple[str, str]]:
    """As of which day an indicator is asked for."""
    _refuse(told, "first", "last")
    before = told.get("before")
    if before is None:
        return [("as_of", point.isoformat())]
    if before not in ("year", "one"):
        raise HTTPException(422, f"before={before} 不可用：year（同比）或 one（环比）。")
    compared = year_before(point) if before == "year" else one_before(INDICATORS[name].window, point)
    return [("as_of", _asked(compared).isoformat())]


def _days_of_measure(name: str, told: dict[str, str], board: date, point: date) -> list[tuple[str, str]]:
    """As of which day a measure is asked for, with first and last day of its rows."""
    _refuse(told, "before")
    first, last = (_moved(told[one], told, board) if one in told else None for one in ("first", "last"))
    if "at" in told and MEASURES[name].counts == "flow":
        first = point
    found = [("as_of", board), ("first", first), ("last", last or point)]
    return [(key, day.isoformat()) for key, day in found if day is not None]


def _refuse(told: dict[str, str], *names: str) -> None:
    for one in names:
        if one in told:
            raise HTTPException(422, f"这项数字的链接不带 {one}。")


def _moved(text: str, told: dict[str, str], board: date) -> date:
    if text == "from":
        return _day(told, "from")
    try:
        found = board + timedelta(int(text)) if _INTEGER.fullmatch(text) else date.fromisoformat(text)
    except (ValueError, OverflowError):
        raise HTTPException(422, f"“{text}”既不是日期，也不是天数。") from None
    return min(max(found, FIRST_DAY), LAST_DAY)


def _day(told: dict[str, str], name: str) -> date:
    """The civil day of an instant."""
    text = told.get(name, "")
    wrong = HTTPException(422, f"{name} 应为 1970 年以来的毫秒数，如看板所写。")
    if not _INTEGER.fullmatch(text):
        raise wrong
    try:
        found = civil_date(_EPOCH + timedelta(milliseconds=int(text)))
    except (ValueError, OverflowError):
        raise wrong from None
    return _asked(found, name)


def _asked(day: date, name: str = "所问的日期") -> date:
    """A day of which figures may be asked. Raises HTTPException 422 for others."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise HTTPException(422, f"{name} 应在 {FIRST_DAY.year} 年至 {LAST_DAY.year} 年之间。")
    return day


def _known(text: str, board: date) -> list[tuple[str, str]]:
    """As known when: today, or at the end of the board's day."""
    if text not in ("now", "then"):
        raise HTTPException(422, f"known={text} 不可用：now（今日所知）或 then（当时所知）。")
    return [("known_on", board.isoformat())] if text == "then" else []


def _end_of(period: str, day: date) -> date:
    """The day as of which a board is asked: that of its range's end, or the end of the month, quarter or year before it."""
    if period == "now":
        return day
    if period not in _PERIODS:
        raise HTTPException(422, f"period={period} 不可用：now、month、quarter 或 year。")
    first, _ = days_of(_PERIODS[period], day)
    return _asked(first - timedelta(1))
