"""The lane of commands: what it takes, and what it calls poison with the position where it was."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from contract.duty.commands import Ticked, encode, ticked
from contract.duty.people import part_of_system
from contract.errors import PoisonEvent
from streams.duty.policy_file import load_policies
from streams.duty.room import DutyRoom
from streams.shell.duty import CommandLane, DutyCore

AT = datetime(2024, 3, 5, 1, tzinfo=UTC)


class Record(NamedTuple):
    """One fetched record."""

    value: bytes | None
    key: bytes | None = b"*"
    offset: int = 0
    timestamp: int = int(AT.timestamp() * 1000)
    topic: str = "duty.commands.v1"
    partition: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


def _lane() -> CommandLane:
    return CommandLane(0, lambda items: DutyCore(DutyRoom.restore(load_policies(), items)), {})


def _naive() -> bytes:
    return encode(Ticked(id="0" * 32, target="*", principal=part_of_system("clock"), at=AT.replace(tzinfo=None), control=1))


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (Record(b"{"), "not_a_command"),
        (Record(None), "not_a_command"),
        (Record(b'{"kind":"coup"}'), "not_a_command"),
        (Record(encode(ticked(1, AT, "wall")), key=b"another"), "wrong_key"),
        (Record(encode(ticked(1, AT + timedelta(minutes=1), "wall"))), "from_the_future"),
        (Record(_naive()), "no_offset"),
    ],
    ids=["no JSON", "a tombstone", "an unknown kind", "another key", "the future", "no offset"],
)
def test_what_is_no_command_is_poison(record: Any, reason: str) -> None:
    """It goes to the dead letters with its reason, and the lane goes on behind it."""
    lane = _lane()
    with pytest.raises(PoisonEvent) as caught:
        lane.apply(record)
    assert caught.value.reason == reason
    assert lane.next == 0
    lane.refuse(record, caught.value)
    lane.apply(Record(encode(ticked(2, AT, "wall")), offset=1))
    assert lane.next == 2


def test_a_simulated_line_may_be_ahead_of_the_broker() -> None:
    """There the clock is the tick's, not the broker's."""
    lane = _lane()
    lane.apply(Record(encode(ticked(1, AT + timedelta(days=3), "simulated"))))
    assert lane.now == AT + timedelta(days=3)
