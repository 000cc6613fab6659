"""通知、六个月期限、控制、定价、案款、异议: the rules of the first release's first six rows, by tiny lives."""

from typing import Any

import pytest
from national import at, told

FILED = at("2024-03-01 10:00", "case.filed", case_no="1")


def test_the_worked_clock_of_six_months() -> None:
    """执行规定第63条: 2024-09-01 is a Sunday → 09-02; suspended for 30 days, 10-01 lies in the holiday → 10-08."""
    assert told("R-TIME-01", [FILED], "2024-09-03") == ["orange, due 2024-09-02, since 2024-08-04, open"]
    stay = [
        at("2024-04-10 09:00", "case.suspended", on="2024-04-10"),
        at("2024-05-10 09:00", "case.stay_ended", on="2024-05-10", kind="中止"),
    ]
    assert told("R-TIME-01", [FILED, *stay], "2024-10-08 23:00") == ["yellow, due 2024-10-08, since 2024-09-09, open"]
    assert told("R-TIME-01", [FILED, *stay], "2024-10-09") == ["orange, due 2024-10-08, since 2024-09-09, open"]
    done = at("2024-10-08 20:00", "case.closed", mode="执行完毕")
    assert told("R-TIME-01", [FILED, *stay, done], "2025-01-01") == ["yellow, due 2024-10-08, since 2024-09-09, cured +0"]


@pytest.mark.parametrize(
    ("ground", "due"), [("公告", "2024-10-08"), ("请示", "2024-10-08"), ("评估鉴定", "2024-09-02"), ("管辖争议", "2024-09-02")]
)
def test_what_counts_out_of_the_six_months(ground: str, due: str) -> None:
    """法发〔2006〕35号第13条: valuation and disputes about jurisdiction don't."""
    pause = [
        at("2024-04-10 09:00", "case.clock_paused", clock="6mo", ground=ground, from_on="2024-04-10"),
        at("2024-05-10 09:00", "case.clock_resumed", clock="6mo", to_on="2024-05-10"),
    ]
    (line,) = told("R-TIME-01", [FILED, *pause], "2025-06-01")
    assert line.startswith(f"red, due {due}, since")


def test_an_extension_needs_president_or_vice_president() -> None:
    """The new day is the one approved; nobody else's approval counts."""
    granted = {"until_on": "2024-12-31", "approver_role": "副院长"}
    assert told("R-TIME-01", [FILED, at("2024-08-01 09:00", "case.extension_approved", granted)], "2024-11-30") == []
    wrong = at("2024-08-01 09:00", "case.extension_approved", granted | {"approver_role": "庭长"})
    assert told("R-TIME-01", [FILED, wrong], "2024-09-03") == ["orange, due 2024-09-02, since 2024-08-04, open"]


def test_the_notice_and_the_measure_before_it() -> None:
    """民诉法第251条: ten days from receipt; 执行程序解释第22条: three days from a measure that came first."""
    came = at("2024-03-01 09:00", "case.application_received")
    noticed = at("2024-03-12 09:00", "case.notice_issued", debtor_ref="d1")
    assert told("R-INIT-03.a", [came, noticed], "2024-04-01") == ["orange, due 2024-03-11, since 2024-03-12, cured +1"]
    assert told("R-INIT-03.a", [came, at("2024-03-11 23:00", "case.notice_issued")], "2024-04-01") == []
    held = at("2024-03-05 09:00", "asset.controlled", asset_id="a1", rank=1)
    assert told("R-INIT-03.b", [came, held, noticed], "2024-04-01") == ["red, due 2024-03-08, since 2024-03-08, cured +4"]
    after = at("2024-03-20 09:00", "asset.controlled", asset_id="a2", rank=1)
    assert told("R-INIT-03.b", [came, noticed, after], "2024-06-01") == []


@pytest.mark.parametrize(
    ("kind", "rule", "due", "red"),
    [("deposit", "R-CTRL-01.a", "2024-03-05", "2024-03-12"), ("vehicle", "R-CTRL-01.b", "2024-03-08", "2024-03-23")],
)
def test_what_is_found_is_controlled(kind: str, rule: str, due: str, red: str) -> None:
    """Deposits in two working days, other property in seven days, red at three times that; not what can't be controlled."""
    found = at("2024-03-01 09:00", "asset.discovered", {"class": kind}, asset_id="a1", controllable=True)
    assert told(rule, [found, at(f"{due} 20:00", "asset.controlled", asset_id="a1")], "2024-06-01") == []
    (line,) = told(rule, [found], red)
    assert line.startswith(f"a1: red, due {due}, ")
    gone = at("2024-03-01 09:00", "asset.discovered", {"class": kind}, asset_id="a1", controllable=False)
    assert told(rule, [gone], "2024-06-01") == []


def test_valuation_begins_in_thirty_days() -> None:
    """法释〔2018〕15号第1条: 2024-04-10 is a Wednesday; waiting seizures and deposits need none; a release ends it."""
    house = at("2024-03-10 09:00", "asset.discovered", {"class": "real_estate"}, asset_id="a1")
    held = at("2024-03-11 09:00", "asset.controlled", asset_id="a1", rank=1)
    assert told("R-DISP-01", [house, held], "2024-04-11") == ["a1: orange, due 2024-04-10, since 2024-04-02, open"]
    begun = at("2024-04-15 09:00", "asset.price_started", asset_id="a1")
    (line,) = told("R-DISP-01", [house, held, begun], "2024-06-01")
    assert line.endswith("cured +5")
    assert told("R-DISP-01", [house, at("2024-03-11 09:00", "asset.controlled", asset_id="a1", rank=2)], "2024-06-01") == []
    cash = at("2024-03-10 09:00", "asset.discovered", {"class": "deposit"}, asset_id="a1")
    assert told("R-DISP-01", [cash, held], "2024-06-01") == []
    freed = at("2024-03-20 09:00", "asset.released", asset_id="a1")
    assert told("R-DISP-01", [house, held, freed], "2024-06-01") == []


MONEY = {"receipt_id": "r1", "amount_fen": 1000, "case_no": "1", "finance_notified_on": "2024-03-01"}


def _paid(day: str, amount: int, name: str = "m1") -> Any:
    return at(f"{day} 10:00", "fund.disbursed", payment_id=name, receipt_ids=["r1"], kind="案款", amount_fen=amount)


def test_money_is_paid_out_in_thirty_days() -> None:
    """法发〔2017〕6号第10条: from the notification, all of it; an approved deferral counts out, closing doesn't end it."""
    came = at("2024-03-01 09:00", "fund.received", MONEY)
    closed = at("2024-03-10 09:00", "case.closed", mode="执行完毕")
    assert told("R-FUND-01", [came, closed, _paid("2024-03-15", 400), _paid("2024-04-02", 600, "m2")], "2024-06-01") == [
        "r1: orange, due 2024-04-01, since 2024-03-22, cured +1"
    ]
    assert told("R-FUND-01", [came, _paid("2024-03-15", 1000)], "2024-06-01") == []
    held = at(
        "2024-03-10 09:00", "fund.deferral_approved", receipt_id="r1", reason="分配", approver_role="局长", on="2024-03-10"
    )
    free = at("2024-03-20 09:00", "fund.deferral_ended", receipt_id="r1", on="2024-03-20")
    (line,) = told("R-FUND-01", [came, held, free, _paid("2024-04-12", 1000)], "2024-06-01")
    assert ", due 2024-04-10, " in line


def test_an_objection_is_filed_told_and_decided() -> None:
    """民诉法第236条、第238条: three days, three days more, fifteen days; a withdrawal closes the first two."""
    came = at("2024-03-01 09:00", "objection.received", objection_id="o1", kind="行为")
    filed = at("2024-03-05 09:00", "objection.filed", objection_id="o1", notified_on="2024-03-11")
    assert told("R-OBJ-01.a", [came, filed], "2024-06-01") == ["o1: orange, due 2024-03-04, since 2024-03-05, cured +1"]
    assert told("R-OBJ-01.b", [came, filed], "2024-06-01") == ["o1: orange, due 2024-03-08, since 2024-03-09, cured +3"]
    decided = at("2024-03-19 09:00", "objection.decided", objection_id="o1", result="驳回")
    (line,) = told("R-OBJ-01.c", [came, filed, decided], "2024-06-01")
    assert line.startswith("o1: orange, due 2024-03-18, ")
    assert line.endswith("cured +1")
    gone = at("2024-03-04 09:00", "objection.decided", objection_id="o1", result="撤回")
    assert told("R-OBJ-01.a", [came, gone], "2024-06-01") == []
