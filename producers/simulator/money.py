"""The money of a case: received, matched to it, deferred, paid out or placed in escrow."""

from typing import Any

from producers.simulator.case import Case, on
from producers.simulator.days import day_of, day_text, midnight, next_open
from producers.simulator.dues import Duty
from producers.simulator.parts import PAY_OUT
from producers.simulator.property import Proceeds

_REASONS = ("分配", "另案冻结", "通知未领", "中止暂缓", "其他正当")


def receive(case: Case, index: int, money: Proceeds) -> bool:
    """Tell that money came in, and what became of it; whether its receipt was told."""
    rng = case.rng
    receipt = f"{case.subject}-m{index}"
    day = day_of(money.at)
    told_on = next_open(day) if rng.random() < 0.4 else day
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
    if case.say("fund.received", money.at, data, not_before=midnight(told_on) + 30_000) is None:
        return False
    earliest = max(money.at, midnight(told_on))
    if not matched:
        known = _match(case, receipt, data, told_on)
        if known is None:
            return True
        earliest = max(earliest, known)
    duty = Duty(part=PAY_OUT, subject=case.subject, key=(receipt,), start=midnight(told_on))
    case.duties.append(duty)
    _defer(case, duty, receipt)
    _pay(case, duty, receipt, money, earliest)
    return True


def _match(case: Case, receipt: str, data: dict[str, Any], told_on: int) -> int | None:
    """Tell that unknown money was matched to the case; when, or None if it never is."""
    rng = case.rng
    if rng.random() < 0.05:
        return None
    at = case.workday(told_on + rng.randrange(1, 14))
    match = {
        "receipt_id": receipt,
        "case_no": case.case_no,
        "amount_fen": data["amount_fen"],
        "account_code": data["account_code"],
        "finance_notified_on": data["finance_notified_on"],
        "on": on(at),
    }
    return at if case.say("fund.matched", at, match) is not None else None


def _defer(case: Case, duty: Duty, receipt: str) -> None:
    """Tell of a deferral; one without an approver who may, or without a ground, stops no clock."""
    rng = case.rng
    if rng.random() > 0.05 + 0.3 * case.world.anomalies:
        return
    begin = day_of(duty.start) + rng.randrange(1, 45)
    finish = begin + rng.randrange(2, 60)
    lawful = rng.random() < 0.85
    at = case.office(begin)
    data = {"receipt_id": receipt, "on": on(at), "approver_role": rng.choice(("局长", "主管院长"))}
    if lawful or rng.random() < 0.5:
        data["reason"] = rng.choice(_REASONS)
    if not lawful and "reason" in data:
        data["approver_role"] = "承办人"
    if case.say("fund.deferral_approved", at, data) is None:
        return
    ended = case.office(finish)
    told = case.say("fund.deferral_ended", ended, {"receipt_id": receipt, "on": on(ended)})
    if lawful:
        duty.pauses.append((begin, finish if told is not None else None))


def _pay(case: Case, duty: Duty, receipt: str, money: Proceeds, earliest: int) -> None:
    """Tell how the money goes out: at once, in two parts, or into escrow; the last part fulfils the duty."""
    rng = case.rng
    at = case.when_done(duty, earliest)
    if at is None:
        return
    draw = rng.random()
    if draw < 0.06:
        data = {"receipt_id": receipt, "amount_fen": money.amount_fen, "on": on(at)}
        if case.say("fund.escrowed", at, data) is not None:
            duty.done.append(at)
        return
    paid = 0
    if draw < 0.2 and at - earliest > 7200:
        early = earliest + rng.randrange(60, at - earliest)
        paid = money.amount_fen * rng.randrange(10, 90) // 100
        if _disburse(case, receipt, paid, early) is None:
            paid = 0
    if _disburse(case, receipt, money.amount_fen - paid, at) is not None:
        duty.done.append(at)


def _disburse(case: Case, receipt: str, amount: int, at: int) -> str | None:
    data = {
        "payment_id": f"{receipt}-{case.count}",
        "receipt_ids": [receipt],
        "parts": [{"receipt_id": receipt, "amount_fen": amount}],
        "kind": "案款",
        "payee_ref": case.applicants[0],
        "amount_fen": amount,
        "account_code": f"acc-{case.court}",
        "on": on(at),
    }
    return case.say("fund.disbursed", at, data)
