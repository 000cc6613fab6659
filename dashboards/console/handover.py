"""The page of handovers: /duty/handover. Who leaves lists what is open and signs; who comes reads it and signs."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from html import escape
from typing import Any

import msgspec
from fastapi import Request
from nicegui import ui

from contract.duty.alerts import RANK
from contract.duty.ical import POSTS_ZH
from contract.duty.roster import Handover, RosterRecord
from contract.times import parse_instant
from dashboards.console.forms import NO_PERSONS
from dashboards.console.frame import Console, admitted, frame, show
from dashboards.console.kept_part import KeptPart
from dashboards.console.names import Names
from dashboards.console.roster_forms import may
from dashboards.duty_api import posts_at
from dashboards.duty_kept import Kept, desk_of
from dashboards.identity import visitor_of
from dashboards.view import View
from dashboards.wall.figures import due_text, short_instant_text, utc_now
from dashboards.wall.parts import court_name, severity_mark, table

LISTED = 1500
"""Ids in one signature; more would not fit a command of 64 KiB. The gravest go first."""
_OLDEST, _LAST = 10, 10


def mount(console: Console) -> None:
    """Declare the page."""

    @ui.page("/duty/handover", title="一盘棋 · 交接班")
    async def handover(request: Request) -> None:
        view = View(console.scene, visitor_of(request))
        if not admitted(view, "/duty/handover"):
            return
        await asyncio.shield(console.names.refresh())
        await console.numbers.learn(kept.head.subject for kept in standing_at(view, view.visitor.principal.court)[:_OLDEST])
        with frame(console, view, f"交接班 · {court_name(view.visitor.principal.court)}", "/duty/handover", "sheet-page"):
            page = _Page(console, view)
        ui.timer(1.0, page.renew)


class _Page:
    """One open page. The form stays while the rest is drawn anew, so that nobody's words are lost."""

    def __init__(self, console: Console, view: View) -> None:
        self._console, self._view = console, view
        self._court = view.visitor.principal.court
        self._drawn: Any = None
        with ui.element("main").classes("sheets"):
            self._open = ui.html("", sanitize=False).classes("pane")
            with ui.element("section").classes("pane"):
                self._waiting = KeptPart(ui.element("div"))
                self._form()
            self._last = ui.html("", sanitize=False).classes("pane whole")
        self.renew()

    def _form(self) -> None:
        with ui.element("div").classes("stack") as form:
            ui.html("<h3>交班</h3>", sanitize=False)
            props = "dark outlined dense"
            self._post = ui.select(dict(POSTS_ZH.items()), label="岗位", value="officer").props(props).classes("w-full")
            self._done = ui.textarea("已办事项").props(props).classes("w-full")
            self._pending = ui.textarea("待办事项").props(props).classes("w-full")
            ui.label(NO_PERSONS).classes("quiet")
            ui.button("签字交班", on_click=self._leave).props("no-caps color=primary text-color=dark").mark("leave")
        form.set_visibility(may(self._view.visitor.principal, self._court, "roster.hand_over", {}))

    def _record(self) -> RosterRecord:
        kept = self._console.scene.duty.get(desk_of(self._court))
        return RosterRecord(id="", court=self._court) if kept is None else msgspec.convert(kept.record, RosterRecord)

    def _standing(self) -> list[Kept]:
        return standing_at(self._view, self._court)

    def renew(self) -> None:
        """Draw anew what has changed."""
        duty = self._console.scene.duty
        if duty.number == self._drawn:
            return
        self._drawn = duty.number
        record, standing = self._record(), self._standing()
        self._open.set_content(_open_text(self._view, self._console, standing))
        self._last.set_content(_last_text(self._console.names, record))
        me, names = self._view.visitor.principal, self._console.names
        signs = may(me, self._court, "roster.hand_over", {})
        waiting = [
            (one, _offer_text(names, one), signs and me.account != one.leaves) for one in record.handovers if not one.comes
        ]
        none = f'<p class="quiet">无{self._near()}</p>'
        self._waiting.renew((waiting, none), lambda: self._draw_waiting(waiting, none))

    def _draw_waiting(self, waiting: Iterable[tuple[Handover, str, bool]], none: str) -> None:
        ui.html("<h3>待接班签字</h3>", sanitize=False)
        for one, text, signs in waiting:
            ui.html(text, sanitize=False)
            if signs:
                button = ui.button("签字接班", on_click=partial(self._come, one))
                button.props("no-caps color=primary text-color=dark").classes("w-full").mark("come")
        if not waiting:
            ui.html(none, sanitize=False)

    def _near(self) -> str:
        kept = self._console.scene.duty.get(desk_of(self._court))
        if kept is None:
            return "（本院还没有值班表）"
        held = posts_at(kept, self._console.scene.duty_now() or utc_now())
        names = self._console.names
        people = "；".join(f"{POSTS_ZH[post]} {'、'.join(map(names.of, who))}" for post, who in held.items() if who)
        return f" · 现在在岗：{escape(people)}" if people else ""

    async def _leave(self) -> None:
        fields = {"post": self._post.value, "done": self._done.value.strip(), "pending": self._pending.value.strip()}
        if await self._sign("from", secrets.token_hex(16), fields):
            self._done.set_value("")
            self._pending.set_value("")

    async def _come(self, one: Handover) -> None:
        await self._sign("to", one.id, {"post": one.post})

    async def _sign(self, side: str, handover: str, fields: Mapping[str, Any]) -> bool:
        visitor = await self._console.who(self._view.visitor)
        if visitor is None:
            return False
        listed = [kept.target for kept in self._standing()[:LISTED]]
        command = {**fields, "side": side, "handover": handover, "open_alerts": listed}
        reply = await self._console.commands.ask(
            visitor.principal, "roster.hand_over", desk_of(self._court), secrets.token_hex(16), command
        )
        with self._open:
            show(reply.said, accepted=reply.accepted, done="已签字")
        await self._console.heard(reply)
        self.renew()
        return reply.accepted


def standing_at(view: View, court: str) -> list[Kept]:
    """Open alerts of a desk that the visitor sees, the gravest and those due first in front."""
    found = (kept for kept in view.scene.duty.open_of("alert", court) if view.sees_kept(kept))
    return sorted(found, key=lambda kept: (-RANK[kept.head.severity], kept.head.due_at, kept.target))


def _open_text(view: View, console: Console, standing: list[Kept]) -> str:
    names, numbers, now = console.names, console.numbers, console.scene.duty_now() or utc_now()
    counts = Counter(kept.head.severity for kept in standing)
    fresh = sum(kept.state == "firing" for kept in standing)
    shares = "".join(
        f'<div class="post">{severity_mark(severity)}<b>{counts[severity]}</b></div>'
        for severity in ("red", "orange", "yellow")
    )
    cards = f'{shares}<div class="post"><span class="quiet">未签收</span><b>{fresh}</b></div>'
    reds = [kept for kept in standing if kept.head.severity == "red"][:_OLDEST]
    rows = (
        f'<tr><td><a class="link" href="/duty?alert={kept.target}">{escape(view.rule_name(kept.head.rule))}</a></td>'
        f"<td>{escape(numbers.of(kept.head.subject))}</td>"
        f"<td>{escape(names.of(kept.head.owner)) if kept.head.owner else '未签收'}</td>"
        f'<td class="red">{due_text(parse_instant(kept.head.due_at), now)}</td></tr>'
        for kept in reds
    )
    more = f'<p class="quiet">共 {len(standing)} 条，签字时列入前 {LISTED} 条</p>' if len(standing) > LISTED else ""
    oldest = table(("规则", "案件", "签收人", "期限"), rows, "没有特急预警")
    return f'<h3>未结预警</h3><div class="posts">{cards}</div>{more}<h3>最早到期的特急</h3><div class="scroll-x">{oldest}</div>'


def _offer_text(names: Names, one: Handover) -> str:
    return (
        f'<div class="offer"><b>{POSTS_ZH[one.post]} · {escape(names.of(one.leaves))}</b>'
        f' <span class="quiet">{short_instant_text(one.leaves_at)} 交班，列明 {len(one.open_alerts)} 条</span>'
        f"<div>已办：{escape(one.done) or '—'}</div><div>待办：{escape(one.pending) or '—'}</div></div>"
    )


def _last_text(names: Names, record: RosterRecord) -> str:
    rows = (_row(names, one) for one in reversed(record.handovers[-_LAST:]))
    heads = ("岗位", "交班", "接班", "已办", "待办", "#列明", "#未列明")
    return f'<h3>最近交接</h3><div class="scroll-x words">{table(heads, rows, "还没有交接记录")}</div>'


def _row(names: Names, one: Handover) -> str:
    came = "待签字" if one.comes_at is None else f"{escape(names.of(one.comes))} {short_instant_text(one.comes_at)}"
    unlisted = len(set(one.seen_alerts) - set(one.open_alerts))
    mark = f'<span class="orange">◆ {unlisted}</span>' if unlisted else "0"
    return (
        f"<tr><td>{POSTS_ZH[one.post]}</td><td>{escape(names.of(one.leaves))} {short_instant_text(one.leaves_at)}</td>"
        f"<td>{came}</td><td>{escape(one.done) or '—'}</td><td>{escape(one.pending) or '—'}</td>"
        f'<td class="num">{len(one.open_alerts)}</td><td class="num">{mark}</td></tr>'
    )
