"""Short cases in which something is done that must not be, or nearly: one flaw, on the limit or just beyond it."""

from typing import Any

from producers.simulator.case import on
from producers.simulator.days import DAY, day_of, day_text, instant_text, midnight, next_open
from producers.simulator.episodes_clock import Play
from producers.simulator.episodes_term import listed_again, terminated_wrongly, wrongly_listed
from producers.simulator.stage import Stage

_TERMINATED = "终结本次执行程序"


def unwarned(stage: Stage) -> None:
    """A notice without the warning of risks; another one may make it good."""
    data = {"debtor_ref": stage.debtor, "issued_on": on(stage.later(1, 9)), "has_risk_warning": False}
    stage.say("case.notice_issued", data)
    if stage.rng.random() < 0.6:
        stage.later(1, 20)
        stage.say("case.notice_issued", data | {"issued_on": on(stage.now), "has_risk_warning": True})
        stage.note("R-INIT-03.c", "put right")


def too_much_seized(stage: Stage) -> None:
    """Property at, just under or over a share of what is owed; a release brings it back."""
    rng = stage.rng
    percent = rng.choice((130, 180, 250))
    stage.note("R-CTRL-02", f"{percent} %")
    half = rng.random() < 0.5
    stage.later(1, 20)
    if rng.random() < 0.2:
        stage.dated("case.suspended", {"ground": "再审", "requested_by": rng.choice(("申请人", "被执行人"))})
        if rng.random() < 0.7:
            stage.later(3, 20)
            stage.dated("case.stay_ended", {"kind": "中止"})
    if rng.random() < 0.2:
        part = {"debtor_ref": stage.debtor, "by": "debtor", "amount_fen": stage.case.claim_fen // 5, "channel": "direct"}
        stage.dated("case.obligation_performed", part, stage.later(1, 9))
        stage.later(1, 9)
    indivisible = not half and rng.random() < 0.2
    more = {"indivisible": True} if indivisible else {}
    before = stage.owed() * percent // 200 if half else 0
    first = stage.found("receivable", before, **more) if half else ""
    if half:
        stage.later(1, 5)
    value = stage.owed() * percent // 100 + rng.choice((0, 1, 2, -1))
    second = stage.found("receivable", value - before, **more)
    first = first or second
    if rng.random() < 0.2:
        stage.later(1, 5)
        stage.found("receivable", value, rank=2)
    if rng.random() < 0.5:
        stage.later(3, 30)
        stage.dated("asset.released", {"asset_id": first, "scope": "全部", "reason": "超标的额"})


def auctioned(stage: Stage) -> None:
    """One condition of an auction at its limit, or a step beyond."""
    rng, case = stage.rng, stage.case
    asset = stage.found("real_estate")
    stage.later(2, 9)
    stage.dated("asset.price_started", {"asset_id": asset, "method": "网络询价"})
    stage.later(2, 9)
    priced = rng.random() < 0.85
    if priced:
        stage.say("asset.price_determined", {"asset_id": asset, "price_fen": 1_000_000, "valid_until_on": "2027-01-01"})
    at = stage.later(3, 9)
    movable, second = rng.random() < 0.4, rng.random() < 0.4
    days = (7 if movable else 15) if second else (15 if movable else 30)
    flaw = rng.choice(("notice", "start_price", "deposit", "bidding", "parties_told"))
    over = rng.random() < 0.5
    start = 800_000 if second else 700_000
    opens = midnight(day_of(at) + days - (flaw == "notice" and over)) + 36_000
    if flaw == "start_price" and over:
        start -= 1
    deposit = start // 10
    if flaw == "deposit":
        low, high = -(-start * 5 // 100), start // 5
        deposit = rng.choice((low - 1, high + 1) if over else (low, high))
    shut = opens + DAY - (flaw == "bidding" and over)
    told = day_of(at) - 3 + (flaw == "parties_told" and over)
    name = stage.id("l")
    data: dict[str, Any] = {
        "auction_id": name,
        "asset_id": asset,
        "round": "二拍" if second else "一拍",
        "asset_kind": "动产" if movable else "不动产",
        "appraisal_fen": 1_000_000,
        "start_fen": start,
        "deposit_fen": deposit,
        "announced_on": on(at),
        "opens_at": instant_text(opens),
        "closes_at": instant_text(shut),
        "parties_notified_on": day_text(told),
        "platform": "网络司法拍卖平台",
    }
    if second:
        data["prev_start_fen"] = 1_000_000
    stage.say("auction.announced", data)
    stage.note("R-AUC-01", f"{flaw}{' broken' if over else ' at its limit'}")
    if over and rng.random() < 0.3:
        at = stage.later(1, 4)
        stage.say("auction.announced", data | _mended(at))
        stage.note("R-AUC-01", "announced again")
    elif over and rng.random() < 0.2:
        stage.later(1, 4)
        stage.dated("auction.revoked", {"auction_id": name, "ground": 6})
    elif case.rng.random() < 0.3:
        stage.say("auction.sold", {"auction_id": name, "price_fen": start, "buyer_ref": "b1"}, opens + DAY + 60)


def _mended(at: int) -> dict[str, Any]:
    opens = midnight(day_of(at) + 31) + 36_000
    mended = {"start_fen": 800_000, "deposit_fen": 80_000, "announced_on": on(at), "opens_at": instant_text(opens)}
    return mended | {"closes_at": instant_text(opens + DAY), "parties_notified_on": day_text(day_of(at) - 3)}


def paid_wrongly(stage: Stage) -> None:
    """Money goes out: too much, twice, to a stranger, before it came in, or exactly as it should."""
    rng, case = stage.rng, stage.case
    stage.later(1, 30)
    flaw = rng.choice(("none", "twice", "stranger", "early", "too much", "interest", "plan"))
    stage.note("R-LEDG-01", flaw)
    amount = 1_000_000
    if flaw in ("too much", "none", "interest"):
        amount = stage.owed() + (flaw == "too much")
    if flaw == "interest":  # the court has it in time; what it pays out is then no more for being late
        stage.money(amount, stage.id("m"))
        stage.later(1, 20)
        stage.pay([], amount + rng.choice((0, 1)))
        return
    first, second = stage.id("m"), stage.id("n")
    if flaw == "early":
        stage.pay([first], amount)
        stage.now += rng.randrange(60, 5_000)
        stage.money(amount, first)
        return
    stage.money(amount, first)
    stage.now += rng.randrange(60, 5_000)
    payee = case.applicants[0] if flaw not in ("stranger", "plan") else f"{rng.getrandbits(64):016x}s"
    if flaw == "plan":
        share = {"creditor_ref": payee, "share_fen": amount}
        plan = {"plan_id": stage.id("f"), "total_fen": amount, "creditors": [share], "served_on": on(stage.now)}
        stage.say("fund.plan_served", plan)
        stage.later(1, 3)
    stage.pay([first], amount, payee_ref=payee)
    if flaw == "twice":
        stage.later(1, 9)
        stage.pay([first], rng.choice((1, amount)))
        stage.later(1, 9)
        if rng.random() < 0.6:
            stage.money(amount, second)


def disputed(stage: Stage) -> None:
    """Property is disposed of while a third party claims it, or in the days after, or when it may be."""
    rng, name = stage.rng, stage.id("y")
    asset = stage.found("deposit")
    at = stage.later(1, 9)
    stage.dated("objection.received", {"objection_id": name, "kind": "案外人", "asset_id": asset, "by_ref": "t1"})
    stage.now += 3_600
    stage.say("objection.filed", {"objection_id": name, "notified_on": on(stage.now)})
    variant = rng.choice(("pending", "window", "window", "window", "suit", "suit over", "guarantee", "withdrawn"))
    stage.note("R-OBJ-03", variant)
    if variant == "guarantee":
        stage.dated("case.guarantee_accepted", {"by": "申请人", "asset_id": asset}, stage.now + 60)
    if variant not in ("pending", "guarantee"):
        at = stage.later(2, 9)
        result = "撤回" if variant == "withdrawn" else "驳回"
        stage.say("objection.decided", {"objection_id": name, "result": result, "served_on": on(at)})
    if variant in ("suit", "suit over"):
        stage.dated("suit.filed", {"objection_id": name, "kind": "案外人"}, stage.later(2, 9))
    days = rng.choice((14, 15, 16, 17)) if variant == "window" else rng.randrange(20, 40) if "suit" in variant else 1
    if variant == "suit over":
        closed = stage.case.office(day_of(at) + days) - rng.choice((3_600, 9 * DAY, -3_600))
        ended = {"objection_id": name, "kind": "案外人", "result": rng.choice(("驳回", "撤诉"))}
        stage.dated("suit.closed", ended, max(closed, stage.now + 30))
    taken = stage.case.office(day_of(at) + days) if variant != "guarantee" else stage.now + 5_000
    stage.dated("asset.paid_over", {"asset_id": asset, "amount_fen": stage.case.claim_fen // 3}, max(taken, stage.now + 60))


def out_of_order(stage: Stage) -> None:
    """A step before the one that it needs: seized before filing, sold before seized, closed before performed."""
    rng, case = stage.rng, stage.case
    flaw = rng.choice(("measure", "preserved", "auction", "unperformed", "performed", "settled", "after end", "no notice"))
    stage.note("R-SEQ-01", flaw)
    if flaw in ("measure", "preserved"):
        at = case.filed_at - rng.choice((1, 60, 5 * DAY))
        if flaw == "preserved":
            stage.dated("pres.applied", {"pres_id": stage.id("b"), "stage": "诉前"}, at - DAY)
        found = {"asset_id": "z0", "class": "receivable", "est_value_fen": 5, "controllable": False}
        stage.dated("asset.discovered", found, at - 60)
        stage.say("asset.controlled", {"asset_id": "z0", "rank": 2, "from_on": on(at)}, at)
    elif flaw == "auction":
        asset = stage.found("receivable", controlled=False)
        at = stage.later(1, 2)
        stage.say(
            "auction.announced", {"auction_id": stage.id("l"), "asset_id": asset, "round": "变卖", "announced_on": on(at)}
        )
        stage.now += rng.choice((1, 3_600))
        stage.control(asset, rank=2, amount=5)
    elif flaw == "after end":
        stage.later(5, 30)
        stage.close(stage.now, rng.choice(("终结执行", "销案", _TERMINATED)))
        at = stage.now + rng.choice((1, DAY, 30 * DAY))
        stage.dated("party.sanctioned", {"debtor_ref": stage.debtor, "kind": "罚款", "approver_role": "院长"}, at)
    elif flaw == "no notice":
        stage.dated("term.ruled", {"ruling_no": "1", "onsite_done": True}, case.filed_at + rng.choice((60, 90 * DAY)))
    else:
        stage.later(5, 30)
        amount = case.claim_fen - (flaw != "performed")
        paid = {"debtor_ref": stage.debtor, "by": "debtor", "amount_fen": amount, "channel": "direct"}
        stage.dated("case.obligation_performed", paid)
        if flaw == "settled":
            stage.dated("case.settlement_outcome", {"settlement_id": "s1", "status": "performed"}, stage.now + 60)
        stage.close(stage.now + 3_600, "执行完毕")


def entered_late(stage: Stage) -> None:
    """An event is entered on the fifth working day, the sixth, the fifteenth or the sixteenth."""
    at = stage.later(1, 30)
    days = stage.rng.choice((5, 6, 15, 16))
    day = day_of(at)
    for _ in range(days):
        day = next_open(day)
    talk = {"target_kind": "承办人", "topic": "进度", "on": on(at)}
    stage.case.say("pers.talk_held", at, talk, tail=True, recorded=stage.case.office(day))
    stage.note("R-DATA-02.a", f"{days} working days")


CHECK_EPISODES: tuple[Play, ...] = (
    unwarned, too_much_seized, too_much_seized, auctioned, auctioned, paid_wrongly, paid_wrongly, paid_wrongly, disputed,
    disputed, terminated_wrongly, terminated_wrongly, terminated_wrongly, wrongly_listed, wrongly_listed, listed_again,
    listed_again, out_of_order, out_of_order, out_of_order, entered_late,
)  # fmt: skip
