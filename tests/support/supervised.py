"""`yipanqi supervise` run as a user runs it, and its alerts compared with those of the SQL."""

import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from contract.times import format_instant

ROOT = Path(__file__).parents[2]
PACKS = ROOT / "docs" / "tutorial" / "packs"
FIELDS = (
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


def yipanqi(*arguments: str | Path) -> None:
    """Run the command; it must succeed."""
    ran = subprocess.run(
        [sys.executable, "-m", "yipanqi", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def supervise(events: Path, pack: str, folder: Path, until: datetime | None = None) -> dict[str, Row]:
    """Run `yipanqi supervise` and return its alerts by id; the journal must tell of each."""
    out, journal = folder / "alerts.jsonl", folder / "journal.jsonl"
    clock = [] if until is None else ["--until", format_instant(until)]
    yipanqi("supervise", events, "--rules", PACKS / f"{pack}.toml", *clock, "--out", out, "--journal", journal)
    alerts = [msgspec.json.decode(line) for line in out.read_bytes().splitlines()]
    found: dict[str, Row] = {alert["id"]: alert for alert in alerts}
    assert len(found) == len(alerts)
    last: dict[str, Row] = {}
    for line in journal.read_bytes().splitlines():
        entry = msgspec.json.decode(line)
        if entry["transition"] in {"raised", "reopened", "ended", "retracted"}:
            last[entry["alert"]] = entry
    told = {
        name: entry["to"] if entry["transition"] == "ended" else None
        for name, entry in last.items()
        if entry["transition"] != "retracted"
    }
    assert told == {name: alert["end_reason"] for name, alert in found.items()}
    return found


def differences(engine: dict[str, Row], sql: dict[str, Row]) -> list[str]:
    """Say where the two differ, alert by alert and field by field."""
    said = [f"only the engine: {engine[name]}" for name in engine.keys() - sql.keys()]
    said += [f"only the SQL: {sql[name]}" for name in sql.keys() - engine.keys()]
    for name in engine.keys() & sql.keys():
        alert, row = engine[name], sql[name]
        mine = {field: row[field] for field in FIELDS} | {
            "levels": row["levels"],
            "reached": [at for _, at in row["levels"]][: row["levels_reached"]],
            "armed by": True,
            "ended by": True,
        }
        theirs = {field: alert[field] for field in FIELDS} | {
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
