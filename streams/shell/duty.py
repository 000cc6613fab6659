"""The duty room in its worker: commands in, decisions out, through the same seam, checkpoint and fence as the cases room.

A command that can't be read, or that claims a time to come on a wall line, is a dead letter like any other record; whoever
asked gets no decision for it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from contract import topics
from contract.duty.commands import AnyCommand, Ticked, decode
from contract.duty.decisions import START
from contract.duty.policy import Policies
from contract.errors import PoisonEvent
from streams.cases.outputs import Remark
from streams.cases.refusals import Refusal
from streams.duty.room import DutyRoom
from streams.projections.record import Record
from streams.shell.cases import CasesRoom
from streams.shell.lane import AHEAD_LIMIT, Lane, Output
from streams.shell.metrics import Metrics
from streams.shell.seam import StepHook, no_hook

GROUP = "yipanqi-duty"


class DutyCore:
    """The duty room of one partition, as a lane drives a core."""

    def __init__(self, room: DutyRoom) -> None:
        self.room = room

    def apply(self, position: tuple[int, int], command: Any, /) -> Sequence[Output]:
        """Take one command."""
        return self.room.apply(f"{position[0]}:{position[1]}", command)

    def mark_incomplete(self, rootid: str, position: tuple[int, int], /) -> Sequence[Output]:
        """A refused command leaves its target as it was."""
        del rootid, position
        return ()

    def tell_refusal(self, position: tuple[int, int], refusal: Refusal, /) -> Sequence[Output]:
        """Nobody watches who sends commands for gaps."""
        del position, refusal
        return ()

    def take_remarks(self) -> Sequence[Remark]:
        """It has none."""
        return ()

    def drain_dirty(self) -> dict[str, bytes | None]:
        """What changed since the last call."""
        return self.room.drain_dirty()


class CommandLane(Lane):
    """One partition of the commands in hand."""

    def apply(self, record: Record) -> Sequence[Output]:
        """Apply one command and step past it.

        Raises:
            PoisonEvent: It can't be read, lies under another key than its target, or comes from the future.
        """
        try:
            command = decode(record.value or b"")
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise PoisonEvent("not_a_command", f"it is no command of the duty room: {error}") from None
        if record.key != command.target.encode():
            raise PoisonEvent("wrong_key", "the record's key is not the command's target")
        self._check_instant(record, command)
        outputs = self.core.apply((self.partition, record.offset), command)  # type: ignore[arg-type]  # its core takes commands
        self.next = record.offset + 1
        return outputs

    def drain_latest(self, sent: int | None) -> dict[str, bytes | None]:
        """The last decision of each target that changed, and from where the decisions go on."""
        assert isinstance(self.core, DutyCore)
        changed = self.core.room.drain_latest()
        if changed is None:
            return {}
        return changed if sent is None else changed | {START: str(sent).encode()}

    def _check_instant(self, record: Record, command: AnyCommand) -> None:
        if command.at.tzinfo is None:
            raise PoisonEvent("no_offset", "its instant has no offset; the gateway refuses such, so this came past it")
        if isinstance(command, Ticked):
            self._line = command.line
        appended = datetime.fromtimestamp(record.timestamp / 1000, UTC)
        if self._line == "wall" and command.at > appended + AHEAD_LIMIT:
            ahead = (command.at - appended).total_seconds()
            raise PoisonEvent("from_the_future", f"its clock is {ahead:.0f} s ahead of the broker's on a wall line")
        self.now = max(self.now, command.at)
        if isinstance(command, Ticked):
            self.tick_appended_ms = record.timestamp


def duty_room(
    policies: Policies, *, kafka: str, master_key: bytes, metrics: Metrics, group: str = GROUP, step: StepHook = no_hook
) -> CasesRoom:
    """The room that drives the duty of each partition of the commands that this worker holds.

    ``policies`` hold until the log tells others.
    """

    def lane(partition: int, items: Mapping[str, bytes]) -> Lane:
        def core(items: Mapping[str, bytes]) -> DutyCore:
            return DutyCore(DutyRoom.restore(policies, items))

        return CommandLane(partition, core, items)

    def no_core(items: Mapping[str, bytes]) -> DutyCore:
        raise NotImplementedError(f"the lanes make their cores, of {len(items)} keys")

    return CasesRoom(
        no_core,
        kafka=kafka,
        master_key=master_key,
        metrics=metrics,
        group=group,
        step=step,
        lane=lane,
        reads=topics.COMMANDS,
        sends=(topics.DECISIONS, topics.COMMANDS, topics.EVENTS),
        state=topics.DUTY_STATE,
        latest=(topics.DECISIONS, topics.LATEST),
    )
