"""Entrustments between courts: state from the courts' own events, clocks from R-ENTR-02's limits.

Pure, in the form of ``streams.duty.outcome``. Nobody acts on an entrustment here: the courts send, accept, return and reply in
their own systems, and R-ENTR-* judge them; this record tells the console of both courts, and of their superiors, where it is.
"""

from datetime import date, datetime
from typing import Any

import msgspec

from contract.calendar import Calendar, cn_calendar
from contract.duty import commands as c
from contract.duty.directives import Act
from contract.duty.entrustments import EntrustmentRecord, EntrustmentState
from streams.duty.acts import deadline, standing_acts, with_act
from streams.duty.drafts import DUTY
from streams.duty.origins import act_told, courts_named
from streams.duty.outcome import Outcome, Refusal, Said, changed, due_of, next_of, refused
from streams.duty.rights import refusal

Done = Outcome[EntrustmentRecord]

ACCEPT_WITHIN = "3 calendar_days"
_DAYS = {"冻结": 7, "续封": 7, "查封": 7, "送达": 15, "查询": 15, "调查": 15}
_OTHER_DAYS = 30
"""Defaults of R-ENTR-02.b (管理参数); a test compares them with the rule."""

_SHIFT: dict[str, EntrustmentState] = {"entr.accepted": "accepted", "entr.replied": "replied", "entr.returned": "returned"}
_ENDED = frozenset({"replied", "returned", "withdrawn"})


def decide(record: EntrustmentRecord | None, command: c.Command, now: datetime, calendar: Calendar | None = None) -> Done:
    """What a court's own event does to an entrustment."""
    if isinstance(command, c.LinkTold):
        asked = record is not None and command.what == "asks_courts"
        return Outcome(record=record, tells=(courts_named(record, command, now),) if asked and record is not None else ())
    if not isinstance(command, c.CourtTold):
        return refused(record, command, Refusal("unknown_target", "委托由法院在自己的系统办理，这里不接受操作"))
    forbidden = refusal(command.principal, command, record)
    if forbidden is not None:
        return refused(record, command, forbidden)
    name = str((command.data or {}).get("entr_id", ""))
    before = record or EntrustmentRecord(id=command.target, name=name, subject=command.subject, rootid=command.rootid)
    if command.type not in {"entr.sent", *_SHIFT} or any(act.ref == command.ref for act in before.acts):
        return Outcome(record=record)
    act = Act(
        ref=command.ref,
        type=command.type,
        court=command.court,
        time=command.time,
        data={field: value for field, value in (command.data or {}).items() if field != "entr_id"},
        correctionof=command.correctionof,
        withdraws=command.data is None,
    )
    acts = with_act(before.acts, act)
    read = _reread(msgspec.structs.replace(before, acts=acts), calendar or cn_calendar())
    what = "told" if read.state in {before.state, "unknown"} else read.state
    after = changed(read, what, command.court, now)
    said = Said(what=what, detail={"type": command.type, "ref": command.ref})
    return Outcome(record=after, said=(said,), tells=act_told(after.id, command, now))


def next_due(record: EntrustmentRecord) -> datetime | None:
    """The instant at which a deadline passes of which was not said so, None = never."""
    return next_of(_waiting(record))


def due(record: EntrustmentRecord, now: datetime) -> Done:
    """Say the next deadline that has passed; the caller asks ``next_due`` again."""
    fallen = due_of(_waiting(record), now)
    if fallen is None:
        return Outcome(record=record)
    at, what = fallen
    said = Said(what=f"{what}_overdue", detail={"due": at})
    return Outcome(record=changed(record, said.what, DUTY.account, now, told=(*record.told, what)), said=(said,))


def _waiting(record: EntrustmentRecord) -> list[tuple[datetime, str]]:
    waiting = []
    if record.state == "sent" and record.accept_by is not None and "accept" not in record.told:
        waiting.append((record.accept_by, "accept"))
    if record.state in {"sent", "accepted"} and record.due_at is not None and "reply" not in record.told:
        waiting.append((record.due_at, "reply"))
    return waiting


def _reread(record: EntrustmentRecord, calendar: Calendar) -> EntrustmentRecord:
    """The record with everything that follows from its acts read anew."""
    blank = EntrustmentRecord(
        id=record.id, name=record.name, subject=record.subject, rootid=record.rootid, acts=record.acts, told=record.told,
        version=record.version, history=record.history,
    )  # fmt: skip
    standing = standing_acts(record.acts)
    sent = next((act for act in standing if act.type == "entr.sent"), None)
    if sent is None:
        taken_back = any(act.type == "entr.sent" for act in record.acts)
        return msgspec.structs.replace(blank, state="withdrawn" if taken_back else "unknown")
    blank = msgspec.structs.replace(blank, **_sent(sent, calendar))
    for act in standing:
        if act.type in _SHIFT and blank.state not in _ENDED and act.court in {blank.to_court, ""}:
            blank = msgspec.structs.replace(blank, **_shifted(act))
    return blank


def _sent(act: Act, calendar: Calendar) -> dict[str, Any]:
    said = act.data
    fields: dict[str, Any] = {
        "state": "sent",
        "sent_at": act.time,
        "kind": said.get("kind") or "",
        "matter": said.get("matter") or "",
        "from_court": said.get("from_court") or act.court,
        "to_court": said.get("to_court") or "",
    }
    if fields["kind"] != "事项":
        return fields  # R-ENTR-01 counts for entrusted cases, by events of the case
    days = _DAYS.get(fields["matter"], _OTHER_DAYS)
    limit = date.fromisoformat(said["due_on"]) if said.get("due_on") else f"{days} calendar_days"
    end = deadline(calendar, act.time, limit)
    fields["accept_by"] = deadline(calendar, act.time, ACCEPT_WITHIN).reached_at
    return fields | {"due_day": end.due_on, "due_at": end.reached_at}


def _shifted(act: Act) -> dict[str, Any]:
    if act.type == "entr.accepted":
        return {"state": "accepted", "accepted_at": act.time}
    word = {"result": act.data.get("result") or ""} if act.type == "entr.replied" else {"reason": act.data.get("reason") or ""}
    return {"state": _SHIFT[act.type], "ended_at": act.time} | word
