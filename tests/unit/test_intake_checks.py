"""What the gateway refuses, one named error after the other, and what it sets itself."""

import json
from typing import Any

import pytest

from contract.envelope import Event
from contract.errors import InvalidEvent
from contract.topics import MAX_EVENT_BYTES
from producers.intake import check_raw

FILED: dict[str, Any] = {"case_no": "（2024）京0105执1号", "claim_fen": 100, "filed_on": "2024-03-01"}
PARTY: dict[str, Any] = {"party_ref": "p1", "role": "被执行", "kind": "natural"}


def raw(kind: str = "case.filed", data: Any = FILED, **attributes: Any) -> dict[str, Any]:
    """A good event, changed as asked; an attribute None is left out."""
    event = {
        "specversion": "1.0",
        "id": "e1",
        "source": "/court/京0105/filing",
        "type": kind,
        "subject": "case-1",
        "time": "2024-03-01T09:30:00+08:00",
        "data": data,
    }
    return {name: value for name, value in (event | attributes).items() if value is not None}


def accepted(event: dict[str, Any]) -> Event:
    """The event as it goes on."""
    return check_raw(json.dumps(event, ensure_ascii=False).encode())


def errors(event: dict[str, Any] | bytes) -> set[tuple[str, str]]:
    """(field, code) of everything that was found."""
    content = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
    with pytest.raises(InvalidEvent) as caught:
        check_raw(content)
    return {(error.field, error.code) for error in caught.value.errors}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (raw(source="/court/京9999/filing"), ("source", "unknown_court")),
        (raw(courtcode="火0105"), ("courtcode", "unknown_court")),
        (raw(courtcode="粤0604"), ("courtcode", "foreign_court")),
        (raw(courtcode="京"), ("courtcode", "foreign_court")),
        (raw(data=FILED | {"case_no": "（2024）京0105民初1号"}), ("data.case_no", "case_no_type")),
        (raw(data=FILED | {"case_no": "2024京0105执1号"}), ("data.case_no", "case_no_brackets")),
        (raw(data=FILED | {"case_no": "（2024）京9999执1号"}), ("data.case_no", "unknown_court")),
        (raw(data=FILED | {"prior_case_no": "（2024）京0105执号"}), ("data.prior_case_no", "case_no_serial_missing")),
        (raw("case.transferred", {"to_court": "粤9999"}), ("data.to_court", "unknown_court")),
        (raw("sys.ticked", {"control": 1}), ("type", "control_type")),
        (raw("sys.line_started", {"line": "wall", "control": 0}), ("type", "control_type")),
        (raw("sys.pack_activated", {"pack": "a", "version": "1", "sha256": "0" * 64, "control": 1}), ("type", "control_type")),
        (raw("sys.feed_heartbeat", {"court_code": "粤0604"}), ("data.court_code", "foreign_court")),
        (raw("pers.interference_reported", {}, sequence="3"), ("sequence", "restricted_sequence")),
        (raw(source="/sys/clock"), ("source", "reserved_source")),
        (raw("alert.raised", {}), ("type", "unknown_type")),
        (raw("case.invented", {}), ("type", "unknown_type")),
        (raw(type="cn.court.enforcement.case.filed.v2"), ("type", "bad_type")),
        (raw(receivedtime="2024-03-01T09:30:00Z"), ("receivedtime", "reserved")),
        (raw(rootid="@partition"), ("rootid", "reserved")),
        (raw(subject="sys/control"), ("subject", "reserved")),
        (raw(rootid="案" * 43), ("rootid", "too_long")),
        (raw(subject="案" * 43), ("subject", "too_long")),
        (raw(source="/court/京0105/" + "s" * 300), ("source", "too_long")),
        (raw(time="2024-03-01T09:30:00"), ("time", "bad_instant")),
        (raw(time="2024-02-30T09:30:00Z"), ("time", "bad_instant")),
        (raw(data=FILED | {"claim_fen": 1.0}), ("data.claim_fen", "not_an_integer")),
        (raw(data=FILED | {"claim_fen": "100"}), ("data.claim_fen", "not_an_integer")),
        (raw(data=FILED | {"claim_fen": 2**60}), ("data.claim_fen", "out_of_range")),
        (raw(data=FILED | {"filed_on": "2024-02-29", "on": "x"}), ("data.on", "unknown_field")),
        (raw("asset.released", {"asset_id": "a", "on": "2024-03-02"}), ("data.on", "on_is_not_time")),
        (raw(data=FILED | {"debtor": "张三"}), ("data.debtor", "unknown_field")),
        (raw(data={"claim_fen": 1}), ("data.case_no", "missing")),
        (raw(data=FILED | {"pii": {"name": "张三"}}), ("data.pii", "pii_not_allowed")),
        (raw("x.note", {"pii": {"name": "张三"}}), ("data.pii", "pii_not_allowed")),
        (raw("x.note", {"cost_fen": 1.5}), ("data.cost_fen", "not_an_integer")),
        (raw("party.registered", PARTY | {"pii": {"sealed": "AAAA"}}), ("data.pii", "already_sealed")),
        (raw("party.registered", PARTY | {"pii": {"nickname": "三"}}), ("data.pii", "bad_value")),
        (raw(data=None), ("data", "missing")),
        (raw(data=[1]), ("data", "not_an_object")),
        (raw(correctionof="/court/粤0604/filing e0"), ("correctionof", "foreign_correction")),
        (raw(correctionof="e1"), ("correctionof", "self_correction")),
        (raw(priority=1), ("priority", "unknown_attribute")),
        (raw(specversion="0.3"), ("specversion", "unsupported")),
        (raw(sequence="-1"), ("sequence", "not_an_integer")),
        (raw(id=None), ("id", "missing")),
        (b"{", ("", "not_json")),
        (b"[1]", ("", "not_an_object")),
        (b'{"id": "\xff"}', ("", "not_json")),
        (b'{"data": ' + b"[" * 100_000, ("", "not_json")),
        (b'{"id": "' + b"x" * MAX_EVENT_BYTES + b'"}', ("", "too_large")),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_each_fault_has_its_name(event: dict[str, Any] | bytes, expected: tuple[str, str]) -> None:
    """A bad event is refused with the place and a stable name of what is wrong."""
    assert expected in errors(event)


def test_numbers_that_grow_are_counted_as_they_are_written() -> None:
    """A body within the limit whose canonical form would not fit into a record is refused, not answered as a broker's fault."""
    body = b'{"specversion":"1.0","id":"1","source":"/court/\xe4\xba\xac0105/x","type":"x.a","subject":"s",'
    body += b'"time":"2024-01-01T00:00:00Z","data":{"n":[' + b",".join([b"1e15"] * 150_000) + b"]}}"
    assert len(body) < MAX_EVENT_BYTES
    assert errors(body) == {("data", "too_large")}


def test_data_nested_too_deep_is_refused() -> None:
    """Thousands of levels can't exhaust a reader behind the gateway."""
    deep: Any = 1
    for _ in range(100):
        deep = {"a": deep}
    assert errors(raw("x.deep", deep)) == {("data", "too_deep")}


def test_errors_behind_errors_are_found() -> None:
    """A wrong envelope hides nothing: courts and payload are checked too, and no error is invented."""
    event = raw(
        time="2024-03-01T09:30:00",
        source="/court/京9999/filing",
        data={"case_no": "（2024）京0105执x1号", "claim_fen": 1.5, "filed_on": "2024-13-01", "colour": 1},
    )
    assert errors(event) == {
        ("time", "bad_instant"),
        ("source", "unknown_court"),
        ("data.case_no", "case_no_type"),
        ("data.claim_fen", "not_an_integer"),
        ("data.filed_on", "bad_value"),
        ("data.colour", "unknown_field"),
    }


def test_no_error_is_invented_behind_a_bad_type() -> None:
    """Where the type can't be read, nothing is said of a payload that may be right."""
    assert errors(raw("Party Registered", PARTY | {"pii": {"name": "张三"}})) == {("type", "bad_type")}


def test_no_error_names_a_person() -> None:
    """Names and numbers don't come back in errors about personal data."""
    with pytest.raises(InvalidEvent) as caught:
        check_raw(raw("party.registered", PARTY | {"pii": {"name": ["张三标记"], "id_no": 110105194912310021}}))
    assert "张三标记" not in str(caught.value)
    assert "110105194912310021" not in str(caught.value)


def test_case_numbers_go_on_in_normal_form() -> None:
    """Half-width brackets and the number of a document are accepted and straightened."""
    event = accepted(raw(data=FILED | {"case_no": "(2024)京0105执1号之二", "prior_case_no": "（2023） 京0105 执恢 7号"}))
    assert event.data is not None
    assert event.data["case_no"] == "（2024）京0105执1号"
    assert event.data["prior_case_no"] == "（2023）京0105执恢7号"


def test_a_higher_courts_feed_may_speak_for_courts_below() -> None:
    """A provincial system sends for the courts of its province."""
    assert accepted(raw(source="/court/京/platform", courtcode="京0105")).court == "京0105"


@pytest.mark.parametrize(
    ("pii", "valid"),
    [
        ({"id_type": "居民身份证", "id_no": "11010519491231002X"}, True),
        ({"id_no": "11010519491231002x"}, True),
        ({"id_no": "110105194912310021"}, False),
        ({"id_no": "11010519490231002X"}, False),
        ({"id_type": "居民身份证", "id_no": "E12345678"}, False),
        ({"id_type": "护照", "id_no": "E12345678"}, None),
        ({"usc_code": "91350100M000100Y43"}, True),
        ({"usc_code": "91350100M000100Y44"}, False),
        ({"name": "张三"}, None),
        (None, None),
    ],
)
def test_the_gateway_alone_sets_id_valid(pii: dict[str, str] | None, valid: bool | None) -> None:  # noqa: FBT001 - a table
    """The checksum is judged here, since no rule reads personal data; what the sender says of it doesn't count."""
    data = PARTY | {"id_valid": valid is not True} | ({"pii": pii} if pii else {})
    event = accepted(raw("party.registered", data))
    assert event.data is not None
    assert event.data.get("id_valid") == valid


def test_foreign_events_and_withdrawals_pass() -> None:
    """Any x.* with JSON data, floats too; a correction without data withdraws."""
    assert accepted(raw("x.create_fine", {"amount": 35.5, "any": [None, {"deep": True}]})).data is not None
    assert accepted(raw(data=None, correctionof="e0")).data is None


def test_a_lawsuit_keeps_its_trial_number() -> None:
    """A lawsuit about enforcement has a case number of a trial, which is taken as it is."""
    event = accepted(raw("suit.filed", {"case_no": "（2024）京0105民初1号", "kind": "案外人"}))
    assert event.data is not None
    assert event.data["case_no"] == "（2024）京0105民初1号"


@pytest.mark.parametrize(
    ("name", "data", "field", "code"),
    [
        ("pres.handed_over", {"pres_id": "p", "to_case_no": "（2024）京0105民初1号"}, "data.to_case_no", "case_no_type"),
        ("pet.received", {"pet_id": "p", "about_court": "京9999"}, "data.about_court", "unknown_court"),
        ("review.received", {"objection_id": "o", "upper_court": "京99"}, "data.upper_court", "unknown_court"),
    ],
)
def test_courts_and_numbers_of_all_types_are_checked(name: str, data: dict[str, Any], field: str, code: str) -> None:
    """A court outside the tree, or a number of another kind, is refused by its field."""
    with pytest.raises(InvalidEvent) as caught:
        accepted(raw(name, data))
    assert [(error.field, error.code) for error in caught.value.errors] == [(field, code)]


def test_the_heartbeats_of_a_month_are_a_chain() -> None:
    """A chain has room for so many events: a feed that beats for years needs one after another, told by the beat alone."""
    beat = raw("sys.feed_heartbeat", {"court_code": "京0105"}, subject="court/京0105", time="2024-01-31T17:00:00Z")
    assert check_raw(beat).rootid == "court/京0105/2024-02"
    assert check_raw(beat | {"rootid": "another"}).rootid == "court/京0105/2024-02"
