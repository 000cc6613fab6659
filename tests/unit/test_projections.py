"""Projections: a record of the log becomes rows, whatever its bytes are."""

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fetched import Fetched

from contract import codec, deadletter, registry
from contract.control import ticked
from contract.envelope import Event
from contract.errors import PoisonEvent
from contract.seal import new_key, seal
from contract.topics import ALERTS, COMMANDS, EVENTS, FACTS, REJECTED, RESTRICTED
from streams.cases.alerts import AlertRecord
from streams.cases.outputs import CaseSnapshot, TransitionOut, Watermark
from streams.projections.events import rank
from streams.projections.tables import (
    ALERT_TABLE,
    CASE_TABLE,
    DEAD_LETTER_TABLE,
    EVENT_TABLE,
    FED,
    LOG,
    WATERMARK_TABLE,
    columns_of,
    project,
)

_EXAMPLES = sorted(Path(codec.__file__).parent.glob("examples/*.json"))
_NOON = datetime(2024, 3, 1, 4, tzinfo=UTC)


def event_record(event: Event, partition: int = 0, offset: int = 0) -> Fetched:
    """The record of an event."""
    received = msgspec.structs.replace(event, receivedtime=event.receivedtime or event.recordedtime)
    key, value, headers = codec.to_kafka(received)
    topic = RESTRICTED if event.short in registry.RESTRICTED_TYPES else EVENTS
    return Fetched(topic, partition, offset, key=key, value=value, headers=tuple(headers))


def rows_of(record: Fetched) -> dict[str, list[Any]]:
    """Rows by table."""
    return {table.name: rows for table, rows in project(record.topic, [record]).items()}


TRANSITION: dict[str, Any] = {
    "id": "t1",
    "position": "3:17",
    "clock": "2024-03-01T04:00:00Z",
    "rootid": "c1",
    "transition": "raised",
    "from": None,
    "to": "red",
    "cause": ["/court/京0105/x", "e1"],
    "reason": "",
    "alert": {
        "id": "a1",
        "rule": "R-INIT-03",
        "version": "1",
        "scope": "case",
        "subject": "c1",
        "key": ["京0105", "x"],
        "element": None,
        "court": "京0105",
        "severity": "red",
        "basis": "law",
        "checks": [],
        "armed_at": "2024-02-01T00:00:00Z",
        "due_at": "2024-02-29T16:00:00.5Z",
        "raised_at": "2024-03-01T04:00:00Z",
        "ended_at": None,
        "end_reason": None,
        "breach_days": None,
        "levels": [{"severity": "red", "at": "2024-02-29T16:00:00Z", "reached_at": "2024-03-01T04:00:00Z"}],
        "evidence": [["/court/京0105/x", "e1"]],
        "citation": "民诉法第251条",
        "arithmetic": ["a", "b"],
        "incomplete": False,
    },
}


def alert_record(change: dict[str, Any], offset: int = 0) -> Fetched:
    """The record of a transition."""
    return Fetched(ALERTS, 0, offset, value=msgspec.json.encode(change))


@pytest.mark.parametrize("path", _EXAMPLES, ids=lambda path: path.stem)
def test_every_example_of_the_contract_becomes_one_log_row_and_one_event_without_pii(path: Path) -> None:
    """Identity, times and payload arrive; `pii` does not, not even sealed; the digest is the sealed event's."""
    event = codec.from_json(path.read_bytes())
    record = event_record(event, 2, 9)
    found = rows_of(record)
    (log,), (row,) = found["log"], found["events"]
    assert (row.source, row.id, row.type, row.subject) == (event.source, event.id, event.short, event.subject)
    assert (row.time, row.recordedtime) == (event.time, event.recordedtime)
    assert row.receivedtime == (event.receivedtime or event.recordedtime)
    assert row.digest == log.digest == event.digest
    assert json.loads(row.data) == {name: value for name, value in (event.data or {}).items() if name != "pii"}
    assert (log.topic, log.partition, log.offset, log.error) == (record.topic, 2, 9, "")
    assert log.append_time == datetime(2023, 11, 14, 22, 13, 20, 123000, tzinfo=UTC)
    assert log.id == f"{event.source} {event.id}"
    assert "sealed" not in "".join(str(cell) for cell in (*log, *row))


def test_no_personal_data_sealed_or_plain_reaches_a_row() -> None:
    """A record written straight to Kafka with plain personal data leaves none of it."""
    event = codec.from_json((_EXAMPLES[0].parent / "party.registered.json").read_bytes())
    plain = msgspec.structs.replace(event, data={**(event.data or {}), "pii": {"name": "张三", "id_no": "MARK"}})
    for shown in (plain, seal(new_key(), plain)):
        text = str(rows_of(event_record(shown)))
        assert "张三" not in text
        assert "MARK" not in text
        assert "sealed" not in text


@pytest.mark.parametrize(
    "record",
    [
        Fetched(EVENTS, value=b"\xff\xfe MARK", key=b"\xff\x00"),
        Fetched(EVENTS, value=b'{"name": "MARK"}'),
        Fetched(EVENTS, value=b"[1]", headers=(("ce_id", b"MARK\xff"),)),
        Fetched(EVENTS, value=b"[" * 100_000),
        Fetched(EVENTS, value=None, key=None),
        Fetched(ALERTS, value=b'{"id": "MARK"}'),
        Fetched(ALERTS, value=None),
        Fetched(ALERTS, value=msgspec.json.encode({**TRANSITION, "position": "x"})),
        Fetched(ALERTS, value=msgspec.json.encode({**TRANSITION, "clock": "2024-03-01T04:00:00"})),
        Fetched(REJECTED, value=b"MARK", headers=(("dl_id", b"MARK"),)),
        Fetched(COMMANDS, value=b"MARK"),
    ],
)
def test_a_record_that_cannot_be_read_has_a_log_row_and_no_other(record: Fetched) -> None:
    """Its size and digest are kept, its bytes are not: they could hold anything."""
    found = rows_of(record)
    (log,) = found.pop("log")
    assert log.error
    assert (log.value, log.headers, log.kind, log.id, log.size) == ("", "{}", "", "", len(record.value or b""))
    assert not any(found.values())
    assert "MARK" not in str(log)


def test_an_event_of_an_unknown_type_or_payload_is_no_event_here() -> None:
    """What the engine refuses is not counted."""
    event = codec.from_json((_EXAMPLES[0].parent / "case.filed.json").read_bytes())
    wrong = msgspec.structs.replace(event, type="cn.court.enforcement.no.such.v1")
    assert registry.validate(wrong)
    assert rows_of(event_record(wrong))["events"] == []
    bad = msgspec.structs.replace(event, data={"case_no": 7})
    assert rows_of(event_record(bad))["events"] == []
    assert rows_of(event_record(msgspec.structs.replace(event, type="x.send_fine")))["events"][0].type == "x.send_fine"


def test_an_event_that_did_not_come_through_the_gateway_is_logged_and_not_counted() -> None:
    """The engine refuses a wrong key and a missing receivedtime; control events have neither rule."""
    event = codec.from_json((_EXAMPLES[0].parent / "case.filed.json").read_bytes())
    astray = event_record(event)._replace(key=b"another chain")
    found = rows_of(astray)
    assert (found["log"][0].error, found["log"][0].kind, found["events"]) == ("key:wrong_key", "case.filed", [])
    _, value, headers = codec.to_kafka(event)
    unreceived = Fetched(EVENTS, key=event.rootid.encode(), value=value, headers=tuple(headers))
    found = rows_of(unreceived)
    assert (found["log"][0].error, found["events"]) == ("receivedtime:not_received", [])
    assert rows_of(event_record(ticked(1, _NOON))._replace(key=None))["events"]


def test_a_withdrawal_has_no_data() -> None:
    """Empty data with a correction is a withdrawal."""
    event = codec.from_json((_EXAMPLES[0].parent / "case.filed.json").read_bytes())
    gone = msgspec.structs.replace(event, id="w", correctionof=event.ref, data=None)
    (row,) = rows_of(event_record(gone))["events"]
    assert (row.data, row.correction_of) == ("", event.id)


def test_the_rank_orders_bodies_as_the_contract_says() -> None:
    """The lesser recordedtime, then digest, then receivedtime, then place has the greatest rank; it fits 256 bits."""
    second = timedelta(microseconds=1)
    bodies = [
        (_NOON, b"\x00" * 32, _NOON, 0, 0),
        (_NOON, b"\x00" * 32, _NOON, 0, 1),
        (_NOON, b"\x00" * 32, _NOON, 1, 0),
        (_NOON, b"\x00" * 32, _NOON + second, 0, 0),
        (_NOON, b"\x01" * 32, _NOON, 0, 0),
        (_NOON + second, b"\x00" * 32, _NOON, 0, 0),
    ]
    for order in permutations(bodies):
        assert sorted(order, key=lambda body: rank(*body), reverse=True) == bodies
    assert rank(datetime.max.replace(tzinfo=UTC), b"\xff" * 32, datetime.max.replace(tzinfo=UTC), 63, 2**48 - 1) >= 0
    assert rank(datetime.min.replace(tzinfo=UTC), b"\x00" * 32, datetime.min.replace(tzinfo=UTC), 0, 0) < 2**256


def test_a_transition_is_a_version_with_the_whole_record() -> None:
    """Every field of the alert record has its column; nested ones are JSON."""
    found = rows_of(alert_record(TRANSITION, 5))
    (row,), (log,) = found["alerts"], found["log"]
    alert = TRANSITION["alert"]
    assert (row.id, row.position, row.partition, row.transition_id) == ("a1", 17, 3, "t1")
    assert (log.kind, log.id) == ("raised", "t1")
    assert row.known_from == _NOON
    assert row.due_at == datetime(2024, 2, 29, 16, 0, 0, 500_000, tzinfo=UTC)
    assert json.loads(row.record) == alert
    assert set(AlertRecord.__struct_fields__) <= set(ALERT_TABLE.columns)
    for name in ("element", "checks", "levels", "evidence", "citation", "arithmetic"):
        assert json.loads(getattr(row, name)) == alert[name]
    assert (row.changed_from, row.changed_to) == ("null", '"red"')
    assert (row.ended_at, row.end_reason, row.breach_days) == (None, "", None)
    assert row.rank > rows_of(alert_record(TRANSITION, 6))["alerts"][0].rank


def test_facts_become_cases_and_watermarks() -> None:
    """Each kind of fact has its table, and neither has a row in the log."""
    case = {
        "kind": "case",
        "id": "f1",
        "position": "1:4",
        "known_from": "2024-03-01T04:00:00Z",
        "subject": "c1",
        "rootid": "c1",
    }
    case |= {
        "subject": "c1",
        "rootid": "c1",
        "court": "-",
        "filed_on": "2024-03-01",
        "claim_fen": 100,
        "tags": ["民生"],
        "opened": True,
        "open": True,
    }
    mark = {"kind": "watermark", "id": "w1", "partition": 2, "tick": "2024-03-01T04:00:00Z", "control": 7, "position": "2:30"}
    found = rows_of(Fetched(FACTS, value=msgspec.json.encode(case)))
    (row,) = found["cases"]
    assert (row.subject, row.position, row.partition, row.claim_fen, row.tags, row.open) == ("c1", 4, 1, 100, ["民生"], True)
    assert row.case_no == ""
    assert set(found) == {"cases", "watermarks"}
    (row,) = rows_of(Fetched(FACTS, value=msgspec.json.encode(mark)))["watermarks"]
    assert (row.partition, row.tick, row.control, row.position) == (2, _NOON, 7, 30)


def test_the_engines_own_outputs_are_read() -> None:
    """What the core encodes is what the projections decode: transition, case and watermark."""
    change = msgspec.convert(TRANSITION | {"alert": TRANSITION["alert"] | {"citation": []}}, dict[str, Any])
    change["alert"]["arithmetic"] = []
    output = msgspec.convert(change, TransitionOut)
    assert rows_of(Fetched(ALERTS, value=output.encode()))["alerts"][0].transition_id == "t1"
    texts = {name: "2024-03-01" if name.endswith("_on") else "x" for name in CaseSnapshot.__struct_fields__}
    instants = {"position": "1:2", "known_from": "2024-03-01T04:00:00Z", "last_event_at": "2024-03-01T04:00:00Z"}
    others = {"claim_fen": 1, "paid_fen": 2, "tags": (), "opened": True, "open": False}
    (row,) = rows_of(Fetched(FACTS, value=CaseSnapshot(**{**texts, **instants, **others}).encode()))["cases"]
    assert row._asdict().keys() >= set(CaseSnapshot.__struct_fields__) - {"kind"}
    mark = Watermark(id="w", partition=1, tick="2024-03-01T04:00:00Z", control=3, position="1:9")
    assert rows_of(Fetched(FACTS, value=mark.encode()))["watermarks"][0].control == 3


def test_a_dead_letter_keeps_its_reason_and_leaves_its_body() -> None:
    """The sealed body stays in Kafka."""
    refused = deadletter.Refused(b"c1", b"MARK", [("ce_source", b"/court/x/y"), ("ce_id", b"7")])
    letter = deadletter.bury(refused, PoisonEvent("id_conflict", "two"), topic=EVENTS, partition=1, offset=2, appended_ms=5)
    key, value, headers = deadletter.to_kafka(letter, refused, new_key())
    found = rows_of(Fetched(REJECTED, key=key, value=value, headers=tuple(headers)))
    (row,), (log,) = found["dead_letters"], found["log"]
    assert (row.id, row.reason, row.source, row.event_id, row.origin_offset) == (letter.id, "id_conflict", "/court/x/y", "7", 2)
    assert (log.kind, log.id, log.value, log.size) == ("id_conflict", letter.id, "", len(value))


def test_columns_hold_exact_microseconds() -> None:
    """Instants of any century go out as whole microseconds since 1970."""
    event = msgspec.structs.replace(ticked(1, _NOON), time=datetime(1965, 1, 1, 0, 0, 0, 1, tzinfo=UTC))
    (table,) = (table for table in FED[EVENTS] if table is EVENT_TABLE)
    columns = columns_of(table, rows_of(event_record(event))["events"])
    assert tuple(columns) == table.columns
    assert columns["time"] == [-157_766_400 * 10**6 + 1]
    assert len({LOG.name, EVENT_TABLE.name, CASE_TABLE.name, WATERMARK_TABLE.name, DEAD_LETTER_TABLE.name}) == 5


@pytest.mark.parametrize("more", [("dl_reason", b"\xff"), ("dl_reason", None), ("x", None), ("dl_name", "张三".encode())])
def test_only_headers_that_were_read_are_kept(more: tuple[str, bytes | None]) -> None:
    """A header beside those of the envelope may hold anything, or nothing: it is left in Kafka."""
    record = event_record(codec.from_json(_EXAMPLES[0].read_bytes()))
    (row,) = rows_of(record._replace(headers=(*record.headers, more)))["log"]
    assert set(json.loads(row.headers)) == {name for name, _ in record.headers if name.startswith("ce_")}


def test_an_attribute_without_a_value_is_missing() -> None:
    """Kafka allows headers without a value; such a record is an error of its own and stops nobody."""
    record = event_record(codec.from_json(_EXAMPLES[0].read_bytes()))
    headers = tuple((name, None if name == "ce_id" else raw) for name, raw in record.headers)
    (row,) = rows_of(record._replace(headers=headers))["log"]
    assert (row.error, row.value) == ("id:missing", "")


@pytest.mark.parametrize(
    ("field", "value"), [("position", "0:99999999999999999999"), ("position", "-1:0"), ("claim_fen", 2**63), ("filed_on", "no")]
)
def test_a_number_that_no_column_holds_is_an_error_of_its_record(field: str, value: object) -> None:
    """It has its row in no table, and the worker goes on."""
    told: dict[str, object] = {"kind": "case", "id": "f", "position": "0:1", "known_from": "2024-01-01T00:00:00Z"}
    told |= {"subject": "s", "rootid": "s", field: value}
    assert rows_of(Fetched(FACTS, value=msgspec.json.encode(told)))["cases"] == []
