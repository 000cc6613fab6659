"""办案期限与财产控制: R-TIME-03, R-CTRL-02 to -04, by tiny lives."""

from typing import Any

import pytest
from national import CASE, at, told

MILLION = 1_000_000


def test_property_known_at_the_application_and_six_months() -> None:
    """民诉法第237条: six months from receipt, 2024-03-01 → 09-01, a Sunday → 09-02; without the flag nothing arms."""
    known = at("2024-03-01 09:00", "case.application_received", assets_known=True)
    assert told("R-TIME-03.a", [known], "2024-09-03") == ["red, due 2024-09-02, since 2024-09-03, open"]
    assert told("R-TIME-03.a", [known, at("2024-09-02 23:00", "case.closed", mode="执行完毕")], "2024-10-01") == []
    assert told("R-TIME-03.a", [at("2024-03-01 09:00", "case.application_received")], "2024-12-01") == []


def test_the_valuation_counts_out_here_and_a_request_for_instructions_does_not() -> None:
    """执行程序解释第13条: 30 days of 评估鉴定 move the raw day to 10-01, a holiday → 10-08; 请示 moves nothing."""
    known = at("2024-03-01 09:00", "case.application_received", assets_known=True)
    for clock, ground, due in (
        ("6mo", "评估鉴定", "2024-10-08"),
        ("disposal", "评估鉴定", "2024-10-08"),
        ("6mo", "请示", "2024-09-02"),
        ("disposal", "公告", "2024-09-02"),
    ):
        pause = [
            at("2024-04-10 09:00", "case.clock_paused", clock=clock, ground=ground, from_on="2024-04-10"),
            at("2024-05-10 09:00", "case.clock_resumed", clock=clock, to_on="2024-05-10"),
        ]
        assert [line[:18] for line in told("R-TIME-03.a", [known, *pause], "2025-01-01")] == [f"red, due {due[:9]}"], ground


def test_each_asset_has_its_own_six_months() -> None:
    """From its discovery; disposal cures, a whole release or the end of the case closes, a partial release doesn't."""
    found = [
        at("2024-01-10 09:00", "asset.discovered", {"class": "vehicle"}, asset_id=name, controllable=True)
        for name in ("a1", "a2", "a3")
    ]
    paid = at("2024-07-10 23:00", "asset.paid_over", asset_id="a1", on="2024-07-10")
    part = at("2024-07-01 09:00", "asset.released", asset_id="a2", scope="部分")
    whole = at("2024-07-20 09:00", "asset.released", asset_id="a3", scope="全部")
    assert told("R-TIME-03.b", [*found, paid, part, whole], "2024-08-01") == [
        "a2: red, due 2024-07-10, since 2024-07-11, open",
        "a3: red, due 2024-07-10, since 2024-07-11, closed",
    ]


def test_a_sale_is_known_by_its_auction() -> None:
    """auction.ruling_served names the auction; the asset is sought along its announcement."""
    life = [
        at("2024-01-10 09:00", "asset.discovered", {"class": "vehicle"}, asset_id="a1", controllable=True),
        at("2024-05-10 09:00", "auction.announced", auction_id="p1", asset_id="a1"),
        at("2024-07-15 09:00", "auction.ruling_served", auction_id="p1"),
    ]
    assert told("R-TIME-03.b", life, "2024-08-01") == ["a1: red, due 2024-07-10, since 2024-07-11, cured +5"]


def test_an_obligation_to_act_needs_a_measure() -> None:
    """Any measure counts; a money claim doesn't arm it."""
    act = at("2024-03-01 09:00", "case.application_received", claim_kind="act")
    fined = at("2024-09-02 09:00", "party.sanctioned", debtor_ref="d1", kind="罚款")
    late = at("2024-09-10 09:00", "cons.ordered", debtor_ref="d1")
    assert told("R-TIME-03.c", [act, fined], "2024-12-01") == []
    assert told("R-TIME-03.c", [act, late], "2024-12-01") == ["red, due 2024-09-02, since 2024-09-03, cured +8"]
    assert told("R-TIME-03.c", [at("2024-03-01 09:00", "case.application_received", claim_kind="money")], "2024-12-01") == []


FILED = at("2024-03-01 09:00", "case.filed", case_no="1", claim_fen=100 * MILLION, fee_fen=0, filed_on="2024-03-01")


def _asset(name: str, value: int, **more: Any) -> Any:
    return at("2024-03-02 09:00", "asset.discovered", {"class": "real_estate"}, asset_id=name, est_value_fen=value, **more)


def _seized(name: str, day: str, rank: int = 1) -> Any:
    return at(f"{day} 09:00", "asset.controlled", asset_id=name, rank=rank, measure="查封")


@pytest.mark.parametrize(
    ("value", "severity"), [(130, None), (131, "yellow"), (180, "yellow"), (181, "orange"), (250, "orange"), (251, "red")]
)
def test_far_more_seized_than_owed(value: int, severity: str | None) -> None:
    """1.3, 1.8 and 2.5 times what is owed are our parameters; on the number itself nothing is said."""
    life = [FILED, _asset("a1", value * MILLION), _seized("a1", "2024-03-10")]
    line = f"{severity}, due 2024-03-10 09:00, since 2024-03-10 09:00, open"
    assert told("R-CTRL-02", life, "2024-04-01") == ([line] if severity else [])


def test_a_release_cures_and_waiting_seizures_burdens_and_a_sole_indivisible_asset_do_not_count() -> None:
    """Only first seizures, less what burdens them; a house that can't be divided may be seized for a small debt."""
    small, large = _asset("a1", 100 * MILLION), _asset("a2", 100 * MILLION)
    both = [FILED, small, large, _seized("a1", "2024-03-10"), _seized("a2", "2024-03-11")]
    freed = at("2024-03-15 09:00", "asset.released", asset_id="a2", scope="全部")
    line = "orange, due 2024-03-11 09:00, since 2024-03-11 09:00"
    assert told("R-CTRL-02", both, "2024-04-01") == [f"{line}, open"]
    assert told("R-CTRL-02", [*both, freed], "2024-04-01") == [f"{line}, cured +4"]
    assert told("R-CTRL-02", [FILED, large, _seized("a2", "2024-03-10", rank=2)], "2024-04-01") == []
    burdened = _asset("a3", 200 * MILLION, encumbrance_fen=100 * MILLION)
    assert told("R-CTRL-02", [FILED, burdened, _seized("a3", "2024-03-10")], "2024-04-01") == []
    house = _asset("a4", 900 * MILLION, indivisible=True)
    assert told("R-CTRL-02", [FILED, house, _seized("a4", "2024-03-10")], "2024-04-01") == []
    beside = [FILED, house, small, _seized("a1", "2024-03-09"), _seized("a4", "2024-03-10")]
    assert told("R-CTRL-02", beside, "2024-04-01") == ["red, due 2024-03-10 09:00, since 2024-03-10 09:00, open"]


def test_what_is_still_controlled_when_all_is_performed_is_released_within_three_working_days() -> None:
    """查封规定第28条: each asset apart; closing doesn't end the duty.

    2024-03-20 is a Wednesday: due on Monday 25; ten days end on Saturday 30 and roll to Monday, so that it is red on Tuesday.
    """
    seized = [_asset("a1", MILLION), _asset("a2", MILLION), _seized("a1", "2024-03-10"), _seized("a2", "2024-03-10")]
    closed = at("2024-03-20 09:00", "case.closed", mode="执行完毕")
    freed = at("2024-03-25 18:00", "asset.released", asset_id="a1")
    assert told("R-CTRL-03.a", [FILED, *seized, closed, freed], "2024-03-28") == [
        "a2: orange, due 2024-03-25, since 2024-03-26, open"
    ]
    assert told("R-CTRL-03.a", [FILED, *seized, closed, freed], "2024-04-02") == [
        "a2: red, due 2024-03-25, since 2024-03-26, open"
    ]
    terminated = at("2024-03-20 09:00", "case.closed", mode="终结本次执行程序")
    assert told("R-CTRL-03.a", [FILED, *seized, terminated], "2024-05-01") == []


def test_an_objection_upheld_is_followed_by_a_release_in_seven_days() -> None:
    """A third party's names its asset; that about the amount is met by any release of the case."""
    for kind, rule in (("案外人", "R-CTRL-03.b"), ("超标的", "R-CTRL-03.c")):
        filed = at("2024-03-01 09:00", "objection.received", objection_id="o1", kind=kind, asset_id="a1")
        upheld = at("2024-03-11 09:00", "objection.decided", objection_id="o1", result="支持")
        lost = at("2024-03-11 09:00", "objection.decided", objection_id="o1", result="驳回")
        freed = at("2024-03-20 09:00", "asset.released", asset_id="a1", scope="部分")
        name = "a1: " if kind == "案外人" else ""
        assert told(rule, [filed, upheld, freed], "2024-06-01") == [f"{name}orange, due 2024-03-18, since 2024-03-19, cured +2"]
        assert told(rule, [filed, lost], "2024-06-01") == []
    other = at("2024-03-15 09:00", "asset.released", asset_id="a9")
    filed = at("2024-03-01 09:00", "objection.received", objection_id="o1", kind="案外人", asset_id="a1")
    upheld = at("2024-03-11 09:00", "objection.decided", objection_id="o1", result="支持")
    assert told("R-CTRL-03.b", [filed, upheld, other], "2024-06-01") == ["a1: red, due 2024-03-18, since 2024-03-19, open"]


def test_a_seizure_warns_before_it_lapses_and_is_red_when_it_has() -> None:
    """民诉法解释第485条: in force to the end of the day named; 90, 30 and 7 days before are ours."""
    held = at("2023-06-01 09:00", "asset.controlled", asset_id="a1", rank=1, expires_on="2024-05-31")
    for until, line in (
        ("2024-03-02", []),
        ("2024-03-03", ["a1: yellow, due 2024-05-31, since 2024-03-03, open"]),
        ("2024-05-25", ["a1: orange, due 2024-05-31, since 2024-03-03, open"]),
        ("2024-05-31 23:00", ["a1: orange, due 2024-05-31, since 2024-03-03, open"]),
        ("2024-06-01", ["a1: red, due 2024-05-31, since 2024-03-03, open"]),
    ):
        assert told("R-CTRL-04", [held], until) == line, until


def test_a_renewal_begins_anew_also_in_the_case_that_resumes() -> None:
    """The chain of cases is one: what 执 seized and 执恢 renewed doesn't lapse. A release ends it, a partial one doesn't."""
    held = at("2023-06-01 09:00", "asset.controlled", asset_id="a1", rank=1, expires_on="2024-05-31")
    closed = at("2023-12-01 09:00", "case.closed", mode="终结本次执行程序")
    resumed = at("2024-05-20 09:00", "asset.renewed", asset_id="a1", expires_on="2025-05-19", case=f"{CASE}-恢")
    assert told("R-CTRL-04", [held, closed, resumed], "2024-12-01") == [
        "a1: yellow, due 2024-05-31, since 2024-03-03, cured +0"
    ]
    part = at("2024-02-01 09:00", "asset.released", asset_id="a1", scope="部分")
    whole = at("2024-02-01 09:00", "asset.released", asset_id="a1")
    assert len(told("R-CTRL-04", [held, part], "2024-06-01")) == 1
    assert told("R-CTRL-04", [held, whole], "2024-06-01") == []
    assert told("R-CTRL-04", [at("2023-06-01 09:00", "asset.controlled", asset_id="a1", rank=2)], "2026-01-01") == []
