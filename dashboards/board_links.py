"""Links of dashboards: what a board's variables and time picker say, as the address of the figures that its number counted.

A board knows its range as instants and its period by name; Grafana writes them into a link and can't compute with them. So a
number leads to /board/…, which answers with the address that says the same in days: one that can be kept and passed on.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from contract.indicators.catalogue import INDICATORS, MEASURES
from contract.indicators.windows import days_of, one_before, year_before
from contract.times import FIRST_DAY, LAST_DAY, civil_date

_OURS: Final = frozenset({"from", "to", "at", "period", "known", "before", "first", "last"})
_NAMED: Final = {("indicators", one) for one in INDICATORS} | {("measures", one) for one in MEASURES}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def mount(app: FastAPI) -> None:
    """Add the addresses that dashboards' links have."""

    @app.get("/board/{what}/{name}", include_in_schema=False)
    @app.get("/board/{what}/{name}/rows", include_in_schema=False)
    def follow(request: Request, what: str, name: str) -> Response:
        rows = request.url.path.endswith("/rows")
        return RedirectResponse(address(what, name, request.query_params.multi_items(), rows=rows), 303)


def address(what: str, name: str, query: Sequence[tuple[str, str]], *, rows: bool) -> str:
    """The address of an indicator, or of the rows of one or of a measure.

    Args:
        what: ``indicators`` or ``measures``.
        name: Its id.
        query: Of the board: ``to`` and ``from``, the ends of its range, and ``at``, the point of a line, all in milliseconds
            since 1970; ``period`` (now, month, quarter, year: the end of which the board is asked for); ``known`` (now; then:
            at the end of that day); ``before`` (year, one: the window that is compared with); ``first`` and ``last``: a day,
            ``from``, or a number of days after that of the board (before it where negative). All else is kept as it is.
        rows: Whether its rows are meant.

    Raises:
        HTTPException: 422 with what is wrong; 404 for an id that isn't there.
    """
    if (what, name) not in _NAMED:
        raise HTTPException(404, f"there is no {what}/{name}")
    said = {key: value for key, value in query if key in _OURS}
    kept = [(key, value) for key, value in query if key not in _OURS]
    board = _end_of(said.get("period", "now"), _day(said, "to"))
    known = [("known_on", board.isoformat())] if said.get("known") == "then" else []
    point = _day(said, "at") if "at" in said else board
    if what == "indicators":
        compared = {"year": year_before(point), "one": one_before(INDICATORS[name].window, point)}
        days = [("as_of", compared.get(said.get("before", ""), point).isoformat())]
    else:
        days = [("as_of", board.isoformat()), *_days(name, said, board, point)]
    return f"/{what}/{quote(name)}{'/rows' if rows else ''}?{urlencode([*kept, *days, *known])}"


def _days(name: str, said: dict[str, str], board: date, point: date) -> list[tuple[str, str]]:
    """First and last day of a measure's rows."""
    first, last = said.get("first"), said.get("last")
    found = [] if first is None else [("first", _moved(first, said, board).isoformat())]
    if "at" in said and MEASURES[name].counts == "flow":
        found = [("first", point.isoformat())]
    return [*found, ("last", (point if last is None else _moved(last, said, board)).isoformat())]


def _moved(text: str, said: dict[str, str], board: date) -> date:
    if text == "from":
        return _day(said, "from")
    try:
        found = board + timedelta(int(text)) if text.lstrip("-").isdecimal() else date.fromisoformat(text)
    except (ValueError, OverflowError):
        raise HTTPException(422, f"{text!r} is neither a day nor a number of days") from None
    return min(max(found, FIRST_DAY), LAST_DAY)


def _day(said: dict[str, str], name: str) -> date:
    """The civil day of an instant."""
    try:
        return civil_date(_EPOCH + timedelta(milliseconds=int(said[name])))
    except (KeyError, ValueError, OverflowError):
        raise HTTPException(422, f"{name} is to be milliseconds since 1970, as Grafana writes an instant") from None


def _end_of(period: str, day: date) -> date:
    """The day as of which a board is asked: that of its range's end, or the end of the month, quarter or year before it."""
    if period == "now":
        return day
    if period not in ("month", "quarter", "year"):
        raise HTTPException(422, f"{period!r} is no period: now, month, quarter, year")
    first, _ = days_of(period, day)  # type: ignore[arg-type]
    return first - timedelta(1)
