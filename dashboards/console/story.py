"""A directive as a page shows it: what it says, and everything that became of it, in order, with who and when."""

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

from contract.envelope import WHOLE_COURT
from contract.times import parse_instant
from dashboards.console.names import Names
from dashboards.console.numbers import Numbers
from dashboards.view import View
from dashboards.wall.figures import day_text, instant_text, short_instant_text
from dashboards.wall.parts import case_link, court_link

STATES: Mapping[str, str] = {
    "unknown": "未见指令",
    "drafted": "草稿",
    "issued": "已签发，待签收",
    "received": "已签收，待反馈",
    "answered": "已反馈，待核验",
    "returned": "退回，待再反馈",
    "closed": "合格，已结",
    "raised": "已升级",
    "withdrawn": "已撤回",
    "lapsed": "已自动失效",
}
_WHAT: Mapping[str, str] = {
    "drafted": "拟稿",
    "issued": "签发",
    "received": "签收",
    "answered": "反馈",
    "returned": "退回",
    "raised": "升级",
    "closed": "核验合格，结案",
    "withdrawn": "撤回",
    "lapsed": "期满失效",
    "receive_overdue": "逾期未签收",
    "answer_overdue": "逾期未反馈",
    "reconsider_asked": "请求复议",
    "reconsidered": "决定复议",
    "alert_ended": "所涉预警由案件事件了结",
    "alert_reopened": "所涉预警重新成立",
    "alert_retracted": "所涉预警撤回",
    "told": "法院系统报送",
}
_TYPES: Mapping[str, str] = {
    "sup.directive_issued": "签发",
    "sup.directive_received": "签收",
    "sup.feedback_submitted": "反馈",
    "sup.directive_reconsidered": "复议",
    "sup.directive_closed": "核验",
}


def saying(view: View, names: Names, numbers: Numbers, record: Mapping[str, Any]) -> str:
    """What it says: kind, state, courts, limits, people, and the demand with the alerts that it is about."""
    urgent = ' <span class="tag">紧急</span>' if record.get("urgent") else ""
    subject = record.get("subject", "")
    case = about(numbers, record)
    if subject and not subject.startswith(WHOLE_COURT):
        case = case_link(subject, case)
    rows = (
        ("状态", STATES[record["state"]]),
        ("发出法院", court_link(record.get("from_court", "-"))),
        ("接收法院", court_link(record.get("to_court", "-"))),
        ("案件", case),
        ("签收期限", _until(record.get("receive_by"))),
        ("反馈期限", answer_by(record) or "按类型的期限"),
        ("依据", escape(record.get("legal_basis") or "—")),
        ("拟稿", escape("、".join(names.of(one) for one in record.get("drafted_by", ())) or "—")),
        ("签发", escape(names.of(record["issued_by"])) if record.get("issued_by") else "—"),
    )
    facts = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in rows)
    return (
        f'<div class="head"><div class="title"><b>{escape(record.get("kind") or "督办")}</b>{urgent}</div></div>'
        f'<table class="list">{facts}</table>'
        f'<h3>要求</h3><p style="white-space: pre-wrap">{escape(record.get("text") or "—")}</p>'
        f"{_alerts(view, numbers, record)}"
    )


def about(numbers: Numbers, record: Mapping[str, Any]) -> str:
    """The case that it is about, by its number where it has one; or the whole court."""
    subject: str = record.get("subject", "")
    return "全院事项" if not subject or subject.startswith(WHOLE_COURT) else str(record.get("case_no") or numbers.of(subject))


def answer_by(record: Mapping[str, Any]) -> str:
    """The last day of its answer, "" = none is fixed yet."""
    due = record.get("due_day") or record.get("due_on")
    return day_text(date.fromisoformat(due)) if due else ""


def story(names: Names, record: Mapping[str, Any]) -> str:
    """What became of it: answers and verdicts, courts' events, changes."""
    return f"{_answers(names, record)}{_acts(names, record)}{_changes(names, record)}"


def _until(text: str | None) -> str:
    return "—" if text is None else f"{instant_text(parse_instant(text))} 前"


def _alerts(view: View, numbers: Numbers, record: Mapping[str, Any]) -> str:
    standing = set(record.get("open_alerts", ()))
    lines = []
    for target in record.get("alert_ids", ()):
        kept = view.kept(target)
        name = target[:8].upper() if kept is None else f"{view.rule_name(kept.head.rule)} · {numbers.of(kept.head.subject)}"
        state = (
            '<span class="orange">◆ 仍未了结</span>' if target in standing else '<span class="quiet">已由案件事件了结</span>'
        )
        lines.append(f'<li><a href="/duty?alert={target}">{escape(name)}</a> {state}</li>')
    return f'<h3>所涉预警</h3><ul class="changes">{"".join(lines)}</ul>' if lines else ""


def _answers(names: Names, record: Mapping[str, Any]) -> str:
    found = "".join(
        f"<li><time>{short_instant_text(parse_instant(one['at']))}</time> {escape(one.get('result') or '')}"
        f" {escape(one.get('text', ''))} <span class='quiet'>{escape(names.of(one.get('by', '')))}</span></li>"
        for one in record.get("answers", ())
    )
    verdicts = "".join(
        f"<li><time>{short_instant_text(parse_instant(one['at']))}</time> 核验：{escape(one['verdict'])}"
        f" {escape(one.get('reason', ''))}</li>"
        for one in record.get("verdicts", ())
    )
    return f'<h3>反馈与核验</h3><ul class="changes">{found}{verdicts}</ul>' if found or verdicts else ""


def _acts(names: Names, record: Mapping[str, Any]) -> str:
    lines = "".join(
        f"<li><time>{short_instant_text(parse_instant(one['time']))}</time> {_act(one)}"
        f' {court_link(one["court"])} <span class="quiet">{_by(names, one.get("by", ""))}</span></li>'
        for one in record.get("acts", ())
    )
    return f'<h3>法院事件</h3><ul class="changes">{lines}</ul>' if lines else ""


def _act(act: Mapping[str, Any]) -> str:
    """What a court did: an act that takes another back, or corrects it, bears the other's type."""
    name = _TYPES.get(act["type"], escape(act["type"]))
    if act.get("withdraws"):
        return f"撤回{name}"
    return f"更正{name}" if act.get("correctionof") else name


def _by(names: Names, account: str) -> str:
    """Who did it here; the court's own system where nobody did."""
    return escape(names.of(account)) if account else "本院系统"


def _changes(names: Names, record: Mapping[str, Any]) -> str:
    lines = "".join(
        f"<li><time>{short_instant_text(parse_instant(one['at']))}</time> {escape(_WHAT.get(one['what'], one['what']))}"
        f' <span class="quiet">{escape(names.of(one["by"]))}</span></li>'
        for one in record.get("history", ())
    )
    return f'<h3>经过</h3><ul class="changes">{lines}</ul>' if lines else ""
