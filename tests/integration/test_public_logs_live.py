"""Two public logs through the whole running system, against the same events offline and against SQL over the raw events."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from live_log import Alert, Live, differences, last_ticks, open_ones, supervise, until, write_log, yipanqi
from running import running

from contract.times import format_instant, parse_instant

_ROOT = Path(__file__).parents[2]
_PACKS = _ROOT / "docs" / "tutorial" / "packs"
_SQL = _ROOT / "tests" / "oracle" / "sql"
_LOGS = {"road_fines": "road_fines_100.xes", "domestic_declarations": "domestic_declarations.xes.gz"}
_IDS = {"road_fines": "road-fines@1", "domestic_declarations": "declarations@1"}
_SAMPLE = 2_000
"""Cases of a log in the short form; `make nightly` takes all 10,357."""
_FEWEST = {"road_fines": 90, "domestic_declarations": 900}
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


def log_file(name: str) -> Path:
    """The public log; it lies beside the checkout, or where YIPANQI_LOGS says."""
    folder = Path(os.environ.get("YIPANQI_LOGS") or _ROOT.parent / "shared" / "data")
    path = folder / _LOGS[name]
    if not path.is_file():
        pytest.fail(f"the public log {path} is missing: put it there, or set YIPANQI_LOGS to the folder that holds it")
    return path


@pytest.fixture(scope="module", params=[_SAMPLE, pytest.param(None, marks=[pytest.mark.nightly, pytest.mark.timeout(900)])])
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The logs as events, by the command: their first cases, or all."""
    folder = tmp_path_factory.mktemp("imported")
    found = {name: folder / f"{name}.jsonl" for name in _LOGS}
    for name, file in found.items():
        yipanqi("import", log_file(name), "--out", file)
        if request.param is not None:
            keep_cases(file, request.param)
    return found


def keep_cases(file: Path, count: int) -> None:
    """Leave the events of so many cases in an event file, in their order."""
    kept: set[str] = set()
    lines = []
    for line in file.read_bytes().splitlines(keepends=True):
        subject = json.loads(line)["subject"]
        if subject in kept or len(kept) < count:
            kept.add(subject)
            lines.append(line)
    file.write_bytes(b"".join(lines))


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, files: dict[str, Path]) -> Iterator[Live]:
    """A system on wall time with both packs, both logs published into it, and one tick after the last event."""
    data = tmp_path_factory.mktemp("public") / "data"
    rules = [text for name in _LOGS for text in ("--rules", str(_PACKS / f"{name}.toml"))]
    with running(data, "--no-simulator", *rules) as up:
        up.wait_up()
        found = Live(up)
        for file in files.values():
            found.command("publish", file, "--data", data)
        ends = sum(found.ends("court.events.v1").values())
        until(lambda: sum(found.ends("court.events.v1").values()) > ends, "a tick after the last event")
        with found.standing_still():
            found.settle()
            yield found
        found.close()
        assert up.interrupt() < 10


@pytest.mark.parametrize("name", list(_LOGS))
def test_live_is_offline_is_sql(name: str, live: Live, files: dict[str, Path]) -> None:
    """Every alert of the live system is the one of `supervise` in every field, of the SQL in every field that it has."""
    clock = max(last_ticks(live.log()).values())
    standing = of_pack(live.standing(), name)
    assert len(standing) >= _FEWEST[name]
    assert len({(alert["rule"], alert["severity"]) for alert in standing.values()}) >= 6
    offline = supervise(files[name], "--rules", _PACKS / f"{name}.toml", "--until", format_instant(clock))
    assert not differences(offline, standing)
    assert not differences(open_ones(offline), of_pack(live.shown(), name))
    assert not differences(sql_alerts(live, name, clock), {key: in_sql_terms(alert) for key, alert in standing.items()})
    print(name, len(standing), Counter((a["rule"], a["severity"], a["end_reason"]) for a in standing.values()))


def test_the_raw_log_says_the_same(live: Live, tmp_path: Path) -> None:
    """The log as Kafka holds it, receivedtimes and ticks included, supervised as a file, gives all standing alerts again."""
    log = live.log()
    assert not {entry.event.type for entry in log if entry.event.receivedtime is None}
    rules = [text for name in _LOGS for text in ("--rules", _PACKS / f"{name}.toml")]
    offline = supervise(write_log(tmp_path / "log.jsonl", log), *rules)
    assert not differences(offline, live.standing())
    assert not live.ends("court.rejected.v1").get(0)


def of_pack(alerts: dict[str, Alert], name: str) -> dict[str, Alert]:
    """The alerts of one pack."""
    return {key: alert for key, alert in alerts.items() if alert["version"] == _IDS[name]}


def in_sql_terms(alert: Alert) -> dict[str, Any]:
    """An alert with the fields that the SQL has."""
    return {field: alert[field] for field in _FIELDS} | {
        "levels": [[level["severity"], level["at"]] for level in alert["levels"]],
        "reached": [level["reached_at"] for level in alert["levels"] if level["reached_at"] is not None],
    }


def sql_alerts(live: Live, name: str, clock: datetime) -> dict[str, dict[str, Any]]:
    """What the oracle's SQL says of the events in the live warehouse; the events that it names must be among the evidence."""
    columns = live.warehouse.query_columns((_SQL / f"{name}.sql").read_text(), {"clock": clock})
    found = {}
    for values in zip(*columns.values(), strict=True):
        row = {column: plain(value) for column, value in zip(columns, values, strict=True)}
        reached = [at for _, at in row["levels"]][: row["levels_reached"]]
        found[row["id"]] = {field: row[field] for field in _FIELDS} | {"levels": row["levels"], "reached": reached}
    assert len(found) == len(columns["id"])
    return found


def plain(value: Any) -> Any:
    """Instants as text, tuples as lists."""
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def test_instants_are_compared_as_written() -> None:
    """The comparison itself: an instant of the warehouse and one of a record are the same text."""
    assert plain((parse_instant("2001-06-27T23:59:59+02:00"),)) == ["2001-06-27T21:59:59Z"]
