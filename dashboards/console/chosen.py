"""The chosen alert in the middle of the queue's page, and its case on the right.

What is in memory is shown at once; the case, and an alert that has ended, when the warehouse answers: nothing waits for it.
"""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

from nicegui import background_tasks, ui

from dashboards.console import detail, evidence
from dashboards.console.forms import Action, offered
from dashboards.console.frame import Console
from dashboards.console.kept_part import KeptPart
from dashboards.duty_kept import Kept
from dashboards.store import EventRow
from dashboards.view import View
from dashboards.wall import case as case_page
from dashboards.wall.figures import utc_now

_WAITS_S = 2.0


class Chosen:
    """Both parts of one open page.

    Args:
        console: What the pages share.
        view: What the visitor sees.
        act: Asks for an action on what is chosen or selected.
        compose: Leads to the composer of directives.

    Attributes:
        place: The middle; it stays for as long as the page does.
        events: Those of the chosen alert's case, as far as the warehouse has answered.
    """

    def __init__(self, console: Console, view: View, act: Callable[[Action], Any], compose: Callable[[], Any]) -> None:
        self._console, self._view, self._act, self._compose = console, view, act, compose
        self._drawn: tuple[Any, ...] | None = None
        self._case: str | None = None
        self._headed: Any = None
        self._turn = 0
        self._answered = asyncio.Event()
        self.events: list[EventRow] = []
        with ui.element("section").classes("pane") as self.place:
            self._head = ui.html("", sanitize=False)
            self._buttons = KeptPart(ui.element("div").classes("actions"))
            self._proof = ui.html("", sanitize=False)
        with ui.element("section").classes("pane"):
            self._events = ui.html("", sanitize=False)

    def draw(self, target: str) -> None:
        """Show an alert, unless it is shown already and nothing became of it meanwhile."""
        kept = self._view.kept(target) if target else None
        number = "" if kept is None else self._console.numbers.of(kept.head.subject)
        state = None if kept is None else (kept.target, kept.version, kept.at)
        if kept is not None and (number, state) != self._headed:
            self._headed = (number, state)
            self._head.set_content(detail.head(self._view, self._console.names, kept.record, number, self._now()))
        if (state,) == self._drawn:
            return
        self._drawn = (state,)
        self._turn += 1
        if kept is None:
            self._draw_nothing()
            return
        actions = offered(self._view.visitor.principal, kept.record)
        self._buttons.renew(actions, lambda: self._draw_buttons(actions))
        self._draw_proof(kept, self._console.scene.live.alerts.get(target))
        if kept.head.subject != self._case:
            self._case, self.events = kept.head.subject, []
            self._answered.clear()
            self._events.set_content('<div class="empty">正在读取案件</div>')
        background_tasks.create(self._ask_warehouse(kept, self._turn))

    async def read(self) -> list[EventRow]:
        """The events of the chosen alert's case, waited for a little; none if the warehouse takes longer."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._answered.wait(), _WAITS_S)
        return self.events

    def _draw_nothing(self) -> None:
        self._case, self.events, self._headed = None, [], None
        self._head.set_content('<div class="empty">从左侧选择一条预警</div>')
        self._buttons.renew(None, lambda: None)
        self._proof.set_content("")
        self._events.set_content("")

    def _draw_buttons(self, actions: list[Action]) -> None:
        for action in actions:
            self._button(action.label, action.key, partial(self._act, action))
        self._button("督办令", "d", self._compose)

    def _button(self, label: str, key: str, act: Callable[[], Any]) -> None:
        with ui.button(on_click=act).props("outline dense no-caps color=grey-4"):
            ui.html(f"{label}{f'<kbd>{key}</kbd>' if key else ''}", sanitize=False)

    def _draw_proof(self, kept: Kept, alert: dict[str, Any] | None) -> None:
        # Its name and level stand in the head of the page already.
        proof = "" if alert is None else f'<div class="one">{case_page.alerts(self._view, [alert], self._now())}</div>'
        self._proof.set_content(proof + detail.duty(self._console.names, kept.record))

    async def _ask_warehouse(self, kept: Kept, turn: int) -> None:
        """Ask for what isn't in memory; an answer that comes after another alert was chosen is dropped."""
        ended = kept.target not in self._console.scene.live.alerts
        alert = await evidence.alert_of(self._console.scene, kept) if ended else None
        found = await evidence.events_of(self._console.scene, kept)
        if turn != self._turn or self.place.is_deleted:
            return
        if alert is not None:
            self._draw_proof(kept, alert)
        self._draw_events(found)

    def _draw_events(self, found: list[EventRow] | None) -> None:
        self.events = found or []
        self._answered.set()
        away = '<div class="empty">数据仓库暂不可用</div>'
        self._events.set_content(away if found is None else case_page.timeline(found))

    def _now(self) -> Any:
        return self._console.scene.duty_now() or utc_now()
