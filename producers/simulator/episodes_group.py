"""Short cases that show in what courts, accounts and institutions are judged by: months, weeks, balances."""

import random
from typing import Any

from producers.simulator.case import Case, Label, on
from producers.simulator.catalogue import tell_asides
from producers.simulator.days import DAY, civil, day_of, day_text, instant_text, midnight, next_open, roll
from producers.simulator.episodes_clock import Play
from producers.simulator.nation import World
from producers.simulator.stage import Stage


def balanced(stage: Stage) -> None:
    """The bank reports an account: right to the fen, or one fen off; the next report may put it right."""
    rng, account = stage.rng, f"acc-{stage.case.subject}"
    stage.later(1, 20)
    held = 0
    for _ in range(rng.randrange(1, 4)):
        receipt, amount = stage.id("m"), rng.randrange(1_000, 900_000)
        stage.later(1, 6)
        stage.money(amount, receipt, account=account)
        held += amount
        if rng.random() < 0.5:
            stage.later(1, 5)
            stage.pay([receipt], amount - 100, account_code=account)
            held -= amount - 100
    for _ in range(rng.randrange(1, 3)):
        stage.later(1, 9)
        off = rng.choice((0, 0, 1, -1))
        report = {"account_code": account, "balance_fen": held + off, "as_of_at": instant_text(stage.now)}
        stage.say("fund.balance_reported", report)
        stage.note("R-LEDG-01.c", f"{off:+} fen")


def institution_month(stage: Stage) -> None:
    """One institution answers nineteen, twenty or more requests in a month, one or two of them late."""
    rng, name = stage.rng, f"inst-{stage.case.subject}"
    first = day_of(stage.now) + 5
    while civil(first).day != 1:
        first += 1
    answers, late = rng.choice((19, 20, 20, 21, 40)), rng.choice((0, 1, 1, 2))
    stage.note("R-ASST-01.d", f"{late} of {answers} late")
    for index in range(answers):
        asked = midnight(first + 1) + 3_600 + index
        help_ = {"assist_id": f"{name}-{index}", "institution_code": name, "institution_kind": "税务", "kind": "查询"}
        stage.say("coord.assist_requested", help_ | {"due_on": day_text(first + 9)}, asked)
        replied = midnight(first + (10 if index < late else 9)) + 40_000 + index
        stage.dated("coord.assist_replied", {"assist_id": f"{name}-{index}", "result": "done"}, replied)


def late_week(stage: Stage) -> None:
    """A court enters fifty and more events in one week, a tenth of them, or one more, too late."""
    rng = stage.rng
    monday = (day_of(stage.now) + 6) // 7 * 7 + 4
    old = monday - 15
    count, late = rng.choice(((54, 5), (54, 6), (56, 5), (60, 7), (44, 9)))
    stage.note("R-DATA-02.c", f"{late} of {count} late")
    for index in range(count):
        node: dict[str, Any] = {"node_code": "立案", "to_role": "申请", "channel": "微信"}
        at = (midnight(next_open(old)) if index < late else midnight(monday + 1)) + 36_000 + index
        entered = midnight(monday + 1) + 40_000 + index * 30
        stage.case.say("case.node_published", at, node | {"on": on(at)}, tail=True, recorded=entered)


def unmatched(stage: Stage) -> None:
    """Money comes in that belongs to no known case; it is matched in time, late or never."""
    receipt, at = stage.id("m"), stage.later(1, 40)
    data: dict[str, Any] = {"receipt_id": receipt, "account_code": f"acc-{stage.case.court}", "amount_fen": 70_000}
    stage.say("fund.received", data | {"channel": "转账", "finance_notified_on": on(at)})
    day = day_of(at)
    for _ in range(stage.rng.choice((2, 3, 4, 10, 11))):
        day = next_open(day)
    matched = midnight(day + 1) - 1 if stage.rng.random() < 0.4 else stage.case.office(day)
    stage.note("R-FUND-03", "matched")
    if stage.rng.random() < 0.85:
        more = {"case_no": stage.case.case_no, "finance_notified_on": on(at)}
        stage.dated("fund.matched", data | more, max(matched, at + 60))
        stage.pay([receipt], 70_000, max(matched, at + 60) + DAY)


def piling_up(world: World, rng: random.Random, number: int, name: str, day: int) -> list[Case]:
    """A court gets more cases of one kind than it closes, or just as many, for some months."""
    court, tag = world.courts.pick(rng), rng.choice(("涉党政机关", "涉民生"))
    got, done = rng.choice(((2, 1), (3, 1), (2, 2), (1, 1)))
    cases = []
    for index in range(got * rng.randrange(2, 5)):
        case = Case(world=world, rng=rng, number=number, subject=f"{name}-{index}", root=name, court=court)
        case.claim_fen = 1_000_000
        case.filed_at = case.office(roll(day + index // got * 30)) + index
        case.case_no = f"（{civil(day_of(case.filed_at)).year}）{court}执{number * 100 + index}号"
        filed = {"case_no": case.case_no, "case_type": "执", "claim_fen": case.claim_fen, "fee_fen": 5_000, "tags": [tag]}
        case.say("case.filed", case.filed_at, filed | {"filed_on": on(case.filed_at)}, recorded=case.filed_at + 600)
        if index % got < done:
            closed = case.filed_at + 2 * DAY
            case.say("case.closed", closed, {"mode": "销案", "closed_on": on(closed)}, recorded=closed + 600)
        cases.append(case)
    _campaign(cases[-1], cases[0].filed_at)
    kept = {1: "just as many"}.get(got - done + 1, "more")
    cases[0].labels.append(Label(cases[0].subject, "R-GOV-02", (), tag, kept))
    return cases


def _campaign(case: Case, begun: int) -> None:
    """Now and then such a court ran a campaign: before the first of them was filed, or after; it ends some months on."""
    rng = case.rng
    if rng.random() < 0.3:
        return
    name = f"{case.subject}-k"
    begin = begun + rng.choice((-9 * DAY, -DAY, 0, DAY, 20 * DAY))
    end = case.office(roll(day_of(case.filed_at) + rng.randrange(1, 60)))
    for kind, at in (("sup.campaign_started", begin), ("sup.campaign_closed", max(end, begin + DAY))):
        campaign = {"campaign_id": name, "name": "涉民生", "from_on": on(begin)}
        case.say(kind, at, campaign, recorded=max(at, case.filed_at) + 900)
    case.labels.append(Label(case.subject, "R-GOV-02.d", (), "", "campaign"))


def asides(stage: Stage) -> None:
    """A few of the facts that no rule waits for."""
    tell_asides(stage.case, stage.later(1, 9))


GROUP_EPISODES: tuple[Play, ...] = (balanced, institution_month, late_week, unmatched, asides, asides)
