"""A case of the running system as a bundle: whole, verified by the script inside, and what the log has."""

import json
import sys
from pathlib import Path
from subprocess import run
from typing import Any
from urllib.parse import quote

import httpx
from running import Up

from dashboards.exports import bundle_check


def test_a_case_is_exported_verified_and_compared_with_the_log(nation: Up, tmp_path: Path) -> None:
    """Through the API and by the command; a bundle that was made up consistently is whole, and the log tells it apart."""
    alert = next(one for one in nation.api("/api/v1/alerts?limit=200")["items"] if one["scope"] == "case")
    url = f"http://127.0.0.1:{nation.ports['wall']}/api/v1/exports/cases/{quote(alert['subject'], safe='')}"
    answer = httpx.get(url, timeout=60)
    assert answer.status_code == 200, answer.text
    assert bundle_check.check(answer.content) == []
    members = bundle_check.members_of(answer.content)
    told = [json.loads(line["value"]) for line in bundle_check.lines_of(members, "alerts.jsonl")]
    assert alert["id"] in {one["alert"]["id"] for one in told}
    types = {dict(line["headers"])["ce_type"] for line in bundle_check.lines_of(members, "events.jsonl")}
    assert any(name.endswith("case.filed.v1") for name in types) or types
    assert bundle_check.lines_of(members, "decisions.jsonl")

    file, script = tmp_path / "case.zip", tmp_path / "verify.py"
    done = _yipanqi(nation, "export", "case", alert["subject"], "--out", str(file), warehouse=True)
    assert done.returncode == 0, done.stderr
    script.write_bytes(bundle_check.members_of(file.read_bytes())["verify.py"])
    verified = run([sys.executable, "-I", "-S", str(script), str(file)], capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stdout
    assert verified.stdout.split("SHA-256 of the file: ")[1].split()[0] in done.stdout
    checked = _yipanqi(nation, "export", "check", str(file))
    assert checked.returncode == 0, checked.stderr

    file.write_bytes(_made_up(file.read_bytes()))
    assert bundle_check.check(file.read_bytes()) == []
    checked = _yipanqi(nation, "export", "check", str(file))
    assert checked.returncode == 1
    assert "the log has another record at court.events.v1" in checked.stderr


def _made_up(raw: bytes) -> bytes:
    """A bundle in which an event was entered at another time, with every digest made anew."""
    members = bundle_check.members_of(raw)
    lines = bundle_check.lines_of(members, "events.jsonl")
    headers = dict(lines[0]["headers"])
    lines[0]["headers"] = [[n, "2001-01-01T00:00:00Z" if n == "ce_recordedtime" else v] for n, v in headers.items()]
    lines[0]["digest"] = bundle_check.event_digest(bundle_check.attributes_of(lines[0]))
    lines[0]["record"] = bundle_check.record_digest(lines[0])
    about = {n: v for n, v in json.loads(members["manifest.json"]).items() if n != "files"}
    kept = {n: data for n, data in members.items() if not n.startswith("manifest")}
    kept["events.jsonl"] = b"".join(bundle_check.canonical(line) + b"\n" for line in lines)
    return bundle_check.pack(bundle_check.sealed(kept, about))


def _yipanqi(nation: Up, *arguments: str, warehouse: bool = False) -> Any:
    place = ["--kafka", f"127.0.0.1:{nation.ports['kafka']}"]
    place += ["--clickhouse", f"127.0.0.1:{nation.ports['clickhouse']}"] if warehouse else []
    command = [sys.executable, "-m", "yipanqi", *arguments, *place]
    return run(command, capture_output=True, text=True, check=False, timeout=120)
