"""Who may ask what: role × command × how the asker's court stands to what it is about; ``streams.duty.rights`` judges by it.

A court sees itself and all below it; a case that another court was entrusted with, or is asked about by a directive, is seen
by that court too, and only that case. What isn't written here is forbidden.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from contract.courts import COURTS
from contract.duty.people import Principal, Role

Relation = Literal["own", "above", "from", "to", "any"]
"""``own``: the asker's court is the court of the alert or roster; ``above``: it stands above that court; ``from`` and ``to``:
it is the issuing or the receiving court of the directive; ``any``: a part of the system, about every court."""


class Right(msgspec.Struct, frozen=True):
    """Who may give one command. ``command``: its kind in the log; ``zh``: what it is called; ``roles``: from which standing."""

    command: str
    zh: str
    roles: dict[Role, tuple[Relation, ...]]


ROLES_ZH: dict[Role, str] = {
    "kiosk": "大屏",
    "duty_officer": "值班员",
    "technician": "技术值班",
    "director": "指挥长",
    "president": "院长",
    "case_officer": "承办人",
    "fund_clerk": "案款管理员",
    "discipline": "督察",
    "reader": "外部读者",
    "system": "系统",
}


def _of(relations: tuple[Relation, ...], *roles: Role) -> dict[Role, tuple[Relation, ...]]:
    return dict.fromkeys(roles, relations)


_SUBTREE: tuple[Relation, ...] = ("own", "above")
_SYSTEM: dict[Role, tuple[Relation, ...]] = {"system": ("any",)}
_DESK = _of(_SUBTREE, "duty_officer", "director", "president")
_TECHNICAL = _DESK | _of(_SUBTREE, "technician")
_LEADERS = _of(("own",), "director", "president")
_ON_ROSTER = _of(("own",), "duty_officer", "technician", "director", "president")

_TABLE = (
    Right("tick", "走字", _SYSTEM),
    Right("broadcast", "广播", _SYSTEM),
    Right("link.told", "通知", _SYSTEM),
    Right("alert.told", "预警转入", _SYSTEM),
    Right("court.told", "法院事件转入", _SYSTEM),
    Right("notice.told", "通报转入", _SYSTEM),
    Right("page.claim", "领取通知", _SYSTEM),
    Right("page.result", "通知回执", _SYSTEM),
    Right("alert.acknowledge", "签收预警", _TECHNICAL),
    Right("alert.take_over", "接手预警", _TECHNICAL),
    Right("alert.comment", "备注", _TECHNICAL),
    Right("alert.assign", "指派", _DESK),
    Right("alert.escalate", "升级预警", _TECHNICAL),
    Right("alert.snooze", "暂缓提醒", _DESK),
    Right("alert.wake", "恢复提醒", _DESK),
    Right("alert.merge", "合并预警", _DESK),
    Right("alert.unmerge", "取消合并", _DESK),
    Right("alert.dispute", "提出异议", _LEADERS),
    Right("alert.answer_dispute", "答复异议", _of(("above",), "director", "president")),
    Right("alert.resolve", "人工办结预警", _DESK),
    Right("alert.second", "复核", _of(_SUBTREE, "director", "president")),
    Right("alert.close", "关闭预警", _of(("above",), "director", "president")),
    Right("directive.draft", "拟稿", _of(("from",), "duty_officer", "director", "president") | _SYSTEM),
    Right("directive.issue", "签发", _of(("from",), "director", "president")),
    Right("directive.withdraw", "撤回", _of(("from",), "director", "president")),
    Right("directive.receive", "签收指令", _of(("to",), "duty_officer", "director", "president")),
    Right("directive.answer", "反馈", _of(("to",), "director", "president")),
    Right("directive.reconsider", "请求或者决定复议", _of(("from", "to"), "director", "president")),
    Right("directive.verdict", "核验反馈", _of(("from",), "director", "president")),
    Right("roster.set", "编排值班表", _LEADERS),
    Right("roster.override", "调整值班", _LEADERS),
    Right("roster.override_drop", "取消调整", _LEADERS),
    Right("roster.swap_ask", "请求换班", _ON_ROSTER),
    Right("roster.swap_answer", "答复换班", _ON_ROSTER),
    Right("roster.sign_in", "签到", _ON_ROSTER),
    Right("roster.hand_over", "交接班", _ON_ROSTER),
    Right("window.set", "设置维护时段", _of(_SUBTREE, "director", "president", "technician")),
)
RIGHTS: dict[str, Right] = {right.command: right for right in _TABLE}

LEADER_OF_THE_WEEK = frozenset({"roster.set", "roster.override", "roster.override_drop"})
"""Commands that whoever holds the leader's post may give too, for the own court, whatever the role."""
BY_EVENTS_ONLY = frozenset({"alert.resolve", "alert.second", "alert.close"})
"""What a case officer is told to do by real events instead."""
TECHNICAL_RULES = "R-DATA-"
"""Rules about feeds, whose alerts a technician answers; of others a technician sees no business payload."""


def standing(asker: str, court: str) -> Relation | None:
    """How a court stands to the court that something is about: ``own``, ``above``, or None."""
    if asker not in COURTS:
        return None
    if asker == court:
        return "own"
    return "above" if COURTS.within(court, asker) else None


def sees(principal: Principal, court: str, counterparts: Iterable[str] = ()) -> bool:
    """Whether somebody may see a case of a court: by the subtree, or as a counterpart of that one case.

    ``counterparts``: courts that the case was opened to (an entrustment, a directive). The kiosk and outside readers see
    counts only, a technician no business payload; parts of the system see all.
    """
    if principal.role in {"kiosk", "reader", "technician"}:
        return False
    return principal.role == "system" or standing(principal.court, court) is not None or principal.court in counterparts
