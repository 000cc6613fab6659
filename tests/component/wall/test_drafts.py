"""A draft of a directive is its giver's until it is issued: on every path that reads, and for who asks something of it."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import httpx
from asked_of_wall import ask, refused
from kafka import KafkaConsumer, TopicPartition

from contract.topics import DECISIONS, EMBEDDED_PARTITIONS
from dashboards.exports.bundle_check import DECISIONS as DECISIONS_OF_BUNDLE
from dashboards.exports.bundle_check import lines_of, members_of
from infra.clickhouse.client import ClickHouse

ZH = "京0105"
PATHS = ("/api/v1/directives", "/api/v1/directives?every=true", f"/api/v1/directives?every=true&court={quote(ZH)}")
PAGES = ("/duty/directives", "/duty/directives?box=drafts", "/duty/directives?box=every")


def knows(client: httpx.Client, target: str) -> set[bool]:
    """Whether lists, the record itself and pages have it; all of them should say the same."""
    found = {target in {one["id"] for one in client.get(path).json().get("items", ())} for path in PATHS}
    found.add(client.get(f"/api/v1/directives/{target}").status_code == 200)
    found |= {"请在期限内办理" in client.get(f"/duty/directive/{target}").text}
    return found


def until(holds: Callable[[], bool]) -> bool:
    """Wait until something holds, at most ten seconds."""
    deadline = time.monotonic() + 10
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def drafted(desk: Any, alert: str, **about: str) -> str:
    """A draft of the High Court to a basic court about an alert there."""
    body = {
        "directive_kind": "督办",
        "from_court": "京",
        "to_court": ZH,
        "text": "请在期限内办理",
        "alert_ids": [alert],
        **about,
    }
    made = ask(desk.wall.token("duty_officer", "京"), "/directives", body)
    assert made.status_code == 200, made.text
    return str(made.json()["decision"]["target"])


def test_a_draft_is_known_to_its_giver_and_those_above_alone(desk: Any) -> None:
    """Neither to its addressee, nor to the court between them, nor beside; from its issue on to all but the last."""
    target = drafted(desk, desk.alert())
    giver, above = desk.wall.token("director", "京"), desk.wall.token("director", "最高法")
    below, between, beside = (desk.wall.token("director", court) for court in (ZH, "京03", "粤"))
    assert until(lambda: knows(giver, target) == {True})
    assert knows(above, target) == {True}
    assert [target in giver.get(path).text for path in PAGES] == [True, True, True]
    for client in (below, between, beside):
        assert knows(client, target) == {False}
        assert [target in client.get(path).text for path in PAGES] == [False, False, False]
    assert ask(giver, f"/directives/{target}:issue").status_code == 200
    assert until(lambda: knows(below, target) == {True})
    assert knows(between, target) == {True}
    assert knows(beside, target) == {False}


def test_a_draft_that_was_withdrawn_is_never_told_to_its_addressee(desk: Any) -> None:
    """It was never said to that court."""
    target = drafted(desk, desk.alert())
    giver, below = desk.wall.token("director", "京"), desk.wall.token("director", ZH)
    assert ask(giver, f"/directives/{target}:withdraw", {"reason": "重复"}).status_code == 200
    assert until(lambda: giver.get(f"/api/v1/directives/{target}").json()["directive"]["state"] == "withdrawn")
    assert knows(below, target) == {False}


def test_nothing_can_be_asked_of_a_draft_that_one_may_not_know_of(desk: Any) -> None:
    """The refusal is that of a directive that isn't there: no version, no record; and the alert names no draft."""
    alert = desk.alert()
    target = drafted(desk, alert)
    giver, below = desk.wall.token("director", "京"), desk.wall.token("director", ZH)
    assert until(lambda: giver.get(f"/api/v1/alerts/{alert}").json()["duty"].get("directives") == [target])
    assert "directives" not in below.get(f"/api/v1/alerts/{alert}").json()["duty"]
    queue = below.get("/api/v1/duty/alerts", params={"court": ZH, "limit": 1000}).json()["items"]
    assert not [one for one in queue if one["id"] == alert and {"directives", "drafted"} & one.keys()]
    said = []
    for name in (target, "0" * 32):
        answer = ask(below, f"/directives/{name}:receive")
        body = refused(answer, 404, "unknown_target")
        assert "ETag" not in answer.headers
        where = f"/api/v1/duty/commands/{body['decision']['command']}"
        assert until(lambda: below.get(where).status_code == 200)  # noqa: B023  # called at once
        assert not {"record", "version", "detail"} & below.get(where).json()["decision"].keys()
        said.append((body["detail"], body["version"], sorted(body), sorted(body["decision"])))
    assert said[0] == said[1]
    answered = ask(below, f"/alerts/{alert}:acknowledge").json()["decision"]["record"]
    assert answered["state"] == "acked"
    assert not {"directives", "drafted"} & answered.keys()


def test_the_stream_tells_of_a_directive_from_its_issue_on(desk: Any) -> None:
    """Read as it comes, and read again after the issue: never that it was drafted, by the draft or by its alert."""
    alert = desk.alert()
    below = desk.wall.token("director", ZH)
    with below.stream("GET", "/api/v1/duty/stream") as told:
        lines = told.iter_lines()
        assert next(lines) == "retry: 3000"
        assert ask(below, f"/alerts/{alert}:comment", {"text": "从此"}).status_code == 200
        first = next(line for line in lines if line.startswith("id: ")).removeprefix("id: ")
        target = drafted(desk, alert)
        giver = desk.wall.token("director", "京")
        assert until(lambda: giver.get(f"/api/v1/alerts/{alert}").json()["duty"].get("directives") == [target])
        assert ask(below, f"/alerts/{alert}:acknowledge").status_code == 200
        assert ask(giver, f"/directives/{target}:issue").status_code == 200
        assert ask(below, f"/directives/{target}:receive").status_code == 200
        assert of(target, lines, unnamed=alert) == ["issued", "received"]
    with below.stream("GET", "/api/v1/duty/stream", headers={"Last-Event-ID": first}) as again:
        assert of(target, again.iter_lines()) == ["issued", "received"]


def of(target: str, lines: Iterator[str], unnamed: str = "") -> list[str]:
    """What a stream tells of a directive, and of alerts about it, until it was received.

    ``unnamed``: an alert whose record names no directive before the issue.
    """
    found: list[str] = []
    for line in lines:
        if line.startswith("data: "):
            decision = json.loads(line.removeprefix("data: "))
            if decision["target"] == unnamed and not found:
                assert not {"directives", "drafted"} & decision["record"].keys(), decision["what"]
            if decision["target"] == target or decision["what"] == "directive_drafted":
                found.append(decision["what"])
            if found[-1:] == ["received"]:
                return found
    raise AssertionError(found)


def test_the_bundle_of_a_case_has_a_directive_from_its_issue_on(desk: Any, warehouse: tuple[str, str]) -> None:
    """The giver's bundle has the draft; the addressee's has no decision of it but those from the issue on."""
    target = drafted(desk, desk.alert(), subject=f"case-{ZH}")
    giver, below = desk.wall.token("director", "京"), desk.wall.token("director", ZH)
    assert until(lambda: giver.get(f"/api/v1/directives/{target}").status_code == 200)
    took_in(desk, warehouse, target)
    assert decided(giver, target) == ["drafted"]
    assert decided(below, target) == []
    assert ask(giver, f"/directives/{target}:issue").status_code == 200
    assert until(lambda: below.get(f"/api/v1/directives/{target}").status_code == 200)
    took_in(desk, warehouse, target)
    assert decided(giver, target) == ["drafted", "issued"]
    assert decided(below, target) == ["issued"]


def took_in(desk: Any, warehouse: tuple[str, str], target: str) -> None:
    """Write the decisions of a target into the warehouse, as the projections do."""
    host, _, port = warehouse[0].rpartition(":")
    with (
        KafkaConsumer(bootstrap_servers=desk.wall.kafka, group_id=None) as consumer,
        ClickHouse(host, int(port), database=warehouse[1]) as client,
    ):
        parts = [TopicPartition(DECISIONS, number) for number in range(EMBEDDED_PARTITIONS)]
        consumer.assign(parts)
        consumer.seek_to_beginning(*parts)
        ends = consumer.end_offsets(parts)
        while any(consumer.position(part) < end for part, end in ends.items()):
            for records in consumer.poll(timeout_ms=200).values():
                for one in records:
                    if one.key.decode() == target:
                        place = {"topic": one.topic, "partition": one.partition, "offset": one.offset}
                        columns = "%(topic)s, %(partition)s, %(offset)s, %(key)s, %(value)s"
                        row = place | {"key": target, "value": one.value.decode()}
                        client.execute(f"INSERT INTO log (topic, partition, offset, key, value) SELECT {columns}", row)


def decided(client: httpx.Client, target: str) -> list[str]:
    """What the bundle of the case has of a directive."""
    answer = client.get(f"/api/v1/exports/cases/case-{ZH}", timeout=60)
    assert answer.status_code == 200, answer.text
    lines = lines_of(members_of(answer.content), DECISIONS_OF_BUNDLE)
    return [json.loads(line["value"])["what"] for line in lines if line["key"] == target]
