"""One deed upon one alert or desk: the record in hand, the instant, and what comes of it.

Functions of the lifecycle change the record in place and say what they did; whoever began it takes the `outcome`, or
drops it when the command is refused. The record was decoded for this deed alone, so nobody else sees it half changed.
"""

from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from contract.duty.alerts import AlertDuty, DeskDuty
from contract.duty.commands import Broadcast, DirectiveDraft, Flood, LinkTold, told_id
from contract.duty.decisions import LEFT, Change
from contract.duty.people import part_of_system
from contract.times import format_instant
from streams.duty.desks import Desks
from streams.duty.outcome import Outcome, Said, Told
from streams.duty.outputs import EVERYBODY

DUTY = part_of_system("duty")
_KEPT_CHANGES = 20
_KEPT_LETTERS = 500
"""Of a remark, in the record; its decision has all of it."""


R = TypeVar("R", bound=AlertDuty | DeskDuty)


class Deed(Generic[R]):
    """See above. ``by``: the account that asked, or the part of the system."""

    def __init__(self, record: R, now: datetime, desks: Desks, by: str = DUTY.account) -> None:
        self.record: R = record
        self.now = now
        self.desks = desks
        self.by = by
        self._said: list[Said] = []
        self._tells: list[Told] = []
        self._left = False

    def change(self, what: str, *, reason: str = "", **detail: Any) -> None:
        """Say something that a person would want to know of before acting: the version grows, the history has it."""
        self.record.version += 1
        self._keep(Change(self.record.version, what, self.by, self.now))
        self.note(what, reason=reason, **detail)

    def remark(self, what: str, text: str) -> None:
        """Say something in a person's words: the history has them, the version stays as it is."""
        kept = text.strip() if len(text.strip()) <= _KEPT_LETTERS else text.strip()[: _KEPT_LETTERS - 1] + "…"
        self._keep(Change(self.record.version, what, self.by, self.now, kept))
        self.note(what, text=text)

    def note(self, what: str, *, reason: str = "", **detail: Any) -> None:
        """Say something that leaves the version as it is."""
        self._said.append(Said(what=what, reason=reason, detail=detail))

    def _keep(self, change: Change) -> None:
        self.record.history = (*self.record.history[1 - _KEPT_CHANGES :], change)

    def add_to_last(self, **detail: Any) -> None:
        """Add to the detail of what was said last."""
        self._said[-1] = msgspec.structs.replace(self._said[-1], detail=self._said[-1].detail | detail)

    def tell(self, target: str, what: Any, **detail: Any) -> None:
        """Tell another target; the room gives the position."""
        number = len(self._tells)
        told = LinkTold(
            id=told_id(self.record.id, target, what, number),
            target=target,
            principal=DUTY,
            at=self.now,
            source=self.record.id,
            what=what,
            detail=detail,
        )
        self._tells.append(told)

    def tell_everybody(self, flood: Flood) -> None:
        """Tell every partition of a flood."""
        name = told_id(self.record.id, "flood", format_instant(flood.since), flood.over)
        self._tells.append(Broadcast(id=name, target=EVERYBODY, principal=DUTY, at=self.now, control=0, flood=flood))

    def draft(self, draft: DirectiveDraft) -> None:
        """Ask for a directive's draft."""
        self._tells.append(draft)

    def leave(self) -> None:
        """Say that the record leaves the room: nothing is kept of it."""
        self.note(LEFT)
        self._left = True

    def outcome(self, *, answered: bool = False) -> Outcome[R]:
        """What came of it; ``answered``: the first thing said is the answer to a command."""
        said = list(self._said)
        if self._left:
            return Outcome(record=None, said=tuple(said))
        if answered:
            first = said[0]
            said[0] = msgspec.structs.replace(first, outcome="accepted")
        return Outcome(record=self.record, said=tuple(said), tells=tuple(self._tells))
