"""加倍部分债务利息: the additional interest of a debtor who is late (民诉法第264条; 法释〔2014〕8号), with partial payments.

It is the unpaid money debt of the judgment, general interest left out, × 1.75‱ × days (art. 1). The days run from the day after
the term of performance ended through the day of performance (art. 2 and 3); what is paid in parts ends the interest on that
part on its day, and days of a stay that the debtor didn't cause are left out (art. 3). Money that isn't enough goes to the
money debt first, then to the additional interest, unless the parties agreed otherwise (art. 4). Amounts are integer fen;
rounding comes once, at the end.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from streams.rules.functions import EXTRA_PER_MILLION, half_up


class Payment(msgspec.Struct, frozen=True):
    """What the debtor performed on a day, in fen."""

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
    left, accrued, beyond, since = debt_fen, 0, 0, term_ended_on
    for payment in sorted(payments, key=lambda one: one.on):
        if payment.on > until_on:
            break
        accrued += left * _days(since, payment.on, stays)
        since = max(since, payment.on)
        beyond += max(0, payment.amount_fen - left)
        left = max(0, left - payment.amount_fen)
    accrued += left * _days(since, until_on, stays)
    interest = half_up(accrued * EXTRA_PER_MILLION, 1_000_000)
    return Account(left, interest, max(0, interest - beyond), max(0, beyond - interest))


def _days(since: date, to: date, stays: Sequence[Stay]) -> int:
    """Days after one up to another, that one included, without those of the stays."""
    first, last = since.toordinal() + 1, to.toordinal() + 1
    left_out = {day for stay in stays for day in range(max(first, stay.begin.toordinal()), min(last, stay.end.toordinal()))}
    return max(0, last - first) - len(left_out)
