"""拍卖与案款: R-AUC-01, R-FUND-02, R-LEDG-01, by tiny lives."""

from typing import Any

import pytest
from national import at, told

SALE: dict[str, Any] = {
    "round": "一拍",
    "asset_kind": "不动产",
    "appraisal_fen": 10_000_000,
    "start_fen": 7_000_000,
    "deposit_fen": 700_000,
    "announced_on": "2024-03-01",
    "parties_notified_on": "2024-02-27",
    "opens_at": "2024-03-31T10:00:00+08:00",
    "closes_at": "2024-04-01T10:00:00+08:00",
}
SECOND = SALE | {"round": "二拍", "prev_start_fen": 7_000_000, "start_fen": 5_600_000, "opens_at": "2024-03-16T10:00:00+08:00"}


@pytest.mark.parametrize(
    ("sale", "check"),
    [
        (SALE, None),
        (SECOND, None),
        (SALE | {"opens_at": "2024-03-30T10:00:00+08:00"}, "notice"),
        (SALE | {"opens_at": "2024-03-16T10:00:00+08:00", "asset_kind": "动产"}, None),
        (SALE | {"opens_at": "2024-03-15T10:00:00+08:00", "asset_kind": "动产"}, "notice"),
        (SECOND | {"opens_at": "2024-03-15T10:00:00+08:00"}, "notice"),
        (SECOND | {"opens_at": "2024-03-08T10:00:00+08:00", "asset_kind": "动产"}, None),
        (SALE | {"start_fen": 6_999_999}, "start_price"),
        (SECOND | {"start_fen": 5_599_999}, "price_cut"),
        (SALE | {"deposit_fen": 350_000}, None),
        (SALE | {"deposit_fen": 349_999}, "deposit"),
        (SALE | {"deposit_fen": 1_400_001}, "deposit"),
        (SALE | {"closes_at": "2024-04-01T09:59:59+08:00"}, "bidding"),
        (SALE | {"parties_notified_on": "2024-02-28"}, "parties_told"),
    ],
)
def test_the_legal_conditions_of_an_auction(sale: dict[str, Any], check: str | None) -> None:
    """法释〔2016〕18号: each condition on its number and just beyond it."""
    life = [at("2024-03-01 09:00", "auction.announced", sale, auction_id="p1", asset_id="a1")]
    line = f"p1: red, due 2024-03-01 09:00, since 2024-03-01 09:00, open ({check})"
    assert told("R-AUC-01", life, "2024-03-02") == ([line] if check else [])


def test_one_alert_lists_all_that_is_wrong_and_a_new_announcement_cures() -> None:
    """The last announcement of an auction counts; a revoked one has no alert standing open."""
    wrong = at("2024-03-01 09:00", "auction.announced", SALE | {"start_fen": 1, "deposit_fen": 0}, auction_id="p1")
    right = at("2024-03-05 09:00", "auction.announced", SALE, auction_id="p1")
    line = "p1: red, due 2024-03-01 09:00, since 2024-03-01 09:00"
    assert told("R-AUC-01", [wrong], "2024-04-01") == [f"{line}, open (start_price deposit)"]
    assert told("R-AUC-01", [wrong, right], "2024-04-01") == [f"{line}, cured +4 (start_price deposit)"]
    revoked = at("2024-03-06 09:00", "auction.revoked", auction_id="p1")
    assert told("R-AUC-01", [wrong, revoked], "2024-04-01") == [f"{line}, closed (start_price deposit)"]


MONEY = at("2024-03-01 09:00", "fund.received", receipt_id="r1", amount_fen=1000, case_no="1", finance_notified_on="2024-03-01")
GROUND = {"receipt_id": "r1", "reason": "分配", "approver_role": "局长"}
DEFERRED = at("2024-03-10 09:00", "fund.deferral_approved", GROUND, on="2024-03-10")
ENDED = at("2024-04-10 09:00", "fund.deferral_ended", receipt_id="r1", on="2024-04-10")


def _paid(day: str, amount: int, name: str = "m1", **more: Any) -> Any:
    fields = {"payment_id": name, "receipt_ids": ["r1"], "kind": "案款"} | more
    return at(f"{day} 10:00", "fund.disbursed", fields, amount_fen=amount)


def test_ten_days_after_a_deferral() -> None:
    """法发〔2017〕6号第10条: 2024-04-20 is a Saturday, so due on Monday 22; a part isn't all."""
    life = [MONEY, DEFERRED, ENDED]
    assert told("R-FUND-02.a", [*life, _paid("2024-04-22", 1000)], "2024-06-01") == []
    assert told("R-FUND-02.a", [*life, _paid("2024-04-22", 999)], "2024-06-01") == [
        "r1: orange, due 2024-04-22, since 2024-04-23, open"
    ]
    assert told("R-FUND-02.a", [MONEY, DEFERRED, _paid("2024-04-01", 1000), ENDED], "2024-06-01") == []
    again = at("2024-04-15 09:00", "fund.deferral_approved", GROUND, on="2024-04-15")
    assert told("R-FUND-02.a", [*life, again], "2024-06-01") == []


def test_a_deferral_needs_the_right_approval_and_a_ground() -> None:
    """At once, from the day of the deferral; a proper approval or its end cures."""
    line = "r1: orange, due 2024-03-10 00:00, since 2024-03-10"
    for wrong in ({"approver_role": "承办人"}, {"approver_role": None}, {"reason": None}):
        data = {name: value for name, value in (GROUND | wrong).items() if value is not None}
        bad = at("2024-03-10 09:00", "fund.deferral_approved", data, on="2024-03-10")
        assert told("R-FUND-02.b", [MONEY, bad], "2024-04-01") == [f"{line}, open"], wrong
        again = at("2024-03-12 09:00", "fund.deferral_approved", GROUND, on="2024-03-12")
        assert told("R-FUND-02.b", [MONEY, bad, again], "2024-04-01") == [f"{line}, cured +2"]
        assert told("R-FUND-02.b", [MONEY, bad, ENDED], "2024-05-01") == [f"{line}, cured +31"]
    assert told("R-FUND-02.b", [MONEY, DEFERRED], "2024-04-01") == []


def test_no_more_goes_out_than_came_in() -> None:
    """R-LEDG-01.a: one fen too much is red; what comes in later cures it."""
    assert told("R-LEDG-01.a", [MONEY, _paid("2024-03-05", 1000)], "2024-04-01") == []
    line = "red, due 2024-03-05 10:00, since 2024-03-05 10:00"
    over = [MONEY, _paid("2024-03-05", 1001)]
    assert told("R-LEDG-01.a", over, "2024-04-01") == [f"{line}, open"]
    more = at("2024-03-09 09:00", "fund.received", receipt_id="r2", amount_fen=1, case_no="1")
    assert told("R-LEDG-01.a", [*over, more], "2024-04-01") == [f"{line}, cured +4"]
    kept = at("2024-03-06 09:00", "fund.escrowed", receipt_id="r1", amount_fen=1)
    assert told("R-LEDG-01.a", [MONEY, _paid("2024-03-05", 1000), kept], "2024-04-01") == [
        "red, due 2024-03-06 09:00, since 2024-03-06 09:00, open"
    ]


def test_the_applicant_gets_no_more_than_claim_interest_and_fee() -> None:
    """法释〔2014〕8号第1条: 1.75‱ a day after the judgment's term; a rate that the filing names; no more than is told."""
    plain = {"case_no": "1", "claim_fen": 1_000_000, "fee_fen": 5_000}
    line = "red, due 2024-03-05 10:00, since 2024-03-05 10:00, open"
    for more, interest in (
        ({}, 0),
        ({"interest_from_on": "2024-02-14"}, 0),
        ({"perform_by_on": "2024-02-14"}, 3_500),  # 20 days to 2024-03-05: 1,000,000 × 0.000175 × 20
        ({"interest_from_on": "2023-03-06", "interest_rate_bp": 400}, 40_000),  # 365 days at 4 %
        ({"perform_by_on": "2024-02-14", "interest_from_on": "2023-03-06", "interest_rate_bp": 400}, 43_500),
    ):
        filed = at("2024-02-01 09:00", "case.filed", plain | more)
        assert told("R-LEDG-01.b", [filed, _paid("2024-03-05", 1_005_000 + interest)], "2024-04-01") == []
        assert told("R-LEDG-01.b", [filed, _paid("2024-03-05", 1_005_001 + interest)], "2024-04-01") == [line]
    late = at("2024-02-01 09:00", "case.filed", plain | {"perform_by_on": "2024-02-14"})
    notice = at("2024-02-03 09:00", "case.notice_issued", debtor_ref="d", perform_by_on="2024-02-14")
    early = at("2024-02-20 09:00", "fund.received", receipt_id="r1", amount_fen=1_000_000, case_no="1")
    assert (
        told("R-LEDG-01.b", [late, early, _paid("2024-03-05", 1_006_050)], "2024-04-01") == []
    )  # 6 days, then the court has it
    assert told("R-LEDG-01.b", [late, early, _paid("2024-03-05", 1_006_051)], "2024-04-01") == [line]
    by_notice = at("2024-02-01 09:00", "case.filed", plain)
    assert told("R-LEDG-01.b", [by_notice, notice, _paid("2024-03-05", 1_008_500)], "2024-04-01") == []
    unknown = at("2024-02-01 09:00", "case.filed", case_no="1", claim_kind="act")
    assert told("R-LEDG-01.b", [unknown, _paid("2024-03-05", 10_000)], "2024-04-01") == []


def test_the_payee_is_a_party_an_agent_or_a_creditor_of_the_plan() -> None:
    """R-LEDG-01.d; fees go to others, and what doesn't say to whom isn't judged."""
    party = at("2024-02-01 09:00", "party.registered", party_ref="x", role="代理人", kind="natural")
    plan = at("2024-02-01 09:00", "fund.plan_served", plan_id="f1", creditors=[{"creditor_ref": "x"}])
    paid = _paid("2024-03-05", 10, payee_ref="x")
    line = "red, due 2024-03-05 10:00, since 2024-03-05 10:00, open"
    assert told("R-LEDG-01.d", [MONEY, paid], "2024-04-01") == [line]
    for known in (party, plan):
        assert told("R-LEDG-01.d", [MONEY, known, paid], "2024-04-01") == []
    assert told("R-LEDG-01.d", [MONEY, _paid("2024-03-05", 10, payee_ref="x", kind="评估费")], "2024-04-01") == []
    assert told("R-LEDG-01.d", [MONEY, _paid("2024-03-05", 10)], "2024-04-01") == []


def test_a_receipt_is_not_paid_out_twice() -> None:
    """R-LEDG-01.e: two halves are one payment, a third is one too many, and each payment beyond has an alert."""
    halves = [_paid("2024-03-05", 500), _paid("2024-03-06", 500, "m2")]
    assert told("R-LEDG-01.e", [MONEY, *halves], "2024-04-01") == []
    third = _paid("2024-03-07", 500, "m3")
    assert told("R-LEDG-01.e", [MONEY, *halves, third], "2024-04-01") == [
        "red, due 2024-03-07 10:00, since 2024-03-07 10:00, open"
    ]
