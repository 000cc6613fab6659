"""What every page of the console has: the head, the menu with my load, and the session's watch."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

import msgspec
from fastapi import Request
from nicegui import ui

from contract.duty.ical import POSTS_ZH
from contract.duty.roster import Post, RosterRecord
from contract.duty.scope import Resource
from contract.duty.shifts import in_force, on_call
from contract.times import parse_instant
from dashboards.commands import Commands, Reply
from dashboards.console.names import Names
from dashboards.console.numbers import Numbers
from dashboards.console.rota_table import next_handover
from dashboards.identity import Identity, Visitor, visitor_of
from dashboards.scene import Scene
from dashboards.view import View
from dashboards.wall.figures import short_instant_text, utc_now
from dashboards.wall.pages import page
from dashboards.wall.parts import bar

MENU: Mapping[str, tuple[str, Resource]] = {
    "/duty": ("预警队列", "duty"),
    "/duty/directives": ("督办指令", "directives"),
    "/duty/roster": ("值班表", "rosters"),
    "/duty/handover": ("交接班", "rosters"),
    "/duty/quality": ("预警质量", "duty"),
    "/": ("大屏", "figures"),
}
"""Address → name, and what a role must read to be led there."""

_HEARD_S = 1.0
_INK = {"positive": "white", "warning": "dark", "info": "white"}
_SHAPES = {
    "positive": "M3 12l2-2 5 5L19 5l2 2L10 19z",
    "warning": "M10.5 3h3v11h-3zM10.5 17h3v3h-3z",
    "info": "M10.5 4h3v3h-3zM10.5 10h3v11h-3z",
}
_CROSS = "M5 7l2-2 5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5z"
"""Paths, not signs of an icon font: a font that comes in at the first message makes the browser lay the whole page out anew."""
LOAD_SPAN = timedelta(minutes=10)
LOAD_LIMIT = 10
"""More than ten alarms in ten minutes are a flood for one person (ISA-18.2, EEMUA 191)."""


class Console:
    """What the pages of the console share."""

    def __init__(self, scene: Scene, identity: Identity, commands: Commands) -> None:
        self.scene, self.identity, self.commands = scene, identity, commands
        self.names = Names(identity.accounts)
        self.numbers = Numbers(scene.store)

    async def who(self, visitor: Visitor) -> Visitor | None:
        """The visitor as it is now, for an action; None: its session has ended, and the page goes to the login."""
        found = await self.identity.still(visitor, used=True)
        if found is None:
            ui.navigate.to("/login?error=ended")
        return found

    async def heard(self, *replies: Reply) -> None:
        """Wait until the live view has heard of what was decided, at most a second: a page drawn then shows it."""
        waits = [reply.body["decision"]["command"] for reply in replies if reply.accepted]
        told = asyncio.Event()
        self.scene.duty_tail.on_change(told.set)
        try:
            async with asyncio.timeout(_HEARD_S):
                while any(self.scene.duty.answer(command) is None for command in waits):
                    await told.wait()
                    told.clear()
        except TimeoutError:
            pass  # the page is renewed each second anyway
        finally:
            self.scene.duty_tail.forget(told.set)


def admitted(view: View, here: str) -> bool:
    """Whether the visitor may see a page; who didn't log in is sent to, others are told that their role may not."""
    if view.reads(MENU[here][1]):
        return True
    if view.visitor.cookie is None:
        ui.navigate.to(f"/login?next={here}")
    else:
        with ui.element("div").classes("page scroll"):
            ui.html(
                f'{bar(view, "无权查看")}<div class="empty">您的角色不能查看此页 · <a href="/">返回首页</a></div>',
                sanitize=False,
            )
    return False


async def directives_of(console: Console, request: Request) -> View | None:
    """What the visitor of a page of directives sees, with people's names read; None: it may not, which the page says."""
    view = View(console.scene, visitor_of(request))
    if not admitted(view, "/duty/directives"):
        return None
    await asyncio.shield(console.names.refresh())
    return view


def frame(console: Console, view: View, title: str, here: str, kind: str = "") -> ui.element:
    """The frame of a page of the console, with head and menu; the rest is built inside of it."""
    ui.add_head_html('<link rel="stylesheet" href="/assets/console.css"><script src="/assets/console.js"></script>')
    outer = page(console.identity, view.visitor, "console-page scroll").classes(remove="page")
    with outer:
        inner = ui.element("div").classes(f"console {kind}")
        with inner:
            head = ui.html(bar(view, title), sanitize=False)
            line = ui.html(menu(view, here), sanitize=False)

    def renew() -> None:
        head.set_content(bar(view, title))
        line.set_content(menu(view, here))

    with outer:
        ui.timer(1.0, renew)
    return inner


def menu(view: View, here: str) -> str:
    """The menu, and how much comes in at the visitor's own desk beside what a person can answer."""
    links = "".join(
        f'<a class="{"here" if address == here else ""}" href="{address}">{name}</a>'
        for address, (name, resource) in MENU.items()
        if view.reads(resource)
    )
    now = view.scene.duty_now() or utc_now()
    raised = raised_since(view, now - LOAD_SPAN)
    me = view.visitor.principal.account
    owned = sum(kept.head.owner == me for kept in view.scene.duty.held_by(me))
    over = " over" if raised > LOAD_LIMIT else ""
    flow = f"我签收的 <b>{owned}</b> · 近10分钟新增 <b>{raised}</b>（上限 {LOAD_LIMIT}）"
    return f'<nav class="menu">{links}<span class="load{over}">{_shift(view, now)} · {flow}</span></nav>'


def _shift(view: View, now: datetime) -> str:
    """The posts that the visitor holds now, and when its desk is handed over next."""
    me = view.visitor.principal
    kept = view.scene.duty.get(f"roster/{me.court}")
    if kept is None:
        return "本院无值班表"
    minute = now.replace(second=0, microsecond=0)
    held, following = _turn(kept.packed, minute)
    posts = [POSTS_ZH[post] for post, accounts in held.items() if me.account in accounts]
    place = f"在岗 <b>{'、'.join(posts)}</b>" if posts else "不在岗"
    return f"{place} · 下次交接 <b>{short_instant_text(following)}</b>" if following else place


@lru_cache(maxsize=512)
def _turn(packed: bytes, minute: datetime) -> tuple[dict[Post, tuple[str, ...]], datetime | None]:
    """Who holds the posts of a desk's roster, and when somebody takes one over next; once a minute for all who look."""
    record = msgspec.json.decode(packed, type=RosterRecord)
    rota = in_force(record.rotas, minute)
    held = {} if rota is None else {post: tuple(who) for post, who in on_call(rota, record.overrides, minute).items()}
    return held, next_handover(record, minute)


def raised_since(view: View, since: datetime) -> int:
    """How many alerts of the visitor's own court began after an instant; yellow ones call nobody."""
    court = view.visitor.principal.court
    return sum(
        kept.head.severity != "yellow" and parse_instant(kept.head.raised_at) > since
        for kept in view.scene.duty.open_of("alert", court)
    )


def show(reply_said: str, *, accepted: bool, done: str) -> None:
    """Say what became of something that was asked."""
    say(done if accepted else reply_said, "positive" if accepted else "warning")


def say(text: str, kind: Literal["positive", "warning", "info"]) -> None:
    """Say something at the foot of the page for a while; each of its lines on one of its own."""
    close = {"icon": _CROSS, "round": True, "dense": True, "aria-label": "关闭", "color": _INK[kind]}
    ui.notify(text, type=kind, icon=_SHAPES[kind], actions=[close])
