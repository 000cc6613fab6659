"""Records that cannot be applied: a dead letter that says why, and the rest goes on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from contract.codec import to_kafka
from contract.control import ticked
from contract.deadletter import from_kafka, open_body
from contract.envelope import Event
from contract.topics import ALERTS, EVENTS, REJECTED, partition_of

MASTER_KEY = bytes(range(64))
AT = datetime(2026, 1, 5, tzinfo=UTC)


def an_event(ident: str, chain: str, kind: str = "x.toy", **changes: Any) -> Event:
    """An event of a chain."""
    fields: dict[str, Any] = {"time": AT, "recordedtime": AT, "receivedtime": AT, "data": {"n": 1}}
    source = changes.pop("source", "/court/京0105/cms")
    return Event(id=ident, source=source, type=kind, subject=chain, rootid=chain, **(fields | changes))


def raw(scene: Any, chain: str, value: bytes | None, headers: list[tuple[str, bytes]], key: bytes | None = None) -> None:
    """Write a record straight to Kafka, past the gateway."""
    partition = partition_of(chain, 4)
    scene.producer.send(EVENTS, key=key or chain.encode(), value=value, headers=headers, partition=partition)


def headers_of(event: Event) -> dict[str, bytes]:
    """Its Kafka headers."""
    return dict(to_kafka(event)[2])


def test_every_kind_of_poison_is_a_dead_letter_with_its_reason_and_the_rest_goes_on(scene: Any) -> None:
    """Each bad record lies sealed in the dead letters with place and reason; its chain goes on, marked incomplete."""
    good = headers_of(an_event("p", "c"))
    raw(scene, "not-json", b"{", list(good.items()))
    raw(scene, "no-headers", b"{}", [])
    raw(scene, "bytes", b"\xff\xfe\x00", [("ce_id", b"\xff")])
    raw(scene, "wrong-key", b'{"n":1}', list(good.items()))
    unknown = headers_of(an_event("u", "unknown", "case.exploded"))
    raw(scene, "unknown", b"{}", list(unknown.items()))
    no_gateway = headers_of(an_event("g", "no-gateway", receivedtime=None))
    raw(scene, "no-gateway", b'{"n":1}', list(no_gateway.items()))
    foreign = headers_of(an_event("f", "foreign")) | {"ce_correctionof": "/court/粤01/cms e1".encode()}
    raw(scene, "foreign", b'{"n":1}', list(foreign.items()))
    scene.put(an_event("core", "conflict", "x.poison"))
    scene.put(an_event("after", "conflict"))
    scene.feed(40)
    worker = scene.worker()
    scene.wait_until_done()

    letters = [(from_kafka(record.headers), record.value) for record in scene.records(REJECTED)]
    assert {letter.rootid: letter.reason for letter, _ in letters} == {
        "not-json": "not_json",
        "no-headers": "missing",
        "bytes": "not_json",
        "wrong-key": "wrong_key",
        "unknown": "unknown_type",
        "no-gateway": "not_received",
        "foreign": "foreign_correction",
        "conflict": "id_conflict",
    }
    bodies = {letter.rootid: open_body(letter, value, MASTER_KEY) for letter, value in letters}
    assert bodies["bytes"].value == b"\xff\xfe\x00"
    assert bodies["bytes"].headers == [("ce_id", b"\xff")]
    assert all(b"ce_" not in value for _, value in letters), "a body is not sealed"
    assert scene.said() == scene.expected()
    after = [msgspec.json.decode(record.value) for record in scene.records(ALERTS) if record.key == b"conflict"]
    assert [said["incomplete"] for said in after] == [True]
    assert worker.metric("yipanqi_dead_letters_total") == 8


def test_a_fault_of_the_room_commits_nothing(scene: Any) -> None:
    """An unexpected exception ends the process with an error status; offsets and state stay where they were."""
    scene.feed(40)
    scene.put(an_event("b", "bug", "x.bug"))
    scene.producer.flush()
    worker = scene.worker(interval=3600)
    assert worker.wait() == 1, worker.text()
    assert "a fault of the room" in worker.text()
    assert set(scene.committed().values()) == {0}
    assert scene.records("supervision.state.v1") == []


def test_on_a_wall_line_a_clock_ahead_of_the_broker_is_refused(topics: str, scene_on: Any) -> None:
    """More than 5 s ahead of the append time is a dead letter; a second ahead is not."""
    scene = scene_on(topics)
    scene.begin("wall")
    for ident, seconds in (("second", 1), ("minute", 60)):
        at = datetime.now(UTC) + timedelta(seconds=seconds)
        scene.put(an_event(ident, "c", time=at, recordedtime=at, receivedtime=at))
    scene.put(ticked(1, datetime.now(UTC) + timedelta(minutes=1)), partition=0)
    scene.producer.flush()
    scene.worker()
    scene.wait_until_done()
    letters = [from_kafka(record.headers) for record in scene.records(REJECTED)]
    assert {letter.event_id: letter.reason for letter in letters} == {
        "minute": "from_the_future",
        "sys.ticked:1": "from_the_future",
    }


def test_a_log_without_its_time_line_is_refused_with_a_clear_text(topics: str, scene_on: Any) -> None:
    """The first record must be `sys.line_started`; the worker says so and ends."""
    scene = scene_on(topics)
    scene.put(an_event("first", "c"))
    scene.producer.flush()
    worker = scene.worker()
    assert worker.wait() == 1, worker.text()
    assert "not with sys.line_started" in worker.text()
    assert set(scene.committed().values()) == {0}


def test_a_source_that_sends_only_rubbish_is_muted_and_others_go_on(scene: Any) -> None:
    """After a run of refused events a source's events go unread to the dead letters; other sources are served."""
    for number in range(60):
        scene.put(an_event(f"r{number}", "rubbish", "x.poison", source="/court/沪01/cms"))
    for number in range(5):
        scene.put(an_event(f"g{number}", "rubbish", source="/court/沪01/cms"))
    scene.put(an_event("other", "rubbish"))
    scene.feed(40)
    worker = scene.worker()
    scene.wait_until_done()
    reasons = [from_kafka(record.headers).reason for record in scene.records(REJECTED)]
    assert reasons.count("id_conflict") == 50
    assert reasons.count("muted") == 15
    assert worker.metric("yipanqi_muted_sources") == 1
    said = [msgspec.json.decode(record.value) for record in scene.records(ALERTS) if record.key == b"rubbish"]
    assert [one["count"] for one in said] == [1]
