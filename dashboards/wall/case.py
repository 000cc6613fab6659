"""A case's page: what happened, in the order of history, and every standing alert with its arithmetic."""

import json
import re
from contextlib import suppress
from datetime import date, datetime
from html import escape
from typing import Any

from contract.registry import EVENT_TYPES
from contract.times import parse_instant
from contract.told import told
from dashboards.store import CaseRow, EventRow
from dashboards.view import View
from dashboards.wall.figures import (
    BASIS_NAMES,
    SEVERITY_NAMES,
    day_text,
    due_text,
    instant_text,
    money_text,
    since_text,
    utc_now,
)
from dashboards.wall.labels import STAGES, VALUES, label
from dashboards.wall.parts import age, case_link, court_link, court_name, is_judged, panel, severity_mark, table

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")
_REFERENCE = re.compile(r"[0-9a-f]{16,}")
REASONS = {"cured": "已履行", "closed": "已终结", "retracted": "已撤回", "superseded": "规则变更后重新判断"}


def facts(row: CaseRow) -> str:
    """What a reader looks for first: whose case, in what state, how much."""
    parts = [
        ("承办法院", court_link(row.court)),
        ("案号", escape(row.case_no or "—")),
        ("状态", escape(stage_text(row))),
        ("立案", day_text(row.filed_on) if row.filed_on else "—"),
        ("结案", day_text(row.closed_on) if row.closed_on else "—"),
        ("申请标的", money_text(row.claim_fen)),
        ("到位", money_text(row.paid_fen)),
    ]
    cells = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in parts)
    return panel("案件", f'<table class="list">{cells}</table>', age(utc_now()))


def choices(rows: list[CaseRow]) -> str:
    """Several cases bear the number: a line for each, to choose one."""
    lines = (
        f'<tr class="link"><td>{case_link(row.subject)}</td><td>{court_link(row.court)}</td><td>{escape(stage_text(row))}</td>'
        f"<td>{day_text(row.filed_on) if row.filed_on else '—'}</td></tr>"
        for row in rows
    )
    body = table(("案件标识", "承办法院", "阶段", "立案"), lines, "")
    return panel("案号对应多件案件", body, age(utc_now()), "同一案号有多件案件，请选择")


def stage_text(row: CaseRow) -> str:
    """Where a case stands; a closed one says how it ended."""
    stage = STAGES.get(row.stage, row.stage)
    return stage if row.open or not row.mode else f"已结 · {row.mode}"


def timeline(events: list[EventRow]) -> str:
    """Every event as it holds now; a corrected one says so; late entry is shown beside the time of the fact."""
    if not events:
        return panel("办案时间线", '<div class="empty">数据仓库中尚无该案事件，通常在数秒内出现</div>', age(utc_now()))
    items = "".join(_event(event) for event in events)
    note = f"{len(events)} 件，按发生时间"
    return panel("办案时间线", f'<ol class="timeline">{items}</ol>', age(utc_now()), note)


def _event(event: EventRow) -> str:
    kind = EVENT_TYPES.get(event.type)
    name = kind.meaning[0] if kind else event.type
    tags = []
    if event.corrected_by:
        tags.append("已更正")
    late = (event.recordedtime - event.time).days
    if late >= 1:
        tags.append(f"补录：迟 {late} 天")
    marks = "".join(f' <span class="tag">{tag}</span>' for tag in tags)
    return (
        f'<li id="{escape(event.id)}"><time>{instant_text(event.time)}</time><div><b>{escape(name)}</b>{marks}'
        f'<div class="data">{_data(event.data, event.type)}</div></div></li>'
    )


def _data(data: dict[str, Any], kind: str = "") -> str:
    shown = ((name, _value(name, value)) for name, value in data.items() if value not in (None, [], "", {}))
    return " · ".join(f"{escape(label(name, kind))} <span>{value}</span>" for name, value in shown)


def _value(name: str, value: Any) -> str:
    if name.endswith("_fen") and isinstance(value, int):
        return money_text(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return _text(name, value)
    if isinstance(value, list):
        return "、".join(_value(name, item) for item in value)
    if isinstance(value, dict):
        return _data(value)
    return escape(json.dumps(value))


def _text(name: str, value: str) -> str:
    """A value as a reader knows it: a day, an instant and a court in words, of a long reference its beginning."""
    with suppress(ValueError):  # of a foreign event, what looks like a day needn't be one
        if _DAY.fullmatch(value):
            return day_text(date.fromisoformat(value))
        if _INSTANT.match(value):
            return instant_text(parse_instant(value))
    if _REFERENCE.fullmatch(value):
        return f'<span title="{value}">{value[:8]}…</span>'
    return escape(court_name(value) if name.endswith("court") else VALUES.get(value, value))


def alerts(view: View, standing: list[dict[str, Any]], now: datetime) -> str:
    """Every standing alert: what is due, why, by which source, and the arithmetic step by step."""
    if not standing:
        return panel("预警", '<div class="empty">该案没有现行或已了结的预警</div>', age(view.heard_at))
    return panel("预警", "".join(_alert(view, alert, now) for alert in standing), age(view.heard_at), f"{len(standing)} 件")


def _alert(view: View, alert: dict[str, Any], now: datetime) -> str:
    due = parse_instant(alert["due_at"])
    state = (
        (since_text if is_judged(alert) else due_text)(due, now)
        if alert["ended_at"] is None
        else f"{REASONS[alert['end_reason']]} {instant_text(parse_instant(alert['ended_at']))}"
    )
    if alert["breach_days"]:
        state += f"，逾期 {alert['breach_days']} 天"
    basis = BASIS_NAMES[alert["basis"]]
    name = escape(view.rule_name(alert["rule"]))
    levels = " → ".join(
        f"{SEVERITY_NAMES[one['severity']]} {instant_text(parse_instant(one['reached_at']))}" for one in _reached(alert)
    )
    sources = "；".join(_citation(one) for one in _list(alert["citation"]))
    steps = "".join(f"<li>{_step(step)}</li>" for step in alert["arithmetic"])
    point, how = ("问题发生", "审查") if is_judged(alert) else ("期限届满", "期限计算")
    incomplete = '<div class="orange">◆ 该案有事件未能处理，预警可能不完整</div>' if alert["incomplete"] else ""
    return (
        f'<article id="{alert["id"]}"><div class="title">{severity_mark(alert["severity"])} <b>{name}</b>'
        f' <span class="tag">{escape(alert["rule"])}</span> <span class="tag">{basis}</span></div>'
        f"<div>{point}：{instant_text(due)}（{state}）</div>"
        f'<div class="quiet">达到：{levels}</div><div class="quiet">依据：{sources or basis}</div>{incomplete}'
        f'<details open><summary class="quiet">{how}</summary><ol class="steps">{steps}</ol></details></article>'
    )


def _step(step: dict[str, Any]) -> str:
    """One step in words; a condition that the rule has no words for stands there as written, as what it is."""
    if step["do"] == "fails" and not step.get("zh"):
        return f"不符合规则条件 <code>{escape(step.get('what', ''))}</code>"
    return escape(told(step))


def _reached(alert: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in alert["levels"] if one["reached_at"]]


def _list(citation: Any) -> list[dict[str, Any]]:
    return citation if isinstance(citation, list) else [citation]


def _citation(one: dict[str, Any]) -> str:
    text = f"{one.get('document', '')}{one.get('number', '')} {one.get('article', '')}".strip()
    return escape(text + ("" if one.get("verified") else "（条文待核）"))
