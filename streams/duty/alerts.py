"""What people do with an alert, one function a command: each changes the record or says why not.

Who may ask is `rights`' matter; here is what the state of the alert allows. No function here ends a legal obligation:
`ended_at` is the engine's, and the record keeps saying that the obligation stands.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from contract.duty import commands as c
from contract.duty.alerts import AlertDuty, DisputeRecord, Resolution
from contract.times import civil_date, format_instant
from streams.duty import merging, pages, resolving
from streams.duty.deed import Deed
from streams.duty.ladders import page_again, steps_of, take_step
from streams.duty.outcome import Refusal
from streams.duty.told import tell_merged
from streams.duty.tree import after_workdays

LEAST_SNOOZE = timedelta(minutes=15)
BEFORE_DEADLINE = timedelta(hours=24)
DISPUTE_DAYS = 5
"""Working days in which a dispute is answered (管理参数)."""

_STATES = {"firing": "待处理", "acked": "已签收", "resolved": "已处置", "closed": "已关闭"}


def _not_now(record: AlertDuty, what: str) -> Refusal:
    return Refusal("wrong_state", f"该预警{_STATES[record.state]}，不能{what}", {"state": record.state})


def acknowledge(deed: Deed[AlertDuty], command: c.Acknowledge) -> Refusal | None:
    """A named person has it; a second person takes over."""
    return _take(deed, command.principal.account, command.note)


def take_over(deed: Deed[AlertDuty], command: c.TakeOver) -> Refusal | None:
    """Another person has it from now on."""
    if deed.record.state != "acked":
        return Refusal("nobody_has_it", "该预警尚无人签收，请直接签收", {"state": deed.record.state})
    return _take(deed, command.principal.account, command.note)


def _take(deed: Deed[AlertDuty], account: str, note: str) -> Refusal | None:
    record = deed.record
    if not record.is_open:
        return _not_now(record, "签收")
    if record.merged_into:
        return _follows(record)
    before = record.owner
    waiting = _still_to_answer(deed, account)
    if waiting:
        deed.change("acknowledged_one", by=account, note=note, waiting_for=waiting)
        return None
    minutes = deed.desks.policy(record.policy or deed.desks.current, record.severity).ack_expires_min
    record.state, record.owner = "acked", account
    record.ack_until = deed.now + timedelta(minutes=minutes) * deed.desks.speed  # whoever has it lives on the wall's time
    record.page_at, record.step_at, record.held = None, None, False
    what = "taken_over" if before and before != account else "acknowledged"
    deed.change(what, owner=account, until=record.ack_until, note=note, **({"before": before} if before else {}))
    pages.settle(deed, account)
    tell_merged(deed)
    return None


def _still_to_answer(deed: Deed[AlertDuty], account: str) -> list[str]:
    """Of a step that each must acknowledge, those who have not."""
    record, steps = deed.record, steps_of(deed)
    if record.state != "firing" or not 0 < record.step <= len(steps) or steps[record.step - 1].require != "all":
        return []
    record.acks = tuple(dict.fromkeys((*record.acks, account)))
    asked = dict.fromkeys(
        page.account
        for page in record.pages
        if page.level == record.level and page.step == record.step and page.state != "dropped"
    )
    return [one for one in asked if one not in record.acks]


def escalate(deed: Deed[AlertDuty], command: c.Escalate) -> Refusal | None:
    """One step up by hand; a late button is told that the level was reached already."""
    record = deed.record
    if command.from_level < record.level:
        return Refusal("already_at_level", f"已升级至第{record.level}级", {"level": record.level})
    if command.from_level > record.level:
        return Refusal("no_such_level", f"该预警现为第{record.level}级", {"level": record.level})
    if not record.is_open:
        return _not_now(record, "升级")
    if record.merged_into:
        return _follows(record)
    if record.step >= len(steps_of(deed)):
        return Refusal("top_of_ladder", "本级值班已无更高一级，可向上级法院请示或发出督办", {"level": record.level})
    was = record.state, record.owner, record.ack_until
    record.page_at, record.held, record.base_at = None, False, record.base_at or deed.now
    deed.note("escalated_by_hand", level=record.level + 1, why=command.reason)
    take_step(deed)
    record.state, record.owner, record.ack_until = was
    return None


def snooze(deed: Deed[AlertDuty], command: c.Snooze) -> Refusal | None:
    """Be silent until an instant, at the latest a day before the legal deadline."""
    record = deed.record
    latest = record.due_at - BEFORE_DEADLINE
    if not record.is_open:
        return _not_now(record, "暂缓提醒")
    if record.merged_into:
        return _follows(record)
    if not command.reason.strip():
        return Refusal("no_reason", "暂缓提醒须写明理由")
    if command.until < deed.now + LEAST_SNOOZE:
        return Refusal("too_short", "暂缓提醒至少15分钟", {"earliest": deed.now + LEAST_SNOOZE})
    if command.until > latest:
        reason = f"暂缓提醒不得晚于法定期限届满前24小时（{format_instant(latest)}）"
        return Refusal("past_deadline", reason, {"latest": latest})
    record.snoozed_until, record.snoozes = command.until, record.snoozes + 1
    deed.change("snoozed", until=command.until, why=command.reason, times=record.snoozes)
    pages.settle(deed, command.principal.account)
    return None


def wake(deed: Deed[AlertDuty], command: c.Wake) -> Refusal | None:
    """End a snooze."""
    del command
    if deed.record.snoozed_until is None:
        return Refusal("not_snoozed", "该预警未暂缓提醒")
    woken(deed, "by_hand")
    return None


def woken(deed: Deed[AlertDuty], why: str) -> None:
    """A snooze is over: what stood before stands again, and nobody having it, its step is paged again."""
    record = deed.record
    record.snoozed_until = None
    deed.change("woken", why=why)
    if record.state == "firing" and record.page_at is None:
        record.step_at = None
        page_again(deed, "woken")
    elif record.page_at is not None:
        record.page_at = max(record.page_at, deed.now)  # the hold ended in silence: its page is due now, not late


def dispute(deed: Deed[AlertDuty], command: c.Dispute) -> Refusal | None:
    """The supervised court replies: penalty statistics wait for the answer, the clock doesn't."""
    record = deed.record
    if record.state == "closed":
        return _not_now(record, "提出异议")
    if record.disputed_until is not None:
        return Refusal("already_disputed", "已有异议正在答复", {"until": record.disputed_until})
    if not command.grounds.strip():
        return Refusal("no_reason", "异议须写明理由")
    who = command.principal
    record.dispute = DisputeRecord(
        by=who.account, court=who.court, grounds=command.grounds, evidence=command.evidence, at=deed.now
    )
    record.disputed_until = after_workdays(civil_date(deed.now).toordinal(), DISPUTE_DAYS, deed.desks.calendar)
    deed.change("disputed", grounds=command.grounds, until=record.disputed_until)
    return None


def answer_dispute(deed: Deed[AlertDuty], command: c.AnswerDispute) -> Refusal | None:
    """The court above answers; an upheld dispute ends no obligation either: the facts must be corrected by events."""
    record = deed.record
    if record.dispute is None or record.disputed_until is None:
        return Refusal("not_disputed", "没有待答复的异议")
    if not command.reason.strip():
        return Refusal("no_reason", "答复须写明理由")
    record.disputed_until = None
    record.dispute.answer = "upheld" if command.upheld else "rejected"
    record.dispute.answered_by, record.dispute.reason = command.principal.account, command.reason
    deed.change("dispute_answered", upheld=command.upheld, why=command.reason)
    return None


def resolve(deed: Deed[AlertDuty], command: c.Resolve) -> Refusal | None:
    """Handled by hand: with reason and evidence; a red one waits for a second person."""
    record = deed.record
    if not record.is_open:
        return _not_now(record, "处置")
    if record.merged_into:
        return _follows(record)
    if not command.reason.strip():
        return Refusal("no_reason", "人工处置须写明理由")
    if not command.evidence:
        return Refusal("no_evidence", "人工处置须附证据（事件编号）")
    who = command.principal.account
    found = Resolution(
        how="hand", at=deed.now, reason_code=command.reason_code, reason=command.reason, evidence=command.evidence, by=who
    )
    if record.severity == "red":
        record.pending = found
        deed.change("second_asked", reason_code=command.reason_code, why=command.reason, evidence=command.evidence)
        return None
    _resolved(deed, found)
    return None


def second(deed: Deed[AlertDuty], command: c.Second) -> Refusal | None:
    """Another person, as rights see to, agrees that a red alert is handled, or refuses."""
    record, who = deed.record, command.principal.account
    if record.pending is None:
        return Refusal("nothing_pending", "没有待复核的处置")
    found = record.pending
    if command.agreed:
        found.seconded_by, found.at = who, deed.now
        _resolved(deed, found)
    else:
        record.pending = None
        deed.change("second_refused", why=command.reason)
    return None


def _resolved(deed: Deed[AlertDuty], found: Resolution) -> None:
    record = deed.record
    deed.change(
        "resolved", how="hand", reason_code=found.reason_code, why=found.reason, evidence=found.evidence,
        seconded_by=found.seconded_by, obligation_stands=record.stands,
    )  # fmt: skip
    resolving.resolve(deed, found, deed.by)
    tell_merged(deed)


def close(deed: Deed[AlertDuty], command: c.Close) -> Refusal | None:
    """A superior closes what is resolved, at once."""
    del command
    if deed.record.state != "resolved":
        return _not_now(deed.record, "关闭")
    if deed.record.disputed_until is not None:
        return Refusal("dispute_open", "异议尚未答复，不能关闭", {"until": deed.record.disputed_until})
    closed(deed, "by_superior")
    return None


def closed(deed: Deed[AlertDuty], why: str) -> None:
    """It is closed."""
    resolving.close(deed)
    deed.change("closed", why=why, obligation_stands=deed.record.stands)
    tell_merged(deed)


def comment(deed: Deed[AlertDuty], command: c.Comment) -> Refusal | None:
    """A remark."""
    if not command.text.strip():
        return Refusal("no_text", "备注不能为空")
    deed.remark("commented", command.text)
    return None


def assign(deed: Deed[AlertDuty], command: c.Assign) -> Refusal | None:
    """Give it to somebody of the desk, who is paged; having it takes that person's own acknowledgement."""
    record = deed.record
    if not record.is_open:
        return _not_now(record, "指派")
    if command.to not in deed.desks.people(record.home):
        return Refusal("not_of_the_desk", "只能指派给该院值班名册上的人员")
    record.assigned, record.rounds = command.to, record.rounds + 1
    deed.change("assigned", to=command.to)
    policy = deed.desks.policy(record.policy or deed.desks.current, record.severity)
    channels = policy.steps[0].channels if policy.steps else ("webhook",)
    pages.make_pages(deed, [(record.home, command.to)], channels, "assigned")
    return None


def _follows(record: AlertDuty) -> Refusal:
    return Refusal("merged", "该预警已并入另一预警，请在主预警上操作", {"into": record.merged_into})


COMMANDS: dict[type, Callable[[Deed[Any], Any], Refusal | None]] = {
    c.Acknowledge: acknowledge,
    c.TakeOver: take_over,
    c.Escalate: escalate,
    c.Snooze: snooze,
    c.Wake: wake,
    c.Merge: merging.merge,
    c.Unmerge: merging.unmerge,
    c.Dispute: dispute,
    c.AnswerDispute: answer_dispute,
    c.Resolve: resolve,
    c.Second: second,
    c.Close: close,
    c.Comment: comment,
    c.Assign: assign,
    c.PageClaim: pages.claim,
    c.PageResult: pages.result,
}
