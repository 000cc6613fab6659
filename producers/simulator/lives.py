"""Whole lives: a chain of cases from an application to its last payment, with what is owed in each."""

import random
from bisect import bisect
from typing import Any

import msgspec

from producers.simulator import money, objecting, opening, term
from producers.simulator import property as assets
from producers.simulator.case import Case, Fact, Label
from producers.simulator.days import day_of, midnight, roll
from producers.simulator.dues import Duty, Verdict, judge
from producers.simulator.episodes import episode
from producers.simulator.nation import World
from producers.simulator.property import Proceeds
from producers.simulator.truth import Findings, findings

_ATTEMPTS = 5
_FED_SHORT = 0.15
"""Share of the live feed's lives that are short cases."""

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


def facts_of(world: World, number: int, name: str, day: int) -> list[Fact]:
    """The events of one life, whatever the texts make of it; some lives are short cases made for one rule."""
    rng = random.Random(f"{world.seed}/{name}/0")
    cases = episode(world, rng, number, name, day) if rng.random() < _FED_SHORT else _chain(world, rng, number, name, day)
    earliest = midnight(day)
    return [fact for case in cases for fact in case.facts if fact.recorded >= earliest]


def live(world: World, number: int, name: str, day: int, *, short: bool = False) -> Life:
    """Make one life (or a short case) that begins on a day; the same arguments give the same life."""
    for attempt in range(_ATTEMPTS):
        rng = random.Random(f"{world.seed}/{name}/{attempt}")
        cases = episode(world, rng, number, name, day) if short else _chain(world, rng, number, name, day)
        if not any(map(_clashes, cases)):
            break
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
    while len(cases) < 4:
        following = _next(cases[-1], f"{name}-{len(cases)}")
        if following is None:
            break
        cases.append(following)
    return cases


def _from_application(case: Case, day: int, channel: str | None) -> None:
    """A case that begins with an application or a transfer letter."""
    notice = opening.receive(case, day, channel)
    if notice is None:
        return
    if channel is None and case.rng.random() < 0.03:
        opening.refuse(case, notice)
    elif opening.file(case, case.workday(day + case.rng.randrange(1, 6))):
        _go_through(case, notice)
    _end_duties(case)


def _go_through(case: Case, notice: Duty | None) -> None:
    """What happens in a case between its filing and its last payment."""
    plan = term.plan(case)
    closing = term.end(case, plan)
    opening.register(case)
    opening.assign(case)
    opening.inquire(case)
    proceeds: list[Proceeds] = []
    controlled_at = None
    if case.rng.random() < 0.08 + 0.35 * case.world.anomalies:
        controlled_at = _measure_first(case, proceeds)
    opening.notify(case, notice, controlled_at)
    _property(case, proceeds)
    term.run(case, plan)
    _objections(case)
    paid = _money(case, plan, proceeds)
    if closing is not None:
        closing["paid_fen"] = paid
        closing["remaining_fen"] = max(case.claim_fen - paid, 0)
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


def _property(case: Case, proceeds: list[Proceeds]) -> None:
    for _ in range(case.rng.choices((0, 1, 2, 3), (30, 40, 20, 10))[0]):
        at = case.workday(day_of(case.filed_at) + 2 + min(int(case.rng.expovariate(1 / 25)), 200))
        asset = assets.discover(case, at)
        if asset is not None:
            proceeds += assets.follow(case, asset)


def _objections(case: Case) -> None:
    if case.rng.random() < _OBJECTED + 1.2 * case.world.anomalies:
        for index in range(1 if case.rng.random() < 0.8 else 2):
            at = case.workday(day_of(case.filed_at) + case.rng.randrange(8, 200))
            if case.ended_at is None or at < case.ended_at:
                objecting.object_to(case, index + 1, at)


def _money(case: Case, plan: term.Plan, proceeds: list[Proceeds]) -> int:
    """Money from property and from the debtor's own hand; what came in before the end, in fen."""
    rng = case.rng
    last = case.ended_at
    willing = 0.95 if plan.mode == term.DONE else 0.2
    if rng.random() < willing:
        span = (day_of(last) - day_of(case.filed_at)) if last is not None else 120
        at = case.workday(day_of(case.filed_at) + 3 + int(max(span - 6, 1) * rng.random()))
        share = 1.0 if plan.mode == term.DONE else rng.uniform(0.02, 0.5)
        channel = rng.choice(("转账", "转账", "转账", "现金"))
        proceeds.append(Proceeds(at, max(int(case.claim_fen * share), 100), channel))
    paid = 0
    for index, income in enumerate(sorted(proceeds), 1):
        if (last is None or income.at < last) and money.receive(case, index, income):
            paid += income.amount_fen
    return min(paid, case.claim_fen)


def _tail(case: Case, plan: term.Plan) -> None:
    """After a termination property may turn up: what arises after the end lives on."""
    if plan.mode != term.TERMINATED or case.ended_at is None or case.rng.random() > 0.06:
        return
    at = case.workday(day_of(case.ended_at) + case.rng.randrange(5, 120))
    asset = assets.discover(case, at, tail=True)
    if asset is not None:
        assets.follow(case, asset, tail=True)


def _next(before: Case, name: str) -> Case | None:
    """The next case of the chain: at another court after a transfer, or restored after a termination."""
    last: dict[str, Any] = {}
    for fact in before.facts:
        if fact.kind in ("case.transferred", "case.closed") and fact.data is not None:
            last = fact.data
    if before.ended_at is None or not last:
        return None
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
        _restore(case, before, day + before.rng.randrange(30, 220))
    return case if case.facts else None


def _restore(case: Case, before: Case, day: int) -> None:
    at = case.workday(day)
    if not opening.file(case, at, "执恢", before.case_no):
        return
    data = {
        "prior_case_no": before.case_no,
        "new_case_no": case.case_no,
        "trigger": case.rng.choice(("申请", "依职权")),
    }
    case.say("case.restored", at, data, recorded=at + 60)
    _go_through(case, None)
    _end_duties(case)
