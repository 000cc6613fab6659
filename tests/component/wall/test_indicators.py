"""Indicators over the API: of the courts that the visitor sees and no others, rows only for who reads cases."""

import time
from typing import Any

import httpx
import pytest

from contract.courts import COURTS, SPC
from contract.indicators.catalogue import INDICATORS
from infra.clickhouse.client import ClickHouse

_DAY = "2024-05-06"
_FILED = {"京0105": 3, "京0101": 2, "粤01": 5}
_COURTS = (*_FILED, "京")


@pytest.fixture(scope="module", autouse=True)
def _figures(warehouse: tuple[str, str]) -> None:
    """Cases filed, and records of interference: in one quarter two of 粤01, in the next five of 京 and two of 京0105."""
    address, database = warehouse
    host, _, port = address.rpartition(":")
    with ClickHouse(host, int(port), database=database) as client:
        for court, number in _FILED.items():
            for index in range(number):
                _count(client, ("filed", court, _DAY, "执", f"{court}-{index}", 1))
        _count(client, ("closed", "京0105", _DAY, "执", "京0105-0", 1))
        _count(client, ("interference", "粤01", "2024-04-03", "2024Q1", "q", 2))
        _count(client, ("interference", "京", "2024-07-03", "2024Q2", "q", 5))
        _count(client, ("interference", "京0105", "2024-07-03", "2024Q2", "q", 2))


def _count(client: ClickHouse, row: tuple[str, str, str, str, str, int]) -> None:
    measure, court, day, kind, subject, amount = row
    version = time.time_ns() // 1000
    client.execute(
        f"INSERT INTO counted VALUES ('{measure}', '{court}', '{day}', '{kind}', '{subject}', '1', '{subject}', '{day}',"
        f" {amount}, {version})"
    )
    places = [("court_days", court), *(("subtree_days", c) for c in (court, *(a.code for a in COURTS.ancestors(court))))]
    for table, place in places:
        client.execute(
            f"INSERT INTO {table} SELECT measure, '{place}', day, kind, known_on, sum(amount), {version} FROM counted FINAL"
            f" WHERE measure = '{measure}' AND court IN %(courts)s GROUP BY measure, day, kind, known_on",
            {"courts": [one for one in _COURTS if one == place or (table == "subtree_days" and COURTS.within(one, place))]},
        )


def _ask(client: httpx.Client, path: str = "", **query: Any) -> dict[str, Any]:
    answer = client.get(f"/api/v1/indicators{path}", params={"as_of": "2024-06-30", **query})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(("court", "filed"), [(SPC, 10), ("京", 5), ("京0105", 3), ("粤", 5)])
def test_a_figure_is_of_the_courts_that_the_visitor_sees(wall: Any, court: str, filed: int) -> None:
    """By default of all of them; of one that is named and lies within; a court beside or above is refused."""
    with wall.token("duty_officer", court) as client:
        answer = _ask(client)
        items = {item["id"]: item for item in answer["items"]}
        assert list(items) == list(INDICATORS)
        assert (answer["court"], items["I-23"]["now"]["num"]) == (court, filed)
        assert items["I-23"]["parameter"] is True
        for code in _FILED:
            inside = code == court or COURTS.within(code, court)
            one = client.get("/api/v1/indicators/I-23", params={"court": code, "as_of": "2024-06-30"})
            assert one.status_code == (200 if inside else 403)
            rows = client.get("/api/v1/indicators/I-23/rows", params={"court": code, "as_of": "2024-06-30"})
            assert rows.status_code == (200 if inside else 403)
        rows = _ask(client, "/I-23/rows", limit=2)
        assert (rows["count"], rows["sum"], len(rows["items"])) == (filed, filed, min(2, filed))
        later = _ask(client, "/I-23/rows", limit=100, offset=2)["items"]
        assert len(rows["items"] + later) == filed
        assert {row["court"] for row in rows["items"] + later} <= {c for c in _FILED if c == court or COURTS.within(c, court)}


def test_a_role_without_the_courts_below_reads_its_own(wall: Any) -> None:
    """An officer of the High Court of 京 sees its own figures, not those of 京0105; who reads no cases opens no rows."""
    with wall.token("case_officer", "京") as client:
        assert _ask(client, "/I-23")["indicator"]["now"]["num"] == 0
        assert client.get("/api/v1/indicators/I-23/rows").status_code == 403
    with wall.client() as kiosk:
        assert _ask(kiosk, "/I-23")["indicator"]["now"]["num"] == 10
        assert kiosk.get("/api/v1/indicators/I-23/rows", params={"as_of": "2024-06-30"}).status_code == 403


def test_what_would_point_at_somebody_is_not_told(wall: Any) -> None:
    """Two records of interference are below three: no number, no rows, no day by day, no knowledge of an earlier day."""
    with wall.token("duty_officer", SPC) as client:
        one = _ask(client, "/I-30.b")["indicator"]["now"]
        assert (one["num"], one["value"], one["suppressed"]) == (None, None, True)
        assert (one["first"], one["last"]) == ("2024-04-01", "2024-06-30")
        assert _ask(client, "/I-30.b", as_of="2024-04-02")["indicator"]["now"]["last"] == "2024-06-30"
        assert _ask(client, "/I-30", known_on="2024-04-02")["indicator"]["now"]["suppressed"] is True
        assert client.get("/api/v1/indicators/I-30.b/rows", params={"as_of": "2024-06-30"}).status_code == 404


def test_what_is_told_of_whole_courts_is_not_told_of_one_alone_beside_its_whole(wall: Any) -> None:
    """Seven of a court and all below it less five of its own would be two: who sees those below isn't told its own."""
    quarter = {"court": "京", "as_of": "2024-09-30"}
    with wall.token("duty_officer", "京") as client:
        assert _ask(client, "/I-30.b", **quarter)["indicator"]["now"]["num"] == 7
        for name in ("I-30", "I-30.b"):
            alone = _ask(client, f"/{name}", **quarter, below="false")["indicator"]["now"]
            assert (alone["num"], alone["value"], alone["suppressed"]) == (None, None, True)
        assert _ask(client, "/I-05", **quarter, below="false")["indicator"]["now"]["suppressed"] is False
        page = client.get("/indicators/I-30.b", params=quarter | {"below": "false"}).text
        assert "与其他数值相减后过小" in page
    with wall.token("case_officer", "京") as client:
        for query in (quarter, quarter | {"below": "false"}):
            assert _ask(client, "/I-30.b", **query)["indicator"]["now"]["num"] == 5


def test_a_court_alone_that_has_none_below_it_is_told_whole(wall: Any) -> None:
    """There is nothing to take from it."""
    with wall.token("duty_officer", "粤01") as client:
        last = COURTS.children("粤01")[0].code
        assert _ask(client, "/I-30", court=last, below="false")["indicator"]["now"]["suppressed"] is False


def test_what_was_known_and_what_is_compared(wall: Any) -> None:
    """As known before the day there was nothing; a window before, and a year before, there was nothing either."""
    with wall.token("duty_officer", "京0105") as client:
        assert _ask(client, "/I-05")["indicator"]["now"]["den"] == 1
        assert _ask(client, "/I-05", known_on="2024-05-05")["indicator"]["now"]["den"] == 0
        told = _ask(client, "/I-05", as_of="2024-05-31")["indicator"]
        assert (told["now"]["den"], told["one_before"]["den"], told["year_before"]["den"]) == (1, 0, 0)
        assert told["one_before"]["last"] == "2024-04-30"
        assert client.get("/api/v1/indicators/I-99").status_code == 404
        assert client.get("/api/v1/indicators/I-05", params={"court": "nowhere"}).status_code == 404
        assert client.get("/api/v1/indicators/I-37/rows", params={"as_of": "2024-06-30"}).status_code == 404
        page = client.get("/indicators/I-04/rows", params={"as_of": "2024-06-30", "of": "den"}).text
        assert all(words in page for words in ("2021年6月30日终存量", "2021年7月1日至2024年6月30日"))


@pytest.mark.parametrize("query", [{"as_of": "0001-01-01"}, {"as_of": "9999-12-31"}, {"known_on": "9999-12-31"}])
def test_days_that_no_window_can_be_counted_from_are_refused(wall: Any, query: dict[str, str]) -> None:
    """The parameter is named; nothing is an error of ours."""
    with wall.token("duty_officer", "京0105") as client:
        for path in ("", "/I-23", "/I-23/rows"):
            answer = client.get(f"/api/v1/indicators{path}", params={"as_of": "2024-06-30", **query})
            assert answer.status_code == 422, answer.text
            assert answer.json()["errors"][0]["field"] == f"query.{next(iter(query))}"


@pytest.mark.parametrize(("case_type", "filed"), [("All", 10), ("执", 10), ("执 + 执恢", 10), ("执恢", 0), ("执恢,执保", 0)])
def test_types_of_cases_are_chosen_as_a_dashboard_writes_them(wall: Any, case_type: str, filed: int) -> None:
    """In the value and in its rows; a measure that isn't split by them stays whole."""
    with wall.token("duty_officer", SPC) as client:
        assert _ask(client, "/I-23", case_type=case_type)["indicator"]["now"]["num"] == filed
        rows = _ask(client, "/I-23/rows", case_type=case_type)
        assert (rows["count"], rows["sum"]) == (filed, filed)
