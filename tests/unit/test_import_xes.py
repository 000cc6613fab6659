"""XES files: what is read, what is refused, and where."""

import gzip
import io
import json
from pathlib import Path

import pytest

from producers.importers.convert import foreign_type
from producers.importers.mapping import Mapping
from producers.importers.rows import Refused, Row
from producers.importers.run import ImportFormatError, Summary, import_file
from producers.importers.xes import read_xes

EVENT = '<event><string key="concept:name" value="{name}"/><date key="time:timestamp" value="{time}"/>{more}</event>'


def event(name: str = "Create Fine", time: str = "2006-07-24T00:00:00+02:00", more: str = "") -> str:
    """One XES event."""
    return EVENT.format(name=name, time=time, more=more)


def log(*events: str, trace: str = '<string key="concept:name" value="A1"/>', head: str = "") -> bytes:
    """A log of one trace."""
    return f"<log>{head}\n<trace>{trace}\n{chr(10).join(events)}\n</trace>\n</log>".encode()


def read(content: bytes) -> list[Row | Refused]:
    """Everything that the reader finds."""
    return list(read_xes(io.BytesIO(content)))


def attributes(more: str) -> dict[str, object]:
    """The attributes of one event without its name and time."""
    (row,) = read(log(event(more=more)))
    assert isinstance(row, Row), row
    return {key: value for key, value in row.attributes.items() if key not in {"concept:name", "time:timestamp"}}


def imported(path: Path, mapping: Mapping | None = None) -> tuple[list[dict[str, object]], list[Refused], Summary]:
    """Import a file; its events, what was refused, and the summary."""
    refused: list[Refused] = []
    out = path.with_suffix(".jsonl")
    summary = import_file(path, out, mapping or Mapping(), refused.append, lambda _: None)
    return [json.loads(line) for line in out.read_text().splitlines()], refused, summary


def test_events_are_numbered_over_the_whole_file(tmp_path: Path) -> None:
    """Source is the file's SHA-256, id and sequence the number in document order; refused events keep their number."""
    path = tmp_path / "log.xes"
    second = '<trace><string key="concept:name" value="A2"/>' + event("Send Fine") + "</trace></log>"
    content = log(event(), event(time="yesterday")).decode().replace("</log>", second)
    path.write_text(content)
    events, refused, summary = imported(path)
    assert [(one["id"], one["sequence"], one["subject"], one["type"]) for one in events] == [
        ("1", "1", "A1", "x.create_fine"),
        ("3", "3", "A2", "x.send_fine"),
    ]
    assert summary == Summary(written=2, skipped=0, refused=1)
    assert [(one.number, one.line) for one in refused] == [(2, 4)]
    assert events[0]["time"] == events[0]["recordedtime"] == "2006-07-23T22:00:00Z"
    assert str(events[0]["source"]).startswith("/import/")


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    """The same bytes give the same events; the compressed file is another source."""
    path = tmp_path / "log.xes"
    path.write_bytes(log(event()))
    first = imported(path)
    assert imported(path) == first
    packed = tmp_path / "log.xes.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    events, refused, _ = imported(packed)
    assert not refused
    assert events[0]["data"] == first[0][0]["data"]
    assert events[0]["source"] != first[0][0]["source"]


def test_attribute_types() -> None:
    """Strings, ids, numbers and booleans become JSON values; a date stays the text that it is."""
    more = (
        '<string key="s" value="罚款"/><id key="i" value="7f"/><int key="n" value="-3"/><float key="f" value="35.5"/>'
        '<boolean key="t" value="true"/><boolean key="z" value="0"/><date key="d" value="2006-07-24T00:00:00.000+02:00"/>'
    )
    assert attributes(more) == {
        "s": "罚款",
        "i": "7f",
        "n": -3,
        "f": 35.5,
        "t": True,
        "z": False,
        "d": "2006-07-24T00:00:00.000+02:00",
    }


def test_lists_and_nested_attributes() -> None:
    """A list becomes an array of objects; an attribute of an attribute stands beside it as key/nested key."""
    more = (
        '<list key="l"><values><string key="a" value="x"/><int key="a" value="2"/></values></list>'
        '<string key="k" value="v"><int key="cost" value="5"><string key="unit" value="eur"/></int></string>'
    )
    assert attributes(more) == {"l": [{"a": "x"}, {"a": 2}], "k": "v", "k/cost": 5, "k/cost/unit": "eur"}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ('<int key="n" value="3.5"/>', "no int"),
        ('<int key="n" value="1_000"/>', "no int"),
        ('<float key="f" value="NaN"/>', "no float"),
        ('<float key="f" value="1e999"/>', "no float"),
        ('<boolean key="b" value="maybe"/>', "no boolean"),
        ('<date key="d" value="soon"/>', "no date"),
        ('<string key="s"/>', "no value"),
        ('<string value="s"/>', "without a key"),
        ('<word key="s" value="s"/>', "no attribute of XES"),
        ('<string key="s" value="a"/><string key="s" value="b"/>', "twice"),
    ],
)
def test_unreadable_attributes_cost_one_event(more: str, reason: str) -> None:
    """An attribute that is not what it says refuses its event by name; the next one is read."""
    bad, good = read(log(event(more=more), event("Send Fine")))
    assert isinstance(bad, Refused)
    assert reason in bad.reason
    assert (bad.number, bad.line) == (1, 3)
    assert isinstance(good, Row)


def test_globals_fill_no_gap(tmp_path: Path) -> None:
    """A global's value is no default: an event without timestamp is refused, not dated by the declaration."""
    head = '<global scope="event"><date key="time:timestamp" value="2020-01-01T00:00:00Z"/></global>'
    path = tmp_path / "log.xes"
    path.write_bytes(log('<event><string key="concept:name" value="A"/></event>', head=head))
    events, (refused,), _ = imported(path)
    assert not events
    assert "time: the event has no 'time:timestamp'" in refused.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (log('<event><date key="time:timestamp" value="2006-07-24T00:00:00Z"/></event>'), "no 'concept:name'"),
        (log(event(), trace=""), "no 'case:concept:name'"),
        (log(event(time="2006-07-24T00:00:00")), "no offset"),
        (log(event(more='<float key="amount_fen" value="35.0"/>')), "data.amount_fen: money is an integer"),
        (log(event(more='<int key="n" value="9007199254740993"/>')), "2^53"),
        (log(event(), trace='<string key="concept:name" value="' + "案" * 50 + '"/>'), "at most 128 bytes"),
        (f"<log>{event()}</log>".encode(), "no complete trace"),
    ],
)
def test_what_is_no_event_is_refused_by_name(tmp_path: Path, content: bytes, reason: str) -> None:
    """Missing name, case or time, times without offset, money that is no integer: each says what it is."""
    path = tmp_path / "log.xes"
    path.write_bytes(content)
    events, (refused,), _ = imported(path)
    assert not events
    assert reason in refused.reason
    assert refused.line > 0


def test_broken_xml_ends_the_file_and_keeps_what_came_before() -> None:
    """The fault is named with its line; complete traces before it stand, events of the broken trace are named."""
    content = log(event()).replace(b"</log>", b"") + b"<trace>\n" + event("Lost").encode() + b"\n<event></trace>"
    first, lost, fault = read(content)
    assert isinstance(first, Row)
    assert isinstance(lost, Refused)
    assert lost.number == 2
    assert isinstance(fault, Refused)
    assert fault.number is None
    assert "broken" in fault.reason
    assert fault.line == 7


def test_truncated_gzip_is_named(tmp_path: Path) -> None:
    """A file that was cut off while it was copied says so."""
    path = tmp_path / "log.xes.gz"
    path.write_bytes(gzip.compress(log(*[event(more=f'<int key="n" value="{n}"/>') for n in range(500)]))[:-200])
    _, refused, _ = imported(path)
    assert "broken" in refused[-1].reason


def test_document_types_are_refused() -> None:
    """Entities could make a small file endless or read other files: a DOCTYPE ends the import."""
    bomb = b'<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>' + log(event("&b;"))
    (refused,) = read(bomb)
    assert isinstance(refused, Refused)
    assert "DOCTYPE" in refused.reason


@pytest.mark.parametrize("content", [b"<html><body/></html>", b"<!DOCTYPE html><html/>", b"<trace><event/></trace>"])
def test_xml_that_is_no_log_is_refused(content: bytes) -> None:
    """A page that a server sent in the place of the log is not an empty log."""
    (refused,) = read(content)
    assert isinstance(refused, Refused)
    assert "its root is not <log> but <" in refused.reason or "DOCTYPE" in refused.reason


def test_namespaces_and_empty_logs() -> None:
    """The standard's namespace, or none; an empty log is an empty log."""
    content = log(event()).replace(b"<log>", b'<log xmlns="http://www.xes-standard.org/">')
    assert [type(row) for row in read(content)] == [Row]
    assert read(b"<log/>") == []


def test_finished_traces_are_forgotten_without_loss() -> None:
    """Dropping what was read, so that memory holds one trace, loses no event."""
    trace = log(event()).decode().removeprefix("<log>").removesuffix("</log>")
    content = f"<log>{trace * 2000}</log>".encode()
    assert len(read(content)) == 2000


@pytest.mark.parametrize(
    ("activity", "name"),
    [
        ("Create Fine", "x.create_fine"),
        ("Declaration FINAL_APPROVED by SUPERVISOR", "x.declaration_final_approved_by_supervisor"),
        ("W_Completeren aanvraag-START", "x.w_completeren_aanvraag_start"),
        ("发出执行通知（补）", "x.发出执行通知_补_"),
        ("e\u0301tude", "x.étude"),
    ],
)
def test_type_of_an_activity(activity: str, name: str) -> None:
    """Lower case, runs of what is neither letter nor digit as one underscore, letters of every script kept."""
    assert foreign_type(activity) == name


def test_other_files_are_refused(tmp_path: Path) -> None:
    """Only .xes and .csv, compressed or not."""
    path = tmp_path / "log.xlsx"
    path.write_bytes(b"")
    with pytest.raises(ImportFormatError, match=r"only \.xes"):
        imported(path)
