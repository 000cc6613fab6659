"""The six-month term: stays that don't count, extensions, and how the case ends."""

from typing import Any, Literal, NamedTuple

from producers.simulator.case import Case, on
from producers.simulator.days import DAY, day_of, day_text, is_open, months_later, roll
from producers.simulator.dues import Duty, Extension, last_days
from producers.simulator.parts import TERM

StayKind = Literal["中止", "暂缓", "6mo", "all", "disposal"]
_STAYS: tuple[StayKind, ...] = ("中止", "中止", "暂缓", "6mo", "all", "disposal")
_STAYED: tuple[dict[str, Any], ...] = (
    {"ground": "267-1"},
    {"ground": "267-2", "requested_by": "案外人"},
    {"ground": "再审", "requested_by": "申请人"},
    {"ground": "再审", "requested_by": "被执行人"},
    {"ground": "破产"},
)
_DEFERRED: tuple[dict[str, Any], ...] = (
    {"ground": "担保", "requested_by": "被执行人"},
    {"ground": "上级监督"},
    {"ground": "上级监督", "requested_by": "被执行人"},
)
_GROUNDS = ("公告", "请示", "执行争议协调")
_BACK = (0, 0, 0, 1, 3)
"""Days between the day from which a clock stands still, or runs again, and the order that says so."""

_CHIEFS = ("院长", "副院长")
_TRANSFERS = ("提级", "指令", "委托", "管辖", "集中")
DONE, TERMINATED = "执行完毕", "终结本次执行程序"
_MODES = (DONE, TERMINATED, "终结执行", "销案", "不予执行", "驳回申请")
_MODE_SHARES = (33, 50, 10, 4, 1, 2)
_FIRST_SHARES = (73, 0, 18, 5, 1, 3)
"""Shares of the modes; a case that goes first (涉民生) must end in three months, termination may come only after them."""

_CLEARED = 12
"""Days before a termination by which property is cleared."""

_SLOW = 0.5
"""Share of anomalies that are ends within the first warning."""

_THREE_MONTHS = 93


class Stay(NamedTuple):
    """A planned span [begin, end) of civil days; ``until``: a deferral that lapses on that day by itself."""

    kind: StayKind
    begin: int
    end: int
    until: int | None = None


class Plan(NamedTuple):
    """What is planned for the term of a case.

    Attributes:
        duty: The duty to finish in time.
        stays: Planned stays.
        asked_at: When an extension is asked for, or None.
        granted: The extension, or None.
        role: Who approves it.
        end_at: When the case ends, or None.
        mode: How it ends.
        transfer: Whether it ends by going to another court.
        ruled_at: When termination is ruled, if it is.
        seeded: Whether the end is seeded around a level: nothing is brought in order for it then.
    """

    duty: Duty
    stays: list[Stay]
    asked_at: int | None
    granted: Extension | None
    role: str
    end_at: int | None
    mode: str
    transfer: bool
    ruled_at: int | None
    seeded: bool


def plan(case: Case) -> Plan:
    """Plan the term of a case that has just been filed."""
    rng = case.rng
    duty = Duty(part=TERM, subject=case.subject, start=case.filed_at)
    stays = _stays(case)
    duty.pauses = [(stay.begin, stay.end) for stay in stays if stay.kind != "disposal"]
    asked, granted, role = _extension(case, duty)
    if granted is not None and role in _CHIEFS:
        duty.extensions = [granted]
    mode = rng.choices(_MODES, _FIRST_SHARES if case.livelihood else _MODE_SHARES)[0]
    case.performs, case.accounts = mode == DONE, mode in (DONE, TERMINATED)
    seeded = case.anomalous()
    end_at = case.seed_around(duty, case.filed_at) if seeded else _usual_end(case, duty, mode)
    transfer = rng.random() < (0.10 if seeded else 0.03)
    ruled_at = None
    if end_at is not None and mode == TERMINATED and not transfer:
        ruled_at = max(end_at - rng.randrange(600, 6 * 3600), case.filed_at + 1)
    made = Plan(duty, stays, asked, granted, role, end_at, mode, transfer, ruled_at, seeded)
    _settle_before(case, made)
    return made


def _settle_before(case: Case, made: Plan) -> None:
    """From when on the case is brought to its end, and until when money goes out for it; a seeded end often comes as it may."""
    if made.end_at is None or (made.seeded and case.rng.random() < 0.5):
        return
    length = day_of(made.end_at) - day_of(case.filed_at)
    days = _CLEARED if made.ruled_at is not None else max(1, min(10, length // 3))
    case.settles_at = max(made.end_at - days * DAY, case.filed_at)
    case.pays_by = (made.ruled_at or made.end_at) - 3600


def _stays(case: Case) -> list[Stay]:
    """No, one or two stays of different kinds; two may follow or overlap one another."""
    rng = case.rng
    if rng.random() > 0.12 + 0.3 * case.world.anomalies:
        return []
    kinds = rng.sample(sorted(set(_STAYS)), 2 if rng.random() < 0.4 else 1)
    filed = day_of(case.filed_at)
    stays = []
    for kind in kinds:
        begin = filed + rng.randrange(230)
        end = begin + rng.randrange(2, 75)
        until = None
        if kind == "暂缓":
            until = end - 1 if rng.random() < 0.6 else end + rng.randrange(3, 30)
        stays.append(Stay(kind, begin, end, until))
    return stays


def _extension(case: Case, duty: Duty) -> tuple[int | None, Extension | None, str]:
    """An extension, in time, late, or approved by someone who may not."""
    rng = case.rng
    if rng.random() > 0.04 + 0.25 * case.world.anomalies:
        return None, None, ""
    due = last_days(duty)[2]
    asked = case.office(due - rng.randrange(5, 25) if rng.random() < 0.6 else due + rng.randrange(-4, 30))
    if rng.random() < 0.1:
        return asked, None, ""
    granted = Extension(case.office(day_of(asked) + rng.randrange(0, 7)) + 1, due + rng.randrange(20, 120))
    if granted.at <= asked:
        granted = Extension(asked + 600, granted.until)
    return asked, granted, rng.choice(_CHIEFS) if rng.random() < 0.85 else "承办人"


def _usual_end(case: Case, duty: Duty, mode: str) -> int:
    """A working day by the mode's own habit, nearly always before the first warning."""
    rng = case.rng
    filed = day_of(case.filed_at)
    if mode == TERMINATED:
        length = _THREE_MONTHS + int(rng.expovariate(1 / 22))
    elif mode == DONE:
        length = 6 + int(60 * rng.lognormvariate(0.0, 0.55))
    else:
        length = rng.randrange(15, 150)
    warned = last_days(duty)[0] + (28 if rng.random() < _SLOW * case.world.anomalies else 0)
    # Whoever finds property, or has it named to him, has six months for it, whatever stays the case.
    warned = min(warned, months_later(day_of(case.applied_at or case.filed_at), 6) - 32)
    if case.livelihood:
        warned = min(warned, months_later(filed, 3) - 3)
    day = roll(filed + length)
    while day > warned or not is_open(day):
        day = max(min(day, warned) - 1, filed + 1)
        if day == filed + 1:
            break
    return case.office(day)


def end(case: Case, made: Plan) -> dict[str, Any] | None:
    """Tell the end of the case as planned; the data of the closing, to be filled with what was paid, or None."""
    if made.end_at is None:
        return None
    if made.transfer:
        _transfer(case, made)
        return None
    if made.ruled_at is not None:
        day = on(made.ruled_at)
        ruling = {"on": day, "served_on": day, "reason": "无财产", "onsite_done": True, "ruling_no": f"{case.case_no}之二"}
        case.say("term.ruled", made.ruled_at, ruling)
    data: dict[str, Any] = {"mode": made.mode, "closed_on": on(made.end_at), "paid_fen": 0, "remaining_fen": case.claim_fen}
    if case.say("case.closed", made.end_at, data) is None:
        return None
    case.ended_at = made.end_at
    made.duty.done.append(made.end_at)
    return data


def _transfer(case: Case, made: Plan) -> None:
    assert made.end_at is not None
    to_court = case.court
    while to_court == case.court:
        to_court = case.world.courts.pick(case.rng)
    data = {
        "mode": case.rng.choice(_TRANSFERS),
        "from_court": case.court,
        "to_court": to_court,
        "on": on(made.end_at),
    }
    if case.say("case.transferred", made.end_at, data) is not None:
        case.ended_at = made.end_at


def run(case: Case, made: Plan) -> None:
    """Tell the stays and the extension as far as the case lasts; the duty then knows only what was told."""
    duty = made.duty
    duty.pauses, duty.extensions = [], []
    for stay in made.stays:
        told = _tell_stay(case, stay)
        if told is not None and stay.kind != "disposal":
            duty.pauses.append(told)
    if made.asked_at is not None:
        _tell_extension(case, made)
    case.duties.append(duty)


def _tell_stay(case: Case, stay: Stay) -> tuple[int, int | None] | None:
    begin, finish = case.office(stay.begin), case.office(stay.end)
    if stay.kind == "中止":
        opened = case.say("case.suspended", begin, {"on": on(begin)} | case.rng.choice(_STAYED))
        closing: tuple[str, dict[str, Any]] = ("case.stay_ended", {"kind": "中止", "on": on(finish)})
    elif stay.kind == "暂缓":
        assert stay.until is not None
        deferral = {"by_court": case.court, "until_on": day_text(stay.until)} | case.rng.choice(_DEFERRED)
        opened = case.say("case.deferred", begin, deferral)
        if opened is not None and stay.until < stay.end:
            return stay.begin, stay.end
        told = opened is not None and case.say("case.stay_ended", finish, {"kind": "暂缓", "on": on(finish)})
        return None if opened is None else (stay.begin, stay.end if told else stay.until + 1)
    else:
        ground = "评估鉴定" if stay.kind == "disposal" else case.rng.choice(_GROUNDS)
        paused = {"clock": stay.kind, "ground": ground, "from_on": on(begin)}
        closing = ("case.clock_resumed", {"clock": stay.kind, "to_on": on(finish)})
        # A clock stands still from the day that the order names, though the order may be made some days later.
        begin = case.office(stay.begin + case.rng.choice(_BACK))
        finish = max(case.office(stay.end + case.rng.choice(_BACK)), begin + 3600)
        opened = case.say("case.clock_paused", begin, paused)
    if opened is None:
        return None
    return stay.begin, stay.end if case.say(closing[0], finish, closing[1]) is not None else None


def _tell_extension(case: Case, made: Plan) -> None:
    assert made.asked_at is not None
    duty = made.duty
    until = made.granted.until if made.granted is not None else day_of(made.asked_at) + 60
    data = {"requested_on": on(made.asked_at), "until_on": day_text(until), "reason": "案情复杂"}
    if case.say("case.extension_requested", made.asked_at, data) is not None:
        duty.requested.append(made.asked_at)
    if made.granted is None:
        return
    data = data | {"approver_role": made.role}
    if case.say("case.extension_approved", made.granted.at, data) is not None:
        duty.requested.append(made.granted.at)
        if made.role in _CHIEFS:
            duty.extensions.append(made.granted)
