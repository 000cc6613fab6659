"""What the core of a partition says: transitions of alerts, snapshots of cases, watermarks; and remarks beside.

Each output is a record for one topic with its key and bytes; a repeat after a crash has the same id and the same bytes.
"""

from typing import Any, Literal

import msgspec

from contract.topics import ALERTS, FACTS
from streams.cases.alerts import AlertRecord

TransitionName = Literal["raised", "severity", "redated", "ended", "reopened", "retracted"]

_ENCODER = msgspec.json.Encoder()


class TransitionOut(msgspec.Struct, frozen=True, kw_only=True, rename={"before": "from", "after": "to"}):
    """One step in the life of an alert, and the whole alert after it."""

    id: str
    position: str
    clock: str
    rootid: str
    transition: TransitionName
    before: str | None
    after: str | None
    cause: tuple[str, str] | None
    reason: str
    alert: AlertRecord

    @property
    def topic(self) -> str:
        """The topic of alerts."""
        return ALERTS

    @property
    def key(self) -> str:
        """The chain."""
        return self.rootid

    def encode(self) -> bytes:
        """The record's value."""
        return _ENCODER.encode(self)

    def journal(self) -> dict[str, Any]:
        """The line of the journal."""
        return {
            "position": self.position,
            "clock": self.clock,
            "alert": self.alert.id,
            "transition": self.transition,
            "from": self.before,
            "to": self.after,
            "cause": self.cause,
            "reason": self.reason,
        }


class CaseSnapshot(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="case"):
    """A case as its events have it, sent when it changed."""

    id: str
    position: str
    known_from: str
    subject: str
    rootid: str
    court: str
    case_no: str | None
    case_type: str
    stage: str
    mode: str
    filed_on: str | None
    closed_on: str | None
    claim_fen: int
    paid_fen: int
    cause: str
    tags: tuple[str, ...]
    opened: bool
    open: bool
    last_event_at: str
    last_type: str

    @property
    def topic(self) -> str:
        """The topic of facts."""
        return FACTS

    @property
    def key(self) -> str:
        """``case:<subject>``."""
        return f"case:{self.subject}"

    def encode(self) -> bytes:
        """The record's value."""
        return _ENCODER.encode(self)


class Watermark(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="watermark"):
    """All facts up to a tick are out; goes to every partition of the facts topic."""

    id: str
    partition: int
    tick: str
    control: int
    position: str

    @property
    def topic(self) -> str:
        """The topic of facts."""
        return FACTS

    @property
    def key(self) -> str:
        """``watermark:<partition>``."""
        return f"watermark:{self.partition}"

    def encode(self) -> bytes:
        """The record's value."""
        return _ENCODER.encode(self)


class GroupFact(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="fact"):
    """An event for a group as it now stands, or (``event`` null) that the group has it no longer.

    ``position`` and ``n`` (its number among the position's facts) only grow for the partition that it comes from, which is how
    repeats after a crash are known.
    """

    id: str
    position: str
    n: int
    group: str
    ref: tuple[str, str]
    event: dict[str, Any] | None

    @property
    def topic(self) -> str:
        """The topic of facts."""
        return FACTS

    @property
    def key(self) -> str:
        """``<scope>:<id>``."""
        return self.group

    def encode(self) -> bytes:
        """The record's value."""
        return _ENCODER.encode(self)


class GroupControl(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="control"):
    """A control event other than a tick, passed on; goes to every partition of the facts topic."""

    id: str
    position: str
    n: int
    control: int
    type: str
    time: str
    ref: tuple[str, str]
    data: dict[str, Any]

    @property
    def topic(self) -> str:
        """The topic of facts."""
        return FACTS

    @property
    def key(self) -> str:
        """``control:<number>``."""
        return f"control:{self.control}"

    def encode(self) -> bytes:
        """The record's value."""
        return _ENCODER.encode(self)


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stops nothing and should be known: a start without its key, a body displaced by a lesser one."""

    position: str
    rootid: str
    what: Literal["no_key", "id_conflict"]
    rule: str
    event: tuple[str, str]


Output = TransitionOut | CaseSnapshot | Watermark | GroupFact | GroupControl
EVERYWHERE = (Watermark, GroupControl)
"""What goes to every partition of its topic."""


def alert_of_output(output: Output) -> str:
    """The alert that an output tells of, "" for what is not about one: the order within a position."""
    return output.alert.id if isinstance(output, TransitionOut) else ""
