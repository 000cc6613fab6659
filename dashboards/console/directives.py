"""Pages of directives: /duty/directives, and one directive with its whole story."""

import secrets
from collections.abc import Iterable, Mapping
from functools import partial
from html import escape
from typing import Any

from fastapi import Request
from nicegui import background_tasks, ui

from dashboards.console.choosing import filled, proofs
from dashboards.console.dialogs import ask_fields
from dashboards.console.directive_forms import Choice, offered_on
from dashboards.console.evidence import events_of
from dashboards.console.frame import Console, directives_of, frame, show
from dashboards.console.kept_part import KeptPart
from dashboards.console.numbers import Numbers
from dashboards.console.story import STATES, about, answer_by, saying, story
from dashboards.duty_kept import Kept
from dashboards.store import EventRow
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
    for declare in (_list_page, _one_page):
        declare(console)


def _list_page(console: Console) -> None:
    @ui.page("/duty/directives", title="一盘棋 · 督办指令")
    async def directives(request: Request, box: str = "") -> None:
        view = await directives_of(console, request)
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
                body = ui.html(_rows(console.numbers, _chosen(view, box), box), sanitize=False)

        async def renew() -> None:
            chosen = _chosen(view, box)
            await console.numbers.learn(kept.head.subject for kept in chosen)
            body.set_content(_rows(console.numbers, chosen, box))

        ui.timer(2.0, renew)


def _chosen(view: View, box: str) -> list[Kept]:
    own = view.visitor.principal.court
    found = view.all_duty("directive") if box == "every" else view.open_duty("directive")
    shown = (kept for kept in found if _in_box(box, kept.record, own))
    return sorted(shown, key=lambda kept: (kept.at, kept.target), reverse=True)[:_SHOWN]


def _rows(numbers: Numbers, chosen: list[Kept], box: str) -> str:
    heads = ("类型", "状态", "发出法院", "接收法院", "案件", "反馈期限", "#预警", "最近")
    return table(heads, (_row(numbers, kept) for kept in chosen), _EMPTY[box])


def _in_box(box: str, record: Mapping[str, Any], own: str) -> bool:
    drafted = record["state"] == "drafted"
    if box == "sent":
        return bool(record.get("from_court") == own)
    if box == "got":
        return bool(record.get("to_court") == own and not drafted)
    return drafted if box == "drafts" else True


def _row(numbers: Numbers, kept: Kept) -> str:
    record = kept.record
    urgent = ' <span class="tag">紧急</span>' if record.get("urgent") else ""
    cells = (
        f'<a href="/duty/directive/{kept.target}"><b>{escape(record.get("kind") or "督办")}</b></a>{urgent}',
        STATES[record["state"]],
        escape(court_name(record.get("from_court", "-"))),
        escape(court_name(record.get("to_court", "-"))),
        escape(about(numbers, record)),
        answer_by(record) or "—",
    )
    alerts = f'<td class="num">{len(record.get("alert_ids", ()))}</td>'
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + alerts + f"<td>{short_instant_text(kept.at)}</td></tr>"


def _one_page(console: Console) -> None:
    @ui.page("/duty/directive/{target}", title="一盘棋 · 督办指令")
    async def directive(request: Request, target: str) -> None:
        view = await directives_of(console, request)
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
        self._drawn: tuple[Any, ...] | None = None
        self._events: list[EventRow] = []
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
        if kept is None or kept.kind != "directive":
            return
        numbers = self._console.numbers
        subjects = (kept.head.subject, *(one.head.subject for one in self._alerts(kept)))
        state = (kept.version, kept.at, *map(numbers.of, subjects))
        if state == self._drawn:
            return
        self._drawn = state
        background_tasks.create(numbers.learn(subjects))  # drawn again with them at the next second
        if kept.record.get("rootid"):
            background_tasks.create(self._read_events(kept))
        choices = offered_on(self._view.visitor.principal, kept.record)
        self._buttons.renew(choices, lambda: self._draw_buttons(choices))
        self._saying.set_content(saying(self._view, self._console.names, self._console.numbers, kept.record))
        self._story.set_content(story(self._console.names, kept.record))
        self._beside.set_visibility(True)

    def _draw_buttons(self, choices: Iterable[Choice]) -> None:
        for choice in choices:
            button = ui.button(choice.action.label, on_click=partial(self._act, choice)).props("outline no-caps color=grey-4")
            button.mark(choice.action.kind)

    async def _act(self, choice: Choice) -> None:
        with self._place:  # the button may be drawn anew, and be gone, before the answer comes
            await self._do(choice)

    def _alerts(self, kept: Kept) -> list[Kept]:
        """The alerts that it is about, as far as they are seen."""
        return [one for target in kept.record.get("alert_ids", ()) if (one := self._view.kept(target)) is not None]

    async def _read_events(self, kept: Kept) -> None:
        """The events of its case, from which evidence is chosen; a form that opens before they are there asks to type."""
        self._events = await events_of(self._console.scene, kept) or []

    async def _do(self, choice: Choice) -> None:
        given = await ask_fields(filled(choice.action, {"evidence": proofs(self._events)}), 1)
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
