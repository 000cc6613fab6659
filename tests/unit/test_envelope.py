"""Envelope, codec, canonical JSON, ids and the order of history: bytes of a log that is never rewritten."""

import hashlib
import json
import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import msgspec
import pytest
import rfc8785
from hypothesis import given
from json_values import JSON

from contract.canonical import canonical_json, short_id
from contract.codec import encode_line, from_json, from_kafka, to_kafka
from contract.envelope import Event, full_type, order_key, short_type
from contract.errors import InvalidEvent
from contract.times import civil_date, format_instant, parse_instant

GOOD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "1",
    "source": "/court/京0105/zx",
    "type": "case.filed",
    "subject": "c-1",
    "time": "2024-03-01T09:30:00+08:00",
    "data": {"case_no": "（2024）京0105执1号"},
}


def codes(**changes: Any) -> set[tuple[str, str]]:
    """Return (field, code) of the errors of the good event with changes; a value of None removes an attribute."""
    attributes = {name: value for name, value in (GOOD | changes).items() if value is not None}
    with pytest.raises(InvalidEvent) as caught:
        from_json(attributes)
    return {(error.field, error.code) for error in caught.value.errors}


def test_the_good_event_decodes_with_its_defaults() -> None:
    """A short type is widened; recordedtime defaults to time, rootid to the subject, court to the one in source."""
    event = from_json(GOOD)
    assert event.type == "cn.court.enforcement.case.filed.v1"
    assert event.time == event.recordedtime == datetime(2024, 3, 1, 1, 30, tzinfo=UTC)
    assert (event.rootid, event.court, event.sequence, event.receivedtime) == ("c-1", "京0105", None, None)


@pytest.mark.parametrize("name", ["id", "source", "type", "subject", "time", "data"])
def test_a_missing_attribute_is_named(name: str) -> None:
    """Each required attribute is named when it is missing."""
    assert (name, "missing") in codes(**{name: None})


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("time", "2024-03-01T09:30:00", "bad_instant"),
        ("time", "2024-02-30T09:30:00Z", "bad_instant"),
        ("time", "yesterday", "bad_instant"),
        ("time", "2024-03-01T09:30:00.1234567Z", "bad_instant"),
        ("time", 5, "not_text"),
        ("source", "court/京0105/zx", "bad_source"),
        ("source", "/court/京0105", "bad_source"),
        ("source", "/import/abc", "bad_source"),
        ("type", "CASE FILED", "bad_type"),
        ("type", "cn.court.enforcement.case.filed.v2", "bad_type"),
        ("subject", "案" * 43, "too_long"),
        ("subject", "a\x00b", "bad_character"),
        ("id", "x" * 300, "too_long"),
        ("sequence", "-1", "not_an_integer"),
        ("sequence", 1.5, "not_an_integer"),
        ("sequence", True, "not_an_integer"),
        ("correctionof", "/court/京0106/zx 7", "foreign_correction"),
        ("correctionof", "1", "self_correction"),
        ("correctionof", 7, "bad_reference"),
        ("traceparent", "00-abc", "bad_traceparent"),
        ("specversion", "0.3", "unsupported"),
        ("datacontenttype", "text/xml", "unsupported"),
        ("partitionkey", "x", "unknown_attribute"),
        ("data", [1], "not_an_object"),
        ("data", "text", "not_an_object"),
    ],
)
def test_a_bad_attribute_is_refused_by_name(field: str, value: Any, code: str) -> None:
    """Every bad attribute gives an error that names it and its kind."""
    assert (field, code) in codes(**{field: value})


@pytest.mark.parametrize("amount", [1.0, "100", True, 1e3])
def test_money_that_is_no_integer_is_refused_with_its_path(amount: Any) -> None:
    """``*_fen`` is an integer, in any depth, in foreign events too."""
    assert ("data.parts[0].amount_fen", "not_an_integer") in codes(type="x.pay", data={"parts": [{"amount_fen": amount}]})


def test_all_errors_are_found_at_once() -> None:
    """A sender mends everything in one round."""
    assert len(codes(time="x", source="y", partitionkey="z", data={"a_fen": 1.5})) == 4


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"null", b'{"id":1}', b'"text"'])
def test_malformed_json_is_an_invalid_event(body: bytes) -> None:
    """Whatever arrives, the answer is the one error type of the boundary."""
    with pytest.raises(InvalidEvent):
        from_json(body)


def test_a_foreign_event_keeps_its_type_and_floats() -> None:
    """``x.*`` stands as it is; floats are allowed outside money."""
    event = from_json(GOOD | {"type": "x.create_fine", "data": {"amount": 35.5}})
    assert (event.type, event.short) == ("x.create_fine", "x.create_fine")
    assert b"35.5" in encode_line(event)


def test_a_withdrawal_has_no_data_and_survives_kafka() -> None:
    """A correction without data withdraws; its record has no value."""
    event = from_json({k: v for k, v in GOOD.items() if k != "data"} | {"id": "2", "correctionof": ["/court/京0105/zx", "1"]})
    key, value, headers = to_kafka(event)
    assert (event.data, event.correctionof, key, value) == (None, ("/court/京0105/zx", "1"), b"c-1", None)
    assert from_kafka(value, headers) == event


def test_the_same_event_in_other_clothes_has_the_same_digest() -> None:
    """Offset, key order, written-out defaults, receivedtime and traceparent don't change the digest; a fact does."""
    plain = from_json(GOOD)
    other = from_json(
        dict(reversed(GOOD.items()))
        | {
            "time": "2024-03-01T01:30:00.000Z",
            "rootid": "c-1",
            "courtcode": "京0105",
            "receivedtime": "2024-03-02T00:00:00Z",
            "traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01",
        }
    )
    assert plain.digest == other.digest
    assert plain.digest != msgspec.structs.replace(plain, subject="c-2").digest


def test_the_digest_is_sha256_of_rfc8785() -> None:
    """Anyone can recompute it from the documented bytes."""
    body = {
        "specversion": "1.0",
        "id": "1",
        "source": "/court/京0105/zx",
        "type": "cn.court.enforcement.case.filed.v1",
        "subject": "c-1",
        "time": "2024-03-01T01:30:00Z",
        "recordedtime": "2024-03-01T01:30:00Z",
        "datacontenttype": "application/json",
        "data": {"case_no": "（2024）京0105执1号"},
    }
    assert from_json(GOOD).digest == hashlib.sha256(rfc8785.dumps(body)).digest()


@given(JSON)
def test_canonical_json_is_rfc8785(value: Any) -> None:
    """The fast way gives the bytes of the library written for RFC 8785, which is the oracle here."""
    assert canonical_json(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [2**53, float("nan"), float("inf"), {"a": [-(2**53)]}])
def test_numbers_without_an_exact_json_form_are_refused(value: Any) -> None:
    """Nothing is rounded silently."""
    with pytest.raises(ValueError, match="canonical"):
        canonical_json(value)


def test_ids_are_sha256_of_a_versioned_array() -> None:
    """An id is the first 16 bytes in hex; kind and version lead."""
    parts = ["cn", "R-OBJ-01.a", "case:c-1", ["o1"], None, ["/court/京0105/zx", "7"]]
    text = json.dumps(["alert", 1, *parts], ensure_ascii=False, separators=(",", ":"))
    assert short_id("alert", *parts) == hashlib.sha256(text.encode()).hexdigest()[:32]


def test_types_widen_and_shorten() -> None:
    """Packs write short names, the log full ones."""
    assert short_type(full_type("fund.received")) == "fund.received"
    assert full_type("x.pay") == short_type("x.pay") == "x.pay"


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)), st.integers(-720, 720))  # noqa: DTZ001 - made aware below
def test_instants_survive_writing_and_reading(naive: datetime, minutes: int) -> None:
    """Writing and reading an instant gives the same instant, whatever its offset was."""
    instant = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_instant(format_instant(instant)) == instant


@pytest.mark.parametrize(
    "text", ["9999-12-31T23:00:00Z", "9999-12-31T00:00:00Z", "0001-01-01T23:59:59Z", "0001-01-01T00:00:00+08:00"]
)
def test_instants_without_a_civil_date_everywhere_are_refused(text: str) -> None:
    """Their day in Beijing or elsewhere is beyond the calendar: nothing could be counted from them."""
    with pytest.raises(ValueError, match="calendar"):
        parse_instant(text)


@pytest.mark.parametrize("text", ["9999-12-30T23:59:59.999999Z", "0001-01-02T00:00:00Z"])
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Pacific/Kiritimati", "America/Adak"])
def test_the_first_and_the_last_instant_have_a_civil_date_everywhere(text: str, zone: str) -> None:
    """What is taken can be counted with, in every zone that a pack may name."""
    assert civil_date(parse_instant(text), ZoneInfo(zone)).year in {1, 9999}


def test_the_civil_day_turns_at_midnight_in_shanghai() -> None:
    """15:59:59Z and 16:00Z lie on two days; in the summer time of 1986-1991 the day turns an hour earlier."""
    assert civil_date(parse_instant("2024-03-01T15:59:59Z")).isoformat() == "2024-03-01"
    assert civil_date(parse_instant("2024-03-01T16:00:00Z")).isoformat() == "2024-03-02"
    assert civil_date(parse_instant("1990-07-01T15:30:00Z")).isoformat() == "1990-07-02"


def test_history_is_ordered_by_time_recordedtime_source_sequence_id() -> None:
    """Each part of the order decides when those before it are equal; an absent sequence sorts first."""
    base = from_json(GOOD)
    late = base.time + timedelta(seconds=1)

    def other(**changes: Any) -> Event:
        return msgspec.structs.replace(base, **changes)

    ordered = [
        base,
        other(id="2"),
        other(id="0", sequence=0),
        other(id="0", sequence=3),
        other(id="0", sequence=20),
        other(id="0", source="/court/京0105/zz"),
        other(id="0", recordedtime=late),
        other(id="0", time=late, recordedtime=late, source="/court/京0101/a"),
    ]
    shuffled = random.Random(1).sample(ordered, len(ordered))
    assert sorted(shuffled, key=order_key) == ordered
