"""`yipanqi backtest` on the log of a running system: the same as on that log as a file."""

import json
import shutil
from pathlib import Path

from live_log import Live
from running import running

from streams.rules.load import NATIONAL

_NEW = """
[[rule]]
id = "NEW-1"
name = "An objection not told of on the day"
family = "inaction"
kind = "deadline"
start = "objection.received"
arms = "every"
stop = ["objection.filed"]
within = "0 calendar_days"
levels = [{ severity = "yellow", at = "100%" }]
"""


def test_a_draft_is_judged_over_the_live_log(tmp_path: Path) -> None:
    """A new rule and a longer limit, compared with the pack in force, from Kafka and from the exported file."""
    draft = tmp_path / "cn"
    shutil.copytree(NATIONAL, draft)
    objections = draft / "60-objection.toml"
    text = objections.read_text(encoding="utf-8")
    objections.write_text(text.replace('within = "3 calendar_days"', 'within = "9 calendar_days"', 1) + _NEW, encoding="utf-8")
    with running(tmp_path / "data", "--no-simulator") as up:
        up.wait_up()
        for subject in ("one", "two"):
            at, data = "2023-11-20T01:00:00Z", {"objection_id": "o1", "kind": "行为"}
            up.post(id=subject, subject=subject, type="objection.received", time=at, data=data)
        live = Live(up)
        try:
            live.command("export", "--out", tmp_path / "log.jsonl")
            lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_bytes().splitlines()]
            until = max(line["receivedtime"] for line in lines if not line["type"].endswith("sys.calendar_changed.v1"))
            common = (draft, "--data", up.data, "--until", until, "--out")
            said = live.command("backtest", *common, tmp_path / "live.jsonl")
            live.command("backtest", *common, tmp_path / "file.jsonl", "--events", tmp_path / "log.jsonl")
        finally:
            live.close()
        up.interrupt()
    assert "compared with cn@1" in said
    found = (tmp_path / "live.jsonl").read_bytes()
    assert found == (tmp_path / "file.jsonl").read_bytes()
    told = [json.loads(line) for line in found.splitlines()]
    assert [(line["changes"], (line["after"] or line["before"])["rule"]) for line in told] == [
        (["added"], "NEW-1"),
        (["added"], "NEW-1"),
        (["due", "levels"], "R-OBJ-01.a"),
        (["due", "levels"], "R-OBJ-01.a"),
    ]
