"""What a person does with dead letters: list, show, replay, dismiss."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract.codec import to_kafka
from contract.control import pack_activated, ticked
from contract.envelope import full_type
from contract.topics import ALERTS, EVENTS, partition_of
from streams.rules.load import load_packs

MASTER_KEY = bytes(range(64))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with the master key of the toy worker."""
    folder = tmp_path / "data"
    (folder / "keys").mkdir(parents=True)
    file = folder / "keys" / "master.key"
    file.write_bytes(MASTER_KEY)
    file.chmod(0o600)
    return folder


def dlq(scene: Any, data: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `yipanqi dlq`."""
    command = [sys.executable, "-m", "yipanqi", "dlq", "--kafka", scene.kafka, "--data", str(data), *arguments]
    environment = os.environ | {"COLUMNS": "200"}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


def letters(scene: Any, data: Path) -> list[dict[str, Any]]:
    """The open letters."""
    return [json.loads(line) for line in dlq(scene, data, "list", "--json").stdout.splitlines()]


def test_a_letter_is_listed_shown_replayed_and_its_chain_is_whole_again(scene: Any, data: Path, toy_event: Any) -> None:
    """A record that did not come through the gateway is replayed; an unreadable one stays refused and is dismissed."""
    event = toy_event(0, 1)
    key, value, headers = to_kafka(msgspec.structs.replace(event, receivedtime=None))
    place = partition_of(event.rootid, 4)
    scene.producer.send(EVENTS, key=key, value=value, headers=headers, partition=place)
    hostile = [(name, b"[/x]\x1b[2J" if name == "ce_id" else raw) for name, raw in headers]
    scene.producer.send(EVENTS, key=b"other", value=b"{", headers=hostile, partition=place)
    scene.put(toy_event(1, 1))
    scene.feed(0)
    scene.worker()
    scene.wait_until_done()

    found = {letter["reason"]: letter for letter in letters(scene, data)}
    assert set(found) == {"not_received", "not_json"}
    table = dlq(scene, data, "list").stdout
    assert "not_received" in table
    assert "/court/京0105/cms" in table
    good, bad = found["not_received"]["id"], found["not_json"]["id"]
    shown = dlq(scene, data, "show", good[:10])
    assert '{"n":0}' in shown.stdout
    assert "ce_id = e0" in shown.stdout
    assert "[/x]\\x1b[2J" in table  # neither markup nor a control sequence
    shown = dlq(scene, data, "show", bad).stdout
    assert "no JSON" in shown
    assert "\x1b" not in table + shown

    dry = dlq(scene, data, "replay", good, bad, "--dry-run")
    assert dry.returncode == 1
    assert "would be replayed" in dry.stdout
    assert "is still refused" in dry.stdout
    assert len(letters(scene, data)) == 2

    assert dlq(scene, data, "replay", good).stdout.split() == [good[:12], "replayed"]
    again = dlq(scene, data, "replay", good)
    assert again.returncode == 1
    assert "replayed already" in again.stdout
    assert dlq(scene, data, "dismiss", bad, "--why", "a test wrote it").returncode == 0
    assert letters(scene, data) == []
    scene.put(toy_event(2, 1))
    scene.feed(0)
    scene.wait_until_done()
    said = [msgspec.json.decode(record.value) for record in scene.records(ALERTS) if record.key == key]
    assert [(one["count"], one["incomplete"]) for one in said] == [(1, True), (2, True), (3, False)]


def test_a_letter_that_failed_too_often_is_left_alone(scene: Any, data: Path, toy_event: Any) -> None:
    """Attempts travel with the event; at the limit a replay is refused with what to do."""
    scene.put(toy_event(0, 1, "x.poison"))
    scene.feed(0)
    scene.worker()
    scene.wait_until_done()
    for tries in (1, 2):
        (letter,) = letters(scene, data)
        assert letter["attempts"] == tries
        assert dlq(scene, data, "replay", letter["id"]).returncode == 0
        scene.wait_until_done()
    (letter,) = letters(scene, data)
    refused = dlq(scene, data, "replay", letter["id"])
    assert refused.returncode == 1
    assert "failed 3 times" in refused.stdout
    wrong = dlq(scene, data, "show", "zz")
    assert wrong.returncode == 1
    assert "0 dead letters begin with 'zz'" in wrong.stderr


def test_a_body_that_takes_the_place_of_another_is_a_letter_too(scene: Any, toy_event: Any) -> None:
    """The greater body came first: its chain is incomplete, somebody can see why, and dismissing the letter makes it whole."""
    (pack,) = load_packs()
    plain = msgspec.structs.replace(toy_event(0, 1), type=full_type("case.application_received"))
    bodies = [msgspec.structs.replace(plain, data={"application_no": number}) for number in ("1", "2")]
    lesser, greater = sorted(bodies, key=lambda event: event.digest)
    scene.put_everywhere(pack_activated(1, plain.time, pack=pack.id, version=pack.version, sha256=pack.sha256))
    scene.put(greater)
    scene.put(lesser)
    scene.put_everywhere(ticked(2, plain.time + timedelta(days=90)))
    scene.producer.flush()
    scene.product("cases", instance="real")
    scene.wait_until_done()
    (letter,) = letters(scene, scene.folder)
    assert (letter["reason"], letter["rootid"], letter["event_id"]) == ("id_conflict", "chain-0", "e0")
    assert lesser.data["application_no"] in dlq(scene, scene.folder, "show", letter["id"]).stdout
    assert dlq(scene, scene.folder, "dismiss", letter["id"], "--why", "the court said so").returncode == 0
    scene.wait_until_done()
    assert letters(scene, scene.folder) == []
    last = {(said := msgspec.json.decode(record.value))["alert"]["id"]: said["alert"] for record in scene.records(ALERTS)}
    told = [msgspec.json.decode(record.value)["alert"]["incomplete"] for record in scene.records(ALERTS)]
    assert True in told
    assert [alert["incomplete"] for alert in last.values()] == [False] * len(last)
