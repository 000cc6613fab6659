"""What each role sees, on every path that reads: denials are run, not read off a table."""

from typing import Any

import httpx
import pytest

from contract.duty.scope import READS

ALERTS = {"京0105": "case-京0105", "京0101": "case-京0101", "粤01": "case-粤01"}


def items(client: httpx.Client, **query: str) -> list[dict[str, Any]]:
    """The alerts that a client sees."""
    answer = client.get("/api/v1/alerts", params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


@pytest.mark.parametrize(
    ("court", "seen"),
    [("最高法", {"京0105", "京0101", "粤01"}), ("京", {"京0105", "京0101"}), ("京0105", {"京0105"}), ("粤", {"粤01"})],
)
def test_a_court_sees_itself_and_all_below_it(wall: Any, court: str, seen: set[str]) -> None:
    """In the list, one by one, as a filter, as a case, as a court's figures, on pages: inside yes, beside and above no."""
    with wall.token("duty_officer", court) as client:
        found = items(client)
        assert {a["court"] for a in found} == seen
        every = {a["court"]: a["id"] for a in items(wall.token("duty_officer", "最高法")) if a["rule"] == "R-OBJ-01.a"}
        for one, subject in ALERTS.items():
            inside = one in seen
            assert client.get("/api/v1/alerts", params={"court": one}).status_code == (200 if inside else 403)
            assert client.get(f"/api/v1/courts/{one}").status_code == (200 if inside else 403)
            # An alert or a case beside is as one that isn't there.
            assert client.get(f"/api/v1/alerts/{every[one]}").status_code == (404 if not inside else 200)
            assert client.get(f"/api/v1/cases/{subject}").status_code == (200 if inside else 404)
            assert client.get(f"/api/v1/cases/（2024）{one}执1号").status_code == (200 if inside else 404)
            assert ("没有标识或案号" in client.get(f"/case/{subject}").text) != inside
            assert ("不在您的权限范围内" in client.get(f"/court/{one}").text) != inside
            for rows in ("measures/filed/rows", "indicators/I-23/rows"):
                asked = {"court": one, "as_of": "2024-06-30"}
                assert client.get(f"/api/v1/{rows}", params=asked).status_code == (200 if inside else 403)
                page = client.get(f"/{rows}", params=asked).text
                assert ("无权查看" in page, "不在您的权限范围内" in page) == (not inside, not inside)
            figures = client.get("/indicators/I-23", params={"court": one, "as_of": "2024-06-30"})
            assert ("无权查看" in figures.text) != inside
        assert client.get("/api/v1/courts/最高法").status_code == (200 if court == "最高法" else 403)
        assert client.get("/").status_code == (200 if court == "最高法" else 303)


@pytest.mark.parametrize("role", [role for role in READS if role not in {"system", "kiosk"}])
def test_a_role_reads_what_the_table_says(wall: Any, role: Any) -> None:
    """Whole alerts only of its rules, masked ones without a case, cases only where the table says so."""
    reads = READS[role]
    with wall.token(role, "京0105") as client:
        for alert in items(client):
            whole = "alerts" in reads.resources and reads.whole(alert["rule"])
            assert ("subject" in alert) == whole, alert["rule"]
            assert ("masked" in alert) != whole
            one = client.get(f"/api/v1/alerts/{alert['id']}").json()
            assert ("subject" in one["alert"]) == whole
        if not reads.masked and "alerts" not in reads.resources:
            assert items(client) == []
        assert client.get("/api/v1/cases/case-京0105").status_code == (200 if "cases" in reads.resources else 403)
        assert ("须由有权人员" in client.get("/case/case-京0105").text) == ("cases" not in reads.resources)
        assert client.get("/api/v1/courts/京0105").status_code == 200
        for rows in ("measures/filed/rows", "indicators/I-23/rows"):
            asked = {"as_of": "2024-06-30"}
            assert client.get(f"/api/v1/{rows}", params=asked).status_code == (200 if "cases" in reads.resources else 403)
            page = client.get(f"/{rows}", params=asked).text
            assert ("您的角色不能查看案件" in page) == ("cases" not in reads.resources)
            assert "登录后查看" not in page
        for figures in ("/api/v1/measures", "/api/v1/indicators/I-23?as_of=2024-06-30", "/indicators/I-23?as_of=2024-06-30"):
            answer = client.get(figures)
            assert (answer.status_code, "无权查看" in answer.text) == (200, False)


def test_a_kiosk_sees_that_alerts_are_there_and_not_whose(wall: Any) -> None:
    """Neither list, nor one alert, nor stream, nor page tells a case; a search by its name finds nothing."""
    with wall.client() as client:
        found = items(client)
        assert {a["court"] for a in found} == set(ALERTS)
        texts = [client.get(path).text for path in ("/", "/court/京0105", "/api/v1/alerts", f"/api/v1/alerts/{found[0]['id']}")]
        assert not [text for text in texts if "case-京" in text or "case-%E4%BA%AC" in text]
        assert items(client, q="case-京0105") == []
        assert client.get("/api/v1/cases/case-京0105").status_code == 403
        denied = client.get("/measures/filed/rows", params={"as_of": "2024-06-30", "court": "京0105"})
        assert "须由有权人员登录后查看" in denied.text
        assert "您的角色" not in denied.text
        assert "next=%2Fmeasures%2Ffiled%2Frows%3Fas_of" in denied.text


def test_who_sees_a_single_court_alone_does_not_see_below_it(wall: Any) -> None:
    """An officer of the High court reads its own figures, not those of the courts below."""
    with wall.token("case_officer", "京") as client:
        assert items(client) == []
        assert client.get("/api/v1/courts/京").json()["children"] == []
        assert client.get("/api/v1/courts/京0105").status_code == 403


def test_the_stream_tells_changes_of_the_scope_alone(wall: Any, tell: Any) -> None:
    """A change beside the scope isn't told; a masked one is told without its case; a session that ends ends its stream."""
    with (
        wall.token("duty_officer", "京") as officer,
        wall.client() as kiosk,
        officer.stream("GET", "/api/v1/stream") as told,
        kiosk.stream("GET", "/api/v1/stream") as shown,
    ):
        tell("粤01", 5)
        tell("京0101", 6)
        first = next(line for line in told.iter_lines() if line.startswith("data: "))
        assert "case-京0101" in first
        lines = (line for line in shown.iter_lines() if line.startswith("data: "))
        seen = [next(lines), next(lines)]
        assert "粤01" in seen[0]
        assert not [line for line in seen if "case-" in line]
