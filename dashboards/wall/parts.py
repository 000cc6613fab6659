"""Parts of pages as HTML: every value that comes from outside is escaped here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote

from contract.courts import COURTS
from contract.duty.rights import ROLES_ZH
from contract.times import parse_instant
from dashboards.view import View
from dashboards.wall.figures import (
    BASIS_NAMES,
    SEVERITY_NAMES,
    SEVERITY_SHAPES,
    age_text,
    due_text,
    instant_text,
    short_instant_text,
    since_text,
    utc_now,
)


def bar(view: View, title: str, trail: Sequence[tuple[str, str]] = ()) -> str:
    """The head of every page: title, way back, who looks, 模拟数据, and the two clocks."""
    steps = "".join(f'<a href="{quote(href)}">{escape(name)}</a> › ' for href, name in trail)
    badge = '<span class="badge">模拟数据</span>' if view.simulated else ""
    watermark = view.now()
    mark = "尚未开始" if watermark is None else instant_text(watermark)
    return (
        f'<header class="bar"><div><nav class="trail">{steps}</nav><h1>{escape(title)}</h1></div>{badge}'
        f'<div class="clocks">{_door(view)}<div class="clock"><b>{instant_text(utc_now())}</b><span>北京时间</span></div>'
        f'<div class="clock"><b data-watermark>{mark}</b><span>数据水位（监督推算至）</span></div></div></header>'
    )


def _door(view: View) -> str:
    """Where to log in, or as what one did; nothing on a kiosk."""
    if view.visitor.anonymous:
        return '<a class="door" href="/login">登录</a>'
    if view.visitor.cookie is None:
        return ""
    principal = view.visitor.principal
    return f'<a class="door" href="/account">{ROLES_ZH[principal.role]} · {escape(court_name(principal.court))}</a>'


def panel(title: str, body: str, age: str, note: str = "") -> str:
    """A panel: one question, its answer, and how old the answer is."""
    small = f"<small>{note}</small>" if note else ""
    return f'<section class="panel"><h2>{escape(title)}{small}</h2><div class="body">{body}</div>{age}</section>'


def age(heard_at: datetime | None) -> str:
    """The line that says how old a panel's data are."""
    state, text = age_text(heard_at, utc_now())
    return f'<div class="age {state}">{text}</div>'


def court_name(code: str) -> str:
    """The name of a court; its code where the tree has none; foreign cases have no court."""
    found = COURTS.get(code)
    return found.name if found else ("未归属法院" if code == "-" else code)


def court_link(code: str) -> str:
    """A link to a court's page."""
    name = escape(court_name(code))
    return f'<a href="/court/{quote(code)}">{name}</a>' if COURTS.get(code) else name


def case_link(subject: str, text: str | None = None) -> str:
    """A link to a case's page."""
    return f'<a href="/case/{quote(subject, safe="")}">{escape(text or subject)}</a>'


def alert_address(alert: dict[str, Any]) -> str:
    """Where an alert leads: to its case, or, if it is about a court, an officer, a party or an account, to the court's page."""
    if "subject" in alert and alert["scope"] in ("case", "chain"):
        return f"/case/{quote(alert['subject'], safe='')}#{alert['id']}"
    return f"/court/{quote(alert['court'])}" if COURTS.get(alert["court"]) else "/"


def severity_mark(severity: str) -> str:
    """Shape and word of a severity, so that colour is never the only signal."""
    return f'<span class="{severity}">{SEVERITY_SHAPES[severity]} {SEVERITY_NAMES[severity]}</span>'


def alert_line(view: View, alert: dict[str, Any], now: datetime) -> str:
    """One alert in a wall's list; no case number stands here."""
    severity = alert["severity"]
    raised = parse_instant(alert["levels"][-1]["reached_at"] or alert["raised_at"]) if alert["levels"] else now
    basis = BASIS_NAMES[alert["basis"]]
    when = (since_text if is_judged(alert) else due_text)(parse_instant(alert["due_at"]), now)
    return (
        f'<a class="alert" href="{alert_address(alert)}" data-alert="{alert["id"]}">'
        f'<span class="shape {severity}">{SEVERITY_SHAPES[severity]}</span>'
        f'<span><span class="row-of"><span class="what">{escape(view.rule_name(alert["rule"]))}</span>'
        f'<span class="when {severity}">{when}</span></span>'
        f'<span class="row-of"><span class="where">{escape(court_name(alert["court"]))} · {basis}</span>'
        f"<small>{short_instant_text(raised)}</small></span></span></a>"
    )


def is_judged(alert: Mapping[str, Any]) -> bool:
    """Whether it says that something was wrong at an instant, not that something is due at one."""
    steps = alert.get("arithmetic") or [{"do": ""}]
    return bool(steps[0]["do"] == "judge")


def table(heads: Iterable[str], rows: Iterable[str], empty: str, kind: str = "") -> str:
    """A list as a table; heads that begin with ``#`` are numbers. ``kind``: a class of its own."""
    body = "".join(rows)
    if not body:
        return f'<div class="empty">{escape(empty)}</div>'
    head = "".join(f'<th class="num">{h[1:]}</th>' if h.startswith("#") else f"<th>{h}</th>" for h in heads)
    return f'<table class="list {kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
