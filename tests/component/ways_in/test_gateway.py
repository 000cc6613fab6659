"""The gateway as a real process before a real Kafka: what it takes, and what it answers to everything else."""

import contextlib
import json
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from contract.codec import from_kafka
from contract.envelope import Event
from contract.topics import EVENTS, HEARTBEATS, MAX_BATCH_BYTES, MAX_EVENT_BYTES, partition_of

BATCH = {"Content-Type": "application/cloudevents-batch+json"}
STRUCTURED = {"Content-Type": "application/cloudevents+json"}
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

Make = Callable[..., dict[str, Any]]
Facts = Callable[[str], list[Event]]


def post(gateway: Any, body: Any, headers: dict[str, str] = STRUCTURED, **options: Any) -> httpx.Response:
    """Send a body: bytes as they are, anything else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return httpx.post(gateway.url + "/events", content=content, headers=headers, timeout=30, **options)


def test_three_modes_make_the_same_event(gateway: Any, filed: Make, facts: Facts, feed: str) -> None:
    """Structured, batched and binary requests put the same event into the log, in the partition of its chain."""
    event = filed("e1", rootid="链-1", sequence="7", recordedtime="2024-03-02T00:00:00Z")
    headers = {"ce-" + name: str(value) for name, value in event.items() if name not in {"data", "source", "rootid"}}
    headers |= {"ce-source": quote(feed), "ce-rootid": "%E9%93%BE-1", "Content-Type": "application/json"}
    answers = [post(gateway, event), post(gateway, [event], BATCH), post(gateway, event["data"], headers)]
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert answers[0].json()["partition"] == partition_of("链-1", 4) == answers[1].json()["results"][0]["partition"]
    events = facts(gateway.bootstrap)
    assert len({event.digest for event in events}) == 1
    assert len(events) == 3
    assert events[0].sequence == 7
    assert events[0].rootid == "链-1"
    assert all(event.receivedtime is not None for event in events)


def test_a_withdrawal_in_binary_mode(gateway: Any, filed: Make, facts: Facts, feed: str) -> None:
    """A correction without body takes an event back."""
    assert post(gateway, filed("e1")).status_code == 202
    headers = {"ce-" + name: value for name, value in filed("e2").items() if name not in {"data", "source"}}
    headers |= {"ce-source": quote(feed), "ce-correctionof": "e1"}
    assert post(gateway, b"", headers).status_code == 202
    withdrawal = next(event for event in facts(gateway.bootstrap) if event.id == "e2")
    assert withdrawal.data is None
    assert withdrawal.correctionof == (feed, "e1")


def test_a_batch_is_answered_event_by_event(gateway: Any, filed: Make, facts: Facts, feed: str) -> None:
    """Good events are in the log; each bad one is named with its place, source, id and errors."""
    big = filed("e4", data={"case_no": "x" * MAX_EVENT_BYTES})
    bad = filed("e2", time="2024-03-01T09:30:00", data={"claim_fen": 1.5})
    answer = post(gateway, [filed("e1"), bad, 3, big, filed("e5")], BATCH)
    assert answer.status_code == 207
    assert (answer.json()["accepted"], answer.json()["refused"]) == (2, 3)
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [202, 422, 400, 413, 202]
    assert (results[1]["index"], results[1]["source"], results[1]["id"]) == (1, feed, "e2")
    pointers = {error["pointer"]: error["code"] for error in results[1]["errors"]}
    assert pointers == {"/time": "bad_instant", "/data/claim_fen": "not_an_integer", "/data/case_no": "missing"}
    assert sorted(event.id for event in facts(gateway.bootstrap)) == ["e1", "e5"]
    refused = post(gateway, [bad], BATCH)
    assert (refused.status_code, refused.json()["accepted"]) == (422, 0)
    assert post(gateway, [], BATCH).json() == {"accepted": 0, "refused": 0, "results": []}


def test_bad_bodies_get_a_clear_answer(gateway: Any, filed: Make, facts: Facts) -> None:
    """Malformed, misdeclared, too large or too deep: RFC 9457, a stable type, and the gateway goes on."""
    cases: list[tuple[Any, dict[str, str], int, str, str]] = [
        (b"{", STRUCTURED, 400, "malformed-body", "not_json"),
        (b'{"id": "\xff\xfe"}', STRUCTURED, 400, "malformed-body", "not_json"),
        (b"[" * 500_000, STRUCTURED, 400, "malformed-body", "not_json"),
        (b'{"a":' * 200_000 + b"1" + b"}" * 200_000, BATCH, 400, "malformed-body", ""),
        (b"3", STRUCTURED, 400, "malformed-body", "not_an_object"),
        ({"not": "an array"}, BATCH, 400, "malformed-body", ""),
        (b"[1,", BATCH, 400, "malformed-body", ""),
        (b"[" + b"1," * 10_000 + b"1]", BATCH, 413, "too-large", ""),
        (b" " * (5 * 1024 * 1024), STRUCTURED, 413, "too-large", ""),
        (b" " * (MAX_BATCH_BYTES + 1), BATCH, 413, "too-large", ""),
        (filed("e1"), {"Content-Type": "application/json"}, 415, "unsupported-media-type", ""),
        (filed("e1"), {"Content-Type": "text/plain"}, 415, "unsupported-media-type", ""),
        (filed("e1"), {"Content-Type": "application/cloudevents+json; charset=gbk"}, 415, "unsupported-media-type", ""),
        (filed("e1"), {"ce-id": "e1", "Content-Type": "application/xml"}, 415, "unsupported-media-type", ""),
        (filed("e1"), {"Content-Encoding": "gzip"}, 415, "unsupported-media-type", ""),
        (filed("e1"), {"ce-id": "%FF", "Content-Type": "application/json"}, 422, "invalid-event", "bad_encoding"),
        (filed("e1", type="case.invented"), STRUCTURED, 422, "invalid-event", "unknown_type"),
        (filed("e1", source="/court/火0105/x"), STRUCTURED, 422, "invalid-event", "unknown_court"),
        (filed("e1", correctionof="/court/粤0604/x e0"), STRUCTURED, 422, "invalid-event", "foreign_correction"),
        (filed("e1", type="sys.ticked", data={"control": 1}), STRUCTURED, 422, "invalid-event", "control_type"),
    ]
    for body, headers, status, kind, code in cases:
        answer = post(gateway, body, headers)
        problem = answer.json()
        assert answer.status_code == problem["status"] == status, problem
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert problem["type"] == f"/problems/{kind}"
        assert problem["title"]
        assert code in {error["code"] for error in problem.get("errors", [{"code": ""}])}, problem
    assert post(gateway, filed("good")).status_code == 202
    assert [event.id for event in facts(gateway.bootstrap)] == ["good"]


def test_a_large_body_without_length_is_cut_off(gateway: Any) -> None:
    """Chunked bodies are counted while they come in; 5 MB of them are not kept."""
    parts = (b" " * 65536 for _ in range(80))
    with httpx.Client() as client:
        request = client.build_request("POST", gateway.url + "/events", content=parts, headers=STRUCTURED)
        with contextlib.suppress(httpx.WriteError):  # the connection may be closed while we are still sending
            assert client.send(request).status_code == 413
    assert httpx.get(gateway.url + "/health/ready").status_code == 200


def test_other_paths_and_methods(gateway: Any) -> None:
    """Everything that is wrong is a problem document; the description names every type."""
    assert httpx.get(gateway.url + "/nothing").json()["type"] == "/problems/not-found"
    answer = httpx.get(gateway.url + "/events")
    assert (answer.status_code, answer.json()["type"]) == (405, "/problems/method-not-allowed")
    document = httpx.get(gateway.url + "/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "case.filed" in json.dumps(document)
    assert "sys.ticked" not in json.dumps(document)
    assert set(document["paths"]["/events"]["post"]["responses"]) >= {"202", "207", "400", "413", "415", "422", "429", "503"}
    assert httpx.get(gateway.url + "/health/live").status_code == 200


def test_sending_again_is_safe(gateway: Any, party: Make, records: Callable[..., list[Any]], feed: str) -> None:
    """A resend has the same bytes but for receivedtime, sealed data included, even after the gateway was killed."""
    assert post(gateway, party("e1")).status_code == 202
    gateway.end(signal.SIGKILL)
    gateway.start()
    assert post(gateway, party("e1")).status_code == 202
    first, second = [r for r in records(gateway.bootstrap) if feed.encode() in dict(r.headers).values()]
    assert first.value == second.value
    assert first.key == second.key
    times = [dict(record.headers).pop("ce_receivedtime") for record in (first, second)]
    assert times[0] < times[1]
    events = [from_kafka(record.value, record.headers) for record in (first, second)]
    assert events[0].digest == events[1].digest


def test_two_bodies_under_one_id(gateway: Any, filed: Make, facts: Facts) -> None:
    """Both are kept for the engine to judge; the sender of the second is told."""
    assert "warnings" not in post(gateway, filed("e1")).json()
    assert "warnings" not in post(gateway, filed("e1")).json()
    answer = post(gateway, filed("e1", data={"case_no": "（2024）京0105执2号"}))
    assert answer.status_code == 202
    assert [warning["code"] for warning in answer.json()["warnings"]] == ["id_conflict"]
    assert len(facts(gateway.bootstrap)) == 3


def test_trace_context_passes_through(gateway: Any, filed: Make, facts: Facts) -> None:
    """The request's traceparent goes on with events that have none; their own wins; a broken one is dropped."""
    own = TRACE.replace("4bf9", "0000")
    assert post(gateway, [filed("a"), filed("b", traceparent=own)], BATCH | {"traceparent": TRACE}).status_code == 202
    assert post(gateway, filed("c"), STRUCTURED | {"traceparent": "nonsense"}).status_code == 202
    assert {event.id: event.traceparent for event in facts(gateway.bootstrap)} == {"a": TRACE, "b": own, "c": None}


def test_heartbeats_are_facts_and_the_last_of_each_feed_is_kept_beside(
    gateway: Any, filed: Make, facts: Facts, records: Callable[..., list[Any]], feed: str
) -> None:
    """A heartbeat lies in the log like any event, in the chain of its month, and by source in the compacted topic."""
    beat = filed("h1", type="sys.feed_heartbeat", subject="court/京0105", data={"court_code": "京0105", "last_seq": 7})
    answers = post(gateway, [filed("a"), beat, filed("b")], BATCH).json()["results"]
    keys = [record.key.decode() for record in records(gateway.bootstrap, HEARTBEATS)]
    assert keys == [feed]
    told = {event.id: event.rootid for event in facts(gateway.bootstrap)}
    assert told["h1"] == f"court/京0105/{beat['time'][:7]}"
    places = {(record.partition, record.offset): record.key.decode() for record in records(gateway.bootstrap, EVENTS)}
    assert [places[one["partition"], one["offset"]] for one in answers] == [told[name] for name in ("a", "h1", "b")]


def test_metrics_count_without_naming_anyone(gateway: Any, filed: Make, party: Make) -> None:
    """Accepted, refused by code, seconds: no id of a case and no person in a label."""
    post(gateway, party("e1", name="标记姓名", subject="case-77"))
    post(gateway, filed("e2", type="case.invented", subject="case-77"))
    text = httpx.get(gateway.url + "/metrics").text
    assert re.search(r"yipanqi_gateway_events_accepted_total [1-9]", text)
    assert 'yipanqi_gateway_events_refused_total{code="unknown_type"} ' in text
    assert "case-77" not in text
    assert "标记姓名" not in text


def test_the_wrong_time_line_is_refused(gateway: Any, tmp_path: Path) -> None:
    """A gateway that was told of a simulated line ends before a wall log, and says why."""
    from click.testing import CliRunner  # noqa: PLC0415 - this test alone calls the command in process

    from yipanqi.gateway import command  # noqa: PLC0415

    options = ["--kafka", gateway.bootstrap, "--data", str(tmp_path), "--line", "simulated"]
    result = CliRunner().invoke(command, options)
    assert result.exit_code == 1
    assert "lives on a wall time line" in result.output
