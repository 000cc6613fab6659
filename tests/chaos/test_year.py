"""National traffic through the gateway's checks into a real log, judged by the worker: its journal equals the file's."""

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from contract.codec import encode_line, read_lines
from contract.envelope import Event
from contract.topics import ALERTS, EMBEDDED_PARTITIONS, partition_of
from producers.clock import Clock, PackActivation
from producers.intake import OpenIntake, check_all
from streams.cases.outputs import TransitionOut
from streams.offline import Supervision
from streams.rules.load import load_packs
from yipanqi.__main__ import cli
from yipanqi.clock import calendar_activation

Line = dict[str, Any]


def simulated(folder: Path, how: str) -> Path:
    """A nation at a small scale, with a tick each day."""
    out = folder / "events.jsonl"
    command = [sys.executable, "-m", "yipanqi", "simulate", "--seed", "11", *how.split()]
    subprocess.run([*command, "--out", out, "--truth", folder / "truth.jsonl"], check=True, capture_output=True)
    return out


def days(path: Path) -> Iterator[tuple[datetime, list[Event]]]:
    """(tick, the events before it) of a file."""
    found: list[Event] = []
    for _, event in read_lines(path):
        assert isinstance(event, Event)
        if event.short == "sys.ticked":
            yield event.time, found
            found = []
        else:
            found.append(event)


def publish(kafka: str, data: Path, path: Path) -> int:
    """Send a file as the gateway would, the clock going on day by day; returns how many events."""
    packs = [PackActivation(pack.id, pack.version, pack.sha256) for pack in load_packs()]
    sent = 0
    line: Clock | None = None
    intake: OpenIntake | None = None
    for tick, events in days(path):
        if line is None:
            line = Clock(kafka, line="simulated", origin=tick, speed=0.001, calendar=calendar_activation(), packs=packs)
            intake = OpenIntake(kafka, data / "keys" / "master.key", speed=0.001, partitions=EMBEDDED_PARTITIONS)
        assert intake is not None
        taken = check_all([encode_line(msgspec.structs.replace(event, receivedtime=None)) for event in events])
        accepted = [event for event in taken if isinstance(event, Event)]
        assert len(accepted) == len(events), taken
        if accepted:
            intake.submit(accepted).wait()
        line.advance(max(tick, line.current()))
        sent += len(accepted)
    assert line is not None
    assert intake is not None
    line.close()
    intake.close()
    return sent


def live_journal(scene: Any) -> dict[int, list[Line]]:
    """What the worker said of cases and chains, by partition, in order of position; repeats dropped."""
    found: dict[int, list[tuple[int, Line]]] = defaultdict(list)
    seen: set[str] = set()
    for record in sorted(scene.records(ALERTS), key=lambda record: (record.partition, record.offset)):
        out = msgspec.json.decode(record.value, type=TransitionOut)
        if out.id not in seen and out.alert.scope in ("case", "chain"):
            seen.add(out.id)
            partition, _, offset = out.position.partition(":")
            found[int(partition)].append((int(offset), out.journal()))
    return _ordered(found)


def file_journal(path: Path, positions: Path) -> dict[int, list[Line]]:
    """The same of the exported file, its lines mapped to their places in the log."""
    places = [json.loads(line) for line in positions.read_bytes().splitlines()]
    supervision = Supervision(load_packs())
    found: dict[int, list[tuple[int, Line]]] = defaultdict(list)
    for number, event in read_lines(path):
        for out in supervision.read(number, event):
            if out.alert.scope in ("case", "chain"):
                partition = partition_of(out.rootid, EMBEDDED_PARTITIONS)
                offset = places[number - 1][str(partition)]
                found[partition].append((offset, out.journal() | {"position": f"{partition}:{offset}"}))
    assert not supervision.refusals
    return _ordered(found)


def _ordered(found: dict[int, list[tuple[int, Line]]]) -> dict[int, list[Line]]:
    return {
        partition: [line for _, line in sorted(lines, key=lambda pair: (pair[0], pair[1]["alert"]))]
        for partition, lines in found.items()
    }


NIGHTLY = [pytest.mark.nightly, pytest.mark.timeout(14_400)]


@pytest.mark.parametrize(
    ("how", "least"),
    [
        ("--cases 40", 40),
        pytest.param("--national --scale 50000", 1_000, marks=NIGHTLY),
        pytest.param("--national --scale 1000", 50_000, marks=NIGHTLY),
    ],
)
def test_the_journal_of_the_exported_log_equals_the_live_one(
    topics: str, scene_on: Any, tmp_path: Path, how: str, least: int
) -> None:
    """Line by line and in order, positions and clocks included; `verify --replay` says the same of the log itself."""
    scene = scene_on(topics)
    began = time.monotonic()
    sent = publish(topics, tmp_path, simulated(tmp_path, how))
    _say(f"{sent} events sent", began)
    scene.product("cases", instance="real")
    wait_until_done(scene)
    _say("judged live", began)
    log, positions = tmp_path / "log.jsonl", tmp_path / "positions.jsonl"
    exported = CliRunner().invoke(cli, ["export", "--kafka", topics, "--out", str(log), "--positions", str(positions)])
    assert exported.exit_code == 0, exported.output
    live, file = live_journal(scene), file_journal(log, positions)
    _say(f"judged as a file, {sum(map(len, file.values()))} transitions of cases", began)
    assert sum(map(len, live.values())) > least
    assert live == file
    proved = CliRunner().invoke(cli, ["verify", "--replay", "--kafka", topics, "--data", str(tmp_path)])
    assert proved.exit_code == 0, proved.output
    assert "the journal is what the log gives" in proved.output
    assert sent > least
    _say("replayed", began)


def wait_until_done(scene: Any) -> None:
    """Wait as long as the worker gets on; five minutes without a commit are too many."""
    ends, committed, since = scene.ends(), {}, time.monotonic()
    while committed != ends:
        if (now := scene.committed()) != committed:
            committed, since = now, time.monotonic()
        assert time.monotonic() < since + 300, scene.logs()
        time.sleep(0.5)


def _say(what: str, began: float) -> None:
    print(f"{what} after {time.monotonic() - began:.0f} s")
