"""What a board's link is answered with: the address that says in days what the board says in instants and names."""

from datetime import UTC, datetime
from typing import get_args
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.exceptions import HTTPException

from contract.indicators.catalogue import INDICATORS
from contract.indicators.model import Part
from dashboards.board_links import address


def at(text: str) -> str:
    """An instant as Grafana writes it into a link."""
    return str(int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000))


TO = ("to", at("2024-05-17T15:59:59.999"))
"""The last millisecond of 17 May in China."""
FROM = ("from", at("2024-03-31T16:00"))
"""The first of 1 April."""


def led(what: str, name: str, *query: tuple[str, str], rows: bool = True) -> tuple[str, list[tuple[str, str]]]:
    """(path, query) of the answer."""
    parts = urlsplit(address(what, name, query, rows=rows))
    return parts.path, parse_qsl(parts.query, keep_blank_values=True)


@pytest.mark.parametrize(
    ("period", "day"), [("now", "2024-05-17"), ("month", "2024-04-30"), ("quarter", "2024-03-31"), ("year", "2023-12-31")]
)
def test_a_period_is_that_before_the_ranges_end(period: str, day: str) -> None:
    """A board of the month before asks as of that month's last day; as known then, at the end of that day."""
    assert led("indicators", "I-05", TO, ("period", period)) == ("/indicators/I-05/rows", [("as_of", day)])
    found = led("measures", "filed", TO, ("period", period), ("known", "then"))
    assert found == ("/measures/filed/rows", [("as_of", day), ("last", day), ("known_on", day)])
    assert led("measures", "filed", TO, ("period", period), ("known", "now"))[1] == [("as_of", day), ("last", day)]


def test_a_days_end_is_that_of_china() -> None:
    """A millisecond more is the next day."""
    assert led("indicators", "I-05", ("to", str(int(TO[1]) + 1)))[1] == [("as_of", "2024-05-18")]


def test_a_point_of_a_line_is_of_its_day() -> None:
    """Of a flow that day alone, of a stock its end, of an indicator the window up to it; known is the board's."""
    point = ("at", at("2024-04-09T16:00"))
    known = [("as_of", "2024-05-17")]
    assert led("measures", "filed", TO, point)[1] == [*known, ("first", "2024-04-10"), ("last", "2024-04-10")]
    assert led("measures", "open", TO, point)[1] == [*known, ("last", "2024-04-10")]
    then = led("indicators", "I-05", TO, point, ("known", "then"))[1]
    assert then == [("as_of", "2024-04-10"), ("known_on", "2024-05-17")]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("from", "0", ("2024-04-01", "2024-05-17")),
        ("-29", "0", ("2024-04-18", "2024-05-17")),
        ("1", "7", ("2024-05-18", "2024-05-24")),
        ("2024-02-29", "2199-12-31", ("2024-02-29", "2199-12-31")),
        ("-99999", "99999", ("1950-01-01", "2199-12-31")),
    ],
)
def test_days_are_said_or_counted_from_the_boards(first: str, last: str, days: tuple[str, str]) -> None:
    """Its range's first, so many before or after its last, or a day; never outside of what may be asked for."""
    found = dict(led("measures", "filed", TO, FROM, ("first", first), ("last", last))[1])
    assert (found["first"], found["last"]) == days


def test_days_are_counted_from_the_end_of_the_period() -> None:
    """As of the month before, its last 30 days."""
    found = led("measures", "filed", TO, ("period", "month"), ("first", "-29"))[1]
    assert found == [("as_of", "2024-04-30"), ("first", "2024-04-01"), ("last", "2024-04-30")]


@pytest.mark.parametrize(
    ("name", "before", "day"),
    [
        ("I-05", "year", "2023-05-17"),
        ("I-05", "one", "2024-04-17"),
        ("I-31", "one", "2024-04-17"),
        ("I-30", "one", "2024-02-17"),
    ],
)
def test_what_a_value_is_compared_with(name: str, before: str, day: str) -> None:
    """A year before; a window before, which is as long as the indicator says."""
    assert led("indicators", name, TO, ("before", before))[1] == [("as_of", day)]


def test_all_else_is_kept_as_it_is() -> None:
    """In its order, repeated and empty ones too; without rows it leads to the indicator."""
    kept = [("court", "京"), ("kind", "执*"), ("kind", ""), ("case_type", "执 + 执恢"), ("below", "false"), ("of", "den")]
    assert led("measures", "filed", *kept, TO)[1][:-2] == kept
    assert led("indicators", "I-31.b", ("court", "京"), TO, rows=False) == (
        "/indicators/I-31.b",
        [("court", "京"), ("as_of", "2024-05-17")],
    )


@pytest.mark.parametrize("of", get_args(Part))
def test_a_part_without_rows_leads_to_the_indicator(of: Part) -> None:
    """A line of many indicators offers each part of all of them: who has no rows of it is shown by itself, without a part."""
    for name, one in INDICATORS.items():
        asked, day = [("court", "京"), ("of", of)], ("as_of", "2024-05-17")
        path, query = led("indicators", name, *asked, TO)
        if one.opens_rows(of):
            assert (path, query) == (f"/indicators/{name}/rows", [*asked, day])
        else:
            assert (path, query) == (f"/indicators/{name}", [asked[0], day])
        assert led("indicators", name, *asked, TO, rows=False) == (f"/indicators/{name}", [asked[0], day])
    assert led("indicators", "I-05", ("of", "x"), TO)[1][0] == ("of", "x"), "which the page refuses"


@pytest.mark.parametrize(
    ("what", "name", "rows"),
    [
        ("indicators", "I-99", True),
        ("measures", "I-05", True),
        ("indicators", "filed", True),
        ("x", "filed", True),
        ("measures", "filed", False),
    ],
)
def test_what_is_not_there_leads_nowhere(what: str, name: str, *, rows: bool) -> None:
    """404; a measure has rows and nothing beside."""
    with pytest.raises(HTTPException) as error:
        address(what, name, [TO], rows=rows)
    assert error.value.status_code == 404


@pytest.mark.parametrize(
    ("what", "query", "said"),
    [
        ("measures", {}, "to 应为"),
        ("measures", {"to": "yesterday"}, "to 应为"),
        ("measures", {"to": "9" * 30}, "to 应为"),
        ("measures", {"to": "-62135596800000"}, "to 应在"),
        ("measures", {"to": at("2200-01-01T00:00")}, "to 应在"),
        ("measures", {"to": TO[1], "at": "x"}, "at 应为"),
        ("measures", {"to": "1_715_961_599_999"}, "to 应为"),
        ("measures", {"to": f" {TO[1]}"}, "to 应为"),
        ("measures", {"to": "١٧١٥٩٦١٥٩٩٩٩٩"}, "to 应为"),
        ("measures", {"to": at("1950-02-01T00:00"), "period": "year"}, "所问的日期 应在"),
        ("indicators", {"to": at("1950-02-01T00:00"), "before": "year"}, "所问的日期 应在"),
        ("measures", {"to": TO[1], "known_on": "2024-05-17"}, "不带 known_on"),
        ("indicators", {"to": TO[1], "as_of": "2024-05-17"}, "不带 as_of"),
        ("measures", {"to": TO[1], "first": "٥"}, "“٥”"),
        ("measures", {"to": TO[1], "first": "from"}, "from 应为"),
        ("measures", {"to": TO[1], "first": "soon"}, "“soon”"),
        ("measures", {"to": TO[1], "last": "--5"}, "“--5”"),
        ("measures", {"to": TO[1], "last": "9" * 30}, "“999"),
        ("measures", {"to": TO[1], "before": "year"}, "不带 before"),
        ("measures", {"to": TO[1], "period": "week"}, "period=week"),
        ("measures", {"to": TO[1], "period": "rolling_3y"}, "period=rolling_3y"),
        ("measures", {"to": TO[1], "known": "later"}, "known=later"),
        ("indicators", {"to": TO[1], "before": "week"}, "before=week"),
        ("indicators", {"to": TO[1], "first": "0"}, "不带 first"),
        ("indicators", {"to": TO[1], "last": "0"}, "不带 last"),
    ],
)
def test_what_can_not_be_read_is_refused(what: str, query: dict[str, str], said: str) -> None:
    """422 with the parameter and what it should be: no number opens other rows in silence."""
    with pytest.raises(HTTPException) as error:
        address(what, "filed" if what == "measures" else "I-05", list(query.items()), rows=True)
    assert error.value.status_code == 422
    assert said in str(error.value.detail)
