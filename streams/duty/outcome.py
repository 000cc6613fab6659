"""What deciding a command gives: the changed record and what the room writes because of it.

Every part of the room that decides has the form ``decide(record, command, now, …) -> Outcome``, pure: ``record`` is None where
the target is new, ``now`` the room's clock. Time alone is ``due(record, now, …) -> Outcome``, called at the instant that
``next_due(record)`` names. The room makes decisions of what was `said` (id, position, number, version, record), writes `events`
to ``court.events.v1`` and `tells` to its own input. A refusal leaves the record as it was.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar, cast

import msgspec

from contract.duty.commands import Broadcast, Command, CourtTold, DirectiveDraft, LinkTold
from contract.duty.decisions import Change
from contract.duty.decisions import Outcome as Kind
from contract.envelope import Event


class Versioned(Protocol):
    """A record: `version` counts its changes."""

    @property
    def version(self) -> int:
        """Number of changes."""

    @property
    def history(self) -> tuple[Change, ...]:
        """The last changes, oldest first."""


class Unversioned(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record that only remembers something for others: nobody changes it by a command, so nobody asks for its version."""

    @property
    def version(self) -> int:
        """Nobody asks for one."""
        return 0

    @property
    def history(self) -> tuple[Change, ...]:
        """It has none."""
        return ()


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One decision, without what the room alone knows. Fields as in ``contract.duty.decisions.Decision``."""

    what: str
    outcome: Kind = "happened"
    code: str = ""
    reason: str = ""
    detail: dict[str, Any] = {}


Told = LinkTold | Broadcast | DirectiveDraft | CourtTold
R = TypeVar("R")
V = TypeVar("V", bound=Versioned)


class Outcome(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """What one command, or time, did.

    Attributes:
        record: The record after it; None = there is none.
        said: Decisions, in order; none = nothing changed and nobody waits for an answer.
        events: Courts' own events, for ``court.events.v1``.
        tells: Commands to the room itself; a `Broadcast` goes into every partition.
    """

    record: R | None
    said: tuple[Said, ...] = ()
    events: tuple[Event, ...] = ()
    tells: tuple[Told, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether the command was refused."""
        return any(one.outcome == "refused" for one in self.said)


class Refusal(msgspec.Struct, frozen=True):
    """Why a command isn't accepted: a stable code, and a sentence for people, in Chinese."""

    code: str
    reason: str
    detail: dict[str, Any] = {}


def refused(record: R | None, command: Command, refusal: Refusal) -> Outcome[R]:
    """The outcome of a refused command."""
    said = Said(what=name_of(command), outcome="refused", code=refusal.code, reason=refusal.reason, detail=refusal.detail)
    return Outcome(record=record, said=(said,))


def name_of(command: Command) -> str:
    """The name of a command's kind in the log, e.g. ``directive.issue``."""
    return str(command.__struct_config__.tag)


Waiting = Sequence[tuple[datetime, str]]
"""(instant, what falls due then) of what has not been said yet."""


def next_of(waiting: Waiting) -> datetime | None:
    """The instant at which time alone changes something, None = never."""
    return min((at for at, _ in waiting), default=None)


def due_of(waiting: Waiting, now: datetime) -> tuple[datetime, str] | None:
    """What fell due first by an instant, None = nothing."""
    first = min(waiting, default=None)
    return None if first is None or first[0] > now else first


HISTORY = 20
"""How many changes a record remembers."""


def changed(record: V, what: str, by: str, now: datetime, **fields: Any) -> V:
    """A record after one change: the fields set, one version more, the change remembered."""
    version = record.version + 1
    history = (*record.history, Change(version, what, by, now))[-HISTORY:]
    after: V = msgspec.structs.replace(cast(Any, record), version=version, history=history, **fields)
    return after


def stale(record: Versioned | None, command: Command) -> Refusal | None:
    """Refuse a command whose asker saw another version than the present one; it is told what happened meanwhile."""
    version = 0 if record is None else record.version
    if command.expected is None or command.expected == version:
        return None
    since = () if record is None else tuple(one for one in record.history if one.version > command.expected)
    by = "；".join(f"{one.by} {one.what}" for one in since)
    reason = f"记录已变更：您看到的是第{command.expected}版，现在是第{version}版" + (f"（{by}）" if by else "")
    return Refusal("stale_version", reason, {"version": version, "since": msgspec.to_builtins(since)})
