"""Rows of measures over the API: exactly those that are asked for, of courts within reach, for who reads cases."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import httpx
import pytest
from own_sums import add_up

from contract.indicators.catalogue import CLOSED_MEASURES, INDICATORS, MEASURES
from infra.clickhouse.client import ClickHouse

_ROWS: list[tuple[str, str, str, str, str, str, int]] = [
    # measure, court, day, kind, subject, known on, amount
    ("filed", "京0105", "2024-05-06", "执", "a", "2024-05-06", 1),
    ("filed", "京0105", "2024-05-07", "执恢", "b", "2024-05-07", 1),
    ("filed", "京0101", "2024-05-07", "执", "c", "2024-05-09", 1),
    ("filed", "京", "2024-05-08", "执", "d", "2024-05-08", 1),
    ("filed", "粤01", "2024-05-08", "执", "e", "2024-05-08", 1),
    # Filed on 6 May, as it turned out on 20 May, not on 2 May.
    ("filed", "粤01", "2024-05-02", "执", "moved", "2024-05-02", 1),
    ("filed", "粤01", "2024-05-02", "执", "moved", "2024-05-20", -1),
    ("filed", "粤01", "2024-05-06", "执", "moved", "2024-05-20", 1),
    ("open", "京0105", "2024-05-06", "执", "a", "2024-05-06", 1),
    ("open", "京0105", "2024-05-20", "执", "a", "2024-05-20", -1),
    ("petitions_received", "京0105", "2024-05-06", "50%", "percent", "2024-05-06", 1),
    ("petitions_received", "京0105", "2024-05-06", "505", "five", "2024-05-06", 1),
    ("petitions_received", "京0105", "2024-05-06", "a_b", "under", "2024-05-06", 1),
    ("petitions_received", "京0105", "2024-05-06", "axb", "x", "2024-05-06", 1),
    ("petitions_received", "京0105", "2024-05-06", "", "none", "2024-05-06", 1),
    ("open_at", "京0105", "2024-05-06", "执 FILED", "a", "2024-05-06", 1),
    ("open_at", "京0105", "2024-05-06", "执 CONTROLLED", "b", "2024-05-06", 1),
    ("open_at", "京0105", "2024-05-06", "执恢 FILED", "c", "2024-05-06", 1),
    ("feedback_by_days", "京0105", "2024-05-06", "银行 2", "q2", "2024-05-06", 1),
    ("feedback_by_days", "京0105", "2024-05-06", "银行 10", "q10", "2024-05-06", 1),
    ("feedback_by_days", "京0105", "2024-05-06", "车管 10", "v10", "2024-05-06", 1),
    ("sold_fen", "京0105", "2024-05-06", "", "a", "2024-05-06", 123_456_789),
    ("alerts_raised", "京0105", "2024-05-06", "R-OBJ-01.a:red", "case-京0105", "2024-05-06", 1),
    ("interference", "粤01", "2024-04-03", "2024Q1", "q", "2024-04-03", 2),
]


@pytest.fixture(scope="module", autouse=True)
def _rows(warehouse: tuple[str, str]) -> None:
    address, database = warehouse
    host, _, port = address.rpartition(":")
    measure, court, day, kind, subject, known, amount = map(list, zip(*_ROWS, strict=True))
    days = {"day": [date.fromisoformat(one) for one in day], "known_on": [date.fromisoformat(one) for one in known]}
    names = {"measure": measure, "court": court, "kind": kind, "subject": subject, "rootid": subject}
    rest = {"ref": [f"ref {one}" for one in subject], "amount": amount, "version": [1] * len(_ROWS)}
    with ClickHouse(host, int(port), database=database) as client:
        client.insert_columns("counted", names | days | rest)
        add_up(client)


@pytest.fixture(scope="module")
def officer(wall: Any) -> Iterator[httpx.Client]:
    """Who reads the rows of the whole nation."""
    with wall.token("duty_officer", "最高法") as client:
        yield client


Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(officer: httpx.Client) -> Ask:
    """`ask("filed", court="京")`: the answer, as of the end of May."""

    def rows(measure: str, **query: Any) -> dict[str, Any]:
        answer = officer.get(f"/api/v1/measures/{measure}/rows", params={"as_of": "2024-05-31", **query})
        assert answer.status_code == 200, answer.text
        told = dict(answer.json())
        assert (told["count"], told["sum"]) == (len(told["items"]), sum(row["total"] for row in told["items"]))
        return told

    return rows


def subjects(told: dict[str, Any]) -> set[str]:
    """What the rows are about."""
    return {row["subject"] for row in told["items"]}


def test_everything_that_is_counted_is_listed(wall: Any) -> None:
    """With what its rows are, also to who may not open them; those that nobody may open say so."""
    with wall.client() as kiosk:
        items = kiosk.get("/api/v1/measures").json()["items"]
    assert [one["id"] for one in items] == list(MEASURES)
    assert {one["id"] for one in items if not one["opens_rows"]} == CLOSED_MEASURES
    filed = next(one for one in items if one["id"] == "filed")
    assert (filed["counts"], filed["split"], filed["amount"]) == ("flow", "case_type", "count")
    assert filed["rows"] == "each proceeding, on its opened day"


def test_rows_are_of_a_court_and_all_below_it_or_of_it_alone(ask: Ask) -> None:
    """By default of all that the visitor sees; without those below it where that is asked."""
    assert subjects(ask("filed")) == {"a", "b", "c", "d", "e", "moved"}
    assert subjects(ask("filed", court="京")) == {"a", "b", "c", "d"}
    assert subjects(ask("filed", court="京", below="false")) == {"d"}
    assert subjects(ask("filed", court="京0105")) == {"a", "b"}


def test_rows_are_of_days(ask: Ask) -> None:
    """Both ends included; up to the day as of which it is asked where none is named."""
    told = ask("filed", court="京", first="2024-05-07", last="2024-05-07")
    assert (subjects(told), told["first"], told["last"]) == ({"b", "c"}, "2024-05-07", "2024-05-07")
    assert subjects(ask("filed", court="京", first="2024-05-07")) == {"b", "c", "d"}
    told = ask("filed", court="京", as_of="2024-05-07")
    assert (subjects(told), told["first"], told["last"]) == ({"a", "b", "c"}, None, "2024-05-07")


def test_what_stands_is_what_came_and_has_not_gone(ask: Ask, officer: httpx.Client) -> None:
    """At the end of a day; a stock has no first day."""
    assert [subjects(ask("open", last=f"2024-05-{day}")) for day in ("05", "06", "19", "20")] == [set(), {"a"}, {"a"}, set()]
    answer = officer.get("/api/v1/measures/open/rows", params={"first": "2024-05-01", "as_of": "2024-05-31"})
    assert answer.status_code == 422
    assert "without first" in answer.json()["detail"]


def test_rows_are_as_they_were_known(ask: Ask) -> None:
    """What came to be known later isn't there; what was moved stands on the day on which it stood then."""
    assert subjects(ask("filed", court="京", known_on="2024-05-08")) == {"a", "b", "d"}
    days = {
        known: ask("filed", court="粤", last="2024-05-06", known_on=known)["items"] for known in ("2024-05-19", "2024-05-20")
    }
    assert {known: [row["since"] for row in rows] for known, rows in days.items()} == {
        "2024-05-19": ["2024-05-02"],
        "2024-05-20": ["2024-05-06"],
    }


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        (["50%"], {"percent"}),
        (["a_b"], {"under"}),
        (["*0*"], {"percent", "five"}),
        (["5*%"], {"percent"}),
        (["a*b"], {"under", "x"}),
        ([""], {"none"}),
        (["", "505"], {"none", "five"}),
        (["*"], {"percent", "five", "under", "x", "none"}),
        (["%"], set()),
        (["\\"], set()),
    ],
)
def test_a_star_alone_stands_for_any_text(ask: Ask, kinds: list[str], found: set[str]) -> None:
    """Everything else is itself, also what SQL takes for more; an empty kind is one."""
    assert subjects(ask("petitions_received", kind=kinds)) == found


def test_a_twofold_kind_is_asked_for_by_its_parts(ask: Ask, officer: httpx.Client) -> None:
    """By type and stage; by institution and days; what isn't twofold has no step, and days only what is counted by them."""
    assert subjects(ask("open_at", step="FILED")) == {"a", "c"}
    assert subjects(ask("open_at", kind="执", step="FILED")) == {"a"}
    assert subjects(ask("open_at", case_type="执恢")) == {"c"}
    assert subjects(ask("open_at", kind="执*")) == {"a", "b", "c"}
    assert subjects(ask("feedback_by_days", kind="银行")) == {"q2", "q10"}
    assert subjects(ask("feedback_by_days", min_days=3)) == {"q10", "v10"}
    assert subjects(ask("feedback_by_days", min_days=2, max_days=9)) == {"q2"}
    assert subjects(ask("feedback_by_days", kind="银行", max_days=10)) == {"q2", "q10"}
    for name, query in (("filed", {"step": "FILED"}), ("filed", {"min_days": 1}), ("open_at", {"max_days": 1})):
        assert officer.get(f"/api/v1/measures/{name}/rows", params=query | {"as_of": "2024-05-31"}).status_code == 422


def test_types_of_cases_choose_among_what_is_split_by_them(ask: Ask) -> None:
    """As a dashboard writes them; what isn't split by them stays whole."""
    assert subjects(ask("filed", court="京0105", case_type="执恢 + 执保")) == {"b"}
    assert subjects(ask("filed", court="京0105", case_type="All")) == {"a", "b"}
    assert subjects(ask("filed", court="京0105", case_type="执*")) == set()
    assert len(ask("feedback_by_days", case_type="执保")["items"]) == 3


def test_rows_come_page_by_page(officer: httpx.Client) -> None:
    """Each once, with count and sum of all of them."""
    pages = [
        officer.get("/api/v1/measures/filed/rows", params={"as_of": "2024-05-31", "limit": 4, "offset": offset}).json()
        for offset in (0, 4, 8)
    ]
    assert [(page["count"], page["sum"], len(page["items"])) for page in pages] == [(6, 6, 4), (6, 6, 2), (6, 6, 0)]
    assert {row["subject"] for page in pages for row in page["items"]} == {"a", "b", "c", "d", "e", "moved"}


def test_what_an_address_does_not_know_is_refused(officer: httpx.Client) -> None:
    """A misspelt parameter, a day and a number that can't be; a measure or a court that isn't there is 404."""
    refused = {
        "cuort": "京0105",
        "first": "9999-12-31",
        "last": "0001-01-01",
        "min_days": "-1",
        "max_days": "9" * 30,
        "limit": 0,
        "offset": "x",
        "known_on": "May",
        "below": "perhaps",
    }
    said = {
        "cuort": "，可用的条件是 as_of、",
        "first": " 应不大于 2199-12-31",
        "last": " 应不小于 1950-01-01",
        "min_days": " 应不小于 0",
        "max_days": " 应不大于 1000000",
        "limit": " 应不小于 1",
        "offset": " 应为整数",
        "known_on": " 应为日期，如 2024-05-31",
        "below": " 应为true 或 false",
    }
    part = officer.get("/indicators/I-05/rows", params={"of": "both"})
    assert (part.status_code, "条件 of 只能是 num、den、days" in part.text) == (422, True)
    for name, value in refused.items():
        answer = officer.get("/api/v1/measures/feedback_by_days/rows", params={name: value})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, f"query.{name}")
        page = officer.get("/measures/feedback_by_days/rows", params={name: value})
        assert (page.status_code, f"条件 {name}{said[name]}" in page.text) == (422, True)
    assert officer.get("/api/v1/measures/no_such/rows").status_code == 404
    assert officer.get("/api/v1/measures/filed/rows", params={"court": "nowhere"}).status_code == 404


def test_measures_that_would_point_at_somebody_open_nothing(officer: httpx.Client) -> None:
    """Neither by their own name nor as part of an indicator; the page says that too."""
    assert {"interference", "quarter_reports"} >= CLOSED_MEASURES >= {"interference"}
    for name in CLOSED_MEASURES:
        assert officer.get(f"/api/v1/measures/{name}/rows", params={"as_of": "2024-06-30"}).status_code == 404
        assert "不打开任何行" in officer.get(f"/measures/{name}/rows", params={"as_of": "2024-06-30"}).text
    closed = {term.measure for one in INDICATORS.values() if not one.opens_rows() for term in one.terms()}
    assert closed <= CLOSED_MEASURES


def test_alerts_are_rows_like_all_else(ask: Ask, wall: Any) -> None:
    """By rule and severity, each with the case that it is about; a role that reads some rules' alerts alone opens none."""
    told = ask("alerts_raised", kind="R-OBJ-*:red")
    assert [(row["kind"], row["subject"]) for row in told["items"]] == [("R-OBJ-01.a:red", "case-京0105")]
    assert ask("alerts_raised", kind="*:yellow")["items"] == []
    for role in ("technician", "fund_clerk"):
        with wall.token(role, "京0105") as client:
            assert client.get("/api/v1/measures/alerts_raised/rows").status_code == 403
            assert "您的角色不能查看案件" in client.get("/measures/alerts_raised/rows").text


def test_a_page_shows_what_the_api_tells(officer: httpx.Client) -> None:
    """Count and sum, exact to the fen; where there is nothing it says so."""
    asked = {"as_of": "2024-05-31", "court": "京0105"}
    assert "1,234,567.89元" in officer.get("/measures/sold_fen/rows", params=asked).text
    empty = officer.get("/measures/sold_fen/rows", params=asked | {"last": "2024-01-31"}).text
    assert ("没有所计的行" in empty, "0.00元" in empty) == (True, True)
    assert "没有更多的行" in officer.get("/measures/filed/rows", params=asked | {"offset": 9}).text
    assert "50%" in officer.get("/measures/petitions_received/rows", params=asked).text
    assert "是存量，只看某日终存量" in officer.get("/measures/open/rows", params=asked | {"first": "2024-05-01"}).text


def test_a_boards_link_leads_to_the_page(officer: httpx.Client) -> None:
    """A see-other to the address in days; what is wrong with a link is said on a page."""
    to = {"to": "1717171199999", "court": "京0105", "kind": "执"}
    answer = officer.get("/board/measures/filed/rows", params=to)
    assert answer.status_code == 303
    page = officer.get(answer.headers["location"])
    assert page.status_code == 200
    assert "新收" in page.text
    assert "2024年5月31日" in page.text
    answer = officer.get("/board/indicators/I-23", params={"to": "1717171199999"})
    assert answer.headers["location"] == "/indicators/I-23?as_of=2024-05-31"
    wrong = officer.get("/board/measures/filed/rows")
    assert (wrong.status_code, "看板链接有误" in wrong.text) == (422, True)
    assert officer.get("/board/measures/no_such/rows", params=to).status_code == 404
