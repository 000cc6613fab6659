"""The messages of the log as the warehouse reads them: only the fields that it keeps, unknown ones passed over."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from contract import deadletter
from contract.codec import Headers, from_kafka
from contract.deadletter import DeadLetter
from contract.envelope import Event
from contract.errors import FieldError, InvalidEvent
from contract.registry import EVENT_TYPES, decode, validate

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
# What the columns hold: a number beyond them is an error of its record, not of the worker that meets it.
Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
UInt32 = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]
UInt63 = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
_NULL = msgspec.Raw(b"null")


class Position(msgspec.Struct, frozen=True):
    """A place in court.events.v1."""

    partition: UInt32
    offset: UInt63

    @classmethod
    def parse(cls, text: str) -> "Position":
        """Read ``<partition>:<offset>``. Raises ValueError for anything else."""
        partition, _, offset = text.partition(":")
        return msgspec.convert({"partition": partition, "offset": offset}, cls, strict=False)


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """The alert record (docs/alerts.md), nested parts as JSON text."""

    id: str
    rule: str
    version: str
    scope: str
    subject: str
    key: list[str] = []
    element: msgspec.Raw = _NULL
    court: str | None = None
    severity: str | None = None
    basis: str | None = None
    checks: msgspec.Raw = _NULL
    armed_at: Instant | None = None
    due_at: Instant | None = None
    raised_at: Instant | None = None
    ended_at: Instant | None = None
    end_reason: str | None = None
    breach_days: Int32 | None = None
    levels: msgspec.Raw = _NULL
    evidence: msgspec.Raw = _NULL
    citation: msgspec.Raw = _NULL
    arithmetic: msgspec.Raw = _NULL
    incomplete: bool = False


class Transition(msgspec.Struct, frozen=True, kw_only=True, rename={"from_value": "from", "to_value": "to"}):
    """One transition of an alert; ``alert`` is the whole record after it."""

    id: str
    position: str
    clock: Instant
    rootid: str
    transition: str
    from_value: msgspec.Raw = _NULL
    to_value: msgspec.Raw = _NULL
    cause: tuple[str, str] | None = None
    reason: str | None = None
    alert: msgspec.Raw

    @property
    def record(self) -> Alert:
        """The alert record, decoded."""
        return _ALERT.decode(self.alert)


class CaseSnapshot(msgspec.Struct, frozen=True, kw_only=True, tag="case", tag_field="kind"):
    """What the engine knows of a case after a change."""

    id: str
    position: str
    known_from: Instant
    subject: str
    rootid: str
    court: str | None = None
    case_no: str | None = None
    case_type: str | None = None
    stage: str | None = None
    mode: str | None = None
    filed_on: date | None = None
    closed_on: date | None = None
    claim_fen: Int64 | None = None
    paid_fen: Int64 | None = None
    cause: str | None = None
    tags: list[str] = []
    opened: bool = False
    open: bool = False
    last_event_at: Instant | None = None
    last_type: str | None = None


class Watermark(msgspec.Struct, frozen=True, kw_only=True, tag="watermark", tag_field="kind"):
    """A partition of the engine said everything up to ``tick``."""

    id: str
    partition: UInt32
    tick: Instant
    control: UInt63
    position: str


class GroupFact(msgspec.Struct, frozen=True, kw_only=True, tag="fact", tag_field="kind"):
    """What a case tells a group; the groups read it, the warehouse counts it."""

    id: str
    position: str


class GroupControl(msgspec.Struct, frozen=True, kw_only=True, tag="control", tag_field="kind"):
    """A control event passed on to the groups."""

    id: str
    position: str


Fact = CaseSnapshot | Watermark | GroupFact | GroupControl
Content = Event | Transition | Fact | DeadLetter | Mapping[str, Any] | None

_ALERT = msgspec.json.Decoder(Alert)
_TRANSITION = msgspec.json.Decoder(Transition)
_FACT: msgspec.json.Decoder[Fact] = msgspec.json.Decoder(Fact)


def read_event(value: bytes | None, headers: Headers) -> Event:
    """Decode a record of court.events.v1.

    Raises:
        InvalidEvent: It is no event, or its type or payload is not of this contract.
    """
    event = from_kafka(value, headers)
    if event.type.startswith("x."):
        return event
    decode(event)
    # `validate` tells every error and costs twenty times as much; only what `decode` does not see is left to it.
    if event.data and (EVENT_TYPES[event.short].has_on or "pii" in event.data) and (errors := validate(event)):
        raise InvalidEvent(tuple(errors))
    return event


def read_transition(value: bytes | None, _headers: Headers) -> Transition:
    """Decode a record of supervision.alerts.v1. Raises what msgspec raises, or ValueError for a wrong position."""
    transition = _TRANSITION.decode(value or b"")
    _ = transition.record
    Position.parse(transition.position)
    return transition


def read_fact(value: bytes | None, _headers: Headers) -> Fact:
    """Decode a record of supervision.facts.v1. Raises what msgspec raises, or ValueError for a wrong position."""
    fact: Fact = _FACT.decode(value or b"")
    Position.parse(fact.position)
    return fact


def read_dead_letter(_value: bytes | None, headers: Headers) -> DeadLetter:
    """Decode a record of court.rejected.v1, without its sealed body. Raises what msgspec raises."""
    return deadletter.from_kafka(headers)


def read_object(value: bytes | None, _headers: Headers) -> Mapping[str, Any] | None:
    """Decode a JSON object of another topic; None for a tombstone. Raises InvalidEvent if it is none."""
    if value is None:
        return None
    found = msgspec.json.decode(value)
    if not isinstance(found, dict):
        raise InvalidEvent((FieldError("value", "not_an_object", "a record is a JSON object"),))
    return found
