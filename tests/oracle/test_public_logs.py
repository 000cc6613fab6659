"""Two public logs, supervised by the command, against the same rules said again as SQL over their raw events.

The SQL (tests/oracle/sql) was written from the text of the rules alone. The command is run as a user runs it.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sql_oracle import SqlOracle, sql_oracle

from contract.times import format_instant, parse_instant

_ROOT = Path(__file__).parents[2]
_PACKS = _ROOT / "docs" / "tutorial" / "packs"
_LOGS = {"road_fines": "road_fines_100.xes", "domestic_declarations": "domestic_declarations.xes.gz"}
_FIELDS = (
    "rule",
    "subject",
    "key",
    "element",
    "armed_at",
    "severity",
    "due_at",
    "raised_at",
    "ended_at",
    "end_reason",
    "breach_days",
)
Row = dict[str, Any]
Counts = Counter[tuple[str, str, str | None]]


def log_file(name: str) -> Path:
    """The public log; it lies beside the checkout, or where YIPANQI_LOGS says."""
    folder = Path(os.environ.get("YIPANQI_LOGS") or _ROOT.parent / "shared" / "data")
    path = folder / _LOGS[name]
    if not path.is_file():
        pytest.fail(f"The public log {path} is missing: put it there, or set YIPANQI_LOGS to the folder that holds it.")
    return path


def yipanqi(*arguments: str | Path) -> None:
    """Run the command; it must succeed."""
    ran = subprocess.run(
        [sys.executable, "-m", "yipanqi", *map(str, arguments)], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def supervise(events: Path, pack: str, folder: Path, until: datetime | None = None) -> dict[str, Row]:
    """Run `yipanqi supervise` and return its alerts by id; the journal must tell of each."""
    out, journal = folder / "alerts.jsonl", folder / "journal.jsonl"
    clock = [] if until is None else ["--until", format_instant(until)]
    yipanqi("supervise", events, "--rules", _PACKS / f"{pack}.toml", *clock, "--out", out, "--journal", journal)
    alerts = [msgspec.json.decode(line) for line in out.read_bytes().splitlines()]
    found: dict[str, Row] = {alert["id"]: alert for alert in alerts}
    assert len(found) == len(alerts)
    last: dict[str, Row] = {}
    for line in journal.read_bytes().splitlines():
        entry = msgspec.json.decode(line)
        last[entry["alert"]] = entry
    standing = {name: entry["to"] for name, entry in last.items() if entry["transition"] != "retracted"}
    assert standing == {name: alert["end_reason"] or alert["severity"] for name, alert in found.items()}
    return found


def differences(engine: dict[str, Row], sql: dict[str, Row]) -> list[str]:
    """Say where the two differ, alert by alert and field by field."""
    said = [f"only the engine: {engine[name]}" for name in engine.keys() - sql.keys()]
    said += [f"only the SQL: {sql[name]}" for name in sql.keys() - engine.keys()]
    for name in engine.keys() & sql.keys():
        alert, row = engine[name], sql[name]
        mine = {field: row[field] for field in _FIELDS} | {
            "levels": row["levels"],
            "reached": [at for _, at in row["levels"]][: row["levels_reached"]],
            "armed by": True,
            "ended by": True,
        }
        theirs = {field: alert[field] for field in _FIELDS} | {
            "levels": [[level["severity"], level["at"]] for level in alert["levels"]],
            "reached": [level["reached_at"] for level in alert["levels"] if level["reached_at"] is not None],
            "armed by": [row["arming_source"], row["arming_id"]] in alert["evidence"],
            "ended by": row["ending_id"] is None or [row["ending_source"], row["ending_id"]] in alert["evidence"],
        }
        said += [
            f"{alert['rule']} {alert['subject']} {name}: {field} is {theirs[field]} by the engine, {mine[field]} by the SQL"
            for field in mine
            if theirs[field] != mine[field]
        ]
    return said


def counts(alerts: dict[str, Row]) -> Counts:
    """How many alerts of each rule, severity and end."""
    return Counter((alert["rule"], alert["severity"], alert["end_reason"]) for alert in alerts.values())


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
