"""审执衔接、委托、协助、干预、信访、督办、特殊主体、涉民生: by tiny lives."""

from typing import Any

import pytest
from national import COURT, at, told

QUERY = at("2024-03-01 09:00", "case.basis_query_sent", query_id="q1")


def test_a_query_about_the_judgment_is_answered_in_fifteen_days() -> None:
    """R-COOP-01: 2024-03-16 is a Saturday → Monday 18; yellow after day twelve, red after thirty (03-31 → 04-01)."""
    assert told("R-COOP-01", [QUERY], "2024-03-14") == ["q1: yellow, due 2024-03-18, since 2024-03-14, open"]
    assert told("R-COOP-01", [QUERY], "2024-03-19") == ["q1: orange, due 2024-03-18, since 2024-03-14, open"]
    late = at("2024-04-02 09:00", "case.basis_query_answered", query_id="q1")
    assert told("R-COOP-01", [QUERY, late], "2024-05-01") == ["q1: red, due 2024-03-18, since 2024-03-14, cured +15"]
    other = at("2024-03-10 09:00", "case.basis_query_answered", query_id="q2")
    assert len(told("R-COOP-01", [QUERY, other], "2024-03-19")) == 1


def _sent(**more: Any) -> Any:
    return at("2024-03-01 09:00", "entr.sent", {"entr_id": "e1", "kind": "事项", "to_court": "沪0101"} | more)


def test_an_entrusted_matter_is_accepted_in_three_days() -> None:
    """R-ENTR-02.a: 2024-03-04 is a Monday; a return or a reply makes acceptance needless; cases are another row."""
    assert told("R-ENTR-02.a", [_sent()], "2024-03-05") == ["e1: yellow, due 2024-03-04, since 2024-03-05, open"]
    for name in ("entr.accepted", "entr.returned", "entr.replied"):
        assert told("R-ENTR-02.a", [_sent(), at("2024-03-04 18:00", name, entr_id="e1")], "2024-04-01") == []
    assert told("R-ENTR-02.a", [_sent(kind="案件")], "2024-04-01") == []


@pytest.mark.parametrize(
    ("more", "due", "since"),
    [
        ({"due_on": "2024-03-09"}, "2024-03-09", "2024-03-10"),
        ({"matter": "续封"}, "2024-03-08", "2024-03-09"),
        ({"matter": "送达"}, "2024-03-18", "2024-03-19"),
        ({"matter": "腾退"}, "2024-04-01", "2024-04-02"),
        ({}, "2024-04-01", "2024-04-02"),
    ],
)
def test_an_entrusted_matter_is_done_when_the_letter_says_or_after_our_days(more: Any, due: str, since: str) -> None:
    """R-ENTR-02.b: 7, 15 or 30 days by the matter; a date doesn't roll, days do."""
    assert told("R-ENTR-02.b", [_sent(**more)], since) == [f"e1: orange, due {due}, since {since}, open"]
    assert told("R-ENTR-02.b", [_sent(**more), at(f"{due} 20:00", "entr.replied", entr_id="e1")], "2024-06-01") == []
    assert told("R-ENTR-02.b", [_sent(**more)], "2024-06-01") == [f"e1: red, due {due}, since {since}, open"]


def _asked(**more: Any) -> Any:
    return at("2024-03-01 09:00", "coord.assist_requested", {"assist_id": "h1", "kind": "冻结"} | more)


@pytest.mark.parametrize(
    ("more", "due"),
    [
        ({"due_on": "2024-03-08"}, "2024-03-08"),
        ({"institution_kind": "网络银行"}, "2024-03-04"),
        ({"institution_kind": "城商行"}, "2024-03-06"),
        ({"institution_kind": "不动产登记"}, "2024-03-08"),
        ({"institution_kind": "insurer"}, "2024-03-15"),
        ({}, "2024-03-15"),
    ],
)
def test_an_institution_answers_when_asked_or_after_our_days(more: Any, due: str) -> None:
    """R-ASST-01.a: yellow one working day before, orange at due, red ten working days after."""
    lines = told("R-ASST-01.a", [_asked(**more)], "2024-06-01")
    assert [line.split(", since")[0] for line in lines] == [f"h1: red, due {due}"]
    refused = at("2024-03-01 15:00", "coord.assist_replied", assist_id="h1", result="refused")
    assert told("R-ASST-01.a", [_asked(**more), refused], "2024-06-01") == []


def test_levels_of_a_silent_institution() -> None:
    """Due on Friday 2024-03-08: yellow since Friday, orange since Saturday, red after ten working days more."""
    asked = _asked(due_on="2024-03-08")
    line = "due 2024-03-08, since 2024-03-08, open"
    assert told("R-ASST-01.a", [asked], "2024-03-08 12:00") == [f"h1: yellow, {line}"]
    assert told("R-ASST-01.a", [asked], "2024-03-09") == [f"h1: orange, {line}"]
    assert told("R-ASST-01.a", [asked], "2024-03-23") == [f"h1: red, {line}"]


def test_a_debt_due_to_the_debtor_has_fifteen_days_from_service() -> None:
    """R-ASST-01.b, 执行规定第45条: 2024-03-20 is a Wednesday; 80 % are twelve days."""
    notice = _asked(kind="到期债权", served_on="2024-03-05")
    assert told("R-ASST-01.a", [notice], "2024-06-01") == []
    assert told("R-ASST-01.b", [notice], "2024-03-19") == ["h1: yellow, due 2024-03-20, since 2024-03-19, open"]
    objected = at("2024-03-21 09:00", "coord.assist_replied", assist_id="h1", result="objected")
    assert told("R-ASST-01.b", [notice, objected], "2024-06-01") == ["h1: orange, due 2024-03-20, since 2024-03-19, cured +1"]


def test_a_banks_objection_is_answered_in_fifteen_days() -> None:
    """R-ASST-01.c, 网络查询规定第6条; twelve days end on a Sunday, so yellow since 03-19; a bank only."""
    objected = at("2024-03-05 09:00", "coord.assist_replied", assist_id="h1", result="objected")
    life = [_asked(institution_kind="国有银行"), objected]
    assert told("R-ASST-01.c", life, "2024-03-21") == ["h1: orange, due 2024-03-20, since 2024-03-19, open"]
    answered = at("2024-03-17 09:00", "coord.objection_answered", assist_id="h1")
    assert told("R-ASST-01.c", [*life, answered], "2024-06-01") == []
    assert told("R-ASST-01.c", [_asked(institution_kind="车管"), objected], "2024-06-01") == []


def test_interference_is_reported_within_a_day_or_the_quarter() -> None:
    """R-INTF-01: hours count by the clock, in time on their very instant."""
    affects = at("2024-03-01 09:00", "pers.interference_recorded", rec_id="g1", affects_case=True)
    on_time = at("2024-03-02 09:00", "pers.interference_reported", rec_id="g1")
    late = at("2024-03-02 09:01", "pers.interference_reported", rec_id="g1")
    assert told("R-INTF-01.a", [affects, on_time], "2024-04-01") == []
    assert told("R-INTF-01.a", [affects, late], "2024-04-01") == [
        "g1: red, due 2024-03-02 09:00, since 2024-03-02 09:00, cured +0"
    ]
    plain = at("2024-02-10 09:00", "pers.interference_recorded", rec_id="g2", affects_case=False)
    assert told("R-INTF-01.b", [affects, plain], "2024-04-01") == ["g2: red, due 2024-03-31, since 2024-04-01, open"]
    assert told("R-INTF-01.a", [plain], "2024-04-01") == []


def _petition(**more: Any) -> Any:
    return at("2024-03-01 09:00", "pet.received", {"pet_id": "t1", "channel": "来信"} | more)


def test_a_petition_is_registered_resolved_and_answered() -> None:
    """R-PET-01: five working days from Friday 2024-03-01 → 03-08; thirty days from 03-08 → 04-07; told, not only resolved."""
    entered = at("2024-03-08 09:00", "pet.registered", pet_id="t1")
    assert told("R-PET-01.a", [_petition(), entered], "2024-06-01") == []
    assert told("R-PET-01.a", [_petition()], "2024-03-09") == ["t1: orange, due 2024-03-08, since 2024-03-09, open"]
    done = at("2024-04-03 09:00", "pet.resolved", pet_id="t1", outcome="化解")
    life = [_petition(), entered, at("2024-03-20 09:00", "case.closed", mode="执行完毕"), done]
    assert told("R-PET-01.b", life, "2024-04-08") == ["t1: orange, due 2024-04-07, since 2024-04-03, open"]
    answered = at("2024-04-03 09:00", "pet.resolved", pet_id="t1", outcome="化解", petitioner_told_on="2024-04-08")
    assert told("R-PET-01.b", [_petition(), entered, answered], "2024-06-01") == [
        "t1: orange, due 2024-04-07, since 2024-04-03, cured +1"
    ]
    assert told("R-PET-01.b", life, "2024-06-01") == ["t1: red, due 2024-04-07, since 2024-04-03, open"]


def test_a_petition_that_was_only_registered_is_watched_too() -> None:
    """R-PET-01.b: without a receipt nothing says that another court is meant; a receipt entered later may say so."""
    entered = at("2024-03-08 09:00", "pet.registered", pet_id="t1")
    assert told("R-PET-01.b", [entered], "2024-04-08") == ["t1: orange, due 2024-04-07, since 2024-04-03, open"]
    assert told("R-PET-01.b", [entered, _petition(about_court="京010501")], "2024-04-08") == []


def test_a_petition_about_a_lower_court_is_passed_on() -> None:
    """R-PET-01.c: fifteen working days from Friday 2024-03-01 → 03-22; about one's own court there is nothing to pass on."""
    below, own = _petition(about_court="京010501"), _petition(about_court=COURT)
    assert told("R-PET-01.c", [below], "2024-03-23") == ["t1: orange, due 2024-03-22, since 2024-03-23, open"]
    assert told("R-PET-01.c", [below, at("2024-03-22 09:00", "pet.triaged", pet_id="t1")], "2024-06-01") == []
    assert told("R-PET-01.c", [own], "2024-06-01") == []
    entered = at("2024-03-08 09:00", "pet.registered", pet_id="t1")
    assert told("R-PET-01.b", [below, entered], "2024-06-01") == []


def _directive(**more: Any) -> Any:
    return at("2024-03-01 09:00", "sup.directive_issued", {"directive_id": "z1", "kind": "督办", "to_court": COURT} | more)


FEEDBACK = at("2024-03-12 09:00", "sup.feedback_submitted", directive_id="z1", result="部分")


def test_a_directive_is_signed_for_in_two_working_days() -> None:
    """R-DIR-01.a: Friday → Tuesday 2024-03-05; a request that goes up isn't a directive."""
    assert told("R-DIR-01.a", [_directive()], "2024-03-06") == ["z1: orange, due 2024-03-05, since 2024-03-06, open"]
    signed = at("2024-03-05 20:00", "sup.directive_received", directive_id="z1")
    assert told("R-DIR-01.a", [_directive(), signed], "2024-06-01") == []
    assert told("R-DIR-01.a", [_directive(kind="请示")], "2024-06-01") == []


def test_feedback_only_moves_the_level_of_a_directive() -> None:
    """R-DIR-01.b: without it yellow, orange, red; with it nothing until seven days after due, then red all the same."""
    order = _directive(due_on="2024-03-15")
    line = "due 2024-03-15, since 2024-03-13"
    assert told("R-DIR-01.b", [order], "2024-03-13") == [f"z1: yellow, {line}, open"]
    assert told("R-DIR-01.b", [order], "2024-03-16") == [f"z1: orange, {line}, open"]
    assert told("R-DIR-01.b", [order], "2024-03-23") == [f"z1: red, {line}, open"]
    assert told("R-DIR-01.b", [order, FEEDBACK], "2024-03-22 23:00") == []
    assert told("R-DIR-01.b", [order, FEEDBACK], "2024-03-23") == ["z1: red, due 2024-03-15, since 2024-03-23, open"]
    right = at("2024-03-20 09:00", "sup.directive_closed", directive_id="z1", verdict="合格")
    assert told("R-DIR-01.b", [order, FEEDBACK, right], "2024-06-01") == []
    closed = at("2024-03-18 09:00", "case.closed", mode="执行完毕")
    assert told("R-DIR-01.b", [order, closed], "2024-06-01") == [f"z1: orange, {line}, cured +3"]
    assert told("R-DIR-01.b", [_directive()], "2024-03-19") == ["z1: orange, due 2024-03-18, since 2024-03-16, open"]


def test_what_is_sent_back_has_seven_days_more() -> None:
    """R-DIR-01.c: from the return; a second return replaces the first."""
    back = at("2024-03-14 09:00", "sup.directive_closed", directive_id="z1", verdict="退回")
    again = at("2024-03-20 09:00", "sup.directive_closed", directive_id="z1", verdict="退回")
    life = [_directive(due_on="2024-03-15"), FEEDBACK, back]
    assert told("R-DIR-01.b", life, "2024-06-01") == []
    assert told("R-DIR-01.c", life, "2024-03-22") == ["z1: orange, due 2024-03-21, since 2024-03-22, open"]
    assert told("R-DIR-01.c", [*life, again], "2024-03-28") == ["z1: orange, due 2024-03-27, since 2024-03-28, open"]


def test_an_order_to_finish_that_runs_out_is_followed_by_a_takeover() -> None:
    """R-DIR-02, 执行程序解释第12条: unless finished, taken over, or explained before it ran out."""
    order = _directive(kind="督促执行令", due_on="2024-03-15")
    line = "red, due 2024-03-15, since 2024-03-16"
    assert told("R-DIR-02", [order, FEEDBACK], "2024-03-16") == [f"{line}, open"]
    reason = at("2024-03-12 09:00", "sup.feedback_submitted", directive_id="z1", result="理由说明")
    assert told("R-DIR-02", [order, reason], "2024-06-01") == []
    raised = at("2024-03-18 09:00", "sup.directive_issued", directive_id="z2", kind="提级")
    assert told("R-DIR-02", [order, raised], "2024-06-01") == [f"{line}, cured +3"]
    assert told("R-DIR-02", [order, at("2024-03-15 20:00", "case.closed", mode="执行完毕")], "2024-06-01") == []
    assert told("R-DIR-02", [_directive(due_on="2024-03-15")], "2024-06-01") == []


OFFICE = at("2024-03-01 09:00", "party.registered", party_ref="d1", role="被执行", kind="gov")


@pytest.mark.parametrize(
    ("rule", "line", "step"),
    [
        ("R-GOV-01.a", "yellow, due 2024-04-01, since 2024-04-02", ("pers.talk_held", {"target_kind": "党政机关负责人"})),
        ("R-GOV-01.b", "orange, due 2024-06-03, since 2024-06-04", ("coord.suggestion_sent", {"suggestion_id": "y1"})),
        (
            "R-GOV-01.b",
            "orange, due 2024-06-03, since 2024-06-04",
            ("list.institution_notified", {"debtor_ref": "d1", "institution_kind": "上级"}),
        ),
        ("R-GOV-01.c", "red, due 2024-09-02, since 2024-09-03", ("sup.bulletin_issued", {"to_kinds": ["地方党委"]})),
    ],
)
def test_a_debtor_office_is_led_step_by_step(rule: str, line: str, step: Any) -> None:
    """R-GOV-01: talk in 30 days, suggestion in 3 months, bulletin in 6; done, nothing; closed, nothing more."""
    name, data = step
    more = {"bulletin_id": "b1"} if name.startswith("sup.") else {}
    assert told(rule, [OFFICE], "2024-12-01") == [f"{line}, open"]
    assert told(rule, [OFFICE, at("2024-03-20 09:00", name, data | more)], "2024-12-01") == []
    assert told(rule, [OFFICE, at("2024-03-20 09:00", "case.closed", mode="执行完毕")], "2024-12-01") == []
    private = at("2024-03-01 09:00", "party.registered", party_ref="d1", role="被执行", kind="legal")
    assert told(rule, [private], "2024-12-01") == []


WAGES = at("2024-03-01 09:00", "case.filed", case_no="1", tags=["劳动报酬"])


def test_a_livelihood_case_comes_first() -> None:
    """R-LIVE-01: a measure in seven days, its money in seven, closed in three months; other cases have their own terms."""
    plain = at("2024-03-01 09:00", "case.filed", case_no="1", tags=["涉企"])
    assert told("R-LIVE-01.a", [WAGES], "2024-03-09") == ["orange, due 2024-03-08, since 2024-03-09, open"]
    limited = at("2024-03-08 09:00", "cons.ordered", debtor_ref="d1")
    assert told("R-LIVE-01.a", [WAGES, limited], "2024-04-01") == []
    assert told("R-LIVE-01.a", [plain], "2024-04-01") == []
    assert told("R-LIVE-01.c", [WAGES], "2024-06-04") == ["orange, due 2024-06-03, since 2024-06-04, open"]
    money = {"receipt_id": "r1", "amount_fen": 10, "case_no": "1", "finance_notified_on": "2024-03-11"}
    came = at("2024-03-10 09:00", "fund.received", money)
    paid = at("2024-03-19 09:00", "fund.disbursed", payment_id="m1", receipt_ids=["r1"], amount_fen=10)
    assert told("R-LIVE-01.b", [WAGES, came, paid], "2024-06-01") == ["r1: orange, due 2024-03-18, since 2024-03-19, cured +1"]
    assert told("R-LIVE-01.b", [plain, came, paid], "2024-06-01") == []
    ground = {"receipt_id": "r1", "reason": "分配", "approver_role": "局长"}
    held = at("2024-03-13 09:00", "fund.deferral_approved", ground, on="2024-03-13")
    free = at("2024-03-15 09:00", "fund.deferral_ended", receipt_id="r1", on="2024-03-15")
    assert told("R-LIVE-01.b", [WAGES, came, held, free, paid], "2024-06-01") == []
