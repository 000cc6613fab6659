"""程序顺序与补录: R-SEQ-01, R-DATA-02.a and .b, by tiny lives."""

from typing import Any

import pytest
from national import CASE, at, told

FILED = at("2024-03-01 09:00", "case.filed", case_no="1", claim_fen=100, fee_fen=0)


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ("R-SEQ-01.a", ("case.filed", {"case_no": "1"}), ("asset.controlled", {"asset_id": "a1"})),
        ("R-SEQ-01.b", ("asset.controlled", {"asset_id": "a1"}), ("auction.announced", {"auction_id": "p1", "asset_id": "a1"})),
        (
            "R-SEQ-01.c",
            ("asset.price_determined", {"asset_id": "a1"}),
            ("auction.announced", {"auction_id": "p1", "asset_id": "a1"}),
        ),
        (
            "R-SEQ-01.d",
            ("fund.received", {"receipt_id": "r1", "amount_fen": 5}),
            ("fund.disbursed", {"payment_id": "m1", "receipt_ids": ["r1"], "amount_fen": 5}),
        ),
        ("R-SEQ-01.e", ("case.notice_issued", {}), ("term.ruled", {})),
    ],
)
def test_one_comes_before_the_other(rule: str, first: Any, second: Any) -> None:
    """In order nothing is said; the other way round, or without the first, one alert at the second."""
    early, late = ("2024-03-05 09:00", "2024-03-06 09:00")
    key = "a1: " if rule in ("R-SEQ-01.b", "R-SEQ-01.c") else ""
    assert told(rule, [at(early, *first), at(late, *second)], "2024-04-01") == []
    line = f"{key}orange, due {early}, since {early}, open"
    assert told(rule, [at(early, *second), at(late, *first)], "2024-04-01") == [line]
    assert told(rule, [at(early, *second)], "2024-04-01") == [line]


def test_preservation_may_come_before_the_filing_and_another_asset_is_no_help() -> None:
    """R-SEQ-01.a lets preservation through; .b and .c look at each asset apart."""
    asked = at("2024-02-01 09:00", "pres.applied", pres_id="s1")
    held = at("2024-02-03 09:00", "asset.controlled", asset_id="a1")
    assert told("R-SEQ-01.a", [asked, held, FILED], "2024-04-01") == []
    sale = at("2024-03-10 09:00", "auction.announced", auction_id="p1", asset_id="a2")
    assert len(told("R-SEQ-01.b", [held, sale], "2024-04-01")) == 1
    bare = at("2024-03-10 09:00", "fund.disbursed", payment_id="m1", amount_fen=5)
    came = at("2024-03-09 09:00", "fund.received", receipt_id="r1", amount_fen=5)
    assert len(told("R-SEQ-01.d", [came, bare], "2024-04-01")) == 1


def test_closed_as_performed_means_performed() -> None:
    """R-SEQ-01.f: all of the claim, or a settlement that was performed; other modes say nothing of it."""
    line = "orange, due 2024-05-01 09:00, since 2024-05-01 09:00, open"
    done = at("2024-05-01 09:00", "case.closed", mode="执行完毕")
    part = at("2024-04-01 09:00", "case.obligation_performed", amount_fen=99, channel="direct")
    rest = at("2024-04-02 09:00", "case.obligation_performed", amount_fen=1, channel="direct")
    settled = at("2024-04-02 09:00", "case.settlement_outcome", settlement_id="s1", status="performed")
    assert told("R-SEQ-01.f", [FILED, part, done], "2024-06-01") == [line]
    assert told("R-SEQ-01.f", [FILED, part, rest, done], "2024-06-01") == []
    assert told("R-SEQ-01.f", [FILED, part, settled, done], "2024-06-01") == []
    assert told("R-SEQ-01.f", [FILED, part, at("2024-05-01 09:00", "case.closed", mode="终结执行")], "2024-06-01") == []


def test_no_acts_of_enforcement_after_closing() -> None:
    """R-SEQ-01.g: not after 终本, which lives on, nor after a resumption; a release is no such act."""
    done = at("2024-05-01 09:00", "case.closed", mode="执行完毕")
    act = at("2024-05-10 09:00", "asset.controlled", asset_id="a1")
    line = "orange, due 2024-05-10 09:00, since 2024-05-10 09:00, open"
    assert told("R-SEQ-01.g", [FILED, done, act], "2024-06-01") == [line]
    ended = at("2024-05-01 09:00", "case.closed", mode="终结本次执行程序")
    assert told("R-SEQ-01.g", [FILED, ended, act], "2024-06-01") == []
    assert told("R-SEQ-01.g", [FILED, done, at("2024-05-05 09:00", "case.restored"), act], "2024-06-01") == []
    assert told("R-SEQ-01.g", [FILED, done, at("2024-05-10 09:00", "asset.released", asset_id="a1")], "2024-06-01") == []


@pytest.mark.parametrize(
    ("recorded", "severity"),
    [
        ("2024-03-08 23:00", None),
        ("2024-03-09 09:00", None),
        ("2024-03-11 09:00", "yellow"),
        ("2024-03-22 09:00", "yellow"),
        ("2024-03-25 09:00", "orange"),
    ],
)
def test_what_comes_more_than_five_working_days_late(recorded: str, severity: str | None) -> None:
    """R-DATA-02.a: happened on Friday 2024-03-01; the fifth working day is 03-08, the fifteenth 03-22."""
    late = at("2024-03-01 09:00", "case.filed", case_no="1", recorded=recorded)
    line = f"{severity}, due 2024-03-01 09:00, since 2024-03-01 09:00, open"
    assert told("R-DATA-02.a", [late], "2024-06-01") == ([line] if severity else [])


@pytest.mark.parametrize(
    ("happened", "recorded", "suspect"),
    [
        ("2024-03-11 09:00", "2024-03-12 00:00", True),
        ("2024-03-09 09:00", "2024-03-15 09:00", True),
        ("2024-03-08 09:00", "2024-03-15 09:00", False),
        ("2024-03-11 09:00", "2024-03-11 23:59", False),
        ("2024-03-12 09:00", "2024-03-15 09:00", False),
    ],
)
def test_what_is_dated_just_before_a_deadline_and_received_after_it(happened: str, recorded: str, *, suspect: bool) -> None:
    """R-DATA-02.b: the notice was due on 2024-03-11; two days before it counts, three don't, nor what is openly late."""
    life = [
        at("2024-03-01 09:00", "case.application_received"),
        at(happened, "case.notice_issued", debtor_ref="d1", recorded=recorded),
    ]
    line = f"red, due {happened}, since {happened}, open"
    assert told("R-DATA-02.b", life, "2024-06-01", beside=("R-INIT-03.a",)) == ([line] if suspect else [])


def test_each_case_is_judged_by_itself() -> None:
    """Scope case: a notice in another case of the chain doesn't make this one's termination orderly."""
    notice = at("2024-03-05 09:00", "case.notice_issued", case=f"{CASE}-恢")
    ruled = at("2024-06-05 09:00", "term.ruled")
    assert len(told("R-SEQ-01.e", [notice, ruled], "2024-07-01")) == 1
