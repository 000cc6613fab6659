"""The money of a case: received, matched to it, deferred, paid out or placed in escrow."""

from typing import Any

from producers.simulator.case import Case, Proceeds, on
from producers.simulator.days import DAY, day_of, day_text, midnight, next_open
from producers.simulator.dues import Duty
from producers.simulator.parts import PAY_OUT

_REASONS = ("分配", "另案冻结", "通知未领", "中止暂缓", "其他正当")
_RECEIPTS = ("fund.received", "fund.matched")
_DEFERRED = 0.05
"""Share of receipts whose pay-out is deferred in good order."""


def receive(case: Case, index: int, money: Proceeds, apart: dict[str, int]) -> bool:
    """Tell that money came in, and what became of it; whether its receipt was told.

    ``apart`` says how much of it doesn't go to the applicant, by the kind of payment: the fee, what the debtor gets back.
    """
    rng = case.rng
    receipt = f"{case.subject}-m{index}"
    day = day_of(money.at)
    told_on = next_open(day) if rng.random() < 0.4 else day
    if case.pays_by is not None and midnight(told_on) + DAY > case.pays_by:
        told_on = day
    matched = rng.random() < 0.88
    data: dict[str, Any] = {
        "receipt_id": receipt,
        "account_code": f"acc-{case.court}",
        "amount_fen": money.amount_fen,
        "channel": money.channel,
        "payer_ref": rng.choice(case.debtors),
        "finance_notified_on": day_text(told_on),
        "handler_id": f"o-{case.court}-f{rng.randrange(1, 4)}",
    }
    if matched:
        data["case_no"] = case.case_no
    known_at = midnight(told_on) + 30_000
    entered = max(money.at, known_at) + rng.randrange(60, 7200) if case.performs else None
    if case.say("fund.received", money.at, data, not_before=known_at, recorded=entered) is None:
        return False
    earliest = max(money.at, midnight(told_on))
    if not matched:
        known = _match(case, receipt, data, told_on, earliest)
        if known is None:
            return True
        earliest = max(earliest, known)
    duty = Duty(part=PAY_OUT, subject=case.subject, key=(receipt,), start=midnight(told_on))
    case.duties.append(duty)
    by = _by(case, duty)
    held = _defer(case, duty, receipt, by)
    if held is not None:
        earliest, by = max(earliest, held), midnight(day_of(held) + 8)
    _pay(case, duty, receipt, money, earliest, by, apart)
    return True


def _by(case: Case, duty: Duty) -> int | None:
    """Before when it must go out, besides its own term: the end of the case, a week where the case goes first."""
    limits = [] if case.pays_by is None or case.pays_by <= duty.start else [case.pays_by]
    if case.livelihood:
        limits.append(duty.start + 7 * DAY)
    return min(limits, default=None)


def _match(case: Case, receipt: str, data: dict[str, Any], told_on: int, received: int) -> int | None:
    """Tell that unknown money was matched to the case, mostly within two days; when, or None if it never is."""
    rng = case.rng
    wild = case.anomalous()
    if wild and rng.random() < 0.2:
        return None
    at = case.workday(told_on + rng.randrange(1, 14)) if wild else case.office(next_open(told_on))
    if not wild and case.pays_by is not None and received < case.pays_by <= at:
        at = case.between(received, (received + case.pays_by) // 2)
    match = {
        "receipt_id": receipt,
        "case_no": case.case_no,
        "amount_fen": data["amount_fen"],
        "account_code": data["account_code"],
        "finance_notified_on": data["finance_notified_on"],
        "on": on(at),
    }
    return at if case.say("fund.matched", at, match) is not None else None


def _defer(case: Case, duty: Duty, receipt: str, by: int | None) -> int | None:
    """Tell of a deferral; one without an approver who may, or without a ground, stops no clock. When an orderly one is over."""
    rng = case.rng
    draw = rng.random()
    orderly = draw < _DEFERRED
    if draw > _DEFERRED + 0.3 * case.world.anomalies:
        return None
    begin = day_of(duty.start) + (1 if orderly else rng.randrange(1, 45))
    finish = begin + (rng.randrange(2, 15) if orderly else rng.randrange(2, 60))
    if orderly and by is not None and midnight(finish + 8) > by:
        return None
    lawful = orderly or rng.random() < 0.85
    at = case.office(begin)
    data = {"receipt_id": receipt, "on": on(at), "approver_role": rng.choice(("局长", "主管院长"))}
    if lawful or rng.random() < 0.5:
        data["reason"] = rng.choice(_REASONS)
    if not lawful and "reason" in data:
        data["approver_role"] = "承办人"
    if case.say("fund.deferral_approved", at, data) is None:
        return None
    ended = case.office(finish)
    told = case.say("fund.deferral_ended", ended, {"receipt_id": receipt, "on": on(ended)})
    if lawful:
        duty.pauses.append((begin, finish if told is not None else None))
    return ended if orderly else None


def _pay(case: Case, duty: Duty, receipt: str, money: Proceeds, earliest: int, by: int | None, apart: dict[str, int]) -> None:
    """Tell how the money goes out: at once, in two parts, or into escrow; the last part fulfils the duty."""
    rng = case.rng
    # Whoever ends a case as performed, or terminates it, has its money paid out before: what is late there can't be put right.
    at = case.when_done(duty, earliest, by, seldom=case.accounts and case.pays_by is not None)
    if at is None:
        return
    draw = rng.random()
    if draw < 0.06 and not case.performs:
        data = {"receipt_id": receipt, "amount_fen": money.amount_fen, "on": on(at)}
        if case.say("fund.escrowed", at, data) is not None:
            duty.done.append(at)
        return
    left, others = money.amount_fen, sum(apart.values())
    if draw < 0.2 and at - earliest > 7200:
        early = earliest + rng.randrange(60, at - earliest - 600)
        part = (left - others) * rng.randrange(10, 90) // 100
        if _disburse(case, receipt, part, early) is not None:
            left -= part
    for place, (kind, amount) in enumerate(apart.items(), 1):
        if amount and left > amount and _disburse(case, receipt, amount, at - place, kind) is not None:
            left -= amount
    if _disburse(case, receipt, left, at) is not None:
        duty.done.append(at)


def _disburse(case: Case, receipt: str, amount: int, at: int, kind: str = "案款") -> str | None:
    """Tell of a payment; it is entered only when the receipt is."""
    data = {
        "payment_id": f"{receipt}-{case.count}",
        "receipt_ids": [receipt],
        "parts": [{"receipt_id": receipt, "amount_fen": amount}],
        "kind": kind,
        "amount_fen": amount,
        "account_code": f"acc-{case.court}",
        "on": on(at),
    }
    if kind != "执行费":
        data["payee_ref"] = case.applicants[0] if kind == "案款" else case.debtors[0]
    told = [fact for fact in case.facts if fact.kind in _RECEIPTS and fact.data and fact.data["receipt_id"] == receipt]
    known = max(fact.recorded for fact in told)
    entered = max(at, known) + case.rng.randrange(60, 7200) if case.performs else None
    return case.say("fund.disbursed", at, data, not_before=known, recorded=entered)
