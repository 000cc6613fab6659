"""What a page and a digest say: rule, court, severity and time; no party, no number of a case. The rest is behind the link."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from contract.courts import COURTS
from contract.times import SHANGHAI
from infra.channels.base import Message
from streams.duty.board import DuePage

_SEVERITY: Mapping[str, str] = {"red": "特急", "orange": "紧急", "yellow": "一般"}
_WHY: Mapping[str, str] = {
    "retracted": "此前预警已撤回",
    "ack_expired": "签收已过期，仍未处理",
    "woken": "暂缓提醒已结束",
    "empty_step": "值班岗位无人，转由您处理",
    "assigned": "已指派给您",
}
_LINES = 20


def page_message(page: DuePage, link: str) -> Message:
    """One page."""
    title = f"【{_SEVERITY[page.severity]}】{page.name_zh or page.rule} · {_court(page.court)}"
    lines = [_WHY.get(page.why, ""), f"期限 {_time(page.due_at)}，第{page.level}级通知", f"编号 {page.alert[:8].upper()}"]
    return Message(
        id=page.id,
        title=title,
        text="\n".join(line for line in lines if line),
        link=f"{link}/duty/alert/{page.alert}" if link else "",
        urgent=page.severity == "red",
    )


def digest_message(pages: Sequence[DuePage], link: str) -> Message:
    """Several pages in one, gravest first."""
    order = sorted(pages, key=lambda page: (list(_SEVERITY).index(page.severity), page.due_at))
    lines = [
        f"【{_SEVERITY[one.severity]}】{one.name_zh or one.rule} · {_court(one.court)} · 期限 {_time(one.due_at)}"
        for one in order
    ]
    more = [f"另有 {len(lines) - _LINES} 条，见值班台"] if len(lines) > _LINES else []
    return Message(
        id=order[0].id,
        title=f"值班汇总：{len(pages)} 条预警待处理",
        text="\n".join([*lines[:_LINES], *more]),
        link=f"{link}/duty" if link else "",
    )


def _court(code: str) -> str:
    court = COURTS.get(code)
    return court.name if court else code


def _time(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
