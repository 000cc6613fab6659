"""Interest and fees in integer fen, against examples worked by hand from the law."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.calendar import cn_calendar
from streams.rules.expressions import Expression
from streams.rules.functions import date_functions, fee_fen, half_up
from streams.rules.interest import Account, Payment, Stay, account

YUAN = 100
ENDED = date(2024, 7, 10)


def test_ten_thousand_yuan_late_by_sixty_days() -> None:
    """10,000 yuan × 1.75‱ × 60 days = 105 yuan (法释〔2014〕8号 art. 1); from 07-10 to 09-08 are 60 days."""
    assert account(10_000 * YUAN, ENDED, [], date(2024, 9, 8)) == Account(10_000 * YUAN, 105 * YUAN, 105 * YUAN, 0)


def test_payment_within_the_term_bears_no_interest() -> None:
    """The last day of the term is no day of delay (art. 2)."""
    assert account(10_000 * YUAN, ENDED, [Payment(ENDED, 10_000 * YUAN)], date(2024, 9, 8)) == Account(0, 0, 0, 0)
    assert account(10_000 * YUAN, ENDED, [Payment(date(2024, 7, 1), 10_000 * YUAN)], ENDED).interest_fen == 0


def test_partial_payments_end_the_interest_on_their_part() -> None:
    """Art. 3: 40,000 of 100,000 yuan after 20 days, the rest after 50: 100,000 × 20 + 60,000 × 30 yuan-days = 665 yuan."""
    payments = [Payment(date(2024, 8, 29), 60_000 * YUAN), Payment(date(2024, 7, 30), 40_000 * YUAN)]
    assert account(100_000 * YUAN, ENDED, payments, date(2024, 12, 31)) == Account(0, 665 * YUAN, 665 * YUAN, 0)


def test_a_shortfall_goes_to_the_money_debt_first() -> None:
    """Art. 4: of 100,350 yuan paid after 40 days on 100,000 yuan (700 yuan of interest), 350 yuan are left for the interest."""
    paid = [Payment(date(2024, 8, 19), 100_350 * YUAN)]
    assert account(100_000 * YUAN, ENDED, paid, date(2024, 12, 31)) == Account(0, 700 * YUAN, 350 * YUAN, 0)


def test_what_is_paid_beyond_both_is_a_surplus() -> None:
    """Nothing is taken that isn't owed."""
    paid = [Payment(date(2024, 8, 19), 100_800 * YUAN)]
    assert account(100_000 * YUAN, ENDED, paid, date(2024, 12, 31)) == Account(0, 700 * YUAN, 0, 100 * YUAN)


def test_stays_that_the_debtor_did_not_cause_are_left_out() -> None:
    """Art. 3: of 60 days 20 fall into two stays that overlap."""
    stays = [Stay(date(2024, 8, 1), date(2024, 8, 16)), Stay(date(2024, 8, 11), date(2024, 8, 21))]
    assert account(10_000 * YUAN, ENDED, [], date(2024, 9, 8), stays).interest_fen == 70 * YUAN


@given(
    st.integers(min_value=0, max_value=10**13),
    st.lists(st.tuples(st.integers(min_value=0, max_value=900), st.integers(min_value=0, max_value=10**12)), max_size=5),
)
def test_no_fen_is_lost(debt: int, paid: list[tuple[int, int]]) -> None:
    """Debt and interest are paid, left, or paid beyond; rounding comes once."""
    payments = [Payment(date.fromordinal(ENDED.toordinal() + days), amount) for days, amount in paid]
    found = account(debt, ENDED, payments, date(2028, 1, 1))
    total = sum(amount for _, amount in paid)
    assert debt + found.interest_fen - total == found.debt_left_fen + found.interest_left_fen - found.surplus_fen


FEES = [
    (0, 50),
    (10_000, 50),
    (10_001, 50.02),
    (100_000, 1_400),
    (500_000, 7_400),
    (500_001, 7_400.01),
    (5_000_000, 52_400),
    (10_000_000, 77_400),
    (20_000_000, 87_400),
]


@pytest.mark.parametrize(("yuan", "fee"), FEES)
def test_the_fee_of_an_application_for_enforcement(yuan: int, fee: float) -> None:
    """诉讼费用交纳办法第14条, worked by hand: 50 yuan; 1.5 %, 1 %, 0.5 %, 0.1 % of what lies in each step."""
    assert fee_fen(yuan * YUAN) == round(fee * YUAN)


@pytest.mark.parametrize(("amount", "parts", "rounded"), [(4, 10, 0), (5, 10, 1), (15, 10, 2), (0, 7, 0), (7, 2, 4)])
def test_half_is_rounded_up(amount: int, parts: int, rounded: int) -> None:
    """Not to the even number, as floats would."""
    assert half_up(amount, parts) == rounded


@pytest.mark.parametrize(
    ("call", "fen"),
    [
        ("interest_fen(1000000, '2024-07-10', '2024-09-08')", 10_500),
        ("interest_fen(1000000, '2024-09-08', '2024-07-10')", 0),
        ("interest_fen(-1, '2024-07-10', '2024-09-08')", 0),
        ("interest_fen(1000000, '2024-07-10', timestamp('2024-09-07T16:00:00Z'))", 10_500),
    ],
)
def test_interest_in_an_expression(call: str, fen: int) -> None:
    """The first date is the last day of the term, the second the day of performance; an instant counts as its civil day."""
    functions = date_functions(cn_calendar(), ZoneInfo("Asia/Shanghai"))
    assert Expression(call).run(functions) == fen
