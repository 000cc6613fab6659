"""A case bundle verifies as it was made, and no byte of it can be another."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from json_values import JSON

from contract.canonical import short_id
from contract.codec import to_kafka
from contract.duty.decisions import decision_id
from contract.envelope import Event, full_type
from contract.seal import new_key, seal
from contract.topics import ALERTS, DECISIONS, EVENTS
from dashboards.exports import bundle_check
from dashboards.exports.bundle import Bundle, Chain, bundle_of
from dashboards.exports.log_records import Fetched, Place
from streams.cases.alerts import alert_id
from streams.shell.digests import LogDigest

START = datetime(2024, 3, 1, 1, 30, tzinfo=UTC)
SOURCE = "/court/京0105/oa"


def event(number: int, kind: str, **attributes: Any) -> Event:
    """An event of the chain ``case-1``."""
    at = START + timedelta(days=number)
    values: dict[str, Any] = {
        "subject": "case-1",
        "rootid": "case-1",
        "data": {"objection_id": "o1"},
        "receivedtime": at,
    } | attributes
    return Event(id=f"e{number}", source=SOURCE, type=full_type(kind), time=at, recordedtime=at, sequence=number, **values)


def fetched(topic: str, offset: int, key: str, value: bytes | None, headers: Any = ()) -> Fetched:
    """A record as it comes from the log."""
    return Fetched(Place(topic, 3, offset), 1_709_256_600_000 + offset, key.encode(), value, tuple(headers))


def records() -> list[Fetched]:
    """The log of a chain: its events (a sealed one, a foreign one, a correction, a withdrawal), an alert, a decision."""
    pii = {"party_ref": "p1", "role": "被执行", "kind": "natural", "pii": {"name": "张三"}}
    events = [
        event(1, "case.filed", data={"case_no": "（2024）京0105执1号", "claim_fen": 123_456}),
        seal(new_key(), event(2, "party.registered", data=pii)),
        event(3, "objection.received", data={"objection_id": "o1", "kind": "行为"}),
        event(4, "x.imported", data={"amount": 1.5, "tiny": 1e-7, "huge": 1e21, "键": [None, True, "\u007f\n"]}),
        event(5, "objection.received", correctionof=(SOURCE, "e3"), data={"objection_id": "o1", "kind": "案外人"}),
        event(6, "case.filed", correctionof=(SOURCE, "e1"), data=None, traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01"),
        event(7, "case.filed", subject="case-2", rootid="case-1", data={"case_no": "（2024）京0105执2号"}),
    ]
    found = []
    for offset, one in enumerate(events, 10):
        key, value, headers = to_kafka(one)
        found.append(fetched(EVENTS, offset, key.decode(), value, headers))
    alert = alert_id("cn", "R-OBJ-01.a", "case:case-1", ("o1",), None, [SOURCE, "e3"])
    told = {
        "id": short_id("transition", alert, "raised", "3:12"),
        "position": "3:12",
        "rootid": "case-1",
        "transition": "raised",
        "cause": None,
        "alert": {"id": alert, "rule": "R-OBJ-01.a", "version": "cn@1", "scope": "case", "subject": "case-1", "key": ["o1"]}
        | {"element": None, "evidence": [[SOURCE, "e3"]]},
    }
    again = told | {
        "id": short_id("recomputed", alert, "raised", "3:12", _digest(told["alert"])),
        "cause": ["/sys/rebuild", "recomputed"],
    }
    decision = {"id": decision_id(alert, "1:5", 0), "target": alert, "position": "1:5", "n": 0, "what": "fired"}
    found += [fetched(ALERTS, n, "case-1", msgspec.json.encode(one)) for n, one in enumerate((told, again))]
    return [*found, fetched(DECISIONS, 7, alert, msgspec.json.encode(decision))]


def _digest(value: Any) -> str:
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def make(found: list[Fetched]) -> Bundle:
    """The bundle of some records."""
    return bundle_of(Chain("case-1", (), tuple(one.place for one in found)), found, name="case-1.zip", made_at=START)


def changed(members: dict[str, bytes], **others: Any) -> bytes:
    """A bundle whose manifest and archive are made anew around changed members."""
    about = {name: value for name, value in json.loads(members[bundle_check.MANIFEST]).items() if name != "files"}
    kept = {name: data for name, data in members.items() if name not in {bundle_check.MANIFEST, bundle_check.SEAL}}
    return bundle_check.pack(bundle_check.sealed(kept | {name + ".jsonl": data for name, data in others.items()}, about))


def test_a_bundle_is_whole_and_the_same_each_time() -> None:
    """Every zip reader opens it; the script inside finds nothing, run by Python alone, without packages."""
    bundle = make(records())
    assert (bundle.events, bundle.alerts, bundle.decisions) == (7, 2, 1)
    assert bundle_check.check(bundle.raw) == []
    assert make(records()[:1]).raw != bundle.raw
    with zipfile.ZipFile(io.BytesIO(bundle.raw)) as archive:
        assert archive.testzip() is None
        assert "张三" not in archive.read("events.jsonl").decode()


def test_the_script_in_the_bundle_needs_python_alone(tmp_path: Path) -> None:
    """Isolated, without site packages; status 0 for a whole one, 1 for another, 2 without one."""
    bundle = make(records())
    file, script = tmp_path / "case-1.zip", tmp_path / "verify.py"
    file.write_bytes(bundle.raw)
    script.write_bytes(bundle_check.members_of(bundle.raw)["verify.py"])

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-I", "-S", str(script), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    done = run(str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert bundle.sha256 in done.stdout
    assert "whole" in done.stdout
    file.write_bytes(bundle.raw[:500] + b"x" + bundle.raw[501:])
    assert run(str(file)).returncode == 1
    assert run().returncode == 2


BUNDLE = make(records())


@given(st.integers(0, len(BUNDLE.raw) - 1), st.integers(1, 255))
def test_any_other_byte_is_found(place: int, bits: int) -> None:
    """Wherever it is: in a member, in the archive's own fields, in the manifest or its digest."""
    raw = bytearray(BUNDLE.raw)
    raw[place] ^= bits
    assert bundle_check.check(bytes(raw))


@given(st.integers(0, len(BUNDLE.raw)), st.binary(min_size=1, max_size=20))
def test_bytes_put_in_or_left_out_are_found(place: int, more: bytes) -> None:
    """Also before the archive and behind its end, where zip readers look away."""
    raw = BUNDLE.raw
    assert bundle_check.check(raw[:place] + more + raw[place:])
    if place < len(raw):
        assert bundle_check.check(raw[:place] + raw[place + len(more) :])


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"123456", b"123457", "digest"),
        (b'"e3"', b'"e9"', "digest"),
        (b"2024-03-02T01:30:00Z", b"2024-03-03T01:30:00Z", "digest"),
    ],
)
def test_a_forger_who_makes_manifest_and_archive_anew_is_found_by_the_digests(old: bytes, new: bytes, problem: str) -> None:
    """What an event says is bound to its digest and its record's."""
    members = bundle_check.members_of(BUNDLE.raw)
    assert old in members["events.jsonl"]
    found = bundle_check.check(changed(members, events=members["events.jsonl"].replace(old, new, 1)))
    assert any(problem in text for text in found)


@pytest.mark.parametrize(("made", "found"), [("record", "event"), ("digest", "record")])
def test_each_of_the_two_digests_is_computed_again(made: str, found: str) -> None:
    """A forger who makes one of them anew is found by the other."""
    members = bundle_check.members_of(BUNDLE.raw)
    lines = bundle_check.lines_of(members, "events.jsonl")
    lines[0]["value"] = lines[0]["value"].replace("123456", "123457")
    other = bundle_check.event_digest(bundle_check.attributes_of(lines[0]))
    lines[0][made] = other if made == "digest" else bundle_check.record_digest(lines[0])
    events = b"".join(bundle_check.canonical(line) + b"\n" for line in lines)
    assert bundle_check.check(changed(members, events=events)) == [
        f"events.jsonl, line 1: the digest of the {found} is another"
    ]


@pytest.mark.parametrize("field", ["rule", "subject", "scope", "element", "key", "version"])
def test_the_id_of_an_alert_is_made_of_what_it_names(field: str) -> None:
    """Another rule, case, scope, element or key is another alert; even if the record's digest is made anew."""
    other = {"rule": "R-OBJ-02", "subject": "case-2", "scope": "chain", "element": 1, "key": ["o2"], "version": "x@1"}
    found = records()
    place = next(index for index, one in enumerate(found) if one.place.topic == ALERTS)
    told = json.loads(found[place].value or b"")
    told["alert"][field] = other[field]
    found[place] = msgspec.structs.replace(found[place], value=msgspec.json.encode(told))
    assert bundle_check.check(make(found).raw) == ["alerts.jsonl, line 1: the id of the alert is made of something else"]


def test_what_else_is_found() -> None:
    """Missing evidence, an event twice or of another chain, data in clear, a stranger's id, a record beside the true one."""
    whole = records()
    without = make([one for one in whole if one.place.offset != 12 or one.place.topic != EVENTS])
    assert any("its evidence /court/京0105/oa e3 is not in the bundle" in text for text in bundle_check.check(without.raw))
    key, value, headers = to_kafka(event(1, "case.filed", data={"case_no": "（2024）京0105执1号", "claim_fen": 123_456}))
    twice = make([*whole, fetched(EVENTS, 99, key.decode(), value, headers)])
    assert bundle_check.check(twice.raw) == ["events.jsonl, line 8: its event is in the bundle twice"]
    key, value, headers = to_kafka(event(9, "case.filed", subject="case-9", rootid="case-9"))
    foreign = make([*whole, fetched(EVENTS, 99, key.decode(), value, headers)])
    assert bundle_check.check(foreign.raw) == ["events.jsonl, line 8: it belongs to another chain"]
    key, value, headers = to_kafka(event(9, "party.registered", data={"party_ref": "p1", "pii": {"name": "李四"}}))
    plain = make([*whole, fetched(EVENTS, 99, key.decode(), value, headers)])
    assert bundle_check.check(plain.raw) == ["events.jsonl, line 8: its personal data is not sealed"]
    key, value, headers = to_kafka(event(10, "case.filed"))
    beside = make([whole[0], fetched(EVENTS, 10, key.decode(), value, headers), *whole[1:]])
    assert bundle_check.check(beside.raw) == ["events.jsonl, line 2: another line has the same place in the log"]
    decision = msgspec.json.encode({"id": "0" * 32, "target": "a", "position": "1:5", "n": 0})
    stranger = make([*whole, fetched(DECISIONS, 9, "a", decision)])
    assert bundle_check.check(stranger.raw) == ["decisions.jsonl, line 2: the id of the decision is made of something else"]


@given(JSON)
def test_the_scripts_canonical_form_is_that_of_rfc_8785(value: Any) -> None:
    """As the library writes it that the log was written with."""
    assert bundle_check.canonical(value) == rfc8785.dumps(value)


def test_the_digest_of_a_record_is_a_piece_of_the_logs() -> None:
    """The layout of docs/proof.md: a log of this record alone has a digest made of this one."""
    one = records()[1]
    whole = LogDigest()

    class Read:
        topic, partition, offset = one.place.topic, one.place.partition, one.place.offset
        timestamp, key, value, headers = one.append_ms, one.key, one.value, one.headers

    whole.add(Read())  # type: ignore[arg-type]
    rebuilt = make([one])
    (line,) = bundle_check.lines_of(bundle_check.members_of(rebuilt.raw), "events.jsonl")
    part = (3).to_bytes(8) + (one.place.offset + 1).to_bytes(8) + bytes.fromhex(line["record"])
    assert hashlib.sha256(part).hexdigest() == whole.hex()
