"""A pack that reads what the stored history lacks is activated while the worker runs: its partitions are read again."""

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from click.testing import CliRunner

from contract.control import pack_activated, ticked
from contract.envelope import Event
from contract.topics import ALERTS, EMBEDDED_PARTITIONS
from streams.rules.load import load_packs
from streams.shell.cores import core_factory
from streams.shell.groups import group_lanes
from streams.shell.proof import prove
from yipanqi.__main__ import cli

_START = datetime(2026, 1, 5, tzinfo=UTC)
_RULE = """
[[rule]]
id = "{id}"
name = "试"
family = "inaction"
kind = "deadline"
start = "x.a"
stop = ["x.b"]
when = "{when}"
within = "10 calendar_days"
levels = [{{ severity = "orange", at = "100%" }}]
"""


def write_pack(folder: Path, version: str, **rules: str) -> Path:
    """A version of pack t with deadlines under some conditions."""
    head = f'[pack]\nid = "t"\nversion = "{version}"\ncalendar = "none"\nevents = ["x.a", "x.b"]\n'
    path = folder / f"t{version}.toml"
    path.write_text(head + "".join(_RULE.format(id=name, when=when) for name, when in rules.items()), encoding="utf-8")
    return path


def facts(first: int, count: int) -> list[Event]:
    """Starts in as many chains, an hour apart, with two fields that rules may read."""
    found = []
    for number in range(first, first + count):
        at, name = _START + timedelta(hours=number), f"case-{number}"
        data = {"small": number % 3, "big": number % 5}
        times: dict[str, Any] = {"time": at, "recordedtime": at, "receivedtime": at}
        found.append(
            Event(id=f"e{number}", source="/court/京0105/cms", type="x.a", subject=name, rootid=name, **times, data=data)
        )
    return found


def tick(scene: Any, number: int, days: int) -> None:
    """The clock reaches a day, in every partition."""
    scene.put_everywhere(ticked(number, _START + timedelta(days=days)))
    scene.producer.flush()


def test_it_says_what_it_would_with_the_pack_at_hand_from_the_start(scene: Any, tmp_path: Path) -> None:
    """Killed right after it has read one partition again, it does so once more and goes on; nothing is doubled."""
    old = write_pack(tmp_path, "1", T1="event.data.small == 0")
    new = write_pack(tmp_path, "2", T1="event.data.small == 0", T2="event.data.big == 0")
    (pack,) = load_packs([old])
    scene.put_everywhere(pack_activated(1, _START, pack=pack.id, version=pack.version, sha256=pack.sha256))
    for event in facts(0, 200):
        scene.put(event)
    tick(scene, 2, 20)
    worker = scene.worker(instance="a", rules=old, kill="reread")
    scene.wait_until_done()
    command = ["rules", "activate", str(new), "--from", "2026-01-06T00:00:00Z", "--kafka", scene.kafka, "--data", str(tmp_path)]
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 0, result.output
    assert worker.wait() == -signal.SIGKILL, worker.text()
    again = scene.worker(instance="a", rules=old)
    for event in facts(200, 100):
        scene.put(event)
    tick(scene, 10, 40)
    scene.wait_until_done()
    assert "is read again" in again.text()
    lanes = group_lanes([old, new], EMBEDDED_PARTITIONS)
    found = prove(core_factory([old, new]), scene.kafka, scene.ends(), lambda *_: None, lanes=lanes)
    assert found.holds, scene.logs()
    assert found.groups is not None
    assert found.groups.facts.counts[0] > found.journal.counts[0] > 60
    last = {step["alert"]["id"]: step["alert"] for step in map(msgspec.json.decode, (r.value for r in scene.records(ALERTS)))}
    versions = {(alert["rule"], alert["version"]) for alert in last.values()}
    assert versions == {("T1", "t@1"), ("T1", "t@2"), ("T2", "t@2")}
