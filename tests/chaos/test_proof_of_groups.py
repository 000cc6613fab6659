"""`verify --replay` and `rebuild --alerts` of a log that lived through two packs, parameters and calendars, groups included."""

import json
import re
import signal
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from kafka import KafkaAdminClient, TopicPartition
from lived_log import life, write_packs

from contract.envelope import Event
from contract.registry import CONTROL_TYPES
from contract.topics import ALERTS, EMBEDDED_PARTITIONS, FACTS, Topic, partition_of
from infra.kafka.topics import delete_topics
from streams.cases.outputs import GroupFact, TransitionOut
from streams.rules.load import load_packs
from streams.shell.cores import core_factory, put_on_shelf, shelf_of
from streams.shell.groups import GROUP, group_lanes
from streams.shell.proof import prove
from streams.shell.rebuild_engine import rebuild_engine
from yipanqi.__main__ import cli

JOURNAL = "83c4d261559c2dcaf79e12469ea8819d8267b406e1e8291ab81bde13263e5ad2"
TOLD = "ab147a5bdfdd44f48b75f8cad8b06fe0123ba056d0b190f41b4e9b82f2892e3d"
"""The digests of this log in four partitions: what its cases said, and what they told the groups."""

REBUILT = [Topic(f"supervision.alerts.rebuild-{number}", "rootid", "derived", {}) for number in range(1, 9)]


@pytest.fixture(autouse=True)
def _no_rebuilds(topics: str) -> Iterator[None]:
    """Take the topics of rebuilds away, so that others' numbers begin at 1."""
    delete_topics(topics, REBUILT)
    yield
    delete_topics(topics, REBUILT)


def run(scene: Any, rules: Path, *command: str) -> Result:
    """Run a command on the scene; the second version of the pack lies on the shelf of the data folder."""
    place = ["--kafka", scene.kafka, "--data", str(scene.folder), "--rules", str(rules)]
    return CliRunner().invoke(cli, [*command, *place])


def claims(result: Result) -> dict[str, str]:
    """What `verify --replay` says of each thing: that it is what it should be, or is not."""
    told = re.findall(
        r"^(the journal|what groups were told|the journal of groups) (is|is not) what", result.output, re.MULTILINE
    )
    return dict(told)


def put(scene: Any, events: Iterable[Event]) -> None:
    """Append events."""
    for event in events:
        append_one = scene.put_everywhere if event.short in CONTROL_TYPES else scene.put
        append_one(event)
    scene.producer.flush()


def live(scene: Any, rules: Path, events: Iterator[Event]) -> dict[int, int]:
    """Append events and have both workers judge them; returns where they paused.

    That of the cases is killed once, with outputs said and not yet noted.
    """
    put(scene, islice(events, 100))
    killed = scene.worker(instance="lived", rules=rules, kill="outputs-confirmed")
    assert killed.wait() == -signal.SIGKILL, killed.text()
    workers = [scene.product(room, instance="lived", rules=rules) for room in ("cases", "groups")]
    scene.wait_until_done()
    middle: dict[int, int] = scene.ends()
    put(scene, events)
    scene.wait_until_done()
    scene.wait_until_done(FACTS, GROUP)
    for worker in workers:
        worker.signal(signal.SIGTERM)
        worker.wait()
    return middle


def said(scene: Any) -> list[TransitionOut]:
    """Everything in the topic of alerts that is said of groups."""
    steps = (msgspec.json.decode(record.value, type=TransitionOut) for record in scene.records(ALERTS))
    return [step for step in steps if step.alert.scope not in ("case", "chain")]


def standing(steps: list[TransitionOut]) -> dict[str, Any]:
    """The alerts that stand after some steps."""
    last = {step.alert.id: step for step in steps}
    return {name: step.alert for name, step in last.items() if step.transition != "retracted" and step.after != "superseded"}


def append(scene: Any, topic: str, *outputs: TransitionOut | GroupFact) -> None:
    """Write outputs straight to their topic."""
    for out in outputs:
        partition = partition_of(out.key, EMBEDDED_PARTITIONS)
        scene.producer.send(topic, key=out.key.encode(), value=out.encode(), partition=partition)
    scene.producer.flush()


def test_everything_said_of_groups_is_proved_and_mended(topics: str, scene_on: Any, tmp_path: Path) -> None:
    """The stored digests come again from a log whose workers were killed; a forged step, or fact, is found and told."""
    scene = scene_on(topics)
    paths = write_packs(tmp_path, groups=True)
    rules = paths[0]
    put_on_shelf(shelf_of(tmp_path), load_packs([paths[1]])[0])
    middle = live(scene, rules, life(paths, groups=True))
    proved = run(scene, rules, "verify", "--replay")
    assert proved.exit_code == 0, proved.output
    lines = {name.strip(): rest.split() for name, _, rest in (line.partition(":  ") for line in proved.output.splitlines())}
    for name, digest in (("journal", JOURNAL), ("facts", TOLD)):
        assert lines[f"{name}, replayed"][0] == lines[f"{name}, stored"][0] == digest, proved.output
    assert "facts told more than once: 0" not in proved.output, "the kill should have made it repeat some"
    assert claims(proved) == {"the journal": "is", "what groups were told": "is", "the journal of groups": "is"}
    sound = said(scene)
    assert int(lines["journal of groups, replayed"][1][1:]) == len({step.id for step in sound}) > 100
    assert {alert.rule for alert in standing(sound).values()} == {"G1", "G2"}

    check_up_to(scene, paths, middle)
    lost, changed, model = (last for last in list({step.alert.id: step for step in sound}.values())[-3:])
    other = msgspec.structs.replace(changed.alert, severity="red" if changed.alert.severity != "red" else "yellow")
    append(
        scene,
        ALERTS,
        msgspec.structs.replace(lost, id="forged-1", transition="retracted"),
        msgspec.structs.replace(changed, id="forged-2", alert=other),
        msgspec.structs.replace(model, id="forged-3", alert=msgspec.structs.replace(model.alert, id="false")),
    )
    wrong = run(scene, rules, "verify", "--replay")
    assert wrong.exit_code == 1
    assert claims(wrong) == {"the journal": "is", "what groups were told": "is", "the journal of groups": "is not"}
    assert "3 differences sent" in run(scene, rules, "rebuild", "--alerts").output
    sent = [step for step in said(scene) if step.cause == ("/sys/rebuild", "recomputed")]
    assert {step.alert.id for step in sent} == {lost.alert.id, changed.alert.id, "false"}
    assert standing(said(scene)) == standing(sound)
    assert "no difference" in run(scene, rules, "rebuild", "--alerts", "--dry-run").output
    forge_a_fact(scene, rules)


def check_up_to(scene: Any, paths: list[Path], middle: dict[int, int]) -> None:
    """As if the cases had committed a part of their log: groups are compared up to what follows from that part."""
    factory, lanes = core_factory(paths), group_lanes(paths, EMBEDDED_PARTITIONS)
    found = prove(factory, scene.kafka, middle, lambda *_: None, lanes=lanes)
    assert found.holds
    assert found.groups is not None
    assert found.groups.journal.counts[0] > 10
    ends = scene.ends(FACTS)
    assert all(0 < place < ends[partition] for partition, place in found.groups.positions.items())
    rebuilt = rebuild_engine(factory, scene.kafka, middle, lambda *_: None, lanes=lanes, send=False)
    assert (rebuilt.difference, rebuilt.facts) == ([], found.groups.positions)
    assert rebuilt.recomputed == rebuilt.live > 10


def forge_a_fact(scene: Any, rules: Path) -> None:
    """A fact that no case told is named, and a rebuild, which asks the cases, doesn't believe it."""
    told = (json.loads(record.value) for record in scene.records(FACTS))
    model = next(msgspec.convert(fact, GroupFact) for fact in told if fact["kind"] == "fact")
    append(scene, FACTS, msgspec.structs.replace(model, id="forged", ref=(model.ref[0], "forged")))
    wrong = run(scene, rules, "verify", "--replay")
    assert wrong.exit_code == 1
    assert "forged: doesn't follow" in wrong.output
    assert claims(wrong)["what groups were told"] == "is not"
    assert "no difference" in run(scene, rules, "rebuild", "--alerts", "--dry-run").output
    leave_what_is_no_alert(scene, rules)


def leave_what_is_no_alert(scene: Any, rules: Path) -> None:
    """A record that is no transition is named by its place; once it is deleted with what stands before it, a rebuild mends."""
    place = scene.producer.send(ALERTS, key=b"stray", value=b"{", partition=1).get(30)
    for command in (("verify", "--replay"), ("rebuild", "--alerts", "--dry-run")):
        stopped = run(scene, rules, *command)
        assert (stopped.exit_code, type(stopped.exception)) == (1, SystemExit)
        assert f"Error: {ALERTS}, partition 1, offset {place.offset}: this record is no transition" in stopped.output
        assert "docs/proof.md" in stopped.output
    with closing(KafkaAdminClient(bootstrap_servers=scene.kafka)) as admin:
        admin.delete_records({TopicPartition(ALERTS, 1): place.offset + 1})
    assert " differences sent" in run(scene, rules, "rebuild", "--alerts").output
    assert "no difference" in run(scene, rules, "rebuild", "--alerts", "--dry-run").output
