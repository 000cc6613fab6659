"""The page of the queue: /duty. List on the left, the chosen alert in the middle, its case on the right."""

import asyncio
import secrets
import time
from datetime import datetime
from html import escape
from typing import Any

from fastapi import Request
from nicegui import background_tasks, events, ui

from dashboards.commands import Reply
from dashboards.console import choosing, queue
from dashboards.console.chosen import Chosen
from dashboards.console.dialogs import ask_fields, show_help
from dashboards.console.filters import SEVERITIES, STATES, Filters
from dashboards.console.forms import ACTIONS, BY_KEY, UNDO, Action, fields_of, offered
from dashboards.console.frame import Console, admitted, frame, say, show
from dashboards.console.lines import Lines
from dashboards.identity import visitor_of
from dashboards.view import View
from dashboards.wall.figures import utc_now

UNDO_S = 10.0
MAX_SELECTED = 200
_MANY = 2
_ITEMS_SHOWN = 12
_LOOKS = 20


def mount(console: Console) -> None:
    """Declare the page."""

    @ui.page("/duty", title="一盘棋 · 值班台", response_timeout=15)
    async def duty(request: Request) -> None:
        view = View(console.scene, visitor_of(request))
        if not admitted(view, "/duty"):
            return
        await console.names.refresh()
        _Desk(console, view, Filters.read(request.query_params), request.query_params.get("alert", "")).build()

    @ui.page("/duty/alert/{alert}", title="一盘棋 · 值班台")
    def alert(alert: str) -> None:
        ui.navigate.to(f"/duty?alert={alert}")


class _Desk:
    """One open page."""

    def __init__(self, console: Console, view: View, filters: Filters, chosen: str) -> None:
        self._console, self._view, self._filters, self._chosen = console, view, filters, chosen
        self._picked: dict[str, None] = {}
        self._page = queue.Page([], more=False)
        self._drawn = -1
        self._looks_at, self._due = 0.0, False
        self._listed: Any = None
        self._undo: tuple[str, str, float] | None = None
        self._list: Lines
        self._detail: Chosen

    def build(self) -> None:
        """Draw the page."""
        with frame(self._console, self._view, "值班台", "/duty"):
            self._filter_line()
            with ui.element("main").classes("three"):
                with ui.element("section").classes("pane list").props('role=listbox aria-label="预警队列"'):
                    self._list = Lines()
                self._detail = Chosen(self._console, self._view, self._act, self._compose)
        ui.on("console_key", self._key)
        ui.on("console_open", self._open)
        self._select()
        if not self._chosen and self._page.items:
            self._chosen = self._page.items[0].target
        self._draw_list()
        self._detail.draw(self._chosen)
        ui.timer(1.0, self._refresh)

    def _filter_line(self) -> None:
        fields = self._filters

        def options(choices: dict[str, str], now: str) -> str:
            return "".join(
                f'<option value="{value}"{" selected" if value == now else ""}>{name}</option>'
                for value, name in choices.items()
            )

        with ui.element("div"):
            ui.html(
                '<form class="filters" action="/duty" method="get" role="search">'
                f'<select name="state" aria-label="状态">{options(STATES, fields.state)}</select>'
                f'<select name="severity" aria-label="级别">{options(SEVERITIES, fields.severity)}</select>'
                f'<input name="court" placeholder="法院代字" value="{escape(fields.court)}">'
                f'<input name="rule" placeholder="规则，如 R-FUND" value="{escape(fields.rule)}">'
                f'<input name="q" placeholder="案件或编号（/）" value="{escape(fields.q)}">'
                "<button>筛选</button></form>",
                sanitize=False,
            )

    def _select(self) -> None:
        self._take(queue.select(self._view, self._filters))

    def _take(self, page: queue.Page) -> None:
        self._page = page
        present = {kept.target for kept in self._page.items}
        self._picked = {target: None for target in self._picked if target in present}

    def _draw_list(self) -> None:
        flooded = frozenset(kept.head.court for kept in self._console.scene.duty.desks() if kept.head.flood_since is not None)
        minute = self._now().replace(second=0, microsecond=0)
        state = (self._page, self._chosen, tuple(self._picked), minute, flooded)
        if state == self._listed:
            return
        self._listed = state
        background_tasks.create(self._learn_numbers())
        if not self._page.items and self._filters != Filters():
            self._list.draw(['<div class="empty">没有符合条件的预警 · <a class="link" href="/duty">看全部</a></div>'])
            return
        self._list.draw(
            queue.rows(
                self._view,
                self._console.names,
                self._console.numbers,
                self._page,
                self._now(),
                chosen=self._chosen,
                selected=self._picked,
                flooded=flooded,
            )
        )

    async def _learn_numbers(self) -> None:
        """The numbers of the cases in the list; it is drawn again when there are new ones."""
        learnt = await self._console.numbers.learn(kept.head.subject for kept in self._page.items)
        if learnt and not self._detail.place.is_deleted:
            self._listed = None
            self._draw_list()
            self._detail.draw(self._chosen)

    def _now(self) -> datetime:
        return self._console.scene.duty_now() or utc_now()

    def _refresh(self) -> None:
        """Once a second, and after an action: draw anew what has changed.

        Looking through a long queue is done again only after twenty times as long as it took: many may have it open at once.
        """
        duty = self._console.scene.duty
        if duty.number == self._drawn and not self._due:
            return
        self._drawn, began = duty.number, time.monotonic()
        self._due = began < self._looks_at
        if self._due:
            self._take(queue.refreshed(self._view, self._filters, self._page))
        else:
            self._select()
            self._looks_at = began + _LOOKS * (time.monotonic() - began)
        self._draw_list()
        self._detail.draw(self._chosen)

    def _open(self, event: events.GenericEventArguments) -> None:
        target = str(event.args.get("alert", ""))
        if event.args.get("many"):
            self._pick_range(target)
        self._chosen = target
        self._draw_list()
        self._detail.draw(self._chosen)
        ui.run_javascript(f"consoleShow({target!r})")

    async def _key(self, event: events.GenericEventArguments) -> None:
        key = str(event.args.get("key", ""))
        if key in {"j", "k"}:
            self._move(1 if key == "j" else -1)
        elif key in {"x", "X"}:
            self._pick(key)
        elif key == "?":
            show_help()
        elif key == "z":
            await self._take_back()
        elif key == "d":
            self._compose()
        elif key == "t":
            ui.run_javascript("document.querySelectorAll('.three .pane')[2].scrollIntoView({behavior: 'smooth'})")
        elif (action := BY_KEY.get(key)) is not None:
            await self._act(action)

    def _move(self, step: int) -> None:
        items = [kept.target for kept in self._page.items]
        if not items:
            return
        at = items.index(self._chosen) + step if self._chosen in items else 0
        self._chosen = items[max(0, min(at, len(items) - 1))]
        self._draw_list()
        self._detail.draw(self._chosen)
        ui.run_javascript(f"consoleShow({self._chosen!r})")

    def _pick(self, key: str) -> None:
        if key == "X":
            self._pick_range(self._chosen)
        elif self._chosen in self._picked:
            del self._picked[self._chosen]
        elif self._chosen and len(self._picked) < MAX_SELECTED:
            self._picked[self._chosen] = None
        self._draw_list()

    def _pick_range(self, target: str) -> None:
        """Everything from the last that was picked to this one."""
        items = [kept.target for kept in self._page.items]
        last = next(reversed(self._picked), self._chosen)
        if target in items and last in items:
            low, high = sorted((items.index(target), items.index(last)))
            self._picked |= dict.fromkeys(items[low : high + 1][:MAX_SELECTED])

    async def _act(self, action: Action) -> None:
        """Ask what the action asks, then do it to what is selected, or to the chosen alert."""
        with self._detail.place:  # the button may be drawn anew, and be gone, before the answer comes
            await self._do(action)

    async def _do(self, action: Action) -> None:
        many = [target for target in self._picked if self._fits(action, target)] if action.bulk else []
        targets = many if len(many) >= _MANY else [self._chosen] if self._fits(action, self._chosen) else []
        if not targets:
            say(f"“{action.label}”不适用于所选预警", "warning")
            return
        form = await self._form(action, targets)
        if form is None:
            return
        given = await ask_fields(form, len(targets))
        if given is None:
            return
        if "into" in given:
            given["into_court"] = self._court_of(given["into"])
        visitor = await self._console.who(self._view.visitor)
        if visitor is None:
            return
        batch = secrets.token_hex(8)
        replies = await asyncio.gather(*(self._ask(action, target, given, f"{batch}-{target}") for target in targets))
        self._report(action, targets, replies)
        if len(targets) == 1 and replies[0].accepted and action.kind in UNDO:
            self._undo = (UNDO[action.kind], targets[0], asyncio.get_running_loop().time())
        await self._console.heard(*replies)
        self._refresh()

    async def _form(self, action: Action, targets: list[str]) -> Action | None:
        """The action with what can be chosen for these alerts; None: there is nothing to choose, which is said."""
        found = [kept for target in targets if (kept := self._view.kept(target)) is not None]
        courts = [self._view.visitor.principal.court, *(kept.head.court for kept in found)]
        asked = {field.name for field in action.fields}
        lists: dict[str, dict[str, str]] = {}
        if "into" in asked:
            lists["into"] = choosing.roots(self._view, self._console.numbers, found)
            if not lists["into"]:
                say("本院没有可以并入的其他预警", "warning")
                return None
        if "to" in asked:
            lists["to"] = choosing.people(self._console.names, courts)
        if "evidence" in asked and targets == [self._chosen]:
            lists["evidence"] = choosing.proofs(await self._detail.read())
        return choosing.filled(action, lists)

    def _court_of(self, target: str) -> str:
        kept = self._view.kept(target)
        return "" if kept is None else kept.head.court

    def _fits(self, action: Action, target: str) -> bool:
        kept = self._view.kept(target)
        return kept is not None and action in offered(self._view.visitor.principal, kept.record)

    async def _ask(self, action: Action, target: str, given: dict[str, Any], key: str) -> Reply:
        kept = self._view.kept(target)
        assert kept is not None
        fields = fields_of(action, kept.record, given)
        principal = self._view.visitor.principal
        return await self._console.commands.ask(principal, action.kind, target, key, fields, expected=kept.version)

    def _report(self, action: Action, targets: list[str], replies: list[Reply]) -> None:
        if len(targets) == 1:
            undo = "（10 秒内按 z 撤销）" if action.kind in UNDO else ""
            show(replies[0].said, accepted=replies[0].accepted, done=f"{action.label}：已办{undo}")
            return
        refused = [(target, reply) for target, reply in zip(targets, replies, strict=True) if not reply.accepted]
        lines = [f"{target[:8].upper()}：{reply.said}" for target, reply in refused[:_ITEMS_SHOWN]]
        text = f"{action.label}：{len(targets) - len(refused)} 件已办，{len(refused)} 件未办"
        say("\n".join([text, *lines]), "warning" if refused else "positive")
        self._picked = {}

    async def _take_back(self) -> None:
        undo, self._undo = self._undo, None
        if undo is None or asyncio.get_running_loop().time() - undo[2] > UNDO_S:
            say("没有可撤销的操作（暂缓、合并在 10 秒内可以撤销）", "info")
            return
        action = next(one for one in ACTIONS if one.kind == undo[0])
        reply = await self._ask(action, undo[1], {}, secrets.token_hex(8))
        show(reply.said, accepted=reply.accepted, done="已撤销")

    def _compose(self) -> None:
        """To the composer of directives, with what is selected."""
        targets = list(self._picked) or ([self._chosen] if self._chosen else [])
        if targets:
            ui.navigate.to(f"/duty/directives/new?alerts={','.join(targets)}")
