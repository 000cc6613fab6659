"""What the duty room decided: records of ``duty.decisions.v1``.

A command of a person has exactly one answer (``accepted`` or ``refused``); what follows from it, from a tick or from what the
engine told, are decisions of their own (``happened``). Decisions are folded, never decided again: each carries the whole record
of its target after it, so that the last decision of a target is its state.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

from contract.canonical import short_id
from contract.duty.people import Principal

Outcome = Literal["accepted", "refused", "happened"]


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change of a record, as a refused stale command is told; ``by``: an account, or ``/sys/<part>``.

    A remark stands among the changes with its text, under the version that was there: it is none.
    """

    version: int
    what: str
    by: str
    at: datetime
    text: str = ""


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One decision.

    Attributes:
        id: ``["decision",1,target,position,n]``, hashed: a repeat after a crash has the same id and bytes.
        position: ``partition:offset`` of the command that caused it.
        n: Its place among all that the position led to (decisions, tellings, events), from 0; it only grows.
        at: The room's clock.
        target: Alert, directive or roster.
        what: Name of what happened, past tense: ``acknowledged``, ``escalated``, ``paged``, ``drafted``, …
        outcome: accepted, refused, happened.
        command: Id of the command that it answers, None for the rest.
        principal: Who asked, None for timers and the engine.
        code: Stable name of the reason of a refusal, e.g. ``stale_version``, ``not_your_court``; "" otherwise.
        reason: A sentence for people, in Chinese.
        version: Version of the target after it.
        record: The target's whole record after it, None where a refusal knows none.
        detail: What only this kind has: page, step, roster used, what happened since a stale version.
    """

    id: str
    position: str
    n: int
    at: datetime
    target: str
    what: str
    outcome: Outcome
    command: str | None = None
    principal: Principal | None = None
    code: str = ""
    reason: str = ""
    version: int = 0
    record: dict[str, Any] | None = None
    detail: dict[str, Any] = {}


def decision_id(target: str, position: str, n: int) -> str:
    """The id of a decision."""
    return short_id("decision", target, position, n)


UNKNOWN_TARGET = "unknown_target"
"""The code of a refusal of what isn't there, or what the asker may not know of."""


NAMES_OF_DIRECTIVES = frozenset({"directives", "drafted"})
"""Fields of an alert's record that tell of directives, also of drafts, which not all who see the alert may know of."""


def for_asker(decision: Decision) -> Decision:
    """A decision as whoever asked is told it.

    An alert's record names no directives; a refusal bears no record, and not even a version if the target is unknown.
    """
    if decision.outcome != "refused":
        record = decision.record
        if record is None or "rule" not in record:
            return decision
        shown = {name: value for name, value in record.items() if name not in NAMES_OF_DIRECTIVES}
        return msgspec.structs.replace(decision, record=shown)
    hidden: dict[str, Any] = {"version": 0, "detail": {}} if decision.code == UNKNOWN_TARGET else {}
    return msgspec.structs.replace(decision, record=None, **hidden)


LEFT = "left"
"""What is said when a target leaves the room: nothing is kept of it but the log."""
START = "@start"
"""Key in ``duty.latest.v1``: the offset of the decisions' partition of that number, in decimal.

Beside it lies the last decision of each target, under the target; a target that has left the room has none. Who reads them, and
then the decisions from that offset on, has what one has who read all of them: a decision that comes again is known by its
place. A partition without it isn't whole, and its decisions are read from the first.
"""

_ENCODER = msgspec.json.Encoder()
DECODER: msgspec.json.Decoder[Decision] = msgspec.json.Decoder(Decision)


def encode(decision: Decision) -> bytes:
    """The bytes of a decision in the log."""
    return _ENCODER.encode(decision)


def decode(value: bytes) -> Decision:
    """Read a decision; raises ``msgspec.ValidationError`` if it is none."""
    return DECODER.decode(value)
