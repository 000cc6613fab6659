"""A court's cases as XES, read back by our own importer: the same cases, activities, times and values."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import etree

from contract.codec import read_lines
from contract.envelope import Event, full_type
from contract.topics import EVENTS
from dashboards.exports.xes import steps, write_xes
from infra.clickhouse.client import ClickHouse
from producers.importers.mapping import Mapping
from producers.importers.run import import_file
from streams.shell.seam import TP
from streams.shell.warehouse import Batch, Warehouse
from yipanqi.export import command

START = datetime(2024, 3, 1, 1, 30, tzinfo=UTC)
ODD = 'a<b>&"\u0001\ufffe 键\n'


def event(number: int, subject: str, kind: str, **attributes: Any) -> Event:
    """An event on the day of its number."""
    at = START + timedelta(days=number)
    values = {"rootid": subject, "recordedtime": at + timedelta(hours=2), "receivedtime": at + timedelta(hours=3)} | attributes
    return Event(
        id=f"e{number}", source="/court/京0105/oa", type=full_type(kind), subject=subject, time=at, sequence=number, **values
    )


STORY = [
    event(0, "case-1", "case.filed", data={"case_no": "（2024）京0105执1号", "claim_fen": 9_007_199_254_740_991}),
    event(
        1, "case-2", "x.entry", data={"ratio": 0.1, "yes": True, "none": None, "list": [1, {"a": "b"}], "text": ODD, "": "x"}
    ),
    event(2, "case-1", "objection.received", data={"objection_id": "o1", "kind": "行为"}),
    event(
        3,
        "case-1",
        "objection.received",
        correctionof=("/court/京0105/oa", "e2"),
        data={"objection_id": "o1", "kind": "案外人"},
    ),
    event(4, "case-3", "case.filed", data={"case_no": "（2024）京0101执1号"}),
    event(9, "case-1", "case.closed", data={"mode": "执行完毕"}),
]
OWNERS = {"case-1": "京0105", "case-2": "京0105", "case-3": "京0101"}


@pytest.fixture
def warehouse(clickhouse: ClickHouse, of_event: Callable[..., Any]) -> ClickHouse:
    """The story in the tables: its events as they came, and who owns each case."""
    batch = Batch()
    batch.add(TP(EVENTS, 0), 0, [of_event(one, offset) for offset, one in enumerate(STORY)])
    Warehouse(clickhouse).write(batch)
    subjects = list(OWNERS)
    columns = {"subject": subjects, "id": subjects, "rootid": subjects, "court": list(OWNERS.values())}
    clickhouse.insert_columns("cases", columns | {"case_no": [f"no of {one}" for one in subjects], "position": [1, 1, 1]})
    return clickhouse


def read_back(file: Path) -> list[Event]:
    """The file as our importer reads it; nothing is refused."""
    out = file.with_name("events.jsonl")
    refused: list[Any] = []
    import_file(file, out, Mapping(recordedtime="recordedtime"), refused.append, lambda _: None)
    assert refused == []
    return [one for _, one in read_lines(out) if isinstance(one, Event)]


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_what_is_written_is_read_back(warehouse: ClickHouse, tmp_path: Path, name: str) -> None:
    """Cases, activities, instants, values of each kind; corrections are applied, and nothing of another court is there."""
    file = tmp_path / name
    summary = write_xes(steps(warehouse, ["京0105"], date(2024, 1, 1), date(2024, 12, 31)), file, "京0105")
    assert (summary.cases, summary.events) == (2, 4)
    events = read_back(file)
    assert [(e.subject, e.data["concept:name"], e.data["event_id"]) for e in events if e.data] == [
        ("case-1", "case.filed", "e0"),
        ("case-1", "objection.received", "e2"),
        ("case-1", "case.closed", "e9"),
        ("case-2", "x.entry", "e1"),
    ]
    told = {e.id: e for e in STORY}
    for one in events:
        assert one.data is not None
        first = told[one.data["event_id"]]
        assert one.recordedtime == first.recordedtime
        assert one.data["event_source"] == first.source
        assert one.time == (told["e3"] if first.id == "e2" else first).time
    filed, objection, _, entry = (e.data for e in events)
    assert filed is not None
    assert filed["claim_fen"] == 9_007_199_254_740_991
    assert objection is not None
    assert objection["kind"] == "案外人"
    assert entry is not None
    assert {name: entry[name] for name in ("ratio", "yes")} == {"ratio": 0.1, "yes": True}
    assert json.loads(entry["list"]) == [1, {"a": "b"}]
    assert entry["text"] == 'a<b>&"\ufffd\ufffd 键\n'
    assert "none" not in entry


def test_days_are_civil_and_both_belong_to_the_period(warehouse: ClickHouse, tmp_path: Path) -> None:
    """From the first instant of the first day in Shanghai to the last of the last."""
    found = steps(warehouse, ["京0105", "京0101"], date(2024, 3, 2), date(2024, 3, 5))
    assert {step.id for step in found} == {"e1", "e2", "e4"}
    assert write_xes([], tmp_path / "empty.xes", "nothing").events == 0
    assert read_back(tmp_path / "empty.xes") == []


def test_the_same_log_is_the_same_file(warehouse: ClickHouse, tmp_path: Path) -> None:
    """Byte by byte, compressed too."""
    files = [tmp_path / "a.xes.gz", tmp_path / "b.xes.gz"]
    for file in files:
        write_xes(steps(warehouse, ["京0105"], date(2024, 1, 1), date(2024, 12, 31)), file, "京0105")
    assert files[0].read_bytes() == files[1].read_bytes()


def test_others_tools_find_what_the_standard_asks_for(warehouse: ClickHouse, tmp_path: Path) -> None:
    """Version, extensions before globals before classifiers, and in each trace and event what the globals promise."""
    file = tmp_path / "log.xes"
    write_xes(steps(warehouse, ["京0105"], date(2024, 1, 1), date(2024, 12, 31)), file, "京0105")
    log = etree.parse(file).getroot()
    names = [etree.QName(child).localname for child in log]
    assert names == ["extension"] * 3 + ["global"] * 2 + ["classifier", "string", "trace", "trace"]
    assert log.get("xes.version") == "1849.2016"
    space = {"x": "http://www.xes-standard.org/"}
    for trace in log.findall("x:trace", space):
        assert trace.find("x:string[@key='concept:name']", space) is not None
        for one in trace.findall("x:event", space):
            assert one.find("x:string[@key='concept:name']", space) is not None
            assert one.find("x:date[@key='time:timestamp']", space).get("value").endswith("+08:00")
            keys = [child.get("key") for child in one]
            assert len(keys) == len(set(keys))


def test_the_command(warehouse: ClickHouse, tmp_path: Path) -> None:
    """With the courts below where that is asked for; what can't be is said."""
    place = ["--clickhouse", f"{warehouse.host}:{warehouse.port}", "--database", warehouse.database]
    days = ["--from", "2024-01-01", "--to", "2024-12-31"]

    def run(*options: str) -> Any:
        return CliRunner().invoke(command, ["xes", *options, *place])

    done = run("--court", "京", "--below", *days, "--out", str(tmp_path / "a.xes.gz"))
    assert done.exit_code == 0, done.output
    assert "5 events of 3 cases" in done.output
    assert "0 events of 0 cases" in run("--court", "京", *days, "--out", str(tmp_path / "b.xes")).output
    assert run("--court", "nowhere", *days, "--out", str(tmp_path / "c.xes")).exit_code == 2
    assert run("--court", "京", *days, "--out", str(tmp_path / "c.csv")).exit_code == 2
    assert run("--court", "京", "--from", "x", "--to", "2024-01-01", "--out", str(tmp_path / "c.xes")).exit_code == 2
