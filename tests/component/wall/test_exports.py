"""Exports by the API: for those whose scope has the case, denials included."""

import gzip
import io
import json
from typing import Any

import pytest

from contract.duty.scope import READS
from dashboards.exports.bundle_check import check, members_of
from infra.clickhouse.client import ClickHouse

COURTS = {"京0105": "case-京0105", "京0101": "case-京0101", "粤01": "case-粤01"}
DAYS = {"from": "2024-01-01", "to": "2024-12-31"}


@pytest.mark.parametrize(("court", "seen"), [("最高法", set(COURTS)), ("京", {"京0105", "京0101"}), ("京0105", {"京0105"})])
def test_a_court_exports_its_own_cases_and_those_below_it(wall: Any, court: str, seen: set[str]) -> None:
    """A chain beside one's own is as one that isn't there; a court's log is refused."""
    with wall.token("duty_officer", court) as client:
        for one, subject in COURTS.items():
            answer = client.get(f"/api/v1/exports/cases/{subject}")
            assert answer.status_code == (200 if one in seen else 404), answer.text
            if one in seen:
                assert check(answer.content) == []
                (case,) = json.loads(members_of(answer.content)["cases.json"])
                assert (case["subject"], case["court"]) == (subject, one)
            xes = client.get("/api/v1/exports/xes", params={"court": one, **DAYS})
            assert xes.status_code == (200 if one in seen else 403), xes.text
            if one in seen:
                assert b"http://www.xes-standard.org/" in gzip.GzipFile(fileobj=io.BytesIO(xes.content)).read()


@pytest.mark.parametrize("role", [role for role in READS if role not in {"system", "kiosk"}])
def test_only_who_reads_cases_exports_them(wall: Any, role: Any) -> None:
    """The same table as everywhere."""
    reads = "cases" in READS[role].resources
    with wall.token(role, "京0105") as client:
        for path in ("/api/v1/exports/cases/case-京0105", "/api/v1/exports/xes?court=京0105&from=2024-01-01&to=2024-02-01"):
            answer = client.get(path)
            assert answer.status_code == (200 if reads else 403), answer.text
            assert reads or answer.headers["Content-Type"] == "application/problem+json"


def test_nobody_exports_without_being_known(wall: Any) -> None:
    """A visitor on loopback who sees what a kiosk sees has no cases; a wrong token has nothing."""
    assert wall.client().get("/api/v1/exports/cases/case-京0105").status_code == 403
    assert wall.client(Authorization="Bearer nonsense").get("/api/v1/exports/cases/case-京0105").status_code == 401


def test_what_cant_be_exported_is_said(wall: Any) -> None:
    """No such chain, no such court, days the wrong way round or too many."""
    with wall.token("duty_officer", "最高法") as client:
        assert client.get("/api/v1/exports/cases/nothing").status_code == 404
        for query, status in (
            ({"court": "nowhere", **DAYS}, 404),
            ({"court": "京0105", "from": "2024-03-01", "to": "2024-02-01"}, 400),
            ({"court": "京0105", "from": "2022-03-01", "to": "2024-02-01"}, 400),
            ({"court": "京0105", "from": "2024-03-01"}, 422),
            ({"court": "京0105", "from": "0001-01-01", "to": "0001-02-01"}, 422),
            ({"court": "京0105", "from": "9999-12-01", "to": "9999-12-31"}, 422),
        ):
            answer = client.get("/api/v1/exports/xes", params=query)
            assert answer.status_code == status, answer.text
            assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_chain_that_wandered_is_given_only_to_who_sees_all_of_it(wall: Any, warehouse: tuple[str, str]) -> None:
    """It can't be given in part; a court that sees none of it hears that it isn't there."""
    host, _, port = warehouse[0].rpartition(":")
    with ClickHouse(host, int(port), database=warehouse[1]) as client:
        for court in ("京0105", "京0101"):
            client.execute(
                "INSERT INTO cases (subject, position, id, rootid, court, case_no, open, opened, stage)"
                f" VALUES ('wandered-{court}', 1, 'w-{court}', 'wandered', '{court}', '', true, true, 'FILED')"
            )
    for court, status in (("最高法", 200), ("京03", 403), ("京0105", 403), ("京0101", 403), ("粤", 404)):
        for name in ("wandered", "wandered-京0105"):
            with wall.token("duty_officer", court) as visitor:
                answer = visitor.get(f"/api/v1/exports/cases/{name}")
                assert answer.status_code == status, (court, answer.text)
