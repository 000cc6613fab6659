"""失信名单、限制消费、异议期间的处分、保全移交: R-LIST, R-CONS, R-OBJ-03, R-PRES-03, by tiny lives."""

from typing import Any

import pytest
from national import at, told

FILED = at("2024-02-01 09:00", "case.filed", case_no="1", claim_fen=1_000_000, fee_fen=0)
DEBTOR = at("2024-02-01 09:01", "party.registered", party_ref="d1", role="被执行", kind="natural")


def _listed(text: str = "2024-03-01 09:00", **more: Any) -> Any:
    return at(text, "list.included", {"debtor_ref": "d1", "ground": 1, "signed_by_role": "院长"} | more)


def _party(**flags: bool) -> Any:
    return at("2024-02-02 09:00", "party.registered", {"party_ref": "d1", "role": "被执行", "kind": "natural"} | flags)


def _turn_came(text: str) -> Any:
    return at(text, "party.registered", party_ref="d1", role="被执行", kind="natural", order_not_due=False)


RICH = [
    at("2024-02-10 09:00", "asset.discovered", {"class": "vehicle"}, asset_id="a1", est_value_fen=1_000_000),
    at("2024-02-11 09:00", "asset.controlled", asset_id="a1", rank=1),
]


@pytest.mark.parametrize(
    ("facts", "listing", "check"),
    [
        ([], {}, None),
        ([_party(is_minor=True)], {}, "minor"),
        ([_party(is_student=True, is_campus_loan=True)], {}, "student"),
        ([_party(is_student=True)], {}, None),
        ([_party(is_legal_rep=True)], {}, "legal_rep"),
        ([_party(order_not_due=True)], {}, "not_due"),
        ([_party(order_not_due=True), _turn_came("2024-02-20 09:00")], {}, None),
        ([_party(order_not_due=True), _turn_came("2024-03-02 09:00")], {}, "not_due"),
        ([at("2024-02-20 09:00", "case.guarantee_accepted", by="第三人")], {}, "guarantee"),
        ([at("2024-02-20 09:00", "case.guarantee_accepted", by="申请人")], {}, None),
        (RICH, {}, "covered"),
        (RICH[:1], {}, None),
        ([], {"signed_by_role": "庭长"}, "signed"),
    ],
)
def test_who_must_not_be_listed(facts: list[Any], listing: dict[str, Any], check: str | None) -> None:
    """法释〔2017〕7号第3条、第4条、第9条; removal cures."""
    line = "d1: red, due 2024-03-01 09:00, since 2024-03-01 09:00"
    life = [FILED, DEBTOR, *facts, _listed(**listing)]
    assert told("R-LIST-02.a", life, "2024-04-01") == ([f"{line}, open ({check})"] if check else [])
    removed = at("2024-03-04 09:00", "list.removed", debtor_ref="d1", reason="撤销")
    assert told("R-LIST-02.a", [*life, removed], "2024-04-01") == ([f"{line}, cured +3 ({check})"] if check else [])


def test_a_wrong_listing_is_revoked_within_three_working_days() -> None:
    """R-LIST-02.b runs from the alert: Friday 2024-03-01 → Wednesday 03-06."""
    life = [FILED, DEBTOR, _party(is_minor=True), _listed()]
    beside = ("R-LIST-02.a",)
    assert told("R-LIST-02.b", life, "2024-03-07", beside=beside) == ["red, due 2024-03-06, since 2024-03-07, open"]
    removed = at("2024-03-06 09:00", "list.removed", debtor_ref="d1", reason="撤销")
    assert told("R-LIST-02.b", [*life, removed], "2024-04-01", beside=beside) == []
    assert told("R-LIST-02.b", [FILED, DEBTOR, _listed()], "2024-04-01", beside=beside) == []


@pytest.mark.parametrize(
    "ground",
    [
        [at("2024-06-03 09:00", "case.closed", mode="执行完毕")],
        [at("2024-06-03 09:00", "case.obligation_performed", amount_fen=1_000_000, channel="direct")],
        [at("2024-06-03 09:00", "case.settlement_outcome", settlement_id="s1", status="performed")],
        [at("2024-06-03 09:00", "case.suspended", on="2024-06-03", ground="破产")],
        [
            at("2024-04-03 09:00", "term.requery_done", seq_no=1, hits=0),
            at("2024-06-03 09:00", "term.requery_done", seq_no=2, hits=0),
        ],
    ],
)
def test_who_is_listed_without_a_term_is_taken_off_when_its_reason_is_gone(ground: list[Any]) -> None:
    """R-LIST-03.a: Monday 2024-06-03 → Thursday 06-06; red after the seventh, 端午 not counted."""
    life = [FILED, DEBTOR, _listed(), *ground]
    assert told("R-LIST-03.a", life, "2024-06-08") == ["d1: orange, due 2024-06-06, since 2024-06-07, open"]
    removed = at("2024-06-06 23:00", "list.removed", debtor_ref="d1")
    assert told("R-LIST-03.a", [*life, removed], "2024-07-01") == []
    late = at("2024-06-20 09:00", "list.removed", debtor_ref="d1")
    assert told("R-LIST-03.a", [*life, late], "2024-07-01") == ["d1: red, due 2024-06-06, since 2024-06-07, cured +14"]
    fixed = _listed(ground=2, term_months=24, decided_on="2024-03-01")
    assert told("R-LIST-03.a", [FILED, DEBTOR, fixed, *ground], "2024-07-01") == []


def test_a_part_performance_or_an_open_clue_takes_nobody_off() -> None:
    """All of the debt; two clean queries and nothing left to verify."""
    part = at("2024-06-03 09:00", "case.obligation_performed", amount_fen=999_999, channel="direct")
    assert told("R-LIST-03.a", [FILED, DEBTOR, _listed(), part], "2024-07-01") == []
    clean = [at(f"2024-0{month}-03 09:00", "term.requery_done", seq_no=month, hits=0) for month in (4, 5)]
    clue = at("2024-04-20 09:00", "clue.received", clue_id="c1")
    assert told("R-LIST-03.a", [FILED, DEBTOR, _listed(), *clean, clue], "2024-07-01") == []


@pytest.mark.parametrize(
    ("term", "due", "since"),
    [
        ({}, "2026-03-04", "2026-03-05"),
        ({"term_months": 24, "extended_months": 12}, "2027-03-04", "2027-03-05"),
    ],
)
def test_a_term_of_two_years_and_three_working_days(term: dict[str, Any], due: str, since: str) -> None:
    """R-LIST-03.b: 2026-03-01 is a Sunday and 2027-03-01 a Monday; the term itself doesn't roll."""
    life = [FILED, DEBTOR, _listed(ground=3, **term)]
    assert told("R-LIST-03.b", life, since) == [f"d1: orange, due {due}, since {since}, open"]
    in_time = at(f"{due} 20:00", "list.removed", debtor_ref="d1")
    assert told("R-LIST-03.b", [*life, in_time], "2028-01-01") == []
    assert told("R-LIST-03.b", [FILED, DEBTOR, _listed()], "2028-01-01") == []


@pytest.mark.parametrize(("again", "breach"), [("2024-09-01 08:00", False), ("2024-08-31 09:00", True)])
def test_not_listed_again_on_application_for_six_months(again: str, *, breach: bool) -> None:
    """R-LIST-03.c: removed at the applicant's request on 2024-03-01: from 09-01 on it may be asked for again."""
    removed = at("2024-03-01 09:00", "list.removed", debtor_ref="d1", reason="申请人申请")
    asked = at("2024-08-20 09:00", "list.applied", debtor_ref="d1")
    line = f"d1: orange, due {again}, since {again}, open"
    assert told("R-LIST-03.c", [FILED, removed, asked, _listed(again)], "2024-10-01") == ([line] if breach else [])
    assert told("R-LIST-03.c", [FILED, removed, _listed(again)], "2024-10-01") == []


GRANTED = at("2024-03-11 09:00", "list.removal_decided", debtor_ref="d1", ground="申请人申请", result="准许")


def test_a_removal_that_was_granted_is_done_within_three_working_days() -> None:
    """R-LIST-03.d: Monday 2024-03-11 → Thursday 03-14, red after the seventh day; for who is listed, if granted."""
    life = [FILED, DEBTOR, _listed(), GRANTED]
    assert told("R-LIST-03.d", life, "2024-03-16") == ["d1: orange, due 2024-03-14, since 2024-03-15, open"]
    assert told("R-LIST-03.d", life, "2024-03-21") == ["d1: red, due 2024-03-14, since 2024-03-15, open"]
    in_time = at("2024-03-14 23:00", "list.removed", debtor_ref="d1", reason="申请人申请")
    assert told("R-LIST-03.d", [*life, in_time], "2024-05-01") == []
    late = at("2024-03-18 09:00", "list.removed", debtor_ref="d1", reason="申请人申请")
    assert told("R-LIST-03.d", [*life, late], "2024-05-01") == ["d1: orange, due 2024-03-14, since 2024-03-15, cured +4"]
    entered_late = at("2024-03-14 09:00", "list.removed", debtor_ref="d1", recorded="2024-04-02 09:00")
    assert told("R-LIST-03.d", [*life, entered_late], "2024-05-01") == []
    refused = at("2024-03-11 09:00", "list.removal_decided", debtor_ref="d1", ground="申请人申请", result="不准许")
    assert told("R-LIST-03.d", [FILED, DEBTOR, _listed(), refused], "2024-05-01") == []
    assert told("R-LIST-03.d", [FILED, DEBTOR, GRANTED], "2024-05-01") == []


@pytest.mark.parametrize(
    ("more", "reason", "day", "breach"),
    [
        ([], "提前", "2026-02-28 23:59", True),
        ([], "提前", "2026-03-01 00:00", False),
        ([], "撤销", "2024-05-01 09:00", False),
        ([GRANTED], "提前", "2024-05-01 09:00", False),
        ([at("2024-02-20 09:00", "list.removal_decided", debtor_ref="d1", result="准许")], "提前", "2024-05-01 09:00", True),
        ([at("2024-03-20 09:00", "list.removal_decided", debtor_ref="d1", result="不准许")], "提前", "2024-05-01 09:00", True),
    ],
)
def test_nobody_leaves_before_the_term_without_a_decision(more: list[Any], reason: str, day: str, *, breach: bool) -> None:
    """R-LIST-03.e: two years from 2024-03-01; a decision before this listing is none; who is listed without a term may go."""
    removed = at(day, "list.removed", debtor_ref="d1", reason=reason)
    line = f"d1: orange, due {day.removesuffix(' 00:00')}, since {day.removesuffix(' 00:00')}, open"
    life = [FILED, DEBTOR, _listed(ground=3), *more, removed]
    assert told("R-LIST-03.e", life, "2026-06-01") == ([line] if breach else [])
    assert told("R-LIST-03.e", [FILED, DEBTOR, _listed(), removed], "2026-06-01") == []


def test_a_decision_that_is_entered_late_takes_the_alert_back() -> None:
    """R-LIST-03.e: what was decided in time but told later."""
    removed = at("2024-05-01 09:00", "list.removed", debtor_ref="d1", reason="提前")
    decided = at("2024-04-20 09:00", "list.removal_decided", debtor_ref="d1", result="准许", recorded="2024-05-20 09:00")
    life = [FILED, DEBTOR, _listed(ground=3), removed]
    assert len(told("R-LIST-03.e", life, "2024-05-10")) == 1
    assert told("R-LIST-03.e", [*life, decided], "2024-06-01") == []


def test_who_is_listed_is_restricted_within_three_working_days() -> None:
    """R-CONS-01.a: Friday 2024-03-01 → Wednesday 03-06; who is restricted already isn't asked for again."""
    ordered = at("2024-03-07 09:00", "cons.ordered", debtor_ref="d1")
    assert told("R-CONS-01.a", [FILED, DEBTOR, _listed(), ordered], "2024-04-01") == [
        "d1: orange, due 2024-03-06, since 2024-03-07, cured +1"
    ]
    before = at("2024-02-20 09:00", "cons.ordered", debtor_ref="d1")
    lifted = at("2024-02-25 09:00", "cons.lifted", debtor_ref="d1")
    assert told("R-CONS-01.a", [FILED, DEBTOR, before, _listed()], "2024-04-01") == []
    assert len(told("R-CONS-01.a", [FILED, DEBTOR, before, lifted, _listed()], "2024-04-01")) == 1


@pytest.mark.parametrize(
    "ground",
    [
        at("2024-03-01 09:00", "case.closed", mode="终结执行"),
        at("2024-03-01 09:00", "case.guarantee_accepted", by="被执行人"),
        at("2024-03-01 09:00", "case.obligation_performed", amount_fen=1_000_000, channel="direct"),
    ],
)
def test_a_restriction_without_reason_is_lifted_within_three_working_days(ground: Any) -> None:
    """R-CONS-01.b, for each debtor that is restricted."""
    ordered = at("2024-02-20 09:00", "cons.ordered", debtor_ref="d1")
    life = [FILED, DEBTOR, ordered, ground]
    assert told("R-CONS-01.b", life, "2024-04-01") == ["d1: orange, due 2024-03-06, since 2024-03-07, open"]
    assert told("R-CONS-01.b", [*life, at("2024-03-06 09:00", "cons.lifted", debtor_ref="d1")], "2024-04-01") == []
    assert told("R-CONS-01.b", [FILED, DEBTOR, ground], "2024-04-01") == []


@pytest.mark.parametrize(("until", "breach"), [("2024-04-01", False), ("2024-04-02", True)])
def test_an_exemption_lasts_a_month_at_most(until: str, *, breach: bool) -> None:
    """R-CONS-01.c: to the same day of the next month."""
    once = at("2024-03-01 09:00", "cons.exempted_once", debtor_ref="d1", until_on=until)
    line = "d1: orange, due 2024-03-01 09:00, since 2024-03-01 09:00, open"
    assert told("R-CONS-01.c", [once], "2024-05-01") == ([line] if breach else [])


def test_after_an_exemption_the_restriction_is_restored() -> None:
    """R-CONS-01.d: exempted to Friday 2024-03-15, restored by Wednesday 03-20, or earlier; a lifting ends it."""
    once = at("2024-03-01 09:00", "cons.exempted_once", debtor_ref="d1", until_on="2024-03-15")
    assert told("R-CONS-01.d", [once], "2024-03-22") == ["d1: orange, due 2024-03-20, since 2024-03-21, open"]
    for name in ("cons.restored", "cons.ordered"):
        assert told("R-CONS-01.d", [once, at("2024-03-20 18:00", name, debtor_ref="d1")], "2024-05-01") == []
    early = at("2024-03-10 09:00", "cons.restored", debtor_ref="d1")
    assert told("R-CONS-01.d", [once, early], "2024-05-01") == []
    late = at("2024-03-22 09:00", "cons.restored", debtor_ref="d1")
    assert told("R-CONS-01.d", [once, late], "2024-05-01") == ["d1: orange, due 2024-03-20, since 2024-03-21, cured +2"]
    other = at("2024-03-18 09:00", "cons.restored", debtor_ref="d2")
    assert len(told("R-CONS-01.d", [once, other], "2024-05-01")) == 1
    assert told("R-CONS-01.d", [once, at("2024-03-12 09:00", "cons.lifted", debtor_ref="d1")], "2024-05-01") == []
    assert told("R-CONS-01.d", [at("2024-03-01 09:00", "cons.exempted_once", debtor_ref="d1")], "2024-05-01") == []


def _over(text: str) -> Any:
    return at(text, "suit.closed", objection_id="o1", kind="案外人", result="驳回")


SUED = at("2024-03-28 09:00", "suit.filed", objection_id="o1", kind="案外人")
CLAIM = at("2024-03-01 09:00", "objection.received", objection_id="o1", kind="案外人", asset_id="a1")
LOST = at("2024-03-14 09:00", "objection.decided", objection_id="o1", result="驳回", served_on="2024-03-15")


@pytest.mark.parametrize(
    ("steps", "taken", "check"),
    [
        ([], "2024-03-10 09:00", None),
        ([CLAIM], "2024-03-10 09:00", "pending"),
        ([CLAIM, LOST], "2024-03-30 23:00", "window"),
        ([CLAIM, LOST], "2024-03-31 09:00", None),
        ([CLAIM, LOST, SUED], "2024-05-01 09:00", "suit"),
        ([CLAIM, LOST, SUED, _over("2024-04-30 09:00")], "2024-05-01 09:00", None),
        ([CLAIM, LOST, SUED, _over("2024-05-02 09:00")], "2024-05-01 09:00", "suit"),
        ([CLAIM, at("2024-03-05 09:00", "case.guarantee_accepted", by="申请人")], "2024-03-10 09:00", None),
        (
            [at("2024-03-01 09:00", "objection.received", objection_id="o1", kind="行为", asset_id="a1")],
            "2024-03-10 09:00",
            None,
        ),
        (
            [at("2024-03-01 09:00", "objection.received", objection_id="o1", kind="案外人", asset_id="a2")],
            "2024-03-10 09:00",
            None,
        ),
    ],
)
def test_no_disposal_while_a_third_party_claims_the_asset(steps: list[Any], taken: str, check: str | None) -> None:
    """R-OBJ-03: served on 2024-03-15, the fifteenth day is 03-30; a guarantee of the applicant's lets it go on."""
    line = f"a1: red, due {taken}, since {taken}, open ({check})"
    assert told("R-OBJ-03", [*steps, at(taken, "asset.paid_over", asset_id="a1")], "2024-07-01") == ([line] if check else [])


def test_a_sale_counts_as_disposal_and_its_revocation_cures() -> None:
    """auction.sold names its asset by the announcement."""
    sale = [
        at("2024-03-02 09:00", "auction.announced", auction_id="p1", asset_id="a1"),
        at("2024-03-10 09:00", "auction.sold", auction_id="p1"),
    ]
    line = "a1: red, due 2024-03-10 09:00, since 2024-03-10 09:00"
    assert told("R-OBJ-03", [CLAIM, *sale], "2024-04-01") == [f"{line}, open (pending)"]
    revoked = at("2024-03-20 09:00", "auction.revoked", auction_id="p1")
    assert told("R-OBJ-03", [CLAIM, *sale, revoked], "2024-04-01") == [f"{line}, cured +10 (pending)"]


KEPT = at("2024-01-10 09:00", "pres.executed", pres_id="s1", asset_ids=["a1"], case="财保1")


def test_preserved_property_is_handed_over_in_seven_days() -> None:
    """R-PRES-03.a looks along the chain; the preservation's own filing doesn't arm it."""
    own = at("2024-01-09 09:00", "case.filed", case_no="1", case_type="执保", case="财保1")
    filed = at("2024-03-01 09:00", "case.filed", case_no="2", case_type="执")
    handed = at("2024-03-11 09:00", "pres.handed_over", pres_id="s1", asset_ids=["a1"])
    assert told("R-PRES-03.a", [own, KEPT, filed, handed], "2024-04-01") == [
        "orange, due 2024-03-08, since 2024-03-09, cured +3"
    ]
    assert told("R-PRES-03.a", [own, KEPT], "2024-04-01") == []
    assert told("R-PRES-03.a", [filed], "2024-04-01") == []


def test_the_handover_resets_no_expiry() -> None:
    """R-PRES-03.b: the day handed over is that of the seizure."""
    held = at("2024-01-10 09:00", "asset.controlled", asset_id="a1", rank=1, expires_on="2025-01-09")
    for day, breach in (("2025-01-09", False), ("2025-03-01", True)):
        handed = at("2024-03-05 09:00", "pres.handed_over", pres_id="s1", assets=[{"asset_id": "a1", "expires_on": day}])
        line = "s1: orange, due 2024-03-05 09:00, since 2024-03-05 09:00, open"
        assert told("R-PRES-03.b", [held, handed], "2024-04-01") == ([line] if breach else [])
