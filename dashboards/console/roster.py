"""The page of a desk's roster: /duty/roster, of another court with ?court=."""

import asyncio
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from html import escape
from typing import Any
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
from dashboards.console.frame import Console, admitted, frame, show, soon
from dashboards.console.roster_forms import (
    ANSWER,
    DROP,
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
from dashboards.duty_live import Kept, desk_of
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
        page.draw()
        ui.timer(1.0, page.renew)


def _court_line(code: str) -> None:
    ui.html(
        '<form class="filters" action="/duty/roster" method="get">'
        f'<input name="court" aria-label="法院代字" placeholder="法院代字" value="{escape(code)}"><button>查看</button></form>',
        sanitize=False,
    )


class _Roster:
    """One open page."""

    def __init__(self, console: Console, view: View, court: str, place: ui.element) -> None:
        self._console, self._view, self._court, self._place = console, view, court, place
        self._drawn: Any = None

    def _kept(self) -> Kept | None:
        return self._console.scene.duty.get(desk_of(self._court))

    def _now(self) -> datetime:
        return self._console.scene.duty_now() or utc_now()

    def renew(self) -> None:
        """Draw anew when something changed, and each minute of the room's time."""
        if self._state() != self._drawn:
            self.draw()

    def _state(self) -> Any:
        kept = self._kept()
        return None if kept is None else (kept.version, kept.at), self._now().replace(second=0, microsecond=0)

    def draw(self) -> None:
        """Draw it."""
        kept, now = self._kept(), self._now()
        self._drawn = self._state()
        record = RosterRecord(id="", court=self._court) if kept is None else msgspec.convert(kept.record, RosterRecord)
        posts: dict[Post, tuple[str, ...]] = {} if kept is None else posts_at(kept, now)
        self._place.clear()
        with self._place:
            with ui.element("section").classes("pane"):
                self._on_call(record, posts, now)
            with ui.element("section").classes("pane"):
                self._changes(record, posts, now)
            with ui.element("section").classes("pane whole"):
                zone = zone_of(record, now)
                body = parts.days_table(self._console.names, days_of(record, now), zone, civil_date(now, zone))
                ui.html(f'<h3>未来 14 天（自当日交接至次日交接）</h3><div class="scroll-x">{body}</div>', sanitize=False)

    def _on_call(self, record: RosterRecord, posts: Mapping[Post, tuple[str, ...]], now: datetime) -> None:
        me = self._view.visitor.principal
        ui.html(
            f"<h3>现在在岗 · {short_instant_text(now)}</h3>{parts.now_on_call(self._console.names, record, posts, now)}",
            sanitize=False,
        )
        with ui.element("div").classes("actions"):
            for post in (post for post, accounts in posts.items() if me.account in accounts):
                if may(me, self._court, SIGN_IN.kind, posts):
                    self._button(f"签到：{POSTS_ZH[post]}", SIGN_IN, {"post": post})
            people = self._console.names.at(self._court)
            if may(me, self._court, "roster.swap_ask", posts):
                self._button("请求换班", swap_action(people, me.account))
            if may(me, self._court, "roster.override", posts):
                self._button("调整值班", override_action(people))
            if may(me, self._court, "roster.set", posts):
                button = ui.button("编排值班表", on_click=partial(self._set, record)).props(
                    "outline dense no-caps color=grey-4"
                )
                button.mark("roster.set")
            if me.role in {"director", "president", "technician"}:
                self._button("维护时段", window_action())
        address, text = f"/api/v1/rota/{quote(self._court)}.ics", escape(f"/api/v1/rota/{self._court}.ics")
        ui.html(
            f'<p class="quiet">订阅到自己的日历：<a class="link" href="{address}">{text}</a>'
            " · 日历程序在地址后加 ?token=令牌；以本页为准</p>",
            sanitize=False,
        )

    def _changes(self, record: RosterRecord, posts: Mapping[Post, tuple[str, ...]], now: datetime) -> None:
        names, me = self._console.names, self._view.visitor.principal
        ui.html(f"<h3>空岗</h3>{parts.gaps(record) if record.rotas else '<p class=quiet>还没有值班表</p>'}", sanitize=False)
        ui.html("<h3>待答复的换班</h3>", sanitize=False)
        waiting = [one for one in record.swaps if one.state == "asked" and one.start > now]
        for swap in waiting:
            with ui.element("div").classes("line"):
                ui.html(parts.swap_text(names, swap), sanitize=False)
                if may_answer(me, self._court, swap, posts):
                    self._button("同意", ANSWER, {"swap": swap.id, "agreed": True})
                    self._button("不同意", ANSWER, {"swap": swap.id, "agreed": False})
        overrides = sorted((one for one in record.overrides if one.end > now), key=lambda one: one.start)
        ui.html(f"{'' if waiting else '<p class=quiet>无</p>'}<h3>调整</h3>", sanitize=False)
        for override in overrides:
            with ui.element("div").classes("line"):
                ui.html(parts.override_text(names, override), sanitize=False)
                if may(me, self._court, DROP.kind, posts):
                    self._button("取消", DROP, {"override_id": override.id})
        ui.html(("" if overrides else "<p class=quiet>无</p>") + parts.windows(record, now), sanitize=False)

    def _button(self, label: str, action: Action, fixed: Mapping[str, Any] | None = None) -> None:
        button = ui.button(label, on_click=partial(self._act, action, fixed or {})).props("outline dense no-caps color=grey-4")
        button.mark(action.kind)

    async def _act(self, action: Action, fixed: Mapping[str, Any]) -> None:
        with self._place:
            given = await ask_fields(action, 1)
        if given is not None:
            await self._ask(action.kind, command_fields(action, self._court, {**given, **fixed}), f"{action.label}：已办")

    async def _set(self, record: RosterRecord) -> None:
        with self._place:
            form = RotaForm(self._court, self._console.names.at(self._court), in_force(record.rotas, self._now()), self._now())
            rota = await form.ask()
        if rota is not None:
            await self._ask("roster.set", {"rota": rota}, "值班表已编排")

    async def _ask(self, kind: str, fields: dict[str, Any], done: str) -> None:
        visitor, kept = await self._console.who(self._view.visitor), self._kept()
        if visitor is None:
            return
        expected = kept.version if kept is not None else None
        key = secrets.token_hex(16)
        reply = await self._console.commands.ask(
            visitor.principal, kind, desk_of(self._court), key, fields, expected=expected if kind == "roster.set" else None
        )
        with self._place:
            show(reply.said, accepted=reply.accepted, done=done)
        await soon()
        self.renew()
