"""Interest in the state of a case, against examples worked by hand from the law (民诉法第264条; 法释〔2014〕8号)."""

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from folds import fact, instant
from hypothesis import given
from hypothesis import strategies as st

from streams.cases.facts import Fact
from streams.cases.state import CaseState

CLAIM = 10_000_00
ENDED = date(2024, 7, 10)
FILED: dict[str, Any] = {"case_no": "x", "claim_fen": CLAIM, "fee_fen": 50_00, "perform_by_on": "2024-07-10"}
NOTICE = fact("case.notice_issued", {"debtor_ref": "d", "perform_by_on": "2024-07-10"}, "2024-07-03 09:00")


def filed(at: str = "2024-07-02 09:00", **more: Any) -> Fact:
    """A filing of 10,000 yuan, to be performed by 2024-07-10 by the judgment."""
    return fact("case.filed", {name: value for name, value in (FILED | more).items() if value is not None}, at)


def paid(yuan: int, day: str, **more: Any) -> Fact:
    """Performance to the applicant himself."""
    return fact("case.obligation_performed", {"channel": "direct", "amount_fen": yuan * 100, **more}, day)


def on(day: str, *facts: Fact) -> tuple[int, int]:
    """(interest, owed) at a day, in fen."""
    case = CaseState("c1", "chain")
    for one in sorted(facts, key=lambda one: one.time):
        case.apply(one)
    seen = case.view(instant(day))
    return seen["interest_fen"], seen["owed_fen"]


def test_ten_thousand_yuan_late_by_sixty_days() -> None:
    """第1条: 10,000 yuan × 1.75‱ × 60 days = 105 yuan; owed = claim + fee + interest."""
    assert on("2024-09-08", filed()) == (105_00, 10_155_00)
    assert on("2024-07-10", filed()) == (0, 10_050_00)


def test_each_part_bears_interest_until_its_day() -> None:
    """第3条: 100,000 yuan, 40,000 after 20 days and the rest after 50: (100,000 × 20 + 60,000 × 30) × 1.75‱ = 665 yuan."""
    life = [filed(claim_fen=100_000_00), paid(40_000, "2024-07-30"), paid(60_000, "2024-08-29")]
    assert on("2024-12-31", *life) == (665_00, 715_00)
    assert on("2024-08-19", *life[:2])[0] == 560_00


def test_money_that_the_court_holds_bears_none() -> None:
    """第3条第2款: money counts from its receipt by the court, not from when it is paid out; what is refunded counts no more."""
    came = fact("fund.received", {"receipt_id": "r", "amount_fen": 10_000_00}, "2024-07-30")
    out = fact(
        "fund.disbursed", {"payment_id": "p", "receipt_ids": ["r"], "amount_fen": 10_000_00, "kind": "案款"}, "2024-08-30"
    )
    assert on("2024-08-29", filed(), came) == (35_00, 10_085_00)
    assert on("2024-08-30", filed(), came, out) == (35_00, 85_00)
    back = fact(
        "fund.disbursed", {"payment_id": "q", "receipt_ids": ["r"], "amount_fen": 5_000_00, "kind": "退款"}, "2024-08-09"
    )
    assert on("2024-08-29", filed(), came, back)[0] == 35_00 + 17_50  # 5,000 yuan × 20 days


STAYS = [
    ([fact("case.suspended", {"ground": "再审", "on": "2024-08-01"}, "2024-08-01")], 20),
    ([fact("case.suspended", {"ground": "破产", "on": "2024-08-01"}, "2024-08-01")], 20),
    ([fact("case.deferred", {"ground": "上级监督", "until_on": "2024-08-20"}, "2024-08-01")], 20),
    ([fact("case.suspended", {"ground": "267-2", "on": "2024-08-01"}, "2024-08-01")], 0),
    ([fact("case.deferred", {"ground": "担保", "until_on": "2024-08-20"}, "2024-08-01")], 0),
    ([fact("case.suspended", {"ground": "再审", "requested_by": "被执行人", "on": "2024-08-01"}, "2024-08-01")], 0),
]


@pytest.mark.parametrize(("stay", "days"), STAYS)
def test_stays_that_the_debtor_did_not_cause_are_left_out(stay: list[Fact], days: int) -> None:
    """第3条第3款: from 08-01 to 08-21 are 20 days of 60; a stay on the debtor's own application leaves out none."""
    ended = fact("case.stay_ended", {"on": "2024-08-21"}, "2024-08-21")
    assert on("2024-09-08", filed(), *stay, ended)[0] == (60 - days) * 175
    twice = fact("case.suspended", {"ground": "再审", "on": "2024-08-11"}, "2024-08-11")
    assert on("2024-09-08", filed(), *stay, twice, ended)[0] == (60 - max(days, 10)) * 175


def test_without_the_term_of_the_judgment_the_first_notice_says_who_is_late() -> None:
    """The notice's day is late by any judgment; of several the first; what the judgment fixes goes before all."""
    plain = filed(perform_by_on=None)
    assert on("2024-09-08", plain) == (0, 10_050_00)
    assert on("2024-09-08", plain, NOTICE)[0] == 105_00
    later = fact("case.notice_issued", {"debtor_ref": "e", "perform_by_on": "2024-07-20"}, "2024-07-03 08:00")
    assert on("2024-09-08", plain, NOTICE, later)[0] == 105_00
    assert on("2024-09-08", filed(perform_by_on="2024-06-10"), NOTICE)[0] == 157_50


def test_general_interest_needs_a_rate() -> None:
    """一般债务利息: 10,000 yuan at 3.65 % a year for 100 days = 100 yuan; without a rate, or a day, nothing is guessed."""
    term = {"perform_by_on": None, "interest_from_on": "2024-05-31"}
    assert on("2024-09-08", filed(**term))[0] == 0
    assert on("2024-09-08", filed(**term, interest_rate_bp=365))[0] == 100_00
    assert on("2024-09-08", filed(interest_from_on="2024-05-31", interest_rate_bp=365))[0] == 205_00
    assert on("2024-09-08", filed(perform_by_on=None, interest_rate_bp=365))[0] == 0
    halved = paid(5_000, "2024-07-20")
    assert on("2024-09-08", filed(**term, interest_rate_bp=365), halved)[0] == 75_00


def test_only_money_bears_interest() -> None:
    """What must be done or handed over bears none (第1条 speaks of 金钱债务)."""
    assert on("2024-09-08", filed(claim_kind="act"))[0] == 0
    assert on("2024-09-08", filed(claim_kind="money"))[0] == 105_00


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_becomes_known_late_counts_as_if_known_before(order: tuple[int, ...]) -> None:
    """A filing that is dated after a payment and a notice: the interest is the same."""
    days = ["2024-07-20 09:00", "2024-07-20 10:00", "2024-07-20 11:00"]
    facts = [filed(days[order[0]]), paid(5_000, days[order[1]]), fact(NOTICE.type, NOTICE.data, days[order[2]])]
    assert on("2024-09-08", *facts)[0] == (10_000 * 10 + 5_000 * 50) * 175 // 10_000


@given(st.lists(st.tuples(st.integers(min_value=0, max_value=400), st.integers(min_value=-9_000, max_value=9_000)), max_size=5))
def test_interest_is_counted_day_by_day(moves: list[tuple[int, int]]) -> None:
    """A second count: on each day after the term what was unpaid the day before."""
    last = 430
    life, owing = [filed()], 0
    for number, (day, yuan) in enumerate(moves):
        kind = "case.obligation_performed" if yuan >= 0 else "fund.disbursed"
        data = {"channel": "direct", "payment_id": str(number), "kind": "退款", "amount_fen": abs(yuan) * 100}
        life.append(fact(kind, data, f"{ENDED + timedelta(days=day)} {number:02d}:00"))
    for day in range(1, last + 1):
        moved = sum(yuan * 100 for at, yuan in moves if at < day)
        owing += max(0, min(CLAIM, CLAIM - moved))
    assert on(str(ENDED + timedelta(days=last)), *life)[0] == (2 * owing * 175 + 1_000_000) // 2_000_000
