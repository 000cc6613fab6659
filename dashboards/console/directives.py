"""Pages of directives: /duty/directives, the composer /duty/directives/new, and one directive with its whole story."""

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from html import escape
from typing import Any

from fastapi import Request
from nicegui import ui

from contract.canonical import short_id
from contract.courts import COURTS
from contract.duty.directive_kinds import KINDS
from contract.duty.directives import UPWARD
from contract.times import parse_instant
from dashboards.console.dialogs import ask_fields
from dashboards.console.directive_forms import Choice, offered_on
from dashboards.console.forms import NO_PERSONS
from dashboards.console.frame import Console, admitted, frame, say, show
from dashboards.console.kept_part import KeptPart
from dashboards.console.story import STATES, saying, story
from dashboards.duty_kept import Kept
from dashboards.identity import visitor_of
from dashboards.view import View
from dashboards.wall.figures import short_instant_text
from dashboards.wall.parts import court_name, table

_BOXES = {"": "全部未结", "drafts": "草稿", "sent": "我院发出", "got": "我院收到", "every": "含已结"}
_EMPTY = {
    "": "没有未结的督办指令",
    "drafts": "没有草稿：在队列中选定预警按 d，或点“起草”",
    "sent": "我院没有发出未结的督办指令",
    "got": "我院没有收到未结的督办指令",
    "every": "还没有督办指令",
}
_SHOWN = 300


def mount(console: Console) -> None:
    """Declare the pages."""
    for declare in (_list_page, _composer_page, _one_page):
        declare(console)


def _list_page(console: Console) -> None:
    @ui.page("/duty/directives", title="一盘棋 · 督办指令")
    async def directives(request: Request, box: str = "") -> None:
        view = await _view(console, request)
        if view is None:
            return
        box = box if box in _BOXES else ""
        with frame(console, view, "督办指令", "/duty/directives", "sheet-page"):
            links = " ".join(
                f'<a class="{"here" if name == box else ""}" href="/duty/directives?box={name}">{text}</a>'
                for name, text in _BOXES.items()
            )
            ui.html(f'<nav class="menu">{links}<a href="/duty/directives/new">＋ 起草</a></nav>', sanitize=False)
            with ui.element("section").classes("pane directives"):
                body = ui.html(_rows(view, box), sanitize=False)
        ui.timer(2.0, lambda: body.set_content(_rows(view, box)))


def _rows(view: View, box: str) -> str:
    own = view.visitor.principal.court
    found = view.all_duty("directive") if box == "every" else view.open_duty("directive")
    chosen = sorted(
        (kept for kept in found if _in_box(box, kept.record, own)), key=lambda kept: (kept.at, kept.target), reverse=True
    )
    heads = ("类型", "状态", "发出法院", "接收法院", "案件", "反馈期限", "#预警", "最近")
    return table(heads, (_row(kept) for kept in chosen[:_SHOWN]), _EMPTY[box])


def _in_box(box: str, record: Mapping[str, Any], own: str) -> bool:
    drafted = record["state"] == "drafted"
    if box == "sent":
        return bool(record.get("from_court") == own)
    if box == "got":
        return bool(record.get("to_court") == own and not drafted)
    return drafted if box == "drafts" else True


def _row(kept: Kept) -> str:
    record = kept.record
    urgent = ' <span class="tag">紧急</span>' if record.get("urgent") else ""
    cells = (
        f'<a href="/duty/directive/{kept.target}"><b>{escape(record.get("kind") or "督办")}</b></a>{urgent}',
        STATES[record["state"]],
        escape(court_name(record.get("from_court", "-"))),
        escape(court_name(record.get("to_court", "-"))),
        escape(record.get("case_no") or record.get("subject", "")),
        escape(record.get("due_day") or record.get("due_on") or "—"),
    )
    alerts = f'<td class="num">{len(record.get("alert_ids", ()))}</td>'
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + alerts + f"<td>{short_instant_text(kept.at)}</td></tr>"


def _composer_page(console: Console) -> None:
    @ui.page("/duty/directives/new", title="一盘棋 · 起草督办")
    async def compose(request: Request, alerts: str = "") -> None:
        view = await _view(console, request)
        if view is None:
            return
        named = [kept for target in alerts.split(",") if (kept := view.kept(target)) is not None and kept.kind == "alert"]
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
        lines = "".join(f"<li>{_alert_line(self._view, kept)}</li>" for kept in self._alerts)
        with ui.element("section").classes("pane"):
            ui.html(f'<h3>所涉预警</h3><ul class="changes">{lines or "<li>无</li>"}</ul>', sanitize=False)

    def _draw_form(self) -> None:
        own, first = self._view.visitor.principal.court, self._alerts[0].record if self._alerts else {}
        proposed = next((kept.record.get("propose") for kept in self._alerts if kept.record.get("propose") in KINDS), "督办")
        self._kind = ui.select(list(KINDS), value=proposed, label="类型").props("dark outlined dense").classes("w-full")
        self._note = ui.html("", sanitize=False)
        self._kind.on_value_change(self._say_kind)
        self._to = ui.input("接收法院代字", value=first.get("court", "")).props("dark outlined dense").classes("w-full")
        case = {kept.record["subject"] for kept in self._alerts}
        self._subject = ui.input("案件标识（不针对个案则留空）", value=case.pop() if len(case) == 1 else "")
        self._subject.props("dark outlined dense").classes("w-full")
        self._text = ui.textarea("要求", value=_text(self._view, self._alerts)).props("dark outlined").classes("w-full")
        ui.label(NO_PERSONS).classes("quiet")
        self._basis = ui.input("依据").props("dark outlined dense").classes("w-full")
        self._due = ui.input("反馈期限（年-月-日，不填则按类型的期限）", placeholder="2024-03-15").props("dark outlined dense")
        self._due.classes("w-full")
        self._urgent = ui.checkbox("紧急").props("dark")
        self._say_kind()
        ui.label(f"发出法院：{court_name(own)}。拟稿人不能签发，须由有权的另一人签发。").classes("quiet")
        ui.button("存为草稿", on_click=self._save).props("no-caps color=primary").mark("save")

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
        fields = self._fields()
        if isinstance(fields, str):
            say(fields, "warning")
            return
        principal = visitor.principal
        target = short_id("directive", principal.account, self._key)
        reply = await self._console.commands.ask(principal, "directive.draft", target, self._key, fields, expected=0)
        if reply.accepted:
            await self._console.heard(reply)
            ui.navigate.to(f"/duty/directive/{target}")
        else:
            show(reply.said, accepted=False, done="")

    def _fields(self) -> dict[str, Any] | str:
        """The command's fields, or what is wrong with them."""
        to_court = self._to.value.strip()
        if COURTS.get(to_court) is None:
            return f"没有代字为“{to_court}”的法院"
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
                return "反馈期限写作 2024-03-15"
        return fields


def _one_page(console: Console) -> None:
    @ui.page("/duty/directive/{target}", title="一盘棋 · 督办指令")
    async def directive(request: Request, target: str) -> None:
        view = await _view(console, request)
        if view is None:
            return
        with frame(console, view, "督办指令", "/duty/directives", "sheet-page"):
            place = ui.element("main").classes("sheets")
        page = _One(console, view, target, place)
        page.renew()
        ui.timer(1.0, page.renew)


class _One:
    """One directive: what it says, what became of it, and what can be done now."""

    def __init__(self, console: Console, view: View, target: str, place: ui.element) -> None:
        self._console, self._view, self._target, self._place = console, view, target, place
        self._drawn: tuple[int, Any] | None = None
        with place:
            with ui.element("section").classes("pane"):
                self._buttons = KeptPart(ui.element("div").classes("actions"))
                none = '<div class="empty">没有这份督办指令，或者不在您的权限范围内</div>'
                self._saying = ui.html(none, sanitize=False)
            with ui.element("section").classes("pane") as self._beside:
                self._story = ui.html("", sanitize=False)
            self._beside.set_visibility(False)

    def renew(self) -> None:
        """Draw anew what has changed."""
        kept = self._view.kept(self._target)
        if kept is None or kept.kind != "directive" or (kept.version, kept.at) == self._drawn:
            return
        self._drawn = (kept.version, kept.at)
        choices = offered_on(self._view.visitor.principal, kept.record)
        self._buttons.renew(choices, lambda: self._draw_buttons(choices))
        self._saying.set_content(saying(self._view, self._console.names, kept.record))
        self._story.set_content(story(self._console.names, kept.record))
        self._beside.set_visibility(True)

    def _draw_buttons(self, choices: Iterable[Choice]) -> None:
        for choice in choices:
            button = ui.button(choice.action.label, on_click=partial(self._act, choice)).props("outline no-caps color=grey-4")
            button.mark(choice.action.kind)

    async def _act(self, choice: Choice) -> None:
        with self._place:  # the button may be drawn anew, and be gone, before the answer comes
            await self._do(choice)

    async def _do(self, choice: Choice) -> None:
        given = await ask_fields(choice.action, 1)
        visitor = None if given is None else await self._console.who(self._view.visitor)
        kept = self._view.kept(self._target)
        if given is None or visitor is None or kept is None:
            return
        reply = await self._console.commands.ask(
            visitor.principal,
            choice.action.kind,
            self._target,
            secrets.token_hex(16),
            {**given, **choice.fixed},
            expected=kept.version,
        )
        show(reply.said, accepted=reply.accepted, done=f"{choice.action.label}：已办")
        await self._console.heard(reply)
        self.renew()


def _alert_line(view: View, kept: Kept) -> str:
    record: Mapping[str, Any] = kept.record
    due = parse_instant(record["due_at"])
    return (
        f'<a href="/duty?alert={kept.target}">{escape(view.rule_name(record["rule"]))}</a> · '
        f"{escape(court_name(record['court']))} · {escape(record['subject'])} · 期限 {short_instant_text(due)}"
    )


def _text(view: View, alerts: Iterable[Kept]) -> str:
    lines = [f"{view.rule_name(kept.record['rule'])}：{kept.record['subject']}" for kept in alerts]
    return "请对下列事项核查办理，并按期反馈：\n" + "\n".join(lines) if lines else ""


async def _view(console: Console, request: Request) -> View | None:
    view = View(console.scene, visitor_of(request))
    if not admitted(view, "/duty/directives"):
        return None
    await asyncio.shield(console.names.refresh())
    return view
