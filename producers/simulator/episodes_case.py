"""Short cases about the terms of the case itself, its property and its money, and the names of bad credit."""

from typing import Any

from producers.simulator.case import on
from producers.simulator.days import DAY, day_of, day_text, midnight, months_later, next_open
from producers.simulator.episodes_clock import Play
from producers.simulator.stage import Stage


def finished_late(stage: Stage) -> None:
    """The six months of article 237, the three of livelihood: the case itself is the duty."""
    rng, case = stage.rng, stage.case
    received = stage.applied_at
    if rng.random() < 0.35:
        stage.pause("R-TIME-03.a")
    rule, start = rng.choice((("R-TIME-03.a", received), ("R-LIVE-01.c", case.filed_at), ("R-TIME-03.a", received)))
    end = stage.around(rule, start)
    if end is not None:
        stage.close(end)


def act_owed(stage: Stage) -> None:
    """Something must be done, not paid, and nothing is undertaken."""
    received = stage.applied_at
    if stage.rng.random() < 0.3:
        stage.pause("R-TIME-03.c")
    due = stage.around("R-TIME-03.c", received)
    kind = stage.rng.choice(("party.sanctioned", "cons.ordered"))
    data: dict[str, Any] = {"debtor_ref": stage.debtor}
    data |= {"kind": "罚款", "amount_fen": 100_000, "approver_role": "院长"} if kind == "party.sanctioned" else {}
    stage.finish("R-TIME-03.c", kind, due, data)


def disposed_late(stage: Stage) -> None:
    """Property is found and controlled, and for half a year nothing comes of it; or its control runs out."""
    rng = stage.rng
    stage.later(1, 20)
    at = stage.now
    days = rng.choice((60, 120, 200, 1000))
    name = stage.found("receivable" if rng.random() < 0.5 else "deposit", days=days)
    controlled = stage.now
    if days < 1000 and rng.random() < 0.8:
        due = stage.around("R-CTRL-04", controlled, (name,), due_on=day_of(controlled) + days)
        if rng.random() < 0.5:
            until = day_of(controlled) + days + 300
            stage.finish("R-CTRL-04", "asset.renewed", due, {"asset_id": name, "expires_on": day_text(until)}, dated=False)
        else:
            stage.finish("R-CTRL-04", "asset.released", due, {"asset_id": name, "scope": "全部", "reason": "申请"})
        return
    due = stage.around("R-TIME-03.b", at, (name,))
    stage.finish("R-TIME-03.b", "asset.paid_over", due, {"asset_id": name, "amount_fen": stage.case.claim_fen // 3})


def kept_too_long(stage: Stage) -> None:
    """All is paid, or an objection upheld, and the asset stays seized."""
    rng = stage.rng
    name = stage.found("receivable")
    rule = rng.choice(("R-CTRL-03.a", "R-CTRL-03.a", "R-CTRL-03.b", "R-CTRL-03.c"))
    at = stage.later(5, 50)
    scope = "部分" if rng.random() < 0.15 else "全部"
    if rule == "R-CTRL-03.a":
        if rng.random() < 0.5:
            stage.close(at, rng.choice(("执行完毕", "终结执行")))
        else:
            debt = stage.owed() - rng.choice((0, 0, 0, 1))
            more = {"debtor_ref": stage.debtor, "by": "debtor", "amount_fen": debt, "channel": "direct"}
            stage.dated("case.obligation_performed", more)
    else:
        objection = stage.id("y")
        kind = "案外人" if rule == "R-CTRL-03.b" else "超标的"
        stage.dated("objection.received", {"objection_id": objection, "kind": kind, "asset_id": name, "by_ref": "x1"})
        stage.now += 3_600
        stage.say("objection.filed", {"objection_id": objection, "notified_on": on(stage.now)})
        at = stage.later(3, 9)
        result = rng.choice(("支持", "部分", "驳回"))
        stage.say("objection.decided", {"objection_id": objection, "result": result, "served_on": on(at)})
    due = stage.around(rule, at, (name,))
    stage.finish(rule, "asset.released", due, {"asset_id": name, "scope": scope, "reason": "解除"})


def deferred(stage: Stage) -> None:
    """Money is held back, lawfully or not, and must go out ten days after the ground is gone."""
    rng = stage.rng
    receipt = stage.id("m")
    stage.later(1, 20)
    stage.money(1_000_000, receipt)
    stage.later(2, 9)
    role = rng.choice(("局长", "主管院长", "主管院长", "承办人"))
    data = {"receipt_id": receipt, "approver_role": role}
    if rng.random() < 0.85:
        data["reason"] = rng.choice(("分配", "另案冻结", "通知未领", "其他正当"))
    stage.dated("fund.deferral_approved", data)
    stage.note("R-FUND-02.b", f"{role}, {'reason' in data}")
    if rng.random() < 0.3:
        stage.now += 2 * DAY
        stage.dated("fund.deferral_approved", data | {"approver_role": "局长", "reason": "分配"})
    at = stage.later(5, 60)
    stage.dated("fund.deferral_ended", {"receipt_id": receipt})
    due = stage.around("R-FUND-02.a", midnight(day_of(at)), (receipt,))
    if due is not None:
        stage.pay([receipt], 1_000_000, max(due, at + 60))


def livelihood(stage: Stage) -> None:
    """Wages and the like: the first measure, the pay-out and the end are all due sooner."""
    rng = stage.rng
    due = stage.around("R-LIVE-01.a", stage.case.filed_at)
    if due is not None:
        stage.dated("cons.ordered", {"debtor_ref": stage.debtor}, due)
    receipt = stage.id("m")
    stage.later(1, 20)
    stage.money(1_000_000, receipt)
    at = midnight(day_of(stage.now))
    paid = stage.around("R-LIVE-01.b", at, (receipt,))
    if paid is not None:
        stage.pay([receipt], 1_000_000, max(paid, stage.now + 60))
    end = stage.around("R-LIVE-01.c", stage.case.filed_at) if rng.random() < 0.5 else None
    if end is not None and end > stage.now:
        stage.close(end, "终结执行")


def preserved(stage: Stage) -> None:
    """Property preserved during the trial is handed to the case; its time runs on."""
    rng, case = stage.rng, stage.case
    before = case.filed_at - rng.randrange(20, 200) * DAY
    name, asset = stage.id("b"), stage.id("z")
    expires = day_text(day_of(before) + 900)
    stage.dated("pres.applied", {"pres_id": name, "stage": "诉讼", "urgent": False, "amount_fen": 1_000_000}, before - 3 * DAY)
    stage.dated("pres.ruled", {"pres_id": name, "granted": True}, before - DAY)
    found = {"asset_id": asset, "class": "real_estate", "est_value_fen": 1_000_000, "encumbrance_fen": 0, "controllable": False}
    stage.dated("asset.discovered", found | {"source": "inquiry"}, before - 600)
    controlled = {"asset_id": asset, "measure": "查封", "rank": 2, "from_on": on(before), "expires_on": expires}
    stage.say("asset.controlled", controlled, before)
    stage.dated("pres.executed", {"pres_id": name, "asset_ids": [asset], "told_expiry": True}, before + 60)
    stated = rng.choice((expires, expires, day_text(day_of(before) + 899), day_text(day_of(before) + 901)))
    stage.note("R-PRES-03.b", "carried" if stated == expires else "reset")
    handed = {"pres_id": name, "asset_ids": [asset], "assets": [{"asset_id": asset, "expires_on": stated}]}
    due = stage.around("R-PRES-03.a", case.filed_at)
    stage.finish("R-PRES-03.a", "pres.handed_over", due, handed)
    if stated != expires and due is not None and rng.random() < 0.4:
        handed["assets"] = [{"asset_id": asset, "expires_on": expires}]
        stage.dated("pres.handed_over", handed, due + 5 * DAY)
        stage.note("R-PRES-03.b", "put right")


def listed(stage: Stage) -> None:
    """A debtor is put on the list and his spending limited; both must end in time."""
    rng, debtor = stage.rng, stage.debtor
    ground = rng.choice((1, 1, 2, 3, 6))
    if rng.random() < 0.3:
        stage.later(1, 9)
        stage.dated("cons.ordered", {"debtor_ref": debtor})
    at = stage.later(1, 40)
    data: dict[str, Any] = {"debtor_ref": debtor, "ground": ground, "decided_on": on(at), "signed_by_role": "院长"}
    if ground > 1:
        data["term_months"] = rng.choice((2, 4, 6))  # shorter than any real one, so that its end is seen
    stage.say("list.included", data)
    limited = stage.around("R-CONS-01.a", at, (debtor,))
    stage.finish("R-CONS-01.a", "cons.ordered", limited, {"debtor_ref": debtor})
    if ground > 1:
        last = months_later(day_of(at), data["term_months"])
        for _ in range(3):
            last = next_open(last)
        if rng.random() < 0.4:
            _taken_off_early(stage, months_later(day_of(at), data["term_months"]))
            return
        due = stage.around("R-LIST-03.b", at, (debtor,), due_on=last)
        stage.finish("R-LIST-03.b", "list.removed", due, {"debtor_ref": debtor, "reason": "期满"})
        return
    done = stage.later(20, 90)
    draw = rng.random()
    if draw < 0.3:
        _granted(stage, "申请人申请")
        return
    if draw < 0.45:
        stage.close(done, rng.choice(("执行完毕", "终结执行", "不予执行")))
    elif draw < 0.7:
        debt = stage.owed()
        more = {"debtor_ref": debtor, "by": "debtor", "amount_fen": debt, "channel": "direct"}
        stage.dated("case.obligation_performed", more)
    else:
        stage.dated("case.guarantee_accepted", {"by": "第三人", "debtor_ref": debtor, "amount_fen": 1_000_000})
    removed = stage.around("R-LIST-03.a", done, ())
    stage.finish("R-LIST-03.a", "list.removed", removed, {"debtor_ref": debtor, "reason": "履行完毕"})
    lifted = stage.around("R-CONS-01.b", done, ())
    stage.finish("R-CONS-01.b", "cons.lifted", lifted, {"debtor_ref": debtor, "reason": "履行"})


def _granted(stage: Stage, ground: str) -> None:
    """Removal is asked for and granted (or not), and done in time (or not)."""
    debtor = stage.debtor
    stage.dated("list.removal_requested", {"debtor_ref": debtor})
    at = stage.later(1, 5)
    result = "准许" if stage.rng.random() < 0.85 else "不准许"
    stage.dated("list.removal_decided", {"debtor_ref": debtor, "ground": ground, "result": result})
    due = stage.around("R-LIST-03.d", at, (debtor,))
    reason = "申请人申请" if ground == "申请人申请" else "提前"
    stage.finish("R-LIST-03.d", "list.removed", due, {"debtor_ref": debtor, "reason": reason})


def _taken_off_early(stage: Stage, term_ends: int) -> None:
    """Off the list before the term is over: with a decision or without, or as an error; or on the last day."""
    flaw = stage.rng.choice(("granted", "granted", "none", "last day", "day before", "error"))
    stage.note("R-LIST-03.e", flaw)
    stage.later(5, 20)
    if flaw == "granted":
        _granted(stage, "提前删除")
        return
    at = stage.now
    if flaw in ("last day", "day before"):
        at = midnight(term_ends - (flaw == "day before")) + stage.rng.choice((0, 36_000, DAY - 1))
    reason = "撤销" if flaw == "error" else "提前"
    stage.dated("list.removed", {"debtor_ref": stage.debtor, "reason": reason}, at)


CASE_EPISODES: tuple[Play, ...] = (
    finished_late, disposed_late, disposed_late, disposed_late, kept_too_long, kept_too_long, kept_too_long, deferred,
    deferred, preserved, preserved, listed, listed, listed,
)  # fmt: skip
LIVELIHOOD_EPISODES: tuple[Play, ...] = (livelihood, livelihood, finished_late)
ACT_EPISODES: tuple[Play, ...] = (act_owed,)
KNOWN_EPISODES: tuple[Play, ...] = (finished_late,)
