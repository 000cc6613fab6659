"""The course of a directive where no court acts through us: drafts, what its own system tells, its alerts, time.

Pure, in the form of ``streams.duty.outcome``; ``streams.duty.directives`` asks rights first.
"""

import re
from datetime import datetime
from typing import Any

import msgspec

from contract.calendar import Calendar
from contract.duty import commands as c
from contract.duty.directive_kinds import kind_of
from contract.duty.directives import ENDED, Act, DirectiveRecord
from streams.duty import sent
from streams.duty.acts import TYPES, reread, with_act
from streams.duty.drafts import DUTY, after
from streams.duty.origins import act_told, courts_named
from streams.duty.outcome import Outcome, Refusal, Said, Told, changed, due_of, next_of, refused

Done = Outcome[DirectiveRecord]
_GROUP = re.compile(r"[a-z_]+:")
"""What stands before the id of a group."""


def next_due(record: DirectiveRecord) -> datetime | None:
    """The instant at which time alone changes something, None = never; `due` is called when it has come."""
    return next_of(_waiting(record))


def due(record: DirectiveRecord, now: datetime) -> Done:
    """What has fallen due by an instant: one step; the caller asks ``next_due`` again."""
    fallen = due_of(_waiting(record), now)
    if fallen is None:
        return Outcome(record=record)
    at, what = fallen
    if what == "lapse":
        lapsed = changed(record, "lapsed", DUTY.account, now, state="lapsed")
        return Outcome(record=lapsed, said=(Said(what="lapsed", detail={"at": at}),), tells=sent.links(lapsed, "closed", now))
    said = Said(what="receive_overdue" if what == "receive" else "answer_overdue", detail={"due": at})
    following = None if what == "receive" or record.followed_by else after(record, "expired", now)
    followed = record.followed_by if following is None else following.target
    record = changed(record, said.what, DUTY.account, now, told=(*record.told, what), followed_by=followed)
    return Outcome(record=record, said=(said,), tells=() if following is None else (following,))


def _waiting(record: DirectiveRecord) -> list[tuple[datetime, str]]:
    """(instant, what falls due then) of what has not been said yet."""
    waiting: list[tuple[datetime, str]] = []
    if record.state == "issued" and record.receive_by is not None and "receive" not in record.told:
        waiting.append((record.receive_by, "receive"))
    step = f"answer {record.due_day}"
    awaited = record.state in {"issued", "received", "returned"} or (record.state == "answered" and _must_follow(record))
    if awaited and record.due_at is not None and step not in record.told:
        waiting.append((record.due_at, step))
    if record.state not in {"unknown", "drafted", *ENDED} and record.lapses_at is not None:
        waiting.append((record.lapses_at, "lapse"))
    return waiting


def _must_follow(record: DirectiveRecord) -> bool:
    """Whether its expiry obliges the issuer to take the case up or assign it (执行程序解释第12条): no reason was given."""
    return record.kind == "督促执行令" and not any(answer.result == "理由说明" for answer in record.answers)


def told(record: DirectiveRecord | None, command: c.CourtTold, now: datetime, calendar: Calendar) -> Done:
    """A court's own event about it; the echo of what was done here changes nothing."""
    name = str((command.data or {}).get("directive_id", ""))
    name = "" if name == command.target else name
    before = record or DirectiveRecord(id=command.target, name=name, subject=command.subject, rootid=command.rootid)
    if command.type not in TYPES or any(act.ref == command.ref for act in before.acts):
        return Outcome(record=record)
    act = Act(
        ref=command.ref,
        type=command.type,
        court=command.court,
        time=command.time,
        data={field: value for field, value in (command.data or {}).items() if field != "directive_id"},
        correctionof=command.correctionof,
        withdraws=command.data is None,
    )
    after_it = reread(msgspec.structs.replace(before, acts=with_act(before.acts, act)), calendar)
    what = "told" if after_it.state in {before.state, "unknown"} else after_it.state
    detail: dict[str, Any] = {"type": command.type, "ref": command.ref}
    if what == "closed" and after_it.open_alerts:
        detail["open_alerts"] = after_it.open_alerts  # the court's own word; whoever reads it sees what still stands
    after_it = changed(after_it, what, command.court, now)
    tells = _link_of_state(before, after_it, now) + act_told(after_it.id, command, now)
    return Outcome(record=after_it, said=(Said(what=what, detail=detail),), tells=tells)


def _link_of_state(before: DirectiveRecord, record: DirectiveRecord, now: datetime) -> tuple[Told, ...]:
    if before.state == record.state:
        return ()
    if record.state in {"closed", "raised"}:
        return sent.links(record, "closed", now)
    if record.state == "withdrawn":
        return sent.links(record, "withdrawn", now)
    return sent.links(record, "issued", now) if before.issued_at is None and record.issued_at is not None else ()


def linked(record: DirectiveRecord | None, command: c.LinkTold, now: datetime) -> Done:
    """An alert that it names ended, or stands again; one about it asks which courts it names."""
    if record is not None and command.what == "asks_courts":
        return Outcome(record=record, tells=(courts_named(record, command, now),))
    if record is None or command.source not in record.alert_ids or command.what not in {"ended", "retracted", "reopened"}:
        return Outcome(record=record)
    still = set(record.open_alerts) - {command.source} if command.what != "reopened" else {*record.open_alerts, command.source}
    alerts = tuple(alert for alert in record.alert_ids if alert in still)
    if alerts == record.open_alerts:
        return Outcome(record=record)
    record = changed(record, f"alert_{command.what}", DUTY.account, now, open_alerts=alerts)
    return Outcome(record=record, said=(Said(what=f"alert_{command.what}", detail={"alert": command.source}),))


def draft(record: DirectiveRecord | None, command: c.DirectiveDraft, now: datetime) -> Done:
    """A draft, or a change of one: by a person, or by the engine where there is none yet."""
    by_engine = command.principal.role == "system"
    if record is not None and by_engine:
        return Outcome(record=record)  # the engine's draft is there already; what people made of it stays
    if record is not None and record.state != "drafted":
        return refused(record, command, Refusal("already_issued", "已经签发、撤回或者终结的指令不能再改"))
    subject, rootid = _matter(command)
    alerts = tuple(dict.fromkeys(command.alert_ids))
    before = record or DirectiveRecord(id=command.target, subject=subject, rootid=rootid)
    fresh = [one for one in alerts if one not in before.alert_ids]
    changes: dict[str, Any] = {
        "kind": command.directive_kind,
        "from_court": command.from_court,
        "to_court": command.to_court,
        "subject": subject,
        "rootid": rootid,
        "case_no": command.case_no,
        "alert_ids": alerts,
        "open_alerts": tuple(one for one in alerts if one in before.open_alerts or one in fresh),
        "text": command.text,
        "legal_basis": command.legal_basis or kind_of(command.directive_kind).basis,
        "due_on": command.due_on,
        "urgent": command.urgent,
        "drafted_by": tuple(dict.fromkeys((*before.drafted_by, command.principal.account))),
    }
    drafted = changed(before, "drafted", command.principal.account, now, state="drafted", **changes)
    wrong = sent.not_sendable(drafted, command.principal, now)
    if wrong is not None:
        return refused(record, command, Refusal("not_sendable", f"按此内容签发的事件不合规范，请修改：{wrong}"))
    record = drafted
    gone = [one for one in before.alert_ids if one not in alerts]
    tells = sent.links(record, "drafted", now, fresh) + sent.links(record, "withdrawn", now, gone)
    said = Said(what="drafted", outcome="happened" if by_engine else "accepted")
    return Outcome(record=record, said=(said,), tells=tells)


def _matter(command: c.DirectiveDraft) -> tuple[str, str]:
    """(subject, rootid) of what a draft is about: its case, or the court for alerts about many cases (``<scope>:<id>``)."""
    subject, rootid = command.subject, command.rootid or command.subject
    if subject is None or rootid is None or _GROUP.fullmatch(rootid.removesuffix(subject)):
        about = f"court/{command.to_court}"
        return about, about
    return subject, rootid
