"""The queue: open alerts of duty in the order of their time to breach, as the visitor may see them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from html import escape
from typing import Any, NamedTuple

from contract.courts import COURTS
from contract.duty.scope import Scope
from contract.times import parse_instant
from dashboards.console.filters import Filters
from dashboards.console.names import Names
from dashboards.console.numbers import Numbers
from dashboards.duty_kept import Kept, breach
from dashboards.view import View
from dashboards.wall.figures import SEVERITY_NAMES, SEVERITY_SHAPES, due_text
from dashboards.wall.parts import court_name

SHOWN = 200
FLOOD_SPAN = timedelta(minutes=10)


class Page(NamedTuple):
    """What of the queue is shown: the first of the list, and whether there are more."""

    items: list[Kept]
    more: bool


def select(view: View, filters: Filters, limit: int = SHOWN) -> Page:
    """The first alerts of the queue that the filters let through."""
    account = view.visitor.principal.account
    found: list[Kept] = []
    for kept in _candidates(view, filters):
        if filters.match(kept, account) and view.sees_kept(kept):
            if len(found) == limit:
                return Page(found, more=True)
            found.append(kept)
    return Page(found, more=False)


def _candidates(view: View, filters: Filters) -> Iterable[Kept]:
    """Open alerts in the order of the queue, as few as an index gives: somebody's own, those of some courts, or all."""
    duty, scope = view.scene.duty, view.scope
    if filters.state == "mine":
        return sorted(duty.held_by(view.visitor.principal.account), key=breach)
    if filters.court in COURTS:
        scope = Scope(COURTS[filters.court].code)
    return duty.queue if scope.whole else sorted(duty.open_in("alert", scope), key=breach)


def refreshed(view: View, filters: Filters, page: Page) -> Page:
    """The same list as it stands now, without looking for others: what left it is gone, what changed is new."""
    account, duty = view.visitor.principal.account, view.scene.duty
    now = (duty.get(kept.target) for kept in page.items)
    return page._replace(
        items=[
            kept for kept in now if kept is not None and kept.is_open and filters.match(kept, account) and view.sees_kept(kept)
        ]
    )


def rows(
    view: View,
    names: Names,
    numbers: Numbers,
    page: Page,
    now: datetime,
    *,
    chosen: str,
    selected: Iterable[str],
    flooded: frozenset[str],
) -> list[str]:
    """The lines of the list, each one element; in a flood of a desk its alerts stand together, one for each rule and court."""
    if not page.items:
        return ['<div class="empty">没有待处理的预警</div>']
    picked = set(selected)
    lines = [_group(view, group, picked) for group in _grouped(page.items, flooded)]
    plain = [
        _row(view, names, kept, now, _where(view, numbers, kept), chosen=chosen, picked=kept.target in picked)
        for kept in _single(page.items, flooded)
    ]
    more = [f'<div class="quiet">仅显示前 {len(page.items)} 条，请用筛选条件缩小范围</div>'] if page.more else []
    return lines + plain + more


def _single(items: Iterable[Kept], flooded: frozenset[str]) -> list[Kept]:
    return [kept for kept in items if kept.head.court not in flooded or kept.head.severity == "red"]


def _grouped(items: Iterable[Kept], flooded: frozenset[str]) -> list[list[Kept]]:
    groups: dict[tuple[str, str], list[Kept]] = {}
    for kept in items:
        head = kept.head
        if head.court in flooded and head.severity != "red":
            groups.setdefault((head.rule, head.court), []).append(kept)
    return list(groups.values())


def _group(view: View, group: list[Kept], picked: set[str]) -> str:
    first = group[0].record
    address = Filters(rule=first["rule"], court=first["court"]).address()
    chosen = sum(kept.target in picked for kept in group)
    return (
        f'<a class="row flood" href="{escape(address)}"><span class="shape {first["severity"]}">≡</span>'
        f'<span class="main"><b>{escape(view.rule_name(first["rule"]))}</b>'
        f"<small>{escape(court_name(first['court']))} · 预警集中，合并显示</small></span>"
        f'<span class="when">{len(group)} 件<small>{f"已选 {chosen}" if chosen else ""}</small></span></a>'
    )


def _where(view: View, numbers: Numbers, kept: Kept) -> str:
    """Where a line leads: the case, at another court than the visitor's the court before it."""
    if kept.head.subject in COURTS:
        return court_name(kept.head.subject)
    case = numbers.of(kept.head.subject)
    return case if kept.head.court == view.visitor.principal.court else f"{court_name(kept.head.court)} · {case}"


def _row(view: View, names: Names, kept: Kept, now: datetime, where: str, *, chosen: str, picked: bool) -> str:
    record = kept.record
    severity = record["severity"]
    marks = " ".join(f'<span class="tag">{escape(mark)}</span>' for mark in marks_of(names, record))
    climbed = record.get("level", 0)
    level = "☑ 已选" if picked else f"已升 {climbed} 级" if climbed else ""
    classes = f"row{' chosen' if kept.target == chosen else ''}{' picked' if picked else ''}"
    return (
        f'<div class="{classes}" data-alert="{kept.target}" role="option" aria-selected="{str(picked).lower()}" tabindex="-1">'
        f'<span class="shape {severity}" title="{SEVERITY_NAMES[severity]}">{SEVERITY_SHAPES[severity]}</span>'
        f'<span class="main"><b>{escape(view.rule_name(record["rule"]))}</b>'
        f'<small>{marks} <span class="place">{escape(where)}</span></small></span>'
        f'<span class="when {severity}">{due_text(parse_instant(record["due_at"]), now)}'
        f"<small>{level}</small></span></div>"
    )


def marks_of(names: Names, record: Mapping[str, Any]) -> list[str]:
    """What a person should know of an alert at a glance."""
    found = [{"firing": "未签收", "acked": "已签收", "resolved": "已办结", "closed": "已关闭"}[record["state"]]]
    if owner := record.get("owner"):
        found.append(names.of(owner))
    if record.get("snoozed_until"):
        found.append("暂缓")
    if record.get("disputed_until"):
        found.append("异议")
    if record.get("merged"):
        found.append(f"合并 {len(record['merged'])}")
    if record.get("pending"):
        found.append("待复核")
    if record.get("uncovered"):
        found.append("无值班表")
    if record.get("reopens"):
        found.append("再次发生")
    return found
