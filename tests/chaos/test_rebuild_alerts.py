"""`yipanqi rebuild --alerts` beside the live engine: nothing is sent on a sound log, exactly the difference on another."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from contract.codec import read_lines
from contract.control import pack_activated
from contract.envelope import Event
from contract.registry import RESTRICTED_TYPES
from contract.topics import ALERTS, EMBEDDED_PARTITIONS, REBUILD_HEADER, Topic, partition_of
from infra.kafka.topics import delete_topics
from streams.cases.outputs import TransitionOut
from streams.rules.load import load_packs
from yipanqi.__main__ import cli


@pytest.fixture(autouse=True)
def _no_rebuilds(topics: str) -> Iterator[None]:
    """Take the topics of rebuilds away, so that their numbers begin at 1."""
    rebuilds = [Topic(f"supervision.alerts.rebuild-{number}", "rootid", "derived", {}) for number in range(1, 10)]
    delete_topics(topics, rebuilds)
    yield
    delete_topics(topics, rebuilds)


def _fill(scene: Any, folder: Path) -> None:
    out = folder / "events.jsonl"
    command = [sys.executable, "-m", "yipanqi", "simulate", "--seed", "7", "--cases", "60"]
    subprocess.run([*command, "--out", out, "--truth", folder / "truth.jsonl"], check=True, capture_output=True)
    read = [event for _, event in read_lines(out) if isinstance(event, Event)]
    events = [event for event in read if event.short not in RESTRICTED_TYPES]
    for pack in load_packs(None):
        scene.put_everywhere(pack_activated(1, events[0].time, pack=pack.id, version=pack.version, sha256=pack.sha256))
    for event in events:
        put = scene.put_everywhere if event.short == "sys.ticked" else scene.put
        put(msgspec.structs.replace(event, receivedtime=event.recordedtime))
    scene.producer.flush()


def _rebuild(scene: Any, *options: str) -> Result:
    result = CliRunner().invoke(cli, ["rebuild", "--alerts", "--kafka", scene.kafka, *options])
    assert result.exit_code == 0, (result.output, result.exception)
    return result


def _said(scene: Any, topic: str) -> list[TransitionOut]:
    return [msgspec.json.decode(record.value, type=TransitionOut) for record in scene.records(topic)]


def _standing(said: list[TransitionOut]) -> dict[str, str]:
    last = {step.alert.id: step for step in said}
    return {name: step.alert.severity for name, step in last.items() if step.transition != "retracted"}


def test_only_the_difference_enters_the_live_topic(scene: Any, tmp_path: Path) -> None:
    """A false alert is retracted, a lost one raised again, a changed one mended; all else is left alone."""
    _fill(scene, tmp_path)
    worker = scene.product("cases", instance="real")
    scene.wait_until_done()
    sound = _said(scene, ALERTS)
    assert "no difference" in _rebuild(scene).output
    assert len(_said(scene, ALERTS)) == len(sound)
    assert _standing(_said(scene, "supervision.alerts.rebuild-1")) == _standing(sound)

    standing = [step for step in sound if step.alert.id in _standing(sound)]
    lost, changed, model = standing[0], next(s for s in reversed(standing) if s.alert.severity != "yellow"), standing[1]
    last = {step.alert.id: step for step in sound}
    forged = [
        msgspec.structs.replace(last[lost.alert.id], id="forged-1", transition="retracted"),
        msgspec.structs.replace(
            last[changed.alert.id],
            id="forged-2",
            alert=msgspec.structs.replace(last[changed.alert.id].alert, severity="yellow"),
        ),
        msgspec.structs.replace(model, id="forged-3", alert=msgspec.structs.replace(model.alert, id="false")),
    ]
    for step in forged:
        partition = partition_of(step.key, EMBEDDED_PARTITIONS)
        scene.producer.send(ALERTS, key=step.key.encode(), value=step.encode(), partition=partition)
    scene.producer.flush()
    before = len(_said(scene, ALERTS))
    assert "would be sent" in _rebuild(scene, "--dry-run").output
    assert len(_said(scene, ALERTS)) == before

    _rebuild(scene)
    sent = [step for step in _said(scene, ALERTS) if step.cause == ("/sys/rebuild", "recomputed")]
    assert {step.alert.id for step in sent} == {lost.alert.id, changed.alert.id, "false"}
    assert {step.transition for step in sent if step.alert.id == "false"} == {"retracted"}
    assert {step.alert for step in sent if step.alert.id == lost.alert.id} == {last[lost.alert.id].alert}
    assert _standing([*sound, *forged, *sent]) == _standing(sound)
    names = {dict(record.headers).get(REBUILD_HEADER) for record in scene.records(ALERTS) if b'"/sys/rebuild"' in record.value}
    assert len(names) == 1  # by which each desk tells of all of it at once
    assert None not in names
    assert "no difference" in _rebuild(scene).output
    assert worker.process.poll() is None
