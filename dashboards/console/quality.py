"""The page of alarm quality: /duty/quality. How much we ask of people, against what people can answer. A yardstick for us."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from html import escape

import msgspec
from fastapi import Request
from nicegui import ui

from contract.duty import quality
from contract.duty.alerts import AlertDuty
from contract.duty.decisions import Decision
from contract.duty.measures import Quality, measure
from dashboards.console.frame import Console, admitted, frame
from dashboards.duty_kept import Kept
from dashboards.duty_recent import unpacked
from dashboards.identity import visitor_of
from dashboards.view import View
from dashboards.wall.figures import SEVERITY_NAMES, count_text, short_instant_text, span_text, utc_now
from dashboards.wall.parts import court_link, severity_mark, table

RENEW_S = 60.0
SHOWN = 50
_OVER: Mapping[str, str] = {
    "per_day": f"每天 {quality.PER_DAY} 次",
    "ceiling_per_day": f"每天最多 {quality.CEILING_PER_DAY} 次",
    "worst_minute": f"每分钟 {quality.PER_MINUTE} 次",
    "worst_ten_minutes": f"十分钟 {quality.FLOOD_MORE_THAN} 次",
    "worst_hour": f"每小时 {quality.PER_HOUR} 次",
    "flood_bp": "集中时间 1%",
    "top_ten_bp": "前十规则 5%",
}


def mount(console: Console) -> None:
    """Declare the page."""

    @ui.page("/duty/quality", title="一盘棋 · 预警质量", response_timeout=30)
    async def page(request: Request) -> None:
        view = View(console.scene, visitor_of(request))
        if not admitted(view, "/duty/quality"):
            return
        with frame(console, view, "预警质量", "/duty/quality", "sheet-page"):
            body = ui.html('<div class="empty">正在计算</div>', sanitize=False)
        drawn = float("-inf")

        async def renew() -> None:
            nonlocal drawn
            if time.monotonic() - drawn < RENEW_S:
                return
            drawn = time.monotonic()
            end = console.scene.duty_now() or utc_now()
            since, packed = console.scene.duty.recent.since(end)
            found = await asyncio.to_thread(_measured, view, view.all_duty("alert"), packed, since, end)
            body.set_content(text(view, found))

        ui.timer(1.0, renew)


def _measured(view: View, kept: list[Kept], packed: list[bytes], start: datetime, end: datetime) -> Quality:
    said = [one for one in unpacked(packed) if _seen(view, one)]
    found = measure(said, [msgspec.json.decode(one.packed, type=AlertDuty) for one in kept], start, end)
    return found._replace(loads={desk: load for desk, load in found.loads.items() if desk in view.scope})


def _seen(view: View, one: Decision) -> bool:
    """Whether a decision is about a desk or an alert that the visitor may see."""
    record = one.record or {}
    if "rule" not in record:
        return one.target.removeprefix("desk/") in view.scope
    desks = {record.get("court", ""), *(page["desk"] for page in one.detail.get("pages", ()))}
    return view.visitor.reads.whole(record["rule"]) and any(desk in view.scope for desk in desks)


def text(view: View, found: Quality) -> str:
    """The whole page."""
    span = f"{short_instant_text(found.start)} 至 {short_instant_text(found.end)}"
    note = '<p class="quiet">限值取自 EEMUA 191 与 ISA-18.2；用来检验本系统叫人是否过多，不用于考核个人。</p>'
    panes = (
        _pane(f"一览 · {span}", _cards(found) + note, whole=True),
        _pane("各值班台被叫次数（通知与汇总）", _loads(found), whole=True),
        _pane("首次通知到签收", _spreads(view, found.to_acknowledge)),
        _pane("产生到履行", _spreads(view, found.to_cure)),
        _pane("反复变化（一分钟内三次以上）", _chattering(view, found)),
        _pane("无值班表的法院", _uncovered(found)),
    )
    return f'<main class="sheets">{"".join(panes)}</main>'


def _pane(title: str, body: str, *, whole: bool = False) -> str:
    kind = "pane whole" if whole else "pane"
    return f'<section class="{kind}"><h3>{title}</h3><div class="scroll-x">{body}</div></section>'


def _cards(found: Quality) -> str:
    over = sum(bool(load.over) for load in found.loads.values())
    floods = sum(len(load.floods) for load in found.loads.values())
    cards = (
        ("超过限值的值班台", f"{over} / {len(found.loads)}", over > 0),
        ("预警集中", f"{floods} 次", floods > 0),
        ("挂起超过一天", f"{count_text(len(found.stale))} 条", bool(found.stale)),
        ("反复变化", f"{len(found.chattering)} 条", bool(found.chattering)),
    )
    parts = [
        f'<div class="post"><span class="quiet">{name}</span><b>{value}</b>'
        f"<small>{'◆ 须关注' if bad else '✓ 正常'}</small></div>"
        for name, value, bad in cards
    ]
    return f'<div class="posts">{"".join(parts)}</div><p>{_mix(found)}</p>'


def _mix(found: Quality) -> str:
    shares = " · ".join(
        f"{severity_mark(severity)} {share / 100:.1f}%（参考 {quality.MIX_BP[severity] // 100}%）"
        for severity, share in found.mix.items()
    )
    return f"新增预警的级别构成：{shares or '本期没有新增'}"


def _loads(found: Quality) -> str:
    order = sorted(found.loads.values(), key=lambda load: (-len(load.over), -load.count, load.desk))
    heads = ("值班台", "#次数", "#每天", "#最多一分钟", "#最多十分钟", "#最多一小时", "#集中", "超过的限值")
    return table(heads, map(_load, order[:SHOWN]), "本期没有叫过人")


def _load(load: quality.Load) -> str:
    figures = (load.count, load.per_day, load.worst_minute, load.worst_ten_minutes, load.worst_hour, len(load.floods))
    cells = "".join(f'<td class="num">{count_text(figure)}</td>' for figure in figures)
    over = "、".join(_OVER[name] for name in load.over)
    mark = f'<span class="orange">◆ {over}</span>' if over else '<span class="quiet">✓ 未超</span>'
    return f"<tr><td>{court_link(load.desk)}</td>{cells}<td>{mark}</td></tr>"


def _spreads(view: View, spreads: Mapping[quality.Place, quality.Spread]) -> str:
    order = sorted(spreads.items(), key=lambda item: (-item[1].times, item[0]))
    rows = (
        f"<tr><td>{escape(view.rule_name(rule))}</td><td>{court_link(court)}</td>"
        f'<td class="num">{spread.times}</td><td class="num">{_seconds(spread.median_s)}</td>'
        f'<td class="num">{_seconds(spread.p90_s)}</td></tr>'
        for (rule, court), spread in order[:SHOWN]
    )
    return table(("规则", "法院", "#次数", "#中位", "#九成以内"), rows, "本期没有")


def _seconds(seconds: int) -> str:
    return span_text(timedelta(seconds=seconds))


def _chattering(view: View, found: Quality) -> str:
    return _list(
        f'<a class="link" href="/duty?alert={target}">{escape(_name(view, target))}</a> 最多 {count} 次'
        for target, count in list(found.chattering.items())[:SHOWN]
    )


def _name(view: View, target: str) -> str:
    kept = view.kept(target)
    if kept is None:
        return target[:8].upper()
    return f"{SEVERITY_NAMES[kept.head.severity]} {view.rule_name(kept.head.rule)} {kept.head.subject}"


def _uncovered(found: Quality) -> str:
    order = sorted(found.uncovered.items(), key=lambda item: (-item[1], item[0]))
    return _list(f"{court_link(court)} {count_text(count)} 条预警无人接收" for court, count in order[:SHOWN])


def _list(lines: Iterable[str]) -> str:
    body = "".join(f"<li>{line}</li>" for line in lines)
    return f'<ul class="changes">{body}</ul>' if body else '<p class="quiet">无</p>'
