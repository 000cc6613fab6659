"""People on duty at one province of the simulated nation, and what they do there, so that no page of the console is empty."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import httpx
from duty_desk import PASSWORD
from enrolled import enrolled
from running import Up

from contract.courts import COURTS
from contract.duty.people import Role
from contract.times import SHANGHAI, format_instant, parse_instant
from infra.accounts.store import Accounts

POSTS: dict[str, tuple[Role, str]] = {
    "director": ("director", "高敏"),
    "officer": ("duty_officer", "郭涛"),
    "second": ("duty_officer", "陆然"),
    "technician": ("technician", "唐平"),
}
"""Part → role, name at the court above; at the court below the same parts are played by others."""
BELOW = {"director": "姜华", "officer": "金晓", "second": "林立", "technician": "何川"}


def busiest(up: Up) -> tuple[str, str]:
    """(High Court, basic court below it) with most open alerts on duty, the High Court first."""
    counts = Counter(one["court"] for one in up.api("/api/v1/alerts?limit=1000")["items"])
    by_high: Counter[str] = Counter()
    for code, count in counts.items():
        high = next((court.code for court in COURTS.ancestors(code) if court.tier == "HIGH"), None)
        if high is not None and COURTS[code].tier == "BASIC":
            by_high[high] += count
    above = by_high.most_common(1)[0][0]
    below = next(code for code, _ in counts.most_common() if COURTS[code].tier == "BASIC" and COURTS.within(code, above))
    return above, below


class Person:
    """One person who asks by the API, as the console does."""

    def __init__(self, up: Up, accounts: Accounts, login: str, role: Role, court: str, name: str) -> None:
        account = enrolled(accounts.people, login, role, court, PASSWORD, name=name, by="/cli/pictures")
        token = accounts.tokens.add("program", court, by="/cli/pictures", role=role, account=account)
        self.account, self.court = account.id, court
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{up.ports['wall']}", headers={"Authorization": f"Bearer {token}"}, timeout=30
        )

    def ask(self, path: str, **fields: Any) -> dict[str, Any]:
        """Ask one thing; returns the decision.

        Raises:
            RuntimeError: It was refused.
        """
        answer = self._client.post(f"/api/v1{path}", json=fields, headers={"Idempotency-Key": uuid.uuid4().hex})
        if answer.status_code != httpx.codes.OK:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
        return dict(answer.json()["decision"])

    def wish(self, path: str, **fields: Any) -> None:
        """Ask a thing that an alert at hand may not allow; what was refused is printed."""
        try:
            self.ask(path, **fields)
        except RuntimeError as refused:
            print(refused)

    def read(self, path: str, **query: Any) -> dict[str, Any]:
        """Read something."""
        return dict(self._client.get(f"/api/v1{path}", params=query).raise_for_status().json())

    def now(self) -> datetime:
        """The time of the line, as the duty room last said it."""
        return parse_instant(self.read("/duty/on-call")["at"])

    def queue(self, court: str) -> list[dict[str, Any]]:
        """Open alerts of a court on duty, those due first in front."""
        return [one for one in self.read("/duty/alerts", court=court, limit=1000)["items"] if one["court"] == court]


@dataclass(frozen=True)
class Desk:
    """The people of one court."""

    director: Person
    officer: Person
    second: Person
    technician: Person

    def rota(self, day: date) -> dict[str, Any]:
        """A roster of two officers who take turns with each other, a technician and a leader."""
        court, monday = self.officer.court, day - timedelta(days=day.weekday())
        turns = (
            ("officer", [self.officer.account, self.second.account], "working_day", day),
            ("officer_b", [self.second.account, self.officer.account], "working_day", day),
            ("technician", [self.technician.account], "working_day", day),
            ("leader", [self.director.account], "week", monday),
        )
        rotations = [
            {"post": post, "accounts": who, "every": every, "first_on": first.isoformat(), "hand_over_at": "09:00"}
            for post, who, every, first in turns
        ]
        return {"id": court, "court": court, "zone": "Asia/Shanghai", "from_on": day.isoformat(), "rotations": rotations}


def desks_of(up: Up, above: str, below: str) -> tuple[Desk, Desk]:
    """The people of both courts, with accounts that log in."""
    accounts = Accounts(up.data)
    made = {}
    for place, court, names in (("above", above, {}), ("below", below, BELOW)):
        for part, (role, name) in POSTS.items():
            made[place, part] = Person(up, accounts, f"{place}-{part}", role, court, names.get(part, name))
    accounts.close()
    return Desk(*(made["above", part] for part in POSTS)), Desk(*(made["below", part] for part in POSTS))


def act_out(above: Desk, below: Desk) -> dict[str, str]:
    """A morning at both desks; returns state of a directive → its target."""
    now = below.director.now()
    _at_the_desk(below, now)
    _on_the_roster(below, now)
    _at_the_desk(above, now)
    return _directives(above, below)


def _at_the_desk(desk: Desk, now: datetime) -> None:
    """Alerts acknowledged, remarked upon, snoozed, escalated, merged and disputed."""
    queue = desk.officer.queue(desk.officer.court)
    for one in queue[1:5]:
        desk.officer.wish(f"/alerts/{one['id']}:acknowledge")
    for one in queue[1:2]:
        desk.second.wish(f"/alerts/{one['id']}:take-over", note="郭涛外出，由我继续办理")
        desk.officer.wish(f"/alerts/{one['id']}:comment", text="已电话联系承办部门，材料今日下午补齐。")
    for one in [one for one in queue[2:] if one["severity"] != "yellow"][:1]:
        desk.officer.wish(f"/alerts/{one['id']}:escalate", from_level=one.get("level", 0), reason="承办部门两次未答复")
    later = [one for one in queue[5:] if parse_instant(one["due_at"]) > now + timedelta(days=4)]
    for one in later[:1]:
        desk.officer.wish(f"/alerts/{one['id']}:snooze", until=format_instant(now + timedelta(days=1)), reason="等评估机构回函")
    for one in queue[6:7]:
        desk.director.wish(f"/alerts/{one['id']}:dispute", grounds="材料于期限内提交，系统录入迟延，请上级法院核对。")
    if len(queue) > 9:
        desk.officer.wish(f"/alerts/{queue[8]['id']}:merge", into=queue[9]["id"], into_court=queue[9]["court"])
    for one in queue[3:4]:
        proof = desk.officer.read(f"/alerts/{one['id']}")["alert"]["evidence"][:1]
        said = {"reason_code": "handled", "reason": "已督促承办人补发通知", "evidence": proof}
        desk.officer.wish(f"/alerts/{one['id']}:resolve", **said)


def _on_the_roster(desk: Desk, now: datetime) -> None:
    """Signed in, one swap waits, one turn is taken by another, one window, one handover done and one that waits."""
    held = desk.officer.read("/duty/on-call")["posts"]
    people = {person.account: person for person in (desk.director, desk.officer, desk.second, desk.technician)}
    for post in ("officer", "leader"):
        for one in held[post]:
            people[one["account"]].ask("/duty/sign-in", post=post)
    day = now.astimezone(SHANGHAI).replace(hour=9, minute=0, second=0, microsecond=0)

    def span(days: int, length: int = 1) -> dict[str, str]:
        start = day + timedelta(days=days)
        return {"start": format_instant(start), "end": format_instant(start + timedelta(days=length))}

    turn = next(days for days in range(2, 20) if _holds(desk.officer, "officer", day + timedelta(days=days)))
    swap = {"swap": uuid.uuid4().hex, "post": "officer", "to": desk.second.account, "reason": "参加业务培训"}
    desk.officer.ask("/duty/swap", **swap, **span(turn))
    override = {"id": uuid.uuid4().hex, "rota": desk.officer.court, "post": "technician", "account": desk.second.account}
    desk.director.ask("/duty/override", override=override | span(3))
    window = {"id": uuid.uuid4().hex, "court": desk.officer.court, "reason": "机房断电检修"}
    desk.technician.ask("/duty/window", window=window | span(2))
    listed = [one["id"] for one in desk.officer.queue(desk.officer.court)]
    for post, done, pending in (
        ("officer_b", "核查立案材料三件，均已补正。", "无"),
        ("officer", "签收预警四件，约谈承办部门一次。", "异议一件待上级法院答复；评估机构回函未到。"),
    ):
        name = uuid.uuid4().hex
        holder = people[held[post][0]["account"]]
        holder.ask("/duty/handover", handover=name, post=post, side="from", done=done, pending=pending, open_alerts=listed)
        if post == "officer_b":
            relief = desk.second if holder is desk.officer else desk.officer
            relief.ask("/duty/handover", handover=name, post=post, side="to", open_alerts=listed)


def _holds(person: Person, post: str, at: datetime) -> bool:
    """Whether somebody holds a post of the own desk at an instant."""
    held = person.read("/duty/on-call", at=format_instant(at))["posts"][post]
    return person.account in {one["account"] for one in held}


def _directives(above: Desk, below: Desk) -> dict[str, str]:
    """One draft, and one each that was issued, received, answered, and returned."""
    alerts = below.officer.queue(below.officer.court)
    texts = (
        ("drafted", "请在三个工作日内对上述事项核查办理，并书面报告原因。"),
        ("issued", "请立即补发执行通知，并说明超期原因。"),
        ("received", "请在期限内启动财产处置程序，并报送处置方案。"),
        ("answered", "请核查案款发放情况，十日内发放完毕。"),
        ("returned", "请补正查控材料，逐件说明未冻结存款的原因。"),
    )
    named = ((state, text, alerts[number : number + 2]) for number, (state, text) in enumerate(texts))
    return {state: _directive(above, below, about, state, text) for state, text, about in named}


def _directive(above: Desk, below: Desk, alerts: list[dict[str, Any]], state: str, text: str) -> str:
    courts = {"from_court": above.officer.court, "to_court": below.officer.court}
    subjects = {one["subject"] for one in alerts}
    about = {"subject": subjects.pop()} if len(subjects) == 1 else {}
    fields = {"directive_kind": "督办", "text": text, "alert_ids": [one["id"] for one in alerts], "urgent": state == "issued"}
    target = str(above.officer.ask("/directives", **courts, **fields, **about, legal_basis="执行规定第71条、第74条")["target"])
    steps = {
        "issue": (above.director, {}),
        "receive": (below.officer, {}),
        "answer": (below.director, {"result": "部分", "text": "已补发通知一份，另一份因地址不详退回，正在查找。"}),
        "verdict": (above.director, {"verdict": "退回", "reason": "未说明退回后的送达方式"}),
    }
    for step, (person, said) in list(steps.items())[: ("drafted", "issued", "received", "answered", "returned").index(state)]:
        person.ask(f"/directives/{target}:{step}", **said)
    return target
