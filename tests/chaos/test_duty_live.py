"""The duty worker as it ships, killed at any moment: its decisions are those of an undisturbed room over the same log."""

import asyncio
import signal
from datetime import datetime, timedelta
from typing import Any

import msgspec
from alert_records import PROOF, alert_record
from kafka import KafkaProducer

from contract.duty.commands import (
    Acknowledge,
    AlertTold,
    AnyCommand,
    Broadcast,
    Resolve,
    Ticked,
    command_id,
    decode,
    encode,
    ticked,
)
from contract.duty.decisions import decode as decode_decision
from contract.duty.people import Principal
from contract.times import format_instant, parse_instant
from contract.topics import ALERTS, COMMANDS, DECISIONS, EMBEDDED_PARTITIONS, partition_of
from dashboards.duty_live import DutyView
from dashboards.duty_tail import DutyTail
from infra.channels.config import Channels
from infra.kafka.latest import read_latest
from streams.duty.board import Board
from streams.duty.outputs import DecisionOut
from streams.duty.policy_file import load_policies
from streams.duty.room import DutyRoom
from streams.shell.notifier import Notifier
from streams.shell.notifier_metrics import NotifierMetrics

START = parse_instant("2024-03-05T01:00:00Z")
OFFICER = Principal(account="u-1", role="duty_officer", court="京0105")


def _alert(number: int, transition: str, at: datetime) -> dict[str, Any]:
    """A record of the topic of alerts."""
    name = f"{number:032x}"
    ended = {"ended_at": format_instant(at), "end_reason": "cured", "breach_days": 3} if transition == "ended" else {}
    armed, due = START - timedelta(days=9), START - timedelta(days=1)
    alert = alert_record(name, "京0105", f"case-{number}", armed_at=armed, due_at=due, raised_at=START, **ended, **PROOF)
    line = {"id": f"{transition}-{number}", "position": f"0:{number}", "clock": format_instant(at), "rootid": f"case-{number}"}
    return line | {"transition": transition, "from": None, "to": "red", "cause": None, "reason": "clock", "alert": alert}


class Feed:
    """Writes the room's input and the engine's topic."""

    def __init__(self, kafka: str) -> None:
        self.now = START
        self.control = 0
        self._producer = KafkaProducer(bootstrap_servers=kafka, acks="all")

    def alert(self, number: int, transition: str) -> None:
        """The engine says something about an alert."""
        line = _alert(number, transition, self.now)
        place = partition_of(line["rootid"], EMBEDDED_PARTITIONS)
        self._producer.send(ALERTS, key=line["rootid"].encode(), value=msgspec.json.encode(line), partition=place)

    def ask(self, command: AnyCommand) -> None:
        """Somebody asks something."""
        place = partition_of(command.target, EMBEDDED_PARTITIONS)
        self._producer.send(COMMANDS, key=command.target.encode(), value=encode(command), partition=place)

    def tick(self, minutes: float) -> None:
        """Time passes."""
        self.now += timedelta(minutes=minutes)
        self.control += 1
        value = encode(ticked(self.control, self.now, "simulated"))
        for partition in range(EMBEDDED_PARTITIONS):
            self._producer.send(COMMANDS, key=b"*", value=value, partition=partition)
        self._producer.flush()

    def close(self) -> None:
        """Write what is left."""
        self._producer.close()


def _undisturbed(records: list[Any]) -> dict[str, bytes]:
    """What a room decides that is never disturbed."""
    rooms = {partition: DutyRoom(load_policies()) for partition in range(EMBEDDED_PARTITIONS)}
    said: dict[str, bytes] = {}
    for record in records:
        outputs = rooms[record.partition].apply(f"{record.partition}:{record.offset}", decode(record.value))
        said |= {output.decision.id: output.encode() for output in outputs if isinstance(output, DecisionOut)}
    return said


def _decided(scene: Any) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for record in scene.records(DECISIONS):
        name = msgspec.json.decode(record.value)["id"]
        assert found.setdefault(name, record.value) == record.value, "a repeat with another body"
    return found


def test_killed_at_any_moment_it_decides_the_same(scene: Any) -> None:
    """SIGKILL while alerts rise, are acknowledged, escalate, end: each decision once, with the bytes of a room left alone."""
    feed = Feed(scene.kafka)
    feed.tick(0)
    worker = scene.product("duty", instance="duty")
    for step in range(3):
        for number in range(step * 20, step * 20 + 20):
            feed.alert(number, "raised")
        feed.tick(12)
        worker.wait_until_ready()
        scene.wait_for(lambda wanted=step * 20 + 20: _known(scene) >= wanted, "the alerts on duty")
        for number in range(step * 20, step * 20 + 10):
            name = f"{number:032x}"
            feed.ask(Acknowledge(id=command_id("u-1", f"a{number}"), target=name, principal=OFFICER, at=feed.now))
            feed.ask(
                Resolve(
                    id=command_id("u-1", f"r{number}"),
                    target=name,
                    principal=OFFICER,
                    at=feed.now,
                    reason_code="handled",
                    reason="已办理",
                )
            )
        feed.alert(step * 20 + 19, "ended")
        feed.tick(31)
        worker.signal(signal.SIGKILL)
        worker.wait()
        worker = scene.product("duty", instance="duty")
    feed.tick(60)
    feed.close()
    scene.wait_for(lambda: scene.committed(COMMANDS, "yipanqi-duty") == scene.ends(COMMANDS), "the end of the commands")
    records = scene.records(COMMANDS)
    assert any(isinstance(decode(record.value), Ticked) for record in records)
    for partition in range(EMBEDDED_PARTITIONS):
        kinds = [type(decode(record.value)) for record in records if record.partition == partition]
        assert kinds.index(Broadcast) < kinds.index(AlertTold)  # the policies, before anything that is decided by them
    decided = _decided(scene)
    assert decided == _undisturbed(records)
    what = [msgspec.json.decode(value)["what"] for value in decided.values()]
    assert what.count("raised") == 60
    assert what.count("acknowledged") == 30
    asyncio.run(_starts_are_equal(scene))


async def _starts_are_equal(scene: Any) -> None:
    """After all these kills too: from the last decisions and what follows them one has what the whole log gives."""
    whole, board = DutyView(), Board()
    records = scene.records(DECISIONS)
    for record in records:
        whole.apply(record.partition, record.offset, record.value)
        board.take(decode_decision(record.value))
    tail = DutyTail(DutyView(), scene.kafka)
    notifier = Notifier(scene.kafka, Channels(()), lambda _account, _kind: None, NotifierMetrics())
    tasks = [asyncio.create_task(tail.run()), asyncio.create_task(notifier.run())]
    await asyncio.wait_for(asyncio.gather(tail.loaded.wait(), notifier.caught_up.wait()), 60)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert tail.view.kept == whole.kept
    assert (notifier.board.firing, notifier.board.since) == (board.firing, board.since)
    starts = await read_latest(scene.kafka, lambda _partition, _value: None)
    assert sum(starts.values()) > len(records) // 2  # most of the log wasn't read


def _known(scene: Any) -> int:
    return len({msgspec.json.decode(record.value)["target"] for record in scene.records(DECISIONS)})
