"""Two public logs, supervised by the command, against the same rules said again as SQL over their raw events.

The SQL (tests/oracle/sql) was written from the text of the rules alone. The command is run as a user runs it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sql_oracle import SqlOracle, sql_oracle
from supervised import ROOT, Counts, counts, differences, supervise, yipanqi

from contract.times import parse_instant

_LOGS = {"road_fines": "road_fines_100.xes", "domestic_declarations": "domestic_declarations.xes.gz"}


def log_file(name: str) -> Path:
    """The public log; it lies beside the checkout, or where YIPANQI_LOGS says."""
    folder = Path(os.environ.get("YIPANQI_LOGS") or ROOT.parent / "shared" / "data")
    path = folder / _LOGS[name]
    if not path.is_file():
        pytest.fail(f"The public log {path} is missing: put it there, or set YIPANQI_LOGS to the folder that holds it.")
    return path


@pytest.fixture(scope="module")
def loaded(
    tmp_path_factory: pytest.TempPathFactory, clickhouse_front: Any
) -> Iterator[Callable[[str], tuple[Path, SqlOracle]]]:
    """A public log as events, imported by the command and loaded into ClickHouse, once for all tests: `loaded(pack)`."""
    done: dict[str, tuple[Path, SqlOracle]] = {}
    with ExitStack() as stack:

        def load(pack: str) -> tuple[Path, SqlOracle]:
            if pack not in done:
                events = tmp_path_factory.mktemp(pack) / "events.jsonl"
                yipanqi("import", log_file(pack), "--out", events)
                done[pack] = events, stack.enter_context(sql_oracle(clickhouse_front.port, events))
            return done[pack]

        yield load


Loaded = Callable[[str], tuple[Path, SqlOracle]]


def both(events: Path, sql: SqlOracle, pack: str, folder: Path, clock: datetime) -> Counts:
    """Ask both at the clock, compare them field by field, and return what stands."""
    engine = supervise(events, pack, folder, clock)
    found = differences(engine, sql.alerts(pack, clock))
    assert not found, "\n".join(found[:20])
    return counts(engine)


@pytest.mark.parametrize(
    ("pack", "clock", "least"),
    [
        ("road_fines", "2003-02-10T12:00:00Z", 10),
        ("road_fines", "2006-11-16T22:59:59.999999Z", 40),
        ("road_fines", "2020-01-01T00:00:00Z", 130),
        ("domestic_declarations", "2017-09-01T08:00:00Z", 100),
        ("domestic_declarations", "2018-03-25T01:30:00Z", 1000),
        ("domestic_declarations", "2018-11-04T23:00:00Z", 3000),
    ],
)
def test_standing_alerts(loaded: Loaded, tmp_path: Path, pack: str, clock: str, least: int) -> None:
    """In the midst of a log and after it, the command and the SQL find the same alerts, equal in every field."""
    events, sql = loaded(pack)
    assert both(events, sql, pack, tmp_path, parse_instant(clock)).total() >= least


def test_whole_log_without_until(loaded: Loaded, tmp_path: Path) -> None:
    """Without --until the clock is the greatest time of entry, and every rule has what the log allows."""
    events, sql = loaded("domestic_declarations")
    engine = supervise(events, "domestic_declarations", tmp_path)
    rows = sql.alerts("domestic_declarations", max(event.recordedtime for event in sql.events))
    found = differences(engine, rows)
    assert not found, "\n".join(found[:20])
    assert counts(engine) == {
        ("DD-1", "orange", "cured"): 197,
        ("DD-1", "red", "cured"): 425,
        ("DD-1", "yellow", "cured"): 38,
        ("DD-2", "orange", "closed"): 29,
        ("DD-2", "orange", "cured"): 151,
        ("DD-2", "red", "closed"): 46,
        ("DD-2", "red", "cured"): 133,
        ("DD-2", "yellow", "closed"): 15,
        ("DD-2", "yellow", "cured"): 219,
        ("DD-3", "orange", "cured"): 996,
        ("DD-3", "red", "cured"): 519,
        ("DD-3", "red", None): 26,
        ("DD-3", "yellow", "cured"): 1190,
        ("DD-4", "orange", "cured"): 833,
        ("DD-4", "red", "cured"): 227,
        ("DD-4", "red", None): 3,
    }


def test_road_fines_are_all_there(loaded: Loaded) -> None:
    """Long after the log every rule has what the log allows: cured, closed by payment or collection, and still open."""
    _, sql = loaded("road_fines")
    assert counts(sql.alerts("road_fines", parse_instant("2020-01-01T00:00:00Z"))) == {
        ("RF-1", "orange", "cured"): 26,
        ("RF-1", "red", "cured"): 9,
        ("RF-1", "yellow", "cured"): 8,
        ("RF-2", "orange", "closed"): 2,
        ("RF-2", "orange", "cured"): 13,
        ("RF-2", "red", "cured"): 4,
        ("RF-2", "red", None): 17,
        ("RF-2", "yellow", "closed"): 1,
        ("RF-2", "yellow", "cured"): 11,
        ("RF-3", "orange", "cured"): 17,
        ("RF-4", "orange", "cured"): 12,
        ("RF-4", "red", "cured"): 6,
        ("RF-4", "red", None): 2,
        ("RF-4", "yellow", "cured"): 2,
    }


def test_to_the_microsecond(loaded: Loaded, tmp_path: Path) -> None:
    """A level in days is reached at its instant, a level in hours only after it: so say both, a microsecond apart."""
    events, sql = loaded("road_fines")
    standing = sql.alerts("road_fines", parse_instant("2020-01-01T00:00:00Z"))
    moment = timedelta(microseconds=1)
    for rule, last_before in (("RF-1", -moment), ("RF-2", -moment), ("RF-3", timedelta(0)), ("RF-4", -moment)):
        name, row = min((name, row) for name, row in standing.items() if row["rule"] == rule)
        for clock, stands in ((last_before, False), (last_before + moment, True)):
            until = parse_instant(row["raised_at"]) + clock
            engine = supervise(events, "road_fines", tmp_path, until)
            assert (name in engine) is stands
            assert not differences(engine, sql.alerts("road_fines", until))
