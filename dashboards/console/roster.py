"""The page of a desk's roster: /duty/roster, of another court with ?court=."""

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec
from fastapi import Request
from nicegui import ui

from contract.courts import COURTS
from contract.duty.ical import POSTS_ZH
from contract.duty.roster import Post, RosterRecord
from contract.duty.shifts import in_force
from contract.times import civil_date
from dashboards.console import roster_parts as parts
from dashboards.console.dialogs import ask_fields
from dashboards.console.forms import Action
from dashboards.console.frame import Console, admitted, frame, show
from dashboards.console.kept_part import KeptPart
from dashboards.console.roster_forms import (
    ANSWER,
    DROP,
    SET,
    SIGN_IN,
    RotaForm,
    command_fields,
    may,
    may_answer,
    override_action,
    swap_action,
    window_action,
)
from dashboards.console.rota_table import days_of, zone_of
from dashboards.duty_api import posts_at
from dashboards.duty_kept import Kept, desk_of
from dashboards.identity import visitor_of
from dashboards.view import View
from dashboards.wall.figures import short_instant_text, utc_now
from dashboards.wall.parts import court_name


def mount(console: Console) -> None:
    """Declare the page."""

    @ui.page("/duty/roster", title="一盘棋 · 值班表")
    async def roster(request: Request, court: str = "") -> None:
        view = View(console.scene, visitor_of(request))
        code = court.strip() or view.visitor.principal.court
        if not admitted(view, "/duty/roster"):
            return
        await asyncio.shield(console.names.refresh())
        with frame(console, view, f"值班表 · {court_name(code)}", "/duty/roster", "sheet-page"):
            _court_line(code)
            place = ui.element("main").classes("sheets")
        if COURTS.get(code) is None or code not in view.scope:
            with place:
                ui.html(f'<div class="empty">没有代字为“{escape(code)}”的法院，或者不在您的权限范围内</div>', sanitize=False)
            return
        page = _Roster(console, view, code, place)
        page.renew()
        ui.timer(1.0, page.renew)


def _court_line(code: str) -> None:
    ui.html(
        '<form class="filters" action="/duty/roster" method="get">'
        f'<input name="court" aria-label="法院代字" placeholder="法院代字" value="{escape(code)}"><button>查看</button></form>',
        sanitize=False,
    )


class _Button(NamedTuple):
    """A button: what it says, what it asks, and fields that it always bears."""

    label: str
    action: Action
    fixed: Mapping[str, Any] = {}


class _Roster:
    """One open page."""

    def __init__(self, console: Console, view: View, court: str, place: ui.element) -> None:
        self._console, self._view, self._court, self._place = console, view, court, place
        self._drawn: Any = None
        address, text = f"/api/v1/rota/{quote(court)}.ics", escape(f"/api/v1/rota/{court}.ics")
        with place:
            with ui.element("section").classes("pane"):
                self._on_call = ui.html("", sanitize=False)
                self._buttons = KeptPart(ui.element("div").classes("actions"))
                ui.html(
                    f'<p class="quiet">订阅到自己的日历：<a class="link" href="{address}">{text}</a>'
                    " · 日历程序在地址后加 ?token=令牌；以本页为准</p>",
                    sanitize=False,
                )
            self._changes = KeptPart(ui.element("section").classes("pane"))
            with ui.element("section").classes("pane whole"):
                self._days = ui.html("", sanitize=False)

    def _kept(self) -> Kept | None:
        return self._console.scene.duty.get(desk_of(self._court))

    def _record(self) -> RosterRecord:
        kept = self._kept()
        return RosterRecord(id="", court=self._court) if kept is None else msgspec.convert(kept.record, RosterRecord)

    def _now(self) -> datetime:
        return self._console.scene.duty_now() or utc_now()

    def renew(self) -> None:
        """Draw anew when something changed, and each minute of the room's time."""
        kept, now = self._kept(), self._now()
        state = None if kept is None else (kept.version, kept.at), now.replace(second=0, microsecond=0)
        if state == self._drawn:
            return
        self._drawn = state
        names, record = self._console.names, self._record()
        posts: dict[Post, tuple[str, ...]] = {} if kept is None else posts_at(kept, now)
        self._on_call.set_content(
            f"<h3>现在在岗 · {short_instant_text(now)}</h3>{parts.now_on_call(names, record, posts, now)}"
        )
        offered, lines = self._offered(posts, record, now), self._lines(record, posts, now)
        self._buttons.renew(offered, lambda: self._draw_buttons(offered))
        self._changes.renew(lines, lambda: self._draw_lines(lines))
        zone = zone_of(record, now)
        body = parts.days_table(names, days_of(record, now), zone, civil_date(now, zone))
        self._days.set_content(f'<h3>未来 14 天（自当日交接至次日交接）</h3><div class="scroll-x days">{body}</div>')

    def _offered(self, posts: Mapping[Post, tuple[str, ...]], record: RosterRecord, now: datetime) -> list[_Button]:
        """What the visitor may ask here now."""
        me, people = self._view.visitor.principal, self._console.names.at(self._court)
        today = civil_date(now, zone_of(record, now))
        signed = {one.post for one in record.sign_ins if one.on == today and one.account == me.account}
        found = []
        if may(me, self._court, SIGN_IN.kind, posts):
            held = (post for post, accounts in posts.items() if me.account in accounts and post not in signed)
            found += [_Button(f"签到：{POSTS_ZH[post]}", SIGN_IN, {"post": post}) for post in held]
        for action in (swap_action(people, me.account), override_action(people), SET):
            if may(me, self._court, action.kind, posts):
                found.append(_Button(action.label, action))
        if me.role in {"director", "president", "technician"}:
            found.append(_Button("维护时段", window_action()))
        return found

    def _lines(
        self, record: RosterRecord, posts: Mapping[Post, tuple[str, ...]], now: datetime
    ) -> list[tuple[str, list[_Button]]]:
        """What is missing, asked for and changed: HTML, and the buttons beside it."""
        names, me = self._console.names, self._view.visitor.principal
        nothing = ('<p class="quiet">无</p>', list[_Button]())
        swaps = [
            (parts.swap_text(names, swap), _answers(swap.id) if may_answer(me, self._court, swap, posts) else [])
            for swap in record.swaps
            if swap.state == "asked" and swap.start > now
        ]
        drops = may(me, self._court, DROP.kind, posts)
        overrides = [
            (parts.override_text(names, one), [_Button("取消", DROP, {"override_id": one.id})] if drops else [])
            for one in sorted(record.overrides, key=lambda one: one.start)
            if one.end > now
        ]
        gaps = parts.gaps(record) if record.rotas else '<p class="quiet">还没有值班表</p>'
        return [
            (f"<h3>空岗</h3>{gaps}<h3>待答复的换班</h3>", []),
            *(swaps or [nothing]),
            ("<h3>调整</h3>", []),
            *(overrides or [nothing]),
            (parts.windows(record, now), []),
        ]

    def _draw_lines(self, lines: list[tuple[str, list[_Button]]]) -> None:
        for text, buttons in lines:
            with ui.element("div").classes("line" if buttons or text.startswith("<time>") else ""):
                ui.html(text, sanitize=False)
                self._draw_buttons(buttons)

    def _draw_buttons(self, buttons: Iterable[_Button]) -> None:
        for label, action, fixed in buttons:
            button = ui.button(label, on_click=partial(self._act, action, fixed)).props("outline dense no-caps color=grey-4")
            button.mark(action.kind)

    async def _act(self, action: Action, fixed: Mapping[str, Any]) -> None:
        if action is SET:
            await self._set()
            return
        with self._place:
            given = await ask_fields(action, 1)
        if given is not None:
            await self._ask(action.kind, command_fields(action, self._court, {**given, **fixed}), f"{action.label}：已办")

    async def _set(self) -> None:
        rota, now = in_force(self._record().rotas, self._now()), self._now()
        with self._place:
            form = RotaForm(self._court, self._console.names.at(self._court), rota, now)
            given = await form.ask()
        if given is not None:
            await self._ask(SET.kind, {"rota": given}, "值班表已编排")

    async def _ask(self, kind: str, fields: dict[str, Any], done: str) -> None:
        visitor, kept = await self._console.who(self._view.visitor), self._kept()
        if visitor is None:
            return
        expected = kept.version if kept is not None else None
        key = secrets.token_hex(16)
        reply = await self._console.commands.ask(
            visitor.principal, kind, desk_of(self._court), key, fields, expected=expected if kind == SET.kind else None
        )
        with self._place:
            show(reply.said, accepted=reply.accepted, done=done)
        await self._console.heard(reply)
        self.renew()


def _answers(swap: str) -> list[_Button]:
    return [_Button("同意", ANSWER, {"swap": swap, "agreed": True}), _Button("不同意", ANSWER, {"swap": swap, "agreed": False})]
