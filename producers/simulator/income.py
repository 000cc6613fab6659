"""What comes in for a case: from property, from the debtor's own hand, in good time before the case ends."""

from producers.simulator import money, term
from producers.simulator.case import Case, Proceeds, on
from producers.simulator.days import DAY, day_of
from producers.simulator.property import IN_KIND

_CHANNELS = ("转账", "转账", "转账", "现金")
_DIRECT = "direct"
_PAYS_DIRECTLY = 0.25
"""Share of debtors who pay the applicant himself."""


def collect(case: Case, plan: term.Plan, proceeds: list[Proceeds]) -> int:
    """Money from property and from the debtor's own hand; what was performed before the end, in fen."""
    last = case.ended_at
    done = plan.mode == term.DONE
    incomes = sorted(_before_the_end(case, one) for one in proceeds)
    fee = case.fee_fen if done else 0
    if case.rng.random() < (0.95 if done and plan.seeded else 1.0 if done else 0.2):
        incomes += _own_hand(case, plan, incomes)
    paid = 0
    for index, one in enumerate(incomes, 1):
        if last is not None and one.at >= last:
            continue
        own = fee if index == len(incomes) and one.amount_fen > fee else 0
        back = max(one.amount_fen - own - (case.claim_fen - paid), 0)
        if one.amount_fen <= own + back:
            continue  # nothing is owed any more
        if one.channel in (IN_KIND, _DIRECT) or money.receive(case, index, one, {"执行费": own, "退款": back}):
            paid += one.amount_fen - own - back
    return min(paid, case.claim_fen)


def _before_the_end(case: Case, one: Proceeds) -> Proceeds:
    """The money of an asset is there before the case is brought to its end."""
    if case.pays_by is None or case.settles_at is None or one.channel == IN_KIND:
        return one
    last = case.settles_at + (case.pays_by - case.settles_at) // 3
    return one if one.at < last else one._replace(at=case.between(case.settles_at, last))


def _own_hand(case: Case, plan: term.Plan, incomes: list[Proceeds]) -> list[Proceeds]:
    """What the debtor pays: all that is still owed, as the last, where the case ends as performed; else a part."""
    rng, filed = case.rng, day_of(case.filed_at)
    if plan.mode == term.DONE and plan.end_at is not None and case.settles_at is not None and case.pays_by is not None:
        rest = case.claim_fen + case.fee_fen - sum(one.amount_fen for one in incomes)
        if rest <= 0:
            return []
        if rng.random() < _PAYS_DIRECTLY:
            return _perform(case, plan.end_at - rng.randrange(300, 3000), rest)
        since = max([case.settles_at, *(one.at for one in incomes)])
        return [Proceeds(case.between(since, (since + case.pays_by) // 2), rest, rng.choice(_CHANNELS))]
    until = plan.end_at if plan.end_at is not None else case.filed_at + 120 * DAY
    at = case.workday(filed + 3 + int(max(day_of(until) - filed - 6, 1) * rng.random()))
    share = 1.0 if plan.mode == term.DONE else rng.uniform(0.02, 0.3)
    own = Proceeds(at, max(int(case.claim_fen * share), 100), rng.choice(_CHANNELS))
    return [_before_the_end(case, own)]


def _perform(case: Case, at: int, amount: int) -> list[Proceeds]:
    """The debtor pays the applicant himself, who tells the court; then the case is closed."""
    data = {"debtor_ref": case.debtors[0], "by": "debtor", "amount_fen": amount, "channel": "direct", "on": on(at)}
    told = case.promptly("case.obligation_performed", at, data)
    return [] if told is None else [Proceeds(at, amount, _DIRECT)]
