"""The auditor of duty over the logs: every escalation that was due happened, and the decisions follow from the input.

The input is read once and decided again, partition by partition, by rooms that begin empty; then the decisions are read once,
compared by bytes with those made again, and looked at by the pure auditor (`streams.duty.audit`).
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from contract.duty import decisions
from contract.duty.commands import AnyCommand, Broadcast, Ticked, decode
from contract.duty.decisions import Decision
from contract.duty.policy import Policies
from contract.errors import PoisonEvent
from contract.topics import COMMANDS, DECISIONS
from contract.working_hours import EPOCH
from streams.duty.audit import Found, audit, wants_answer
from streams.duty.outputs import DecisionOut
from streams.duty.room import DutyRoom
from streams.projections.record import Record
from streams.shell.duty import CommandLane, DutyCore
from streams.shell.log_ends import ends
from streams.shell.replay import replay
from streams.shell.seam import TP


class Audited(NamedTuple):
    """What came of it.

    Attributes:
        commands, decisions: How many were read, repeats of decisions not counted.
        until: The greatest tick of the input.
        found: What the auditor names.
        different: Ids of decisions whose bytes aren't those of the one made again.
        missing: Ids of decisions made again that the log doesn't have: lost, or the room is behind.
        beyond: Ids of decisions of the log that the input doesn't lead to.
    """

    commands: int
    decisions: int
    until: datetime
    found: list[Found]
    different: list[str]
    missing: list[str]
    beyond: list[str]


class _Again:
    """The input, decided again."""

    def __init__(self, policies: Policies) -> None:
        self.lanes: dict[int, CommandLane] = {}
        self.digests: dict[str, bytes] = {}
        self.asked: list[AnyCommand] = []
        self.policies = [policies]
        self.until = EPOCH
        self.speed = 1.0
        self.count = 0

    def take(self, partition: int, record: Record) -> None:
        """Take one record of the input; what the room buries is passed over as it does."""
        lane = self.lanes.get(partition)
        if lane is None:
            lane = self.lanes[partition] = CommandLane(partition, self._core, {})
        self.count += 1
        try:
            outputs = lane.apply(record)
        except PoisonEvent:
            return
        for output in outputs:
            if isinstance(output, DecisionOut):
                self.digests[output.decision.id] = _digest(output.encode())
        self._note(decode(record.value or b""))

    def _core(self, items: Mapping[str, bytes]) -> DutyCore:
        return DutyCore(DutyRoom.restore(self.policies[0], items))

    def _note(self, command: AnyCommand) -> None:
        if isinstance(command, Ticked):
            self.until, self.speed = max(self.until, command.at), max(self.speed, command.speed)
        elif isinstance(command, Broadcast) and command.policies is not None:
            self.policies.append(command.policies)
        elif wants_answer(command):
            self.asked.append(command)


def audit_log(bootstrap: str, policies: Policies) -> Audited:
    """Audit the logs as they end now; ``policies``: those that the worker was given.

    Raises:
        ReplayStalled: The broker gives nothing any more.
        KafkaError: It is gone.
    """
    until = ends(bootstrap, [COMMANDS])
    again = _Again(policies)
    for tp, _, records in replay(bootstrap, {}, until):
        for record in records:
            again.take(tp.partition, record)
    different: list[str] = []
    beyond: list[str] = []
    seen: set[str] = set()

    def compared() -> Iterator[Decision]:
        for _, _, records in replay(bootstrap, {}, ends(bootstrap, [DECISIONS])):
            for record in records:
                value = record.value or b""
                decision = decisions.decode(value)
                partition, _, offset = decision.position.partition(":")
                if int(offset) >= until.get(TP(COMMANDS, int(partition)), 0):
                    continue
                known = again.digests.get(decision.id)
                if known is None:
                    beyond.append(decision.id)
                elif known != _digest(value):
                    different.append(decision.id)
                seen.add(decision.id)
                yield decision

    found = audit(again.asked, compared(), again.policies, again.until, again.speed)
    missing = sorted(again.digests.keys() - seen)
    return Audited(again.count, len(seen), again.until, found, different, missing, beyond)


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()[:16]
