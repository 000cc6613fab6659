"""A court's page: the courts right below it, its own cases, and the alerts of all of them."""

from html import escape

from contract.courts import COURTS
from dashboards.scene import NOTHING, Subtotal
from dashboards.store import CaseRow
from dashboards.view import View
from dashboards.wall.case import stage_text
from dashboards.wall.figures import SEVERITY_SHAPES, count_text, day_text, money_text, month_day_text, rate_text
from dashboards.wall.parts import age, case_link, court_link, panel, table

TIERS = {"SPC": "最高", "HIGH": "高级", "MID": "中级", "BASIC": "基层"}


def trail(view: View, code: str) -> list[tuple[str, str]]:
    """The way from the top of what the visitor sees down to a court, without the court itself."""
    above = [court for court in reversed(COURTS.ancestors(code)) if court.code in view.scope]
    return [("/", "全国") if court.tier == "SPC" else (f"/court/{court.code}", court.name) for court in above]


def children(view: View, code: str) -> str:
    """The courts right below, in the order of the tree: rates and counts, no ranking."""
    totals = view.totals()
    rows = (_child(child.code, TIERS[child.tier], totals.get(child.code, NOTHING)) for child in COURTS.children(code))
    body = table(("法院", "层级", "#在办", "#特急", "#紧急", "#一般", "#预警率‰"), rows, "没有下级法院")
    return panel("下级法院", body, age(view.figures_at), "各含其下级；预警率为紧急、特急预警 ÷ 千件在办")


def _child(code: str, tier: str, total: Subtotal) -> str:
    marks = "".join(
        f'<td class="num {s if total.alerts[s] else "quiet"}">{_mark(s, total.alerts[s])}</td>' for s in SEVERITY_SHAPES
    )
    return (
        f'<tr class="link"><td>{court_link(code)}</td><td><span class="tag">{tier}</span></td>'
        f'<td class="num">{count_text(total.open)}</td>{marks}<td class="num">{rate_text(total.grave, total.open)}</td></tr>'
    )


def _mark(severity: str, count: int) -> str:
    return f"{SEVERITY_SHAPES[severity]} {count:,}" if count else "0"


def cases(view: View, rows: list[CaseRow], code: str) -> str:
    """A court's own cases: open ones first."""
    by_subject: dict[str, list[str]] = {}
    for alert in view.open_alerts(code):
        if alert["court"] == code and "subject" in alert:
            by_subject.setdefault(alert["subject"], []).append(alert["severity"])
    body = table(
        ("案号", "阶段", "立案", "#申请标的", "#到位", "预警", "最近事件"),
        (_case(row, by_subject.get(row.subject, [])) for row in rows),
        "本院名下暂无案件",
        "cases",
    )
    return panel("本院案件", body, age(view.figures_at), f"最近 {len(rows)} 件，在办在前" if rows else "")


def _case(row: CaseRow, severities: list[str]) -> str:
    marks = " ".join(
        f'<span class="{s}">{SEVERITY_SHAPES[s]}{severities.count(s)}</span>' for s in SEVERITY_SHAPES if severities.count(s)
    )
    state = escape(stage_text(row))
    filed = day_text(row.filed_on) if row.filed_on else "—"
    last = month_day_text(row.last_event_at) if row.last_event_at else "—"
    return (
        f'<tr class="link"><td>{case_link(row.subject, row.case_no or row.subject)}</td>'
        f'<td class="wraps">{state}</td><td>{filed}</td>'
        f'<td class="num">{money_text(row.claim_fen)}</td><td class="num">{money_text(row.paid_fen)}</td>'
        f"<td>{marks or '—'}</td><td>{last}</td></tr>"
    )
