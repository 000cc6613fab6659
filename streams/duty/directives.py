"""The life of a directive: draft → issue → receive → answer → verdict, reconsideration, lapse, withdrawal.

Pure, in the form of ``streams.duty.outcome``. Who may do what is asked of ``rights`` first. 合格 closes only if the stream
shows the matter put right: every alert that the directive names has ended, or, if it names none, the receiving court's own
system told of it. 退回 restarts seven days, 升级 ends this directive and drafts the next step.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from contract.calendar import Calendar, cn_calendar
from contract.duty import commands as c
from contract.duty.directive_kinds import RECONSIDER_DAYS, kind_of
from contract.duty.directives import ENDED, UPWARD, DirectiveRecord
from contract.envelope import Event
from contract.times import civil_date
from streams.duty import sent
from streams.duty.acts import deadline, default_due, reread, with_act
from streams.duty.course import Done, draft, due, linked, next_due, told
from streams.duty.drafts import after
from streams.duty.outcome import Outcome, Refusal, Said, changed, name_of, refused, stale
from streams.duty.rights import refusal

__all__ = ["decide", "due", "next_due"]

Asked = c.DirectiveCommand | c.LinkTold


def decide(record: DirectiveRecord | None, command: c.Command, now: datetime, calendar: Calendar | None = None) -> Done:
    """What a command, or what is told, does to a directive; ``record`` None = nothing is known of it yet."""
    if not isinstance(command, Asked):
        return refused(record, command, Refusal("unknown_target", "指令不接受该操作"))
    forbidden = refusal(command.principal, command, record) or stale(record, command)
    if forbidden is not None:
        return refused(record, command, forbidden)
    calendar = calendar or cn_calendar()
    if isinstance(command, c.CourtTold):
        return told(record, command, now, calendar)
    if isinstance(command, c.DirectiveDraft):
        return draft(record, command, now)
    if isinstance(command, c.LinkTold):
        return linked(record, command, now)
    assert record is not None  # else rights refuse it
    found = _STEPS[type(command)](record, command, now, calendar)
    return refused(record, command, found) if isinstance(found, Refusal) else found


Found = Done | Refusal


def _issue(record: DirectiveRecord, command: c.DirectiveIssue, now: datetime, calendar: Calendar) -> Found:
    if record.state != "drafted":
        return Refusal("already_issued", "这件指令已经签发、撤回或者终结")
    if not record.text.strip():
        return Refusal("text_missing", "指令没有内容，请先写明要求")
    day = record.due_on or default_due(record, now, calendar)
    if day is None:
        return Refusal("due_missing", f"{record.kind}的期限由发令法院指定，请填写")
    if day < civil_date(now):
        return Refusal("due_past", f"期限{day}已经过去，请重新填写")
    months = kind_of(record.kind).at_most_months
    if months is not None and day > (last := deadline(calendar, now, f"{months} months").due_on):
        return Refusal("too_long", f"{record.kind}最长{months}个月，不得晚于{last}")
    data = sent.issue_data(record, day.isoformat())
    return _acted(record, command, "sup.directive_issued", "issued", now, calendar, tells="issued", data=data)


def _withdraw(record: DirectiveRecord, command: c.DirectiveWithdraw, now: datetime, calendar: Calendar) -> Found:
    if record.state in ENDED:
        return Refusal("ended", "这件指令已经终结")
    if not command.reason.strip():
        return Refusal("reason_missing", "撤回须说明理由")
    said = Said(what="withdrawn", outcome="accepted", detail={"reason": command.reason})
    if record.state == "drafted":
        after_it = changed(record, "withdrawn", command.principal.account, now, state="withdrawn")
        return Outcome(record=after_it, said=(said,), tells=sent.links(after_it, "withdrawn", now))
    after_it, event = _taken_back(record, command, now, calendar)
    after_it = changed(after_it, "withdrawn", command.principal.account, now)
    return Outcome(record=after_it, said=(said,), events=(event,), tells=sent.links(after_it, "withdrawn", now))


def _taken_back(
    record: DirectiveRecord, command: c.Command, now: datetime, calendar: Calendar
) -> tuple[DirectiveRecord, Event]:
    act, event = sent.withdrawal(record, command.principal, now)
    return reread(msgspec.structs.replace(record, acts=with_act(record.acts, act)), calendar), event


def _receive(record: DirectiveRecord, command: c.DirectiveReceive, now: datetime, calendar: Calendar) -> Found:
    if record.received_at is not None:
        return Refusal("already_received", "这件指令已经签收")
    if record.state not in {"issued", "answered", "returned"}:
        return Refusal("not_issued", "这件指令还没有签发，或者已经终结")
    data = {"handler_id": command.principal.account, "on": sent.today(now)}
    return _acted(record, command, "sup.directive_received", "received", now, calendar, data=data)


def _answer(record: DirectiveRecord, command: c.DirectiveAnswer, now: datetime, calendar: Calendar) -> Found:
    if record.state == "issued":
        return Refusal("not_received", "请先签收，再反馈")
    if record.state not in {"received", "answered", "returned"}:
        return Refusal("not_issued", "这件指令还没有签发，或者已经终结")
    evidence = [" ".join(ref) for ref in command.evidence]
    if not command.text.strip() and not evidence:
        return Refusal("empty_answer", "反馈须写明情况或者附上办案事件")
    if any(len(ref) > 200 for ref in evidence):
        return Refusal("evidence_too_long", "办案事件的来源和编号合计不得超过200字")
    data: dict[str, Any] = {"result": command.result, "on": sent.today(now), "text": command.text}
    if evidence:
        data["evidence_refs"] = evidence
    tells: sent.Word | None = "closed" if record.kind in UPWARD else None
    return _acted(record, command, "sup.feedback_submitted", "answered", now, calendar, tells=tells, data=data)


def _reconsider(record: DirectiveRecord, command: c.DirectiveReconsider, now: datetime, calendar: Calendar) -> Found:
    asked = record.reconsideration
    receiver = command.principal.court == record.to_court
    if command.decision is None:
        refused_for = _cannot_ask(record, now, calendar, receiver=receiver)
        data = {"requested_on": sent.today(now), "text": command.reason}
        return refused_for or _acted(
            record, command, "sup.directive_reconsidered", "reconsider_asked", now, calendar, data=data
        )
    if receiver:
        return Refusal("self_approval", "请求复议的法院不能自己决定")
    if asked is None or asked.decision is not None:
        return Refusal("nothing_to_reconsider", "没有等待决定的复议请求")
    data = {"requested_on": sent.today(asked.asked_at), "decision": command.decision, "decided_on": sent.today(now)}
    data["text"] = command.reason
    revoked = command.decision == "撤销"
    tells: sent.Word | None = "withdrawn" if revoked else None
    done = _acted(record, command, "sup.directive_reconsidered", "reconsidered", now, calendar, tells=tells, data=data)
    if not revoked or done.record is None:
        return done
    # A directive that was revoked is taken back, so that nothing falls due by it.
    taken_back, event = _taken_back(done.record, command, now, calendar)
    return msgspec.structs.replace(done, record=taken_back, events=(*done.events, event))


def _cannot_ask(record: DirectiveRecord, now: datetime, calendar: Calendar, *, receiver: bool) -> Refusal | None:
    if not receiver:
        return Refusal("other_side", "只有受令法院可以请求复议")
    if record.kind != "指令纠正" or record.issued_at is None or record.state in ENDED:
        return Refusal("not_reconsiderable", "只有尚未终结的指令纠正可以请求复议（执行规定第72条）")
    if record.reconsideration is not None:
        return Refusal("already_asked", "已经请求过复议")
    last = deadline(calendar, record.issued_at, f"{RECONSIDER_DAYS} calendar_days")
    if now >= last.reached_at:
        return Refusal("too_late", f"请求复议的期限为{RECONSIDER_DAYS}日，已于{last.due_on}届满（执行规定第72条）")
    return None


def _verdict(record: DirectiveRecord, command: c.DirectiveVerdict, now: datetime, calendar: Calendar) -> Found:
    overdue = record.due_at is not None and now >= record.due_at and record.state in {"issued", "received", "returned"}
    possible = record.state == "answered" or (command.verdict == "升级" and overdue)
    if record.state == "lapsed" and command.verdict == "合格":
        record = msgspec.structs.replace(record, state="answered")  # it ended by law; nothing is left to be shown
    elif not possible:
        return Refusal("not_answered", "受令法院还没有反馈" if record.state not in ENDED else "这件指令已经终结")
    elif command.verdict == "合格" and (missing := _not_shown(record)) is not None:
        return missing
    data = {"verdict": command.verdict, "on": sent.today(now), "text": command.reason}
    tells: Any = None if command.verdict == "退回" else "closed"
    what = {"合格": "closed", "退回": "returned", "升级": "raised"}[command.verdict]
    done = _acted(record, command, "sup.directive_closed", what, now, calendar, tells=tells, data=data)
    following = after(done.record, "raised", now) if command.verdict == "升级" and done.record is not None else None
    if following is None or done.record is None:
        return done
    record = msgspec.structs.replace(done.record, followed_by=following.target)
    return msgspec.structs.replace(done, record=record, tells=(*done.tells, following))


def _not_shown(record: DirectiveRecord) -> Refusal | None:
    """Why the stream doesn't show the matter put right."""
    if record.open_alerts:
        detail = {"open_alerts": record.open_alerts}
        return Refusal("alerts_stand", f"所涉预警还有{len(record.open_alerts)}件没有消除，不能核验合格", detail)
    if not record.alert_ids and record.shown_by is None:
        return Refusal("not_shown", "受令法院的办案系统还没有报告已纠正，不能核验合格")
    return None


def _acted(
    record: DirectiveRecord,
    command: c.Command,
    kind: str,
    what: str,
    now: datetime,
    calendar: Calendar,
    *,
    data: dict[str, Any],
    tells: sent.Word | None = None,
) -> Done:
    """Do an act of a court: keep it, read the state anew, send it as the court's own event."""
    act, event = sent.act(record, kind, command.principal, now, data)
    read = reread(msgspec.structs.replace(record, acts=with_act(record.acts, act)), calendar)
    after_it = changed(read, what, command.principal.account, now)
    linked = () if tells is None else sent.links(after_it, tells, now)
    said = Said(what=what, outcome="accepted", detail={"command": name_of(command), "event": act.ref})
    return Outcome(record=after_it, said=(said,), events=(event,), tells=linked)


_STEPS: dict[type[c.Command], Callable[[DirectiveRecord, Any, datetime, Calendar], Found]] = {
    c.DirectiveIssue: _issue,
    c.DirectiveWithdraw: _withdraw,
    c.DirectiveReceive: _receive,
    c.DirectiveAnswer: _answer,
    c.DirectiveReconsider: _reconsider,
    c.DirectiveVerdict: _verdict,
}
