"""Interest of a debtor who is late, with partial payments: 加倍部分债务利息 (民诉法第264条; 法释〔2014〕8号) and 一般债务利息.

The additional part is the unpaid money debt of the judgment, general interest left out, × 1.75‱ × days (art. 1). The days run
from the day after the term of performance ended through the day of performance (art. 2 and 3); what is paid in parts ends the
interest on that part on its day, and days of a stay that the debtor didn't cause are left out (art. 3). Money that isn't enough
goes to the money debt first, then to the additional interest, unless the parties agreed otherwise (art. 4). General interest is
the same debt at the yearly rate that the judgment fixes. Amounts are integer fen; rounding comes once, at the end.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from streams.rules.functions import EXTRA_PER_MILLION, half_up

DAYS_OF_A_YEAR = 365
"""By which a yearly rate is divided for a day's."""


class Payment(msgspec.Struct, frozen=True):
    """What the debtor performed on a day, in fen; below 0: what was given back."""

    on: date
    amount_fen: int


class Stay(msgspec.Struct, frozen=True):
    """Days that don't count: from a day up to, not including, another."""

    begin: date
    end: date


class Account(msgspec.Struct, frozen=True):
    """How a debt stands after the payments.

    Attributes:
        debt_left_fen: The money debt still unpaid.
        interest_fen: All additional interest that accrued.
        interest_left_fen: What of it is still unpaid.
        surplus_fen: What was paid beyond both.
    """

    debt_left_fen: int
    interest_fen: int
    interest_left_fen: int
    surplus_fen: int


def account(
    debt_fen: int, term_ended_on: date, payments: Iterable[Payment], until_on: date, stays: Sequence[Stay] = ()
) -> Account:
    """Settle payments against a money debt and its additional interest.

    Args:
        debt_fen: The money debt of the judgment without general interest.
        term_ended_on: The last day of the term of performance; the day after it is the first day of delay.
        payments: In any order; later ones than ``until_on`` don't count.
        until_on: The day up to which interest runs, itself included.
        stays: Stays that the debtor didn't cause; they may overlap.
    """
    told = [payment for payment in payments if payment.on <= until_on]
    paid = sum(payment.amount_fen for payment in told)
    interest = additional_fen(unpaid_days(debt_fen, term_ended_on, told, until_on, stays))
    beyond = max(0, paid - debt_fen)
    return Account(max(0, debt_fen - paid), interest, max(0, interest - beyond), max(0, beyond - interest))


def unpaid_days(debt_fen: int, since: date, payments: Iterable[Payment], until_on: date, stays: Sequence[Stay] = ()) -> int:
    """Fen × days: what of a debt was unpaid on each day after ``since`` through ``until_on``, days of the stays left out.

    A payment lessens the debt from the day after it on, for on its own day it still bears interest.
    """
    total, paid, begin = 0, 0, since
    for payment in sorted(payments, key=lambda one: one.on):
        if payment.on > until_on:
            break
        total += _left(debt_fen, paid) * _days(begin, payment.on, stays)
        paid += payment.amount_fen
        begin = max(begin, payment.on)
    return total + _left(debt_fen, paid) * _days(begin, until_on, stays)


def additional_fen(fen_days: int) -> int:
    """The additional part for so many fen × days (法释〔2014〕8号第1条), rounded half up."""
    return half_up(fen_days * EXTRA_PER_MILLION, 1_000_000)


def general_fen(fen_days: int, rate_bp: int) -> int:
    """General interest for so many fen × days at a yearly rate in basis points, rounded half up."""
    return half_up(fen_days * rate_bp, 10_000 * DAYS_OF_A_YEAR)


def _left(debt_fen: int, paid: int) -> int:
    """What is left of the debt; never more than all of it."""
    return max(0, debt_fen - max(0, paid))


def _days(since: date, to: date, stays: Sequence[Stay]) -> int:
    """Days after one up to another, that one included, without those of the stays."""
    first, last = since.toordinal() + 1, to.toordinal() + 1
    left_out = {day for stay in stays for day in range(max(first, stay.begin.toordinal()), min(last, stay.end.toordinal()))}
    return max(0, last - first) - len(left_out)
