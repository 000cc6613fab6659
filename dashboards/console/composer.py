"""The composer of directives: /duty/directives/new, filled in from the alerts that one is about."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Any

from fastapi import Request
from nicegui import ui

from contract.canonical import short_id
from contract.duty.directive_kinds import KINDS
from contract.duty.directives import UPWARD
from contract.times import parse_instant
from dashboards.console.dialogs import mark
from dashboards.console.forms import NO_PERSONS
from dashboards.console.frame import Console, directives_of, frame, show
from dashboards.console.numbers import Numbers
from dashboards.console.reading import Mistake, code_of
from dashboards.duty_kept import Kept
from dashboards.view import View
from dashboards.wall.figures import short_instant_text
from dashboards.wall.parts import court_name


def mount(console: Console) -> None:
    """Declare the page."""

    @ui.page("/duty/directives/new", title="一盘棋 · 起草督办")
    async def compose(request: Request, alerts: str = "") -> None:
        view = await directives_of(console, request)
        if view is None:
            return
        named = [kept for target in alerts.split(",") if (kept := view.kept(target)) is not None and kept.kind == "alert"]
        await console.numbers.learn(kept.head.subject for kept in named)
        with frame(console, view, "起草督办", "/duty/directives", "sheet-page"), ui.element("main").classes("sheets"):
            _Composer(console, view, named).build()


class _Composer:
    """The form of a draft, filled in from the alerts that it is about."""

    def __init__(self, console: Console, view: View, alerts: list[Kept]) -> None:
        self._console, self._view, self._alerts = console, view, alerts
        self._key = secrets.token_hex(16)

    def build(self) -> None:
        """Draw the form, and beside it what it is about."""
        with ui.element("section").classes("pane form"):
            self._draw_form()
        lines = "".join(f"<li>{_alert_line(self._view, self._console.numbers, kept)}</li>" for kept in self._alerts)
        with ui.element("section").classes("pane"):
            ui.html(f'<h3>所涉预警</h3><ul class="changes">{lines or "<li>无</li>"}</ul>', sanitize=False)

    def _draw_form(self) -> None:
        own, first = self._view.visitor.principal.court, self._alerts[0].record if self._alerts else {}
        proposed = next((kept.record.get("propose") for kept in self._alerts if kept.record.get("propose") in KINDS), "督办")
        self._kind = ui.select(list(KINDS), value=proposed, label="类型").props("dark outlined dense").classes("w-full")
        self._note = ui.html("", sanitize=False)
        self._kind.on_value_change(self._say_kind)
        self._to = ui.input("接收法院代字或全称", value=first.get("court", "")).props("dark outlined dense").classes("w-full")
        self._to.on_value_change(self._say_court)
        self._say_court()
        case = {kept.record["subject"] for kept in self._alerts}
        self._subject = ui.input("案件标识（不针对个案则留空）", value=case.pop() if len(case) == 1 else "")
        self._subject.props("dark outlined dense").classes("w-full")
        demand = _text(self._view, self._console.numbers, self._alerts)
        self._text = ui.textarea("要求", value=demand).props("dark outlined").classes("w-full")
        ui.label(NO_PERSONS).classes("quiet")
        self._basis = ui.input("依据").props("dark outlined dense").classes("w-full")
        self._due = ui.input("反馈期限（年-月-日，不填则按类型的期限）", placeholder="2024-03-15").props("dark outlined dense")
        self._due.classes("w-full")
        self._urgent = ui.checkbox("紧急").props("dark")
        self._say_kind()
        ui.label(f"发出法院：{court_name(own)}。拟稿人不能签发，须由有权的另一人签发。").classes("quiet")
        ui.button("存为草稿", on_click=self._save).props("no-caps color=primary text-color=dark").mark("save")

    def _say_court(self) -> None:
        code = code_of(self._to.value)
        self._to.props(f'hint="{"" if code is None else court_name(code)}"')

    def _say_kind(self) -> None:
        kind = KINDS[self._kind.value]
        verified = "" if kind.verified else "（条文待核）"
        limit = "由签发人定期限" if kind.due_days is None else f"默认 {kind.due_days} 日内反馈"
        basis = "法定期限" if kind.statutory else "管理参数"
        way = "向上级的请求" if kind.kind in UPWARD else "对下级的指令"
        self._note.set_content(f'<div class="quiet">{way} · {limit}（{basis}）· 依据：{escape(kind.basis)}{verified}</div>')
        self._basis.set_value(kind.basis)

    async def _save(self) -> None:
        visitor = await self._console.who(self._view.visitor)
        if visitor is None:
            return
        marks = {"to": self._to, "due": self._due}
        for field in marks.values():
            mark(field, None)
        try:
            fields = self._fields()
        except Mistake as mistake:
            mark(marks[mistake.field], str(mistake))
            return
        principal = visitor.principal
        target = short_id("directive", principal.account, self._key)
        reply = await self._console.commands.ask(principal, "directive.draft", target, self._key, fields, expected=0)
        if reply.accepted:
            await self._console.heard(reply)
            ui.navigate.to(f"/duty/directive/{target}")
        else:
            show(reply.said, accepted=False, done="")

    def _fields(self) -> dict[str, Any]:
        """The command's fields.

        Raises:
            Mistake: What is wrong with one of them.
        """
        to_court = code_of(self._to.value)
        if to_court is None:
            raise Mistake("请填写法院代字（如 京0105）或者法院全称", "to")
        fields: dict[str, Any] = {
            "directive_kind": self._kind.value,
            "from_court": self._view.visitor.principal.court,
            "to_court": to_court,
            "alert_ids": [kept.target for kept in self._alerts],
            "text": self._text.value.strip(),
            "legal_basis": self._basis.value.strip(),
            "urgent": bool(self._urgent.value),
        }
        if subject := self._subject.value.strip():
            roots = [kept.record["rootid"] for kept in self._alerts if kept.record["subject"] == subject]
            fields |= {"subject": subject} | ({"rootid": roots[0]} if roots else {})
        if due := self._due.value.strip():
            try:
                fields["due_on"] = date.fromisoformat(due).isoformat()
            except ValueError:
                raise Mistake("日期写作 2024-03-15", "due") from None
        return fields


def _alert_line(view: View, numbers: Numbers, kept: Kept) -> str:
    record: Mapping[str, Any] = kept.record
    due = parse_instant(record["due_at"])
    return (
        f'<a href="/duty?alert={kept.target}">{escape(view.rule_name(record["rule"]))}</a> · '
        f"{escape(court_name(record['court']))} · {escape(numbers.of(record['subject']))} · 期限 {short_instant_text(due)}"
    )


def _text(view: View, numbers: Numbers, alerts: Iterable[Kept]) -> str:
    lines = [f"{view.rule_name(kept.record['rule'])}：{numbers.of(kept.record['subject'])}" for kept in alerts]
    return "请对下列事项核查办理，并按期反馈：\n" + "\n".join(lines) if lines else ""
