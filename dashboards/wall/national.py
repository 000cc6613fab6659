"""The national page: today's counters, the tile map of rates, and the live list of alerts."""

from html import escape
from itertools import pairwise
from urllib.parse import quote

from contract.courts import PROVINCES, Province
from dashboards.scene import Subtotal
from dashboards.view import View
from dashboards.wall.figures import SEVERITY_NAMES, SEVERITY_SHAPES, count_text, money_text, rate_text
from dashboards.wall.parts import age, alert_line, panel

SHOWN_ALERTS = 14
RATE_STEPS = (25.0, 50.0, 75.0, 100.0)
"""Upper bounds of the map's classes, alerts per 1,000 open cases: 管理参数, chosen so that a quiet nation is dark."""


def counters(view: View) -> str:
    """Today's counters, each with what it is measured against."""
    today, total = view.today, view.total()
    filed, closed, paid = (len(today.filed), len(today.closed), today.paid_fen) if today else (0, 0, 0)
    cleared = f"结收比 {closed / filed:.0%}" if filed else "今日尚无新收"
    parts = [
        ("今日新收", count_text(filed), "件", f"在办 {count_text(total.open)} 件"),
        ("今日结案", count_text(closed), "件", cleared),
        ("今日结案到位", money_text(paid).rstrip("元"), "元", "当日结案案件的到位金额"),
    ]
    cells = [
        f'<div class="counter"><span class="name">{name}</span><span class="value">{value}<small>{unit}</small></span>'
        f'<span class="ref">{ref}</span></div>'
        for name, value, unit, ref in parts
    ]
    for severity in ("red", "orange"):
        reached = today.reached[severity] if today else 0
        value = f"{SEVERITY_SHAPES[severity]} {count_text(total.alerts[severity])}"
        cells.append(
            f'<div class="counter"><span class="name">现行{SEVERITY_NAMES[severity]}预警</span>'
            f'<span class="value {severity}">{value}<small>件</small></span>'
            f'<span class="ref">今日达到 {count_text(reached)} 件</span></div>'
        )
    return f'<div class="counters">{"".join(cells)}</div>'


def tile_map(view: View) -> str:
    """The nation in equal tiles, one a province: open orange and red alerts per 1,000 open cases. Rates, not counts."""
    totals = view.totals()
    columns = max(p.col for p in PROVINCES) + 1
    rows = max(p.row for p in PROVINCES) + 1
    tiles = "".join(_tile(p, totals.get(p.char)) for p in PROVINCES)
    grid = f"grid-template-columns:repeat({columns},minmax(0,1fr));grid-template-rows:repeat({rows},minmax(0,1fr))"
    bounds = ("0", *(f"{step:g}" for step in RATE_STEPS))
    names = [f"{low}–{high}" for low, high in pairwise(bounds)] + [f"≥{bounds[-1]}"]
    swatches = "".join(
        f'<span><span class="swatch" style="background:var(--m{index})"></span>{name}</span>'
        for index, name in enumerate(names)
    )
    legend = (
        f'<div class="legend">{swatches}<span><span class="red">▲</span> 现行特急件数</span><span>虚线框：无数据</span></div>'
    )
    body = f'<div class="map" style="{grid}">{tiles}</div>'
    note = "现行紧急、特急预警 ÷ 千件在办案件"
    return panel("各省预警率", body, legend + age(view.figures_at), note)


def _tile(province: Province, total: Subtotal | None) -> str:
    place = f"grid-row:{province.row + 1};grid-column:{province.col + 1}"
    char, name = province.char, province.name
    if total is None or not total.open:
        return f'<div class="tile none" style="{place}" title="{escape(name)}：无数据"><b>{escape(char)}</b></div>'
    rate = total.grave * 1000 / total.open
    step = sum(rate >= bound for bound in RATE_STEPS)
    red = f"<i>▲{total.alerts['red']}</i>" if total.alerts["red"] else ""
    title = f"{name}：在办 {total.open} 件，紧急、特急预警 {total.grave} 件"
    return (
        f'<a class="tile m{step}" style="{place}" href="/court/{quote(char)}" title="{escape(title)}" data-province="{char}">'
        f"<div><b>{escape(char)}</b>{red}</div><span>{rate_text(total.grave, total.open)}</span></a>"
    )


def alert_list(view: View, court: str | None = None, shown: int = SHOWN_ALERTS) -> str:
    """The live list: gravest first, then the longest overdue; the oldest red is always visible."""
    now = view.now()
    alerts = view.open_alerts(court)
    if now is None or not alerts:
        body = '<div class="empty">暂无现行预警</div>'
    else:
        lines = "".join(alert_line(view, alert, now) for alert in alerts[:shown])
        body = f'<div class="alerts">{lines}</div>'
    totals = " ".join(
        f'<span class="{s}">{SEVERITY_SHAPES[s]}{sum(a["severity"] == s for a in alerts):,}</span>'
        for s in ("red", "orange", "yellow")
    )
    more = " · 最紧要的在前" if len(alerts) > shown else ""
    return panel("实时预警", body, age(view.heard_at), totals + more)
