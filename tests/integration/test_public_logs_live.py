"""Two public logs through the whole running system, against the same events offline and against SQL over the raw events."""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from live_log import Alert, Live, differences, last_ticks, open_ones, supervise, until, write_log, yipanqi
from running import running
from supervised import FIELDS, PACKS, ROOT

from contract.times import format_instant

_SQL = ROOT / "tests" / "oracle" / "sql"
_LOGS = {"road_fines": "road_fines_100.xes", "domestic_declarations": "domestic_declarations.xes.gz"}
_IDS = {"road_fines": "road-fines@1", "domestic_declarations": "declarations@1"}
_SAMPLE = 2_000
"""Cases of a log in the short form; `make nightly` takes all 10,357."""
_FEWEST = {"road_fines": 90, "domestic_declarations": 900}


def log_file(name: str) -> Path:
    """The public log; it lies beside the checkout, or where YIPANQI_LOGS says."""
    folder = Path(os.environ.get("YIPANQI_LOGS") or ROOT.parent / "shared" / "data")
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
    rules = [text for name in _LOGS for text in ("--rules", str(PACKS / f"{name}.toml"))]
    with running(data, "--no-simulator", "--visitors", "open", *rules) as up:
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
    offline = supervise(files[name], "--rules", PACKS / f"{name}.toml", "--until", format_instant(clock))
    assert not differences(offline, standing)
    assert not differences(open_ones(offline), of_pack(live.shown(), name))
    rows = sql_rows(live, name, clock)
    in_sql = {key: in_common(row, sql_levels(row)) for key, row in rows.items()}
    assert not differences(in_sql, {key: in_common(alert, engine_levels(alert)) for key, alert in standing.items()})
    for key, row in rows.items():
        named = [[row[f"{what}_source"], row[f"{what}_id"]] for what in ("arming", "ending") if row[f"{what}_id"] is not None]
        assert all(event in standing[key]["evidence"] for event in named)


def test_the_raw_log_says_the_same(live: Live, tmp_path: Path) -> None:
    """The log as Kafka holds it, receivedtimes and ticks included, supervised as a file, gives all standing alerts again."""
    log = live.log()
    assert not {entry.event.type for entry in log if entry.event.receivedtime is None}
    rules = [text for name in _LOGS for text in ("--rules", PACKS / f"{name}.toml")]
    offline = supervise(write_log(tmp_path / "log.jsonl", log), *rules)
    assert not differences(offline, live.standing())
    assert not live.ends("court.rejected.v1").get(0)


def of_pack(alerts: dict[str, Alert], name: str) -> dict[str, Alert]:
    """The alerts of one pack."""
    return {key: alert for key, alert in alerts.items() if alert["version"] == _IDS[name]}


def in_common(alert: Alert, levels: list[list[str | None]]) -> dict[str, Any]:
    """What the engine and the SQL both say of an alert."""
    return {field: alert[field] for field in FIELDS} | {"levels": levels}


def engine_levels(alert: Alert) -> list[list[str | None]]:
    """Each level: its severity, its instant, when it was reached."""
    return [[level["severity"], level["at"], level["reached_at"]] for level in alert["levels"]]


def sql_levels(row: dict[str, Any]) -> list[list[str | None]]:
    """The same of a row: a level is reached at its own instant."""
    return [[severity, at, at if place < row["levels_reached"] else None] for place, (severity, at) in enumerate(row["levels"])]


def sql_rows(live: Live, name: str, clock: datetime) -> dict[str, dict[str, Any]]:
    """What the oracle's SQL says of the events in the live warehouse, by alert id."""
    columns = live.warehouse.query_columns((_SQL / f"{name}.sql").read_text(), {"clock": clock})
    rows = [dict(zip(columns, map(plain, values), strict=True)) for values in zip(*columns.values(), strict=True)]
    found = {row["id"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def plain(value: Any) -> Any:
    """Instants as text, tuples as lists."""
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
