"""The cases worker as it ships, over simulated lives, killed at any moment: the same alerts as supervising the file."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from live_log import differences

from contract.codec import read_lines
from contract.control import pack_activated
from contract.envelope import Event
from contract.registry import RESTRICTED_TYPES
from contract.topics import ALERTS, EMBEDDED_PARTITIONS, FACTS
from streams.offline import supervise
from streams.rules.load import load_packs
from yipanqi.__main__ import cli


def simulated(folder: Path, cases: int) -> list[Event]:
    """Events and ticks of a small nation, as the common log has them, each received when it was recorded."""
    out = folder / "events.jsonl"
    command = [sys.executable, "-m", "yipanqi", "simulate", "--seed", "5", "--cases", str(cases)]
    subprocess.run([*command, "--out", out, "--truth", folder / "truth.jsonl"], check=True, capture_output=True)
    events = []
    for _, event in read_lines(out):
        assert isinstance(event, Event)
        if event.short not in RESTRICTED_TYPES:
            events.append(msgspec.structs.replace(event, receivedtime=event.recordedtime))
    return events


def standing(scene: Any) -> dict[str, dict[str, Any]]:
    """The standing alerts that the topic of alerts tells of: the last of each that was not retracted."""
    last: dict[str, dict[str, Any]] = {}
    bodies: dict[str, bytes] = {}
    for record in scene.records(ALERTS):
        step = msgspec.json.decode(record.value)
        if bodies.setdefault(step["id"], record.value) != record.value:
            pytest.fail("a repeat with another body")
        last[step["alert"]["id"]] = step
    return {name: step["alert"] for name, step in last.items() if step["transition"] != "retracted"}


@pytest.mark.parametrize("cases", [200, pytest.param(5000, marks=[pytest.mark.nightly, pytest.mark.timeout(1800)])])
def test_killed_at_any_moment_it_raises_what_supervise_raises(scene: Any, tmp_path: Path, cases: int) -> None:
    """SIGKILL of both workers at work, several times: the alerts stand as `yipanqi supervise` has them, field by field."""
    events = simulated(tmp_path, cases)
    packs = load_packs(None)
    for pack in packs:
        for partition in range(EMBEDDED_PARTITIONS):
            scene.put(pack_activated(1, events[0].time, pack=pack.id, version=pack.version, sha256=pack.sha256), partition)
    fed = iter(events)
    for kill in range(3):
        workers = [scene.product(room, instance="real") for room in ("cases", "groups")]
        for event in [event for _, event in zip(range(len(events) // 4), fed, strict=False)]:
            scene.put_everywhere(event) if event.short == "sys.ticked" else scene.put(event)
        for worker in workers:
            worker.wait_until_ready()
        time.sleep(0.2 + 0.3 * kill)
        for worker in reversed(workers):
            worker.signal(signal.SIGKILL)
            worker.wait()
    for event in fed:
        scene.put_everywhere(event) if event.short == "sys.ticked" else scene.put(event)
    scene.producer.flush()
    for room in ("cases", "groups"):
        scene.product(room, instance="real")
    scene.wait_until_done()
    scene.wait_until_done(FACTS, "yipanqi-groups")
    expected, _, refusals = supervise(enumerate(events, 1), packs)
    assert not refusals
    assert len(expected) > cases // 4
    undisturbed = {alert["id"]: alert for alert in msgspec.json.decode(msgspec.json.encode(expected))}
    assert not differences(undisturbed, standing(scene))
    if cases > 200:  # the long form
        proved = CliRunner().invoke(cli, ["verify", "--replay", "--kafka", scene.kafka, "--data", str(tmp_path)])
        assert proved.exit_code == 0, proved.output
        rebuilt = CliRunner().invoke(cli, ["rebuild", "--alerts", "--dry-run", "--kafka", scene.kafka, "--data", str(tmp_path)])
        assert "no difference" in rebuilt.output
