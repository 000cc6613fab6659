"""A case number that two chains bear, by mistake of a court or after a hand-over: everybody is led to what they see of it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from dashboards.exports.xes import steps
from dashboards.store import Store
from infra.clickhouse.client import ClickHouse

NUMBER = "（2024）京0105执9号"
TWINS = {"twin-1": "京0105", "twin-2": "京0101", "twin-3": "粤01"}
"""Three chains of which each has a case of that number: subject → court."""


@pytest.fixture(scope="module", autouse=True)
def twins(warehouse: tuple[str, str]) -> Iterator[None]:
    """The cases in the warehouse; and one of 粤01 whose subject is the number that 京0101 gave its own."""
    host, _, port = warehouse[0].rpartition(":")
    rows = [(subject, court, NUMBER) for subject, court in TWINS.items()]
    rows += [("（2024）京0101执8号", "粤01", ""), ("shadowed", "京0101", "（2024）京0101执8号")]
    with ClickHouse(host, int(port), database=warehouse[1]) as client:
        for subject, court, number in rows:
            client.execute(
                "INSERT INTO cases (subject, position, id, rootid, court, case_no, open, opened, stage)"
                f" VALUES ('{subject}', 1, '{subject}', 'root-{subject}', '{court}', '{number}', true, true, 'FILED')"
            )
        yield


@pytest.mark.parametrize(("court", "subject"), [("京0105", "twin-1"), ("京0101", "twin-2"), ("粤", "twin-3")])
def test_who_sees_one_of_them_is_given_that_one(wall: Any, court: str, subject: str) -> None:
    """As a case, as a page and as a bundle, whichever stands first in the tables."""
    with wall.token("duty_officer", court) as client:
        answer = client.get(f"/api/v1/cases/{NUMBER}")
        assert (answer.status_code, answer.json()["case"]["subject"]) == (200, subject), answer.text
        assert "没有标识或案号" not in client.get(f"/case/{NUMBER}").text
        bundle = client.get(f"/api/v1/exports/cases/{NUMBER}")
        assert bundle.status_code == 200, bundle.text
        assert f"root-{subject}" in bundle.headers["Content-Disposition"]


@pytest.mark.parametrize(("court", "seen"), [("最高法", {"twin-1", "twin-2", "twin-3"}), ("京", {"twin-1", "twin-2"})])
def test_who_sees_several_is_given_the_choice(wall: Any, court: str, seen: set[str]) -> None:
    """No one of them is chosen silently, and none beside the scope is named."""
    with wall.token("duty_officer", court) as client:
        for path in (f"/api/v1/cases/{NUMBER}", f"/api/v1/exports/cases/{NUMBER}"):
            answer = client.get(path)
            assert answer.status_code == 409, answer.text
            assert answer.headers["Content-Type"] == "application/problem+json"
            choices = answer.json()["choices"]
            assert {(one["subject"], one["court"]) for one in choices} == {(name, TWINS[name]) for name in seen}
            assert all(client.get(f"/api/v1/cases/{one['subject']}").status_code == 200 for one in choices)
        page = client.get(f"/case/{NUMBER}").text
        assert {name for name in TWINS if f"/case/{name}" in page} == seen


def test_a_subject_that_is_not_seen_takes_no_number_away(wall: Any) -> None:
    """Another court may call a case by what is a number here."""
    with wall.token("duty_officer", "京0101") as client:
        assert client.get("/api/v1/cases/（2024）京0101执8号").json()["case"]["subject"] == "shadowed"
        assert "root-shadowed" in client.get("/api/v1/exports/cases/（2024）京0101执8号").headers["Content-Disposition"]
    with wall.token("duty_officer", "最高法") as client:
        assert client.get("/api/v1/cases/（2024）京0101执8号").json()["case"]["court"] == "粤01"


def test_what_is_about_a_whole_court_is_no_case_of_it(warehouse: tuple[str, str]) -> None:
    """Heartbeats, campaigns and directives to a court are a chain of their own, open for ever: in no figure, list or log."""
    host, _, port = warehouse[0].rpartition(":")
    with ClickHouse(host, int(port), database=warehouse[1]) as client:
        store, day = Store(client), date(2024, 3, 5)
        before = store.figures_by_court(day)
        assert before["京0105"].open > 0
        client.execute(
            "INSERT INTO cases (subject, position, id, rootid, court, open, stage)"
            " VALUES ('court/京0105', 2, 'whole', 'court/京0105', '京0105', true, 'RECEIVED')"
        )
        client.execute(
            "INSERT INTO events (source, id, type, subject, rootid, time, data)"
            " SELECT '/court/京0105/oa', subject, 'sys.feed_heartbeat', subject, rootid, toDateTime64('2024-03-05', 6), '{}'"
            " FROM cases"
        )
        assert store.figures_by_court(day) == before
        assert [row.subject for row in store.cases_of_court("京0105") if row.subject.startswith("court/")] == []
        found = [step.subject for step in steps(client, ["京0105"], day, day)]
        assert "case-京0105" in found
        assert "court/京0105" not in found
