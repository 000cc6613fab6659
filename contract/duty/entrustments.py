"""The record of an entrustment between courts (委托执行), as its decisions carry it."""

from datetime import date, datetime
from typing import Literal

import msgspec

from contract.duty.decisions import Change
from contract.duty.directives import Act

EntrustmentState = Literal["unknown", "sent", "accepted", "replied", "returned", "withdrawn"]


class EntrustmentRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is known of one entrustment: everything is read off the courts' own events.

    Attributes:
        id: The target, made of chain and name; see `contract.duty.commands.told_target`.
        name: ``entr_id`` of the events.
        kind, matter, from_court, to_court: 案件 or 事项, what is asked, from whom, of whom; "" where the event doesn't say.
        subject, rootid: The case, which is opened to the entrusted court: that one case and no other.
        state, version: Where it is, and how many changes led there.
        acts: What the courts told, in the order of their time.
        sent_at, accepted_at, ended_at: When it was sent, accepted, and replied to or returned.
        accept_by, due_at: First instants that are too late (事项 only, as R-ENTR-02 counts); ``due_day``: its last civil day.
        result, reason: Of the reply; of the return.
        told: Deadlines of which was said that they passed: ``accept``, ``reply``.
        history: The last 20 changes.
    """

    id: str
    name: str = ""
    subject: str
    rootid: str
    kind: str = ""
    matter: str = ""
    from_court: str = ""
    to_court: str = ""
    state: EntrustmentState = "unknown"
    version: int = 0
    acts: tuple[Act, ...] = ()
    sent_at: datetime | None = None
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    accept_by: datetime | None = None
    due_day: date | None = None
    due_at: datetime | None = None
    result: str = ""
    reason: str = ""
    told: tuple[str, ...] = ()
    history: tuple[Change, ...] = ()
