"""What the console shows of the chosen alert: its state on duty, what was done, who was paged, and what the engine proves."""

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

from contract.duty.policy import Channel
from contract.times import parse_instant
from dashboards.console.names import Names
from dashboards.console.queue import marks_of
from dashboards.view import View
from dashboards.wall.figures import BASIS_NAMES, due_text, instant_text, short_instant_text
from dashboards.wall.parts import case_link, court_link, severity_mark

_WHAT: Mapping[str, str] = {
    "raised": "预警产生",
    "acknowledged": "签收",
    "acknowledged_one": "一人签收，尚待他人",
    "taken_over": "接手",
    "ack_expired": "签收过期",
    "paged": "通知",
    "escalated": "升级",
    "step_empty": "岗位无人",
    "snoozed": "暂缓",
    "woken": "恢复提醒",
    "merged": "合并",
    "unmerged": "取消合并",
    "disputed": "提出异议",
    "dispute_answered": "答复异议",
    "dispute_lapsed": "异议逾期未答复",
    "second_asked": "申请办结，待复核",
    "second_refused": "复核不同意办结",
    "resolved": "办结",
    "closed": "关闭",
    "retracted": "撤回",
    "reopened": "重新打开",
    "redated": "期限变更",
    "severity_rose": "级别升高",
    "severity_fell": "级别降低",
    "moved": "案件移送，改由他院",
    "reacts": "应对法院变更",
    "joined": "另一条预警并入",
    "left": "并入的预警脱离",
    "followed": "随主预警变更",
    "merge_undone": "合并已撤销",
    "assigned": "指派",
    "commented": "备注",
    "escalated_up": "上报上级法院",
    "flood_began": "预警集中开始",
    "flood_ended": "预警集中结束",
}
_PAGES: Mapping[str, str] = {
    "due": "待发送",
    "claimed": "发送中",
    "sent": "已发出",
    "delivered": "已送达",
    "failed": "未能送达",
    "unknown": "不能确认",
    "dropped": "已无需发送",
}
_CHANNELS: Mapping[Channel, str] = {
    "call": "电话",
    "sms": "短信",
    "robot": "群机器人",
    "mail": "邮件",
    "webhook": "系统推送",
    "digest": "汇总",
}
_FAILURES: Mapping[str, str] = {
    "no channel of kind": "未配置此渠道",
    "no address for": "未登记联系方式",
    "Throttled": "渠道限流",
    "Rejected": "渠道拒收",
    "Unreachable": "渠道无应答",
}
"""What of a failure's text tells its kind → the kind in words; the first that stands there counts."""


def what_text(what: str) -> str:
    """What happened, in words."""
    return _WHAT.get(what, what)


def head(view: View, names: Names, record: Mapping[str, Any], case: str, now: datetime) -> str:
    """The head of an alert: what, where, how long still, and its state. ``case``: how its case is called."""
    due = parse_instant(record["due_at"])
    marks = " ".join(f'<span class="tag">{escape(mark)}</span>' for mark in marks_of(names, record))
    statutory = record.get("basis", "statutory") == "statutory"
    open_text, over = ("法定义务仍未履行", "法定义务已了结") if statutory else ("要求仍未办到", "要求已办到")
    stands = open_text if record.get("ended_at") is None else over
    basis = BASIS_NAMES[record.get("basis", "statutory")]
    name = escape(view.rule_name(record["rule"]))
    number = f"编号 {escape(record['id'][:8].upper())}"
    return (
        f'<div class="head"><div class="title">{severity_mark(record["severity"])} <b>{name}</b>'
        f' <span class="tag">{escape(record["rule"])}</span> <span class="tag">{basis}</span></div>'
        f"<div>{court_link(record['court'])} · {case_link(record['subject'], case)}</div>"
        f"<div>期限 {instant_text(due)}（{due_text(due, now)}） · {stands}</div>"
        f'<div>{marks} <span class="quiet">{number}</span></div></div>'
    )


def duty(names: Names, record: Mapping[str, Any]) -> str:
    """What people and the room did, newest first, and who was paged."""
    changes = "".join(
        f"<li><time>{short_instant_text(parse_instant(one['at']))}</time> {escape(what_text(one['what']))}"
        f' <span class="quiet">{escape(names.of(one["by"]))}</span>{_said(one.get("text", ""))}</li>'
        for one in reversed(record.get("history", ()))
    )
    pages = "".join(_page(names, page) for page in record.get("pages", ()))
    dispute = _dispute(names, record.get("dispute"))
    pending = record.get("pending")
    waits = (
        f'<p class="orange">◆ {escape(names.of(pending["by"]))}申请办结：{escape(pending.get("reason", ""))}，待第二人复核</p>'
        if pending
        else ""
    )
    paged = f'<h3>通知</h3><ul class="changes">{pages}</ul>' if pages else ""
    return f'{waits}{dispute}<h3>处置经过</h3><ul class="changes">{changes}</ul>{paged}'


def _said(text: str) -> str:
    """A remark, in the words of who made it."""
    return f'<div class="said">{escape(text)}</div>' if text else ""


def _page(names: Names, page: Mapping[str, Any]) -> str:
    state = _PAGES[page.get("state", "due")]
    error = (
        f' <span class="orange" title="{escape(page["error"])}">{failure_text(page["error"])}</span>'
        if page.get("error")
        else ""
    )
    return (
        f"<li><time>{short_instant_text(parse_instant(page['at']))}</time> {escape(names.of(page['account']) or '值班群')}"
        f' <span class="quiet">{_CHANNELS.get(page["channel"], "")} · {state}</span>{error}</li>'
    )


def failure_text(error: str) -> str:
    """Why a page could not be sent, in words; the notifier's and the provider's own text is for who keeps the channels."""
    return next((words for sign, words in _FAILURES.items() if sign in error), "发送出错")


def _dispute(names: Names, dispute: Mapping[str, Any] | None) -> str:
    if dispute is None:
        return ""
    answers = {"": "待答复", "upheld": "成立", "rejected": "不成立", "lapsed": "逾期未答复"}
    return (
        f'<p class="orange">◆ 异议（{answers[dispute.get("answer", "")]}）：{escape(dispute["grounds"])}'
        f' <span class="quiet">{escape(names.of(dispute["by"]))}</span></p>'
    )
