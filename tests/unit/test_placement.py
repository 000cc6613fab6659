"""A record whose type has no place on its topic leaves nothing behind but its place, whichever room reads it."""

from functools import cache
from pathlib import Path

import msgspec
import pytest
from fetched import Fetched

from contract import codec
from contract.deadletter import Refused, bury, to_kafka
from contract.errors import InvalidEvent
from contract.placement import MisplacedEvent, is_misplaced
from contract.registry import CONTROL_TYPES, EVENT_TYPES, RESTRICTED_TYPES
from contract.topics import EVENTS, RESTRICTED
from streams.projections.tables import project
from streams.shell.breaker import RUN_LIMIT
from streams.shell.cores import core_factory
from streams.shell.lane import CoreFactory, Lane
from streams.shell.merged import Refused as LeftOut
from streams.shell.merged import merged

_EXAMPLES = Path(codec.__file__).parent / "examples"
_TELLING = (b"/court/", b"interference", b"rec_id", b"INTF")


def record(kind: str, topic: str, offset: int = 1) -> Fetched:
    """The example of a type on a topic."""
    event = codec.from_json((_EXAMPLES / f"{kind}.json").read_bytes())
    key, value, headers = codec.to_kafka(msgspec.structs.replace(event, receivedtime=event.recordedtime))
    return Fetched(topic, 0, offset, key=key, value=value, headers=headers)


@cache
def cores(topic: str) -> CoreFactory:
    """The cores of either log."""
    return core_factory(None, restricted=topic == RESTRICTED)


def begun(topic: str) -> Lane:
    """A lane of either log, after its first record."""
    lane = Lane(0, cores(topic), {})
    lane.apply(record("sys.line_started", topic, 0))
    return lane


@pytest.mark.parametrize("kind", sorted(EVENT_TYPES))
def test_every_type_has_its_place(kind: str) -> None:
    """Restricted types on one log, common ones on the other, control events on both."""
    on = {topic for topic in (EVENTS, RESTRICTED) if not is_misplaced(topic, record(kind, topic).headers)}
    restricted = kind in RESTRICTED_TYPES
    assert on == ({EVENTS, RESTRICTED} if kind in CONTROL_TYPES else {RESTRICTED} if restricted else {EVENTS})


@pytest.mark.parametrize(
    "raw",
    [
        b"pers.interference_recorded",
        b"cn.court.enforcement.pers.interference_recorded.v2",
        b" CN.court.enforcement.Pers.Interference_Reported.v1 ",
        b"cn.court.enforcement.pers.interference_recorded.v1\xff",
    ],
)
def test_a_restricted_type_is_known_however_it_is_written(raw: bytes) -> None:
    """Also as one of several headers; a foreign type of the name is none of ours."""
    assert is_misplaced(EVENTS, [("ce_type", raw)])
    assert is_misplaced(EVENTS, [("ce_type", raw), ("ce_type", b"cn.court.enforcement.case.filed.v1")])
    assert not is_misplaced(EVENTS, [("ce_type", b"x.pers.interference_recorded"), ("ce_type", None)])
    assert is_misplaced(RESTRICTED, [("ce_type", b"x.pers.interference_recorded")])


@pytest.mark.parametrize("how", ["sound", "bad json", "bad payload", "wrong key", "muted source"])
def test_a_restricted_record_on_the_common_log_is_refused_before_anything_else_of_it_is_looked_at(how: str) -> None:
    """Whatever else is wrong: its letter names nothing, its source is not blamed, and its chain is not marked."""
    lane, found = begun(EVENTS), record("pers.interference_recorded", EVENTS)
    source = dict(found.headers)["ce_source"] or b""
    changes = {"bad json": {"value": b"{"}, "bad payload": {"value": b'{"rec_id":5}'}, "wrong key": {"key": b"other"}}
    found = found._replace(**changes.get(how, {}))
    if how == "muted source":
        for _ in range(RUN_LIMIT):
            lane.breaker.refused(source.decode(), lane.now)
        assert lane.breaker.muted
    before = lane.core.drain_dirty()
    with pytest.raises(MisplacedEvent) as refused:
        lane.apply(found)
    letter, whole, outputs = lane.refuse(found, refused.value)
    assert (letter.reason, letter.error, lane.next) == ("wrong_topic", "MisplacedEvent", 2)
    assert (letter.source, letter.event_id, letter.rootid) == ("-", "-", "-")
    assert not outputs
    assert lane.core.drain_dirty() == before
    key, sealed, headers = to_kafka(letter, whole, bytes(64))
    told = b" ".join([key, sealed, *(name.encode() + value for name, value in headers)])
    assert not [word for word in (*_TELLING, found.key or b"") if word in told]


def test_a_common_record_on_the_restricted_log_is_refused_likewise() -> None:
    """And what belongs there is taken."""
    lane, found = begun(RESTRICTED), record("case.application_received", RESTRICTED)
    with pytest.raises(MisplacedEvent) as refused:
        lane.apply(found)
    assert lane.refuse(found, refused.value).letter.rootid == "-"
    lane.apply(record("pers.interference_recorded", RESTRICTED, 2))
    assert lane.next == 3


def test_attempts_of_a_misplaced_record_are_counted() -> None:
    """Only that is read of it."""
    headers = [("yipanqi_attempts", b"2"), ("ce_source", b"/court/x/y")]
    letter = bury(Refused(b"k", b"v", headers), MisplacedEvent(), topic=EVENTS, partition=0, offset=1, appended_ms=0)
    assert (letter.attempts, letter.source) == (3, "-")


@pytest.mark.parametrize(("kind", "topic"), [("pers.interference_recorded", EVENTS), ("case.filed", RESTRICTED)])
def test_the_warehouse_keeps_its_place_and_nothing_else(kind: str, topic: str) -> None:
    """A row in `log`, so that there is no gap, and no event; not even a digest by which a guess could be confirmed."""
    found = {table.name: rows for table, rows in project(topic, [record(kind, topic)]).items()}
    (row,) = found["log"]
    assert (row.topic, row.partition, row.offset, row.error) == (topic, 0, 1, "type:wrong_topic")
    assert (row.key, row.headers, row.value, row.kind, row.id, row.size) == ("", "{}", "", "", "", 0)
    assert row.digest == project(topic, [record(kind, topic)._replace(value=b"other")])[_log(topic)][0].digest
    assert found["events"] == []


def _log(topic: str) -> "object":
    return next(table for table in project(topic, []) if table.name == "log")


def test_an_export_leaves_it_out_and_names_its_place() -> None:
    """The exported file is a common one."""
    (entry,) = merged([record("pers.interference_recorded", EVENTS)], [0])
    assert entry == LeftOut(0, 1, "wrong_topic")


def test_refusals_of_what_lies_in_its_place_go_on_as_before() -> None:
    """A restricted record that is wrong in itself names its chain on the restricted side."""
    lane, found = begun(RESTRICTED), record("pers.interference_recorded", RESTRICTED)._replace(value=b"{")
    with pytest.raises(InvalidEvent) as refused:
        lane.apply(found)
    assert lane.refuse(found, refused.value).letter.rootid == (found.key or b"").decode()
