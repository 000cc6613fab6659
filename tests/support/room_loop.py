"""The real duty room driven by a small loop over a real broker: commands in, decisions and tellings out. No checkpoint."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from contract import topics
from contract.duty import commands
from contract.duty.commands import AlertTold, RuleFacts, told_id
from contract.duty.people import part_of_system
from contract.topics import EMBEDDED_PARTITIONS, partition_of
from streams.duty.outputs import EVERYBODY
from streams.duty.policy_file import CN, load_policies
from streams.duty.room import DutyRoom


@contextmanager
def room_on(bootstrap: str) -> Iterator[threading.Event]:
    """Decide whatever is asked while the block runs; the event that is given pauses the room while it is set."""
    stop, pause = threading.Event(), threading.Event()
    thread = threading.Thread(target=_run, args=(bootstrap, stop, pause), daemon=True)
    thread.start()
    try:
        yield pause
    finally:
        stop.set()
        thread.join(20)


def _run(bootstrap: str, stop: threading.Event, pause: threading.Event) -> None:
    policies = load_policies(CN)
    rooms = [DutyRoom(policies) for _ in range(EMBEDDED_PARTITIONS)]
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=0)
    with KafkaConsumer(
        bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest", fetch_max_wait_ms=20
    ) as reader:
        reader.assign([TopicPartition(topics.COMMANDS, number) for number in range(EMBEDDED_PARTITIONS)])
        while not stop.is_set():
            if pause.is_set():
                stop.wait(0.05)
                continue
            for records in reader.poll(timeout_ms=50).values():
                for record in records:
                    command = commands.decode(record.value)
                    for output in rooms[record.partition].apply(f"{record.partition}:{record.offset}", command):
                        _send(producer, output)
    producer.close()


def _send(producer: KafkaProducer, output: Any) -> None:
    everywhere = range(EMBEDDED_PARTITIONS)
    for partition in everywhere if output.key == EVERYBODY else (partition_of(output.key, EMBEDDED_PARTITIONS),):
        producer.send(output.topic, key=output.key.encode(), value=output.encode(), partition=partition)


def alert_told(alert: dict[str, Any], number: int = 0, transition: Any = "raised") -> tuple[str, bytes]:
    """What the intake tells the room of an alert: (key, bytes)."""
    command = AlertTold(
        id=told_id(alert["id"], transition, number),
        target=alert["id"],
        principal=part_of_system("supervision"),
        at=datetime.now(UTC),
        transition=transition,
        reason="clock",
        alert=alert,
        rootid=alert["subject"],
        position=f"0:{number}",
        rule=RuleFacts(name_zh="异议立案", react=("own",)),
    )
    return alert["id"], commands.encode(command)
