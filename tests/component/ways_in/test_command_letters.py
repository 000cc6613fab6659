"""Dead letters of the duty room's input: a command that came with a wrong clock is told again, what is none is dismissed."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from kafka import KafkaProducer

from contract import deadletter
from contract.deadletter import ATTEMPTS_HEADER, Refused
from contract.duty.commands import Comment, encode
from contract.duty.people import Principal
from contract.errors import PoisonEvent
from contract.topics import COMMANDS, EVENTS, REJECTED
from infra.master_key import load_master_key
from yipanqi.dlq import command, read_all

TARGET = "0" * 32
ASKED = Comment(
    id="1" * 32,
    target=TARGET,
    principal=Principal(account="u-1", role="duty_officer", court="京0105"),
    at=datetime(2024, 3, 5, tzinfo=UTC),
    text="在办",
)


def bury(kafka: str, key: Path, offset: int, reason: str, value: bytes) -> str:
    """Put a letter of the duty room into the topic, as the room does; returns its id."""
    refused = Refused(TARGET.encode(), value, [])
    error = PoisonEvent(reason, "see the reason")
    letter = deadletter.bury(refused, error, topic=COMMANDS, partition=2, offset=offset, appended_ms=1_700_000_000_000)
    name, body, headers = deadletter.to_kafka(letter, refused, load_master_key(key, create=True))
    with_producer = KafkaProducer(bootstrap_servers=kafka, acks="all")
    with_producer.send(REJECTED, key=name, value=body, headers=headers, partition=0)
    with_producer.close()
    return letter.id


def test_a_command_is_told_again_and_what_is_none_dismissed(
    wall_log: str, tmp_path: Path, records: Callable[..., list[Any]]
) -> None:
    """Byte by byte, into its partition; no chain hears of it, for a command has none."""
    key = tmp_path / "keys" / "master.key"
    key.parent.mkdir()
    good = bury(wall_log, key, 7, "from_the_future", encode(ASKED))
    bad = bury(wall_log, key, 8, "not_a_command", b"{")
    options = ["--kafka", wall_log, "--data", str(tmp_path)]
    events, ticks = len(records(wall_log)), len(records(wall_log, topic=COMMANDS))

    refused = CliRunner().invoke(command, [*options, "replay", bad])
    assert refused.exit_code == 1
    assert "is no command of the duty room" in refused.output
    assert CliRunner().invoke(command, [*options, "replay", good, "--dry-run"]).exit_code == 0
    assert len(records(wall_log, topic=COMMANDS)) == ticks

    assert "replayed" in CliRunner().invoke(command, [*options, "replay", good]).output
    assert CliRunner().invoke(command, [*options, "dismiss", bad, "--why", "a test"]).exit_code == 0
    (again,) = [one for one in records(wall_log, topic=COMMANDS) if one.key == TARGET.encode()]
    assert (again.value, again.partition) == (encode(ASKED), 2)
    assert again.headers == [(ATTEMPTS_HEADER, b"1")]
    assert len(records(wall_log, topic=EVENTS)) == events
    assert {entry.letter.id: entry.state for entry in read_all(wall_log)} == {good: "replayed", bad: "dismissed"}
