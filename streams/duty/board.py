"""What the notifier must do, folded from decisions: pages that are due with their texts, and what fires, counted.

A text names rule, court, severity and time; no party, no number of a case: pages leave the court's network.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import msgspec

from contract.courts import COURTS
from contract.duty.alerts import About, AlertDuty, DeskDuty, Page
from contract.duty.decisions import Decision
from contract.duty.policy import Channel
from contract.times import SHANGHAI

Group = tuple[str, str, str]
"""(rule, court, severity)."""
Text = tuple[str, tuple[str, ...]]
"""A line, and what follows it."""

WORDS: Mapping[str, str] = {"red": "特急", "orange": "紧急", "yellow": "一般"}
_WHY: Mapping[str, str] = {
    "retracted": "此前预警已撤回",
    "ack_expired": "签收已过期，仍未处理",
    "woken": "暂缓提醒已结束",
    "empty_step": "值班岗位无人，转由您处理",
    "assigned": "已指派给您",
}
_MOST_LINES = 20


class DuePage(msgspec.Struct, frozen=True, kw_only=True):
    """A page that waits for a notifier.

    Attributes:
        id, channel, account, desk: As in the record; the account "" is the desk's group.
        target: Alert or desk.
        title: One line.
        lines: What follows it.
        urgent: It goes first, and never into a digest.
    """

    id: str
    target: str
    channel: Channel
    account: str
    desk: str
    title: str
    lines: tuple[str, ...]
    urgent: bool


class Board:
    """The fold. Decisions may come again, in the order of their partitions.

    Attributes:
        now: The room's clock as last heard.
    """

    def __init__(self) -> None:
        self.now: datetime | None = None
        self._members: defaultdict[Group, dict[str, datetime]] = defaultdict(dict)
        self._groups: dict[str, Group] = {}
        self._due: dict[str, dict[str, DuePage]] = {}

    @property
    def firing(self) -> dict[Group, int]:
        """How many alerts want an answer, by rule, court and severity."""
        return {group: len(members) for group, members in self._members.items()}

    @property
    def since(self) -> dict[Group, datetime]:
        """When the first of those that want an answer was raised, whoever asks and whenever the board began."""
        return {group: min(members.values()) for group, members in self._members.items()}

    def take(self, decision: Decision) -> None:
        """Fold one decision; those about rosters and directives only move the clock."""
        self.now = decision.at if self.now is None else max(self.now, decision.at)
        record = decision.record
        if record is None:
            return
        if "thread" in record:
            alert = msgspec.convert(record, AlertDuty)
            self._count(alert)
            self._set_due(alert.id, [_of_alert(alert, page) for page in alert.pages if page.state == "due"])
        elif decision.target.startswith("desk/"):
            desk = msgspec.convert(record, DeskDuty)
            self._set_due(desk.id, [_of_desk(desk, page) for page in desk.pages if page.state == "due"])

    def due(self) -> Iterable[DuePage]:
        """Every page that waits."""
        return [page for pages in self._due.values() for page in pages.values()]

    def _set_due(self, target: str, pages: list[DuePage]) -> None:
        if pages:
            self._due[target] = {page.id: page for page in pages}
        else:
            self._due.pop(target, None)

    def _count(self, record: AlertDuty) -> None:
        before, after = self._groups.pop(record.id, None), _group(record)
        if before is not None:
            del self._members[before][record.id]
            if not self._members[before]:
                del self._members[before]
        if after is not None:
            self._groups[record.id] = after
            self._members[after][record.id] = record.raised_at


def court_name(code: str) -> str:
    """The name of a court; what no court of the tree has stands as it is."""
    court = COURTS.get(code)
    return court.name if court else code


def _group(record: AlertDuty) -> Group | None:
    wanted = record.is_open and not record.retracted and record.snoozed_until is None and not record.merged_into
    return (record.rule, record.court, record.severity) if wanted else None


def _of_alert(record: AlertDuty, page: Page) -> DuePage:
    title = f"【{WORDS[record.severity]}】{record.name_zh or record.rule} · {court_name(record.court)}"
    lines = (_WHY.get(page.why, ""), f"期限 {_time(record.due_at)}，第{page.level}级通知", f"编号 {record.id[:8].upper()}")
    return _page(record.id, page, title, tuple(line for line in lines if line), urgent=record.severity == "red")


def _page(target: str, page: Page, title: str, lines: tuple[str, ...], *, urgent: bool) -> DuePage:
    return DuePage(
        id=page.id,
        target=target,
        channel=page.channel,
        account=page.account,
        desk=page.desk,
        title=title,
        lines=lines,
        urgent=urgent,
    )


def _of_desk(desk: DeskDuty, page: Page) -> DuePage:
    about = desk.about.get(page.id)
    name = court_name(desk.court)
    title, lines = (f"值班通知 · {name}", ()) if about is None else _DESK_TEXTS[about.what](name, about)
    return _page(desk.id, page, title, lines, urgent=False)


def _digest(court: str, about: About) -> Text:
    lines = tuple(f"【{WORDS[severity]}】{rule} {count} 件" for rule, severity, count in about.rules)
    return f"值班汇总 · {court} · {about.total} 件", _clipped(lines)


def _rebuilt(court: str, about: About) -> Text:
    _, lines = _digest(court, about)
    return f"重新计算汇总 · {court} · {about.total} 件", ("系统重新计算全部数据后的差异，未逐件通知", *lines)


def _flood(court: str, about: About) -> Text:
    return f"预警集中 · {court}", (f"{about.rule} 短时间内大量出现，已合并通知，请到值班台查看",)


def _notice(court: str, about: About) -> Text:
    more = (f"另有 {about.truncated} 条未列出",) if about.truncated else ()
    return f"预警通报 · {court}", (*_clipped(about.lines), *more)


def _clipped(lines: tuple[str, ...]) -> tuple[str, ...]:
    more = (f"另有 {len(lines) - _MOST_LINES} 项",) if len(lines) > _MOST_LINES else ()
    return (*lines[:_MOST_LINES], *more)


_DESK_TEXTS: Mapping[str, Callable[[str, About], Text]] = {
    "digest": _digest,
    "rebuild_digest": _rebuilt,
    "flood": _flood,
    "noticed": _notice,
}


def _time(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
