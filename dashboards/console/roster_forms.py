"""What can be done about a roster, and the form of a new version of it. The duty room decides."""

import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import ui

from contract.duty.ical import POSTS_ZH
from contract.duty.people import Principal
from contract.duty.rights import LEADER_OF_THE_WEEK, RIGHTS
from contract.duty.roster import Post, Rota, Rotation, Swap
from contract.duty.shifts import POSTS
from dashboards.console.dialogs import fill_in
from dashboards.console.forms import Action, Field, always
from dashboards.console.reading import Mistake

_POST = Field(name="post", label="岗位", kind="choice", choices=dict(POSTS_ZH.items()))
_START = Field(name="start", label="开始（北京时间）", kind="instant")
_END = Field(name="end", label="结束（北京时间）", kind="instant")
_EVERY = {"working_day": "每个工作日", "day": "每天", "week": "每周"}
SIGN_IN = Action(kind="roster.sign_in", label="签到", fits=always)
SET = Action(kind="roster.set", label="编排值班表", fits=always)
DROP = Action(kind="roster.override_drop", label="取消", fits=always)
ANSWER = Action(kind="roster.swap_answer", label="答复换班", fits=always)


def may(principal: Principal, court: str, kind: str, posts: Mapping[Post, tuple[str, ...]]) -> bool:
    """Whether somebody may ask a thing of a desk's roster: by the role, or as the leader of the week. ``posts``: as of now."""
    if principal.court != court:
        return False
    leads = kind in LEADER_OF_THE_WEEK and principal.account in posts.get("leader", ())
    return leads or principal.role in RIGHTS[kind].roles


def may_answer(principal: Principal, court: str, swap: Swap, posts: Mapping[Post, tuple[str, ...]]) -> bool:
    """Whether somebody's answer to a swap is waited for."""
    leads = principal.role in {"director", "president"} or principal.account in posts.get("leader", ())
    waits = (principal.account == swap.to and swap.by_to is None) or (leads and swap.by_leader is None)
    return principal.court == court and principal.account != swap.asker and waits


def swap_action(people: Mapping[str, str], asker: str) -> Action:
    """Ask a colleague to take a turn."""
    others = {account: name for account, name in people.items() if account != asker}
    fields = (
        _POST,
        Field(name="to", label="由谁接替", kind="choice", choices=others),
        _START,
        _END,
        Field(name="reason", label="理由", required=False),
    )
    return Action(kind="roster.swap_ask", label="请求换班", fields=fields, fits=always)


def override_action(people: Mapping[str, str]) -> Action:
    """Put somebody else, or nobody, on a post."""
    fields = (
        _POST,
        Field(name="instead_of", label="替谁（不填为该岗位全体）", kind="choice", choices=dict(people), required=False),
        Field(name="account", label="由谁值班（不填为无人）", kind="choice", choices=dict(people), required=False),
        _START,
        _END,
    )
    return Action(kind="roster.override", label="调整值班", fields=fields, fits=always)


def window_action() -> Action:
    """Hold the pages of a court for a while."""
    fields = (
        _START,
        _END,
        Field(name="rule", label="规则（不填为全部）", required=False),
        Field(name="reason", label="理由", kind="long"),
    )
    return Action(kind="window.set", label="维护时段", fields=fields, fits=always)


def command_fields(action: Action, court: str, given: dict[str, Any]) -> dict[str, Any]:
    """The fields of the command, from what was filled in."""
    name = secrets.token_hex(16)
    match action.kind:
        case "roster.swap_ask":
            return {**given, "swap": name}
        case "roster.override":
            return {"override": {**given, "id": name, "rota": court}}
        case "window.set":
            return {"window": {**given, "id": name, "court": court}}
        case _:
            return given


class RotaForm:
    """The dialog of a new version of a roster, filled in with the one that holds.

    Args:
        court: The desk's court.
        people: Account → name, whom to choose from.
        rota: The version that holds, None = the desk has none.
        now: Aware; the version begins on its day unless another is filled in.
    """

    def __init__(self, court: str, people: Mapping[str, str], rota: Rota | None, now: datetime) -> None:
        self._court, self._zone = court, rota.zone if rota else "Asia/Shanghai"
        self._today = now.astimezone(ZoneInfo(self._zone)).date()
        known = rota.rotations if rota else ()
        missing = [post for post in POSTS if post not in {rotation.post for rotation in known}]
        fresh = [_empty(post, self._today) for post in missing]
        self._people = dict(people) | {a: a for rotation in known for a in rotation.accounts if a not in people}
        self._rows = sorted([*known, *fresh], key=lambda rotation: POSTS.index(rotation.post))

    async def ask(self) -> dict[str, Any] | None:
        """The version as the command bears it; None if the person thinks better of it."""
        note = "人员按轮值顺序选取；换版不追溯，自起用日的交接时刻接替现行版本。"
        return await fill_in(f'<h2>编排值班表</h2><p class="quiet">{note}</p>', self._build, wide=True)

    def _build(self) -> Callable[[], dict[str, Any]]:
        start = ui.input("起用日", value=self._today.isoformat()).props("dark outlined dense")
        rows = [(rotation, self._row(rotation)) for rotation in self._rows]

        def read() -> dict[str, Any]:
            try:
                return self._read(start.value, rows)
            except ValueError:
                raise Mistake("日期写作 2024-03-15，交接时刻写作 09:00") from None

        return read

    def _row(self, rotation: Rotation) -> dict[str, Any]:
        props = "dark outlined dense"
        with ui.element("div").classes("rota-row"):
            ui.label(POSTS_ZH[rotation.post])
            accounts = ui.select(self._people, multiple=True, value=list(rotation.accounts), label="人员（轮值顺序）")
            accounts.props(f"{props} use-chips")
            every = ui.select(_EVERY, value=rotation.every, label="轮换").props(props)
            first = ui.input("首班日", value=rotation.first_on.isoformat()).props(props)
            at = ui.input("交接", value=rotation.hand_over_at).props(props)
        return {"accounts": accounts, "every": every, "first_on": first, "hand_over_at": at}

    def _read(self, start: str, rows: list[tuple[Rotation, dict[str, Any]]]) -> dict[str, Any]:
        rotations = []
        for rotation, inputs in rows:
            if not inputs["accounts"].value:
                continue
            at = time.fromisoformat(inputs["hand_over_at"].value.strip()).strftime("%H:%M")
            rotations.append(
                {
                    "post": rotation.post,
                    "accounts": list(inputs["accounts"].value),
                    "every": inputs["every"].value,
                    "first_on": date.fromisoformat(inputs["first_on"].value.strip()).isoformat(),
                    "hand_over_at": at,
                }
            )
        from_on = date.fromisoformat(start.strip()).isoformat()
        return {"id": self._court, "court": self._court, "zone": self._zone, "from_on": from_on, "rotations": rotations}


def _empty(post: Any, today: date) -> Rotation:
    """A row that nobody is on yet; leaders turn weekly (from a Monday), the others each working day."""
    monday = date.fromordinal(today.toordinal() - today.weekday())
    every: Any = "week" if post == "leader" else "working_day"
    return Rotation(post=post, accounts=(), every=every, first_on=monday if every == "week" else today)
