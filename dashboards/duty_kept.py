"""What was last decided of a target of the duty room, as it is kept in memory, and decisions as they are read.

The record stays packed as it lies in the log; what is read of every record, whatever it is of, is its `Head`.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

from contract.courts import COURTS
from contract.duty import decisions
from contract.duty.decisions import Decision
from contract.duty.scope import directive_courts

Kind = Literal["alert", "directive", "entrustment", "roster", "desk", "thread"]
_OPEN_ALERT = frozenset({"firing", "acked"})
_DEFAULTS: dict[Kind, dict[str, Any]] = {"alert": {"state": "firing", "level": 0}, "directive": {"state": "drafted"}}
"""Fields that everybody reads and a record leaves out while they have their first value."""

_ENDED_DIRECTIVE = frozenset({"closed", "raised", "withdrawn", "lapsed"})


class Head(msgspec.Struct, frozen=True):
    """What is read of every record, whatever it is of; the rest is decoded when somebody looks at it."""

    rule: str = ""
    court: str = ""
    from_court: str = ""
    to_court: str = ""
    desks: tuple[str, ...] = ()
    state: str = ""
    subject: str = ""
    issued_at: str | None = None
    due_at: str = ""
    raised_at: str = ""
    severity: str = ""
    owner: str = ""
    assigned: str = ""
    merged_into: str = ""
    snoozed_until: str | None = None
    disputed_until: str | None = None
    flood_since: str | None = None


class Kept(msgspec.Struct, frozen=True):
    """The last that was decided of a target: its version, the instant, and its record, packed as it stands in the log."""

    target: str
    kind: Kind
    version: int
    at: datetime
    head: Head
    packed: bytes

    @property
    def record(self) -> dict[str, Any]:
        """The whole record; decoded at each call."""
        return _DEFAULTS.get(self.kind, {}) | _RECORDS.decode(self.packed)

    @property
    def state(self) -> str:
        """Its state; the first one is left out in the log."""
        return self.head.state or str(_DEFAULTS.get(self.kind, {}).get("state", ""))

    @property
    def named(self) -> tuple[str, ...]:
        """Courts that it names."""
        head = self.head
        named = (head.court, head.from_court, head.to_court, *head.desks)
        return tuple(dict.fromkeys(court for court in named if court))

    @property
    def courts(self) -> tuple[str, ...]:
        """Courts that it concerns; of a directive, those that may know of it."""
        if self.kind != "directive":
            return self.named
        head = self.head
        return tuple(filter(None, directive_courts(head.from_court, head.to_court, head.state, head.issued_at)))

    @property
    def is_open(self) -> bool:
        """Whether somebody must still do something about it."""
        if self.kind == "alert":
            return self.state in _OPEN_ALERT
        return self.kind == "directive" and self.state not in _ENDED_DIRECTIVE


class Told(msgspec.Struct, frozen=True):
    """One decision as it was read here, numbered from 1."""

    number: int
    packed: bytes

    @property
    def decision(self) -> Decision:
        """The decision."""
        return decisions.decode(self.packed)

    @property
    def kept(self) -> Kept | None:
        """The record as it stood after this decision; None if the decision has none."""
        return kept_of(READ.decode(self.packed))


_NO_RECORD = b"null"


class Read(msgspec.Struct, frozen=True):
    """A decision as far as it is read at once."""

    position: str
    n: int
    at: datetime
    target: str
    what: str = ""
    version: int = 0
    command: str | None = None
    record: msgspec.Raw = msgspec.Raw(_NO_RECORD)

    @property
    def place(self) -> tuple[int, int]:
        """Where in the room's input it comes from; grows for each partition."""
        return int(self.position.partition(":")[2]), self.n


READ: msgspec.json.Decoder[Read] = msgspec.json.Decoder(Read)
_HEAD: msgspec.json.Decoder[Head] = msgspec.json.Decoder(Head)
_RECORDS: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(dict[str, Any])


def kept_of(read: Read) -> Kept | None:
    """The record that a decision carries, None if it carries none."""
    packed = bytes(read.record)
    if packed == _NO_RECORD:
        return None
    head = _HEAD.decode(packed)
    return Kept(read.target, kind_of(read.target, head), read.version, read.at, head, packed)


def breach(kept: Kept) -> tuple[str, str]:
    """The order of the queue: what is due first stands in front."""
    return kept.head.due_at, kept.target


def kind_of(target: str, head: Head) -> Kind:
    """What a target is: by the beginning of its name, or, of alerts and directives, by what the record has."""
    beginnings: dict[str, Kind] = {"roster": "roster", "desk": "desk", "thread": "thread", "entrustment": "entrustment"}
    beginning, slash, _ = target.partition("/")
    if slash and beginning in beginnings:
        return beginnings[beginning]
    return "alert" if head.rule else "directive"


def desk_of(court: str) -> str:
    """The target of a desk's roster.

    Raises:
        KeyError: The tree has no such court.
    """
    return f"roster/{COURTS[court].code}"
