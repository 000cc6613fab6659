"""What the duty room sends: decisions, what one of its targets tells another, and courts' events of directives.

Each is a record for one topic with its key and bytes; a repeat after a crash has the same id and the same bytes.
"""

import msgspec

from contract import codec, topics
from contract.duty import commands, decisions
from contract.duty.commands import Broadcast, CourtTold, DirectiveDraft, LinkTold
from contract.duty.decisions import Decision
from contract.envelope import Event


class DecisionOut(msgspec.Struct, frozen=True):
    """A decision, for ``duty.decisions.v1``."""

    decision: Decision

    @property
    def topic(self) -> str:
        """The topic of decisions."""
        return topics.DECISIONS

    @property
    def key(self) -> str:
        """Its target."""
        return self.decision.target

    def encode(self) -> bytes:
        """The record's value."""
        return decisions.encode(self.decision)


class Telling(msgspec.Struct, frozen=True):
    """What a target tells another, or every partition (a `Broadcast`), by the room's own input.

    A link, the engine's draft, or what takes a court's event back.
    """

    command: LinkTold | Broadcast | DirectiveDraft | CourtTold

    @property
    def topic(self) -> str:
        """The topic of commands."""
        return topics.COMMANDS

    @property
    def key(self) -> str:
        """Whom it is told; ``*`` = every partition."""
        return self.command.target

    def encode(self) -> bytes:
        """The record's value."""
        return commands.encode(self.command)


class EventOut(msgspec.Struct, frozen=True):
    """A court's own event that follows from what its people did here, for ``court.events.v1``: a directive and its answers."""

    event: Event

    @property
    def topic(self) -> str:
        """The topic of court events."""
        return topics.EVENTS

    @property
    def key(self) -> str:
        """Its chain."""
        return self.event.rootid

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """CloudEvents headers."""
        return codec.to_kafka(self.event)[2]

    def encode(self) -> bytes:
        """The record's value."""
        return codec.to_kafka(self.event)[1] or b""


Output = DecisionOut | Telling | EventOut
EVERYBODY = "*"
"""The key of what goes into every partition."""
