"""Whole lives: a chain of cases from an application to its last payment, with what is owed in each."""

import random
from bisect import bisect
from typing import Any

import msgspec

from producers.simulator import ending, income, objecting, opening, term
from producers.simulator import property as assets
from producers.simulator.case import Case, Fact, Label, Proceeds, on
from producers.simulator.clock_tables import DONE_MODES
from producers.simulator.days import DAY, day_of, midnight, roll
from producers.simulator.dues import Duty, Verdict, judge
from producers.simulator.episodes import episode
from producers.simulator.nation import World
from producers.simulator.truth import Findings, findings

_ATTEMPTS = 5
_SHORT = 2.0
_MOST_SHORT = 0.5
"""Short cases for each seeded duty of a hundred, and their greatest share of all lives."""

_CONTROL_TAKES = 12
"""Days that must be left for an asset found, before the case is brought to its end."""

_TAIL = 0.24
"""Share of anomalies that are property found after a termination and dealt with in the case that was ended."""

_MOST_CASES = 4
_OBJECTED = 0.08
"""Share of cases with objections; more where anomalies are seeded, so that every level of their clocks is met."""


class Life(msgspec.Struct, frozen=True):
    """One life, told.

    Attributes:
        facts: Its events, in no order.
        duties: Everything that was owed in it, and what that came to by the last tick.
        labels: What was seeded.
        found: What all rules make of it.
    """

    facts: list[Fact]
    duties: list[tuple[Duty, Verdict]]
    labels: list[Label]
    found: Findings


def short_share(anomalies: float) -> float:
    """The share of short cases where so many duties are seeded: without anomalies none, for each is one."""
    return min(_MOST_SHORT, _SHORT * anomalies)


def facts_of(world: World, number: int, name: str, day: int) -> list[Fact]:
    """The events of one life, whatever the texts make of it; some lives are short cases made for one rule."""
    rng = random.Random(f"{world.seed}/{name}/0")
    if rng.random() < short_share(world.anomalies):
        cases = episode(world, rng, number, name, day)
        for case in cases:
            _strike_off(case)
    else:
        cases = _chain(world, rng, number, name, day)
    earliest = midnight(day)
    return [fact for case in cases for fact in case.facts if fact.recorded >= earliest]


def _strike_off(case: Case) -> None:
    """End a short case some weeks after its last fact: in a nation that goes on, no case stays open for ever."""
    if case.ended_at is None:
        at = case.workday(day_of(max(fact.at for fact in case.facts)) + case.rng.randrange(10, 60))
        case.promptly("case.closed", at, {"mode": "销案", "closed_on": on(at), "paid_fen": 0}, tail=True)


def live(world: World, number: int, name: str, day: int, *, short: bool = False) -> Life:
    """Make one life (or a short case) that begins on a day; the same arguments give the same life."""
    for attempt in range(_ATTEMPTS):
        rng = random.Random(f"{world.seed}/{name}/{attempt}")
        cases = episode(world, rng, number, name, day) if short else _chain(world, rng, number, name, day)
        if not any(map(_clashes, cases)):
            break
    return life_of(world, cases)


def life_of(world: World, cases: list[Case]) -> Life:
    """The life that these cases are, with what all rules make of it."""
    facts = [fact for case in cases for fact in case.facts]
    duties = [(duty, judge(duty, world.horizon)) for case in cases for duty in case.duties]
    labels = [label for case in cases for label in case.labels]
    return Life(facts, duties, labels, findings(facts, world.horizon))


def pick_day(rng: random.Random, days: list[int], bounds: list[float]) -> int:
    """Draw a day by the running sum of the days' weights."""
    return days[bisect(bounds, rng.random() * bounds[-1])]


def _clashes(case: Case) -> bool:
    """Whether two facts bear the same instant, so that no one can say which stood first."""
    names = {fact.id if fact.corrects is None else fact.corrects: fact.at for fact in case.facts}
    return len(set(names.values())) < len(names)


def _chain(world: World, rng: random.Random, number: int, name: str, day: int) -> list[Case]:
    first = Case(world=world, rng=rng, number=number, subject=name, root=name, court=world.courts.pick(rng))
    opening.cast(first)
    cases = [first]
    _from_application(first, day, None)
    while True:
        last = cases[-1]
        following, back = _next(last, f"{name}-{len(cases)}") if len(cases) < _MOST_CASES else (None, None)
        ending.query_again(last, back)
        if following is None:
            return cases
        cases.append(following)


def _from_application(case: Case, day: int, channel: str | None) -> None:
    """A case that begins with an application or a transfer letter."""
    notice = opening.receive(case, day, channel)
    if notice is None:
        return
    if channel is None and case.rng.random() < 0.03:
        opening.refuse(case, notice)
    else:
        at = opening.filing(case, day)
        if at is not None and opening.file(case, at):
            _go_through(case, notice)
    _end_duties(case)


def _go_through(case: Case, notice: Duty | None) -> None:
    """What happens in a case between its filing and its last payment."""
    plan = term.plan(case)
    closing = term.end(case, plan)
    opening.register(case)
    opening.assign(case)
    opening.inquire(case)
    opening.limit(case, surely=plan.mode == term.TERMINATED)
    proceeds: list[Proceeds] = []
    controlled_at = None
    leaves = plan.transfer and not plan.seeded
    if not leaves and case.rng.random() < 0.08 + 0.35 * case.world.anomalies:
        controlled_at = _measure_first(case, proceeds)
    told_at = opening.notify(case, notice, controlled_at)
    if not leaves:
        _property(case, proceeds, told_at)
    ending.prepare(case, plan)
    term.run(case, plan)
    _objections(case)
    paid = 0 if leaves else income.collect(case, plan, proceeds)
    if closing is not None:
        closing["paid_fen"] = paid
        closing["remaining_fen"] = max(case.claim_fen - paid, 0)
        ending.register(case, plan)
    if not plan.transfer:
        ending.clear(case, plan)
        ending.lift(case, plan)
        _tail(case, plan)
    opening.measure_before_notice(case)


def _end_duties(case: Case) -> None:
    """The end of the case ends what was owed, except what outlives it."""
    if case.ended_at is not None:
        for duty in case.duties:
            if not duty.part.outlives:
                duty.dropped.append(case.ended_at)


def _measure_first(case: Case, proceeds: list[Proceeds]) -> int | None:
    """An asset controlled before any notice; when."""
    at = case.filed_at + case.rng.randrange(1800, 20_000)
    asset = assets.discover(case, at)
    if asset is None:
        return None
    controlled_at = case.workday(day_of(at) + case.rng.randrange(0, 2))
    if controlled_at <= at:
        controlled_at = at + 900
    proceeds += assets.follow(case, asset, at=controlled_at)
    told = [fact.at for fact in case.facts if fact.kind == "asset.controlled"]
    return min(told, default=None)


def _property(case: Case, proceeds: list[Proceeds], told_at: int | None) -> None:
    """Assets found after the notice: what is found before it is controlled at once."""
    for _ in range(case.rng.choices((0, 1, 2, 3), (30, 40, 20, 10))[0]):
        at = case.workday(day_of(case.filed_at) + 2 + min(int(case.rng.expovariate(1 / 25)), 200))
        if told_at is not None and at <= told_at:
            at = case.workday(day_of(told_at) + 1)
        if not case.room(at + _CONTROL_TAKES * DAY):
            continue
        asset = assets.discover(case, at)
        if asset is not None:
            proceeds += assets.follow(case, asset)


def _objections(case: Case) -> None:
    if case.rng.random() < _OBJECTED + 1.2 * case.world.anomalies:
        for index in range(1 if case.rng.random() < 0.8 else 2):
            at = case.workday(day_of(case.filed_at) + case.rng.randrange(8, 200))
            if case.ended_at is None or at < case.ended_at:
                objecting.object_to(case, index + 1, at)


def _tail(case: Case, plan: term.Plan) -> None:
    """After a termination property may turn up: what arises after the end lives on."""
    if plan.mode != term.TERMINATED or case.ended_at is None or case.rng.random() > _TAIL * case.world.anomalies:
        return
    at = case.workday(day_of(case.ended_at) + case.rng.randrange(5, 120))
    asset = assets.discover(case, at, tail=True)
    if asset is not None:
        assets.follow(case, asset, tail=True)


def _next(before: Case, name: str) -> tuple[Case | None, int | None]:
    """The next case of the chain, at another court after a transfer, or restored after a termination; when it was restored."""
    last: dict[str, Any] = {}
    for fact in before.facts:
        if fact.kind in ("case.transferred", "case.closed") and fact.data is not None:
            last = fact.data
    if before.ended_at is None or not last:
        return None, None
    case = Case(
        world=before.world,
        rng=before.rng,
        number=before.number,
        subject=name,
        root=before.root,
        court=last.get("to_court", before.court),
        serials=before.serials,
        claim_fen=max(before.claim_fen - last.get("paid_fen", 0), 10_000),
        applicants=before.applicants,
        debtors=before.debtors,
    )
    day = day_of(before.ended_at)
    if "to_court" in last:
        _from_application(case, roll(day + before.rng.randrange(1, 6)), "移送")
    elif last["mode"] == term.TERMINATED and before.rng.random() < 0.12:
        back = case.workday(day + before.rng.randrange(30, 220))
        if _restore(case, before, back):
            return case, back
    return case if case.facts else None, None


def _restore(case: Case, before: Case, at: int) -> bool:
    """A terminated case is taken up again under a new number; whether that was told."""
    if not opening.file(case, at, "执恢", before.case_no):
        return False
    if case.rng.random() < 0.5:
        ending.clue(before, at)
    data = {
        "prior_case_no": before.case_no,
        "new_case_no": case.case_no,
        "trigger": case.rng.choice(("申请", "依职权")),
    }
    case.say("case.restored", at + 1, data, recorded=at + 60)
    _go_through(case, None)
    _end_duties(case)
    modes = [fact.data["mode"] for fact in case.facts if fact.kind == "case.closed" and fact.data]
    if case.ended_at is not None and modes and modes[0] in DONE_MODES:
        ending.mask(before, case.ended_at)
    return True
