"""National traffic through the gateway's checks into a real log, judged by the workers: what they say equals the file's."""

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from click.testing import CliRunner
from facts_in_file_order import heard_in_file_order

from contract.codec import encode_line, read_lines
from contract.envelope import Event
from contract.topics import ALERTS, EMBEDDED_PARTITIONS, EVENTS, FACTS, partition_of
from producers.clock import Clock, PackActivation
from producers.intake import OpenIntake, check_all
from streams.cases.alerts import AlertRecord
from streams.cases.lines import OWN_SCOPES
from streams.cases.outputs import TransitionOut
from streams.offline import Supervision
from streams.rules.load import load_packs
from streams.shell.groups import GROUP
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


class Said(NamedTuple):
    """What was said of a log.

    Attributes:
        cases: The journal of cases and chains, by partition, in order of position.
        groups: Each transition of groups, in the order of each alert, with the line of the file that it is about.
        standing: The alerts of groups that stand, by id.
    """

    cases: dict[int, list[Line]]
    groups: list[tuple[int, TransitionOut]]
    standing: dict[str, AlertRecord]


def said_live(scene: Any, positions: list[dict[str, int]]) -> Said:
    """What the workers said, repeats dropped; of groups their facts say it again, in the order of the file."""
    cases: dict[int, list[tuple[int, Line]]] = defaultdict(list)
    last: dict[str, TransitionOut] = {}
    seen: dict[str, bytes] = {}
    for record in sorted(scene.records(ALERTS), key=lambda record: (record.partition, record.offset)):
        out = msgspec.json.decode(record.value, type=TransitionOut)
        if out.id in seen:
            assert seen[out.id] == record.value, f"{out.id} names two bodies"
            continue
        seen[out.id] = record.value
        if out.alert.scope in OWN_SCOPES:
            partition, _, offset = out.position.partition(":")
            cases[int(partition)].append((int(offset), out.journal()))
        else:
            last[out.alert.id] = out
    stands = (out.alert for out in last.values() if out.transition != "retracted" and out.after != "superseded")
    groups = list(heard_in_file_order(scene.records(FACTS), positions))
    return Said(_ordered(cases), groups, {alert.id: alert for alert in stands})


def said_of_file(path: Path, positions: list[dict[str, int]]) -> Said:
    """The same of the exported file, the lines of its cases mapped to their places in the log."""
    supervision = Supervision(load_packs())
    cases: dict[int, list[tuple[int, Line]]] = defaultdict(list)
    groups: list[tuple[int, TransitionOut]] = []
    for number, event in read_lines(path):
        for out in supervision.read(number, event):
            if out.alert.scope in OWN_SCOPES:
                partition = partition_of(out.rootid, EMBEDDED_PARTITIONS)
                offset = positions[number - 1][str(partition)]
                cases[partition].append((offset, out.journal() | {"position": f"{partition}:{offset}"}))
            else:
                groups.append((number, out))
    assert not supervision.refusals
    assert len({out.id for _, out in groups}) == len(groups)
    stands = (alert for alert in supervision.alerts() if alert.scope not in OWN_SCOPES)
    return Said(_ordered(cases), groups, {alert.id: alert for alert in stands})


def lives(groups: Iterable[tuple[int, TransitionOut]]) -> dict[str, list[Line]]:
    """The transitions of each alert of groups, with the whole alert after each; without positions, which differ."""
    found: dict[str, list[Line]] = defaultdict(list)
    for number, out in groups:
        found[out.alert.id].append(out.journal() | {"position": number, "alert": out.alert})
    return found


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
def test_what_is_said_of_the_exported_log_is_what_was_said_live(
    topics: str, scene_on: Any, tmp_path: Path, how: str, least: int
) -> None:
    """The journal of cases line by line and in order, positions and clocks included; `verify --replay` proves that of the log.

    Of groups what stands at the end, every field of it; and the journal, where the facts are heard in the order of the file.
    """
    scene = scene_on(topics)
    began = time.monotonic()
    sent = publish(topics, tmp_path, simulated(tmp_path, how))
    _say(f"{sent} events sent", began)
    for room in ("cases", "groups"):
        scene.product(room, instance="real")
    wait_until_done(scene, EVENTS)
    _say("cases judged live", began)
    wait_until_done(scene, FACTS, GROUP)
    _say("groups judged live", began)
    log, places = tmp_path / "log.jsonl", tmp_path / "positions.jsonl"
    exported = CliRunner().invoke(cli, ["export", "--kafka", topics, "--out", str(log), "--positions", str(places)])
    assert exported.exit_code == 0, exported.output
    positions = [json.loads(line) for line in places.read_bytes().splitlines()]
    file = said_of_file(log, positions)
    _say(f"judged as a file, {sum(map(len, file.cases.values()))} transitions of cases", began)
    live = said_live(scene, positions)
    _say(f"facts heard in the file's order, {len(live.groups)} transitions and {len(live.standing)} alerts of groups", began)
    assert sum(map(len, live.cases.values())) > least
    assert live.cases == file.cases
    assert live.standing == file.standing
    assert lives(live.groups) == lives(file.groups)
    assert live.standing
    proved = CliRunner().invoke(cli, ["verify", "--replay", "--kafka", topics, "--data", str(tmp_path)])
    assert proved.exit_code == 0, proved.output
    assert "the journal is what the log gives" in proved.output
    assert sent > least
    _say("replayed", began)


def wait_until_done(scene: Any, topic: str, group: str = "") -> None:
    """Wait as long as the worker gets on; five minutes without a commit are too many."""
    ends, committed, since = scene.ends(topic), {}, time.monotonic()
    while committed != ends:
        if (now := scene.committed(topic, group)) != committed:
            committed, since = now, time.monotonic()
        assert time.monotonic() < since + 300, scene.logs()
        time.sleep(0.5)


def _say(what: str, began: float) -> None:
    print(f"{what} after {time.monotonic() - began:.0f} s")
