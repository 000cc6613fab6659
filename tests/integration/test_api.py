"""The API of the whole running system: answers name their positions, errors are problems, changes stream and resume."""

import json
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from running import Up


def overdue(nation: Up, subject: str) -> None:
    """Post an objection whose filing is long overdue."""
    watermark = datetime.fromisoformat(nation.api("/api/v1/alerts?limit=1")["watermark"])
    at = (watermark - timedelta(days=40)).isoformat()
    nation.post(id=subject, subject=subject, type="objection.received", time=at, data={"objection_id": "o"})


def problem(nation: Up, path: str) -> dict[str, Any]:
    """Return the problem document that a path answers with."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        nation.get(nation.ports["wall"], quote(path, safe="/?=&"))
    with caught.value as error:
        assert error.headers["Content-Type"] == "application/problem+json"
        body: dict[str, Any] = json.load(error)
    assert body["status"] == caught.value.code
    return body


def test_pages_of_alerts_make_up_the_whole_list_gravest_first(nation: Up) -> None:
    """Following `next` gives each alert once; the order is by severity, then by due time."""
    items: list[dict[str, Any]] = []
    path = "/api/v1/alerts?court=粤&limit=5"
    cursor = None
    while True:
        answer = nation.api(path + (f"&cursor={cursor}" if cursor else ""))
        items += answer["items"]
        cursor = answer["next"]
        if cursor is None:
            break
    assert len({item["id"] for item in items}) == len(items) > 0
    rank = {"red": 0, "orange": 1, "yellow": 2}
    assert [rank[i["severity"]] for i in items] == sorted(rank[i["severity"]] for i in items)
    assert answer["count"] >= len(items) - 5


def test_every_answer_says_where_it_stands(nation: Up) -> None:
    """Positions of each tailed partition, the watermark, and that the data are simulated."""
    for path in ("/api/v1/alerts", "/api/v1/courts/粤"):
        answer = nation.api(path)
        assert {f"supervision.alerts.v1:{p}" for p in range(4)} <= set(answer["positions"])
        assert answer["simulated"] is True
        assert datetime.fromisoformat(answer["watermark"]).tzinfo is not None


def test_a_court_answers_with_those_below_it_and_sums_up(nation: Up) -> None:
    """The nation is the sum of its provinces, in cases and in alerts."""
    top = nation.api("/api/v1/courts/最高法")
    assert top["court"]["tier"] == "SPC"
    below = [child["figures"] for child in top["children"]]
    assert sum(f["open"] for f in below) <= top["figures"]["open"]
    assert (
        sum(f["alerts"]["red"] for f in below) <= top["figures"]["alerts"]["red"] <= sum(f["alerts"]["red"] for f in below) + 5
    )


def test_a_case_is_found_by_subject_and_by_number(nation: Up) -> None:
    """Its events are in the order of history, without personal data; its alerts are its own."""
    alert = nation.api("/api/v1/alerts?limit=1")["items"][0]
    answer = nation.api(f"/api/v1/cases/{alert['subject']}")
    number = answer["case"]["case_no"]
    assert nation.api(f"/api/v1/cases/{number}")["case"]["subject"] == alert["subject"]
    times = [event["time"] for event in answer["events"]]
    assert times == sorted(times)
    assert len(times) > 0
    assert alert["id"] in {one["id"] for one in answer["alerts"]}
    assert "pii" not in json.dumps(answer)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/courts/外01", 404),
        ("/api/v1/cases/none", 404),
        ("/api/v1/alerts/none", 404),
        ("/api/v1/alerts?court=外01", 404),
        ("/api/v1/alerts?severity=purple", 422),
        ("/api/v1/alerts?limit=0", 422),
        ("/api/v1/alerts?cursor=%25", 400),
    ],
)
def test_errors_are_problem_documents(nation: Up, path: str, status: int) -> None:
    """RFC 9457: type, title, status, detail."""
    body = problem(nation, path)
    assert body["status"] == status
    assert {"type", "title", "detail"} <= set(body)


def test_changes_stream_and_resume_where_a_reader_left(nation: Up) -> None:
    """An alert comes as an event with an id; coming back with it gives what came since; an id of another process is gone."""
    address = f"http://127.0.0.1:{nation.ports['wall']}/api/v1/stream"
    with httpx.stream("GET", address, timeout=20) as stream:
        overdue(nation, "stream-1")
        first = next_of(stream, "stream-1")
    overdue(nation, "stream-2")
    time.sleep(2)
    with httpx.stream("GET", address, headers={"Last-Event-ID": first}, timeout=20) as stream:
        assert next_of(stream, "stream-2") != first
    gone = httpx.get(address, headers={"Last-Event-ID": "00000000-1"})
    assert (gone.status_code, gone.headers["content-type"]) == (410, "application/problem+json")


def next_of(stream: httpx.Response, subject: str) -> str:
    """Return the id of the first change of a subject."""
    number = ""
    for line in stream.iter_lines():
        if line.startswith("id: "):
            number = line[4:]
        if line.startswith("data: ") and subject in line:
            return number
    raise AssertionError(f"the stream ended without {subject}")


def test_the_api_describes_itself(nation: Up) -> None:
    """OpenAPI lists every route with a summary."""
    document = json.loads(nation.get(nation.ports["wall"], "/api/openapi.json"))
    paths = {path: operations for path, operations in document["paths"].items() if path.startswith("/api/v1")}
    assert {"/api/v1/alerts", "/api/v1/cases/{subject}", "/api/v1/courts/{code}", "/api/v1/stream"} <= set(paths)
    assert all(operation["summary"] for operations in paths.values() for operation in operations.values())
