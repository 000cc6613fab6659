"""终结本次执行程序: R-TERM-01 to -08, by tiny lives."""

from typing import Any

import pytest
from national import CASE, at, told

APPLIED = at("2024-02-25 09:00", "case.application_received")
FILED = at("2024-03-01 09:00", "case.filed", case_no="1", claim_fen=1_000_000, filed_on="2024-03-01")
DEBTOR = at("2024-03-01 09:01", "party.registered", party_ref="d1", role="被执行", kind="natural")
LINE = "due 2024-06-03 09:00, since 2024-06-03 09:00"


def _ruled(text: str = "2024-06-03 09:00", **more: Any) -> Any:
    return at(text, "term.ruled", {"onsite_done": True} | more)


def _answer(name: str, day: str = "2024-03-10", status: str = "ok") -> Any:
    data = {"class": name, "status": status, "at": f"{day}T10:00:00+08:00"}
    return at(f"{day} 10:00", "inquiry.feedback", data, inquiry_id="q1")


READY = {
    "notice_served": at("2024-03-05 09:00", "case.notice_issued", debtor_ref="d1", served_on="2024-03-06"),
    "report_ordered": at("2024-03-05 09:00", "party.report_ordered", debtor_ref="d1"),
    "report_checked": at("2024-04-05 09:00", "party.report_checked", debtor_ref="d1", result="属实"),
    "limited": at("2024-03-07 09:00", "cons.ordered", debtor_ref="d1"),
}


@pytest.mark.parametrize("missing", [None, *READY])
def test_the_preconditions_of_a_termination(missing: str | None) -> None:
    """法〔2016〕373号第1条: each that is missing is named; what comes after the ruling is too late."""
    life = [FILED, DEBTOR, *(step for name, step in READY.items() if name != missing), _ruled()]
    assert told("R-TERM-01", life, "2024-07-01") == ([f"red, {LINE}, open ({missing})"] if missing else [])
    if missing:
        served = {"served_on": "2024-06-04"} if missing == "notice_served" else {}
        late = at("2024-06-04 09:00", READY[missing].short, {**(READY[missing].data or {}), **served})
        assert told("R-TERM-01", [*life, late], "2024-07-01") == [f"red, {LINE}, open ({missing})"]


@pytest.mark.parametrize(
    ("fact", "answer", "check"),
    [
        (("party.missing_declared", {}), ("party.search_done", {}), "searched"),
        (("party.obstruction_recorded", {}), ("party.sanctioned", {"kind": "罚款"}), "sanctioned"),
        (("party.evasion_recorded", {}), ("list.included", {"ground": 2}), "listed"),
        (("cons.violated", {}), ("list.grace_granted", {"until_on": "2024-08-01"}), "listed"),
    ],
)
def test_what_a_debtor_did_calls_for_an_answer(fact: Any, answer: Any, check: str) -> None:
    """Missing: searched for; obstruction: sanctioned; a ground of listing: listed, or given time."""
    steps = [
        at(f"2024-04-{day} 09:00", name, {"debtor_ref": "d1"} | data) for day, (name, data) in (("10", fact), ("20", answer))
    ]
    listed = [at("2024-04-21 09:00", "list.included", debtor_ref="d1", ground=1)] if check == "sanctioned" else []
    life = [FILED, DEBTOR, *READY.values(), *listed, steps[0], _ruled()]
    assert told("R-TERM-01", life, "2024-07-01") == [f"red, {LINE}, open ({check})"]
    assert told("R-TERM-01", [*life, steps[1]], "2024-07-01") == []


SECOND = at("2024-03-01 09:02", "party.registered", party_ref="d2", role="被执行", kind="legal")


def _for_second(day: str, name: str, **more: Any) -> Any:
    return at(f"{day} 09:30", name, debtor_ref="d2", **more)


READY_SECOND = {
    "notice_served": _for_second("2024-03-05", "case.notice_issued", served_on="2024-03-06"),
    "report_ordered": _for_second("2024-03-05", "party.report_ordered"),
    "report_checked": _for_second("2024-04-05", "party.report_checked", result="属实"),
    "limited": _for_second("2024-03-07", "cons.ordered"),
}


@pytest.mark.parametrize("missing", [None, *READY])
def test_the_preconditions_hold_for_each_debtor(missing: str | None) -> None:
    """What was done for one debtor isn't done for the other; a notice that names nobody speaks of all."""
    others = [step for name, step in READY_SECOND.items() if name != missing]
    life = [FILED, DEBTOR, SECOND, *READY.values(), *others, _ruled()]
    assert told("R-TERM-01", life, "2024-07-01") == ([f"red, {LINE}, open ({missing})"] if missing else [])
    if missing == "notice_served":
        for early in ("2024-02-28 09:00", "2024-03-08 09:00"):  # before the second is registered, or after
            to_all = at(early, "case.notice_issued", served_on="2024-03-09")
            assert told("R-TERM-01", [to_all, *life], "2024-07-01") == []
    if missing:
        late = at("2024-05-01 09:00", READY_SECOND[missing].short, READY_SECOND[missing].data, recorded="2024-06-20 09:00")
        assert told("R-TERM-01", [*life, late], "2024-08-01") == []


@pytest.mark.parametrize(
    ("fact", "answer", "check"),
    [
        ("party.missing_declared", "party.search_done", "searched"),
        ("party.evasion_recorded", "list.grace_granted", "listed"),
        ("cons.violated", "list.included", "listed"),
    ],
)
def test_an_answer_to_one_debtor_is_none_to_another(fact: str, answer: str, check: str) -> None:
    """The second debtor is missing or resists; what was done about the first doesn't count."""
    life = [FILED, DEBTOR, SECOND, *READY.values(), *READY_SECOND.values(), _for_second("2024-04-10", fact), _ruled()]
    first = at("2024-04-20 09:00", answer, debtor_ref="d1")
    assert told("R-TERM-01", [*life, first], "2024-07-01") == [f"red, {LINE}, open ({check})"]
    assert told("R-TERM-01", [*life, first, _for_second("2024-04-20", answer)], "2024-07-01") == []


def test_without_registered_debtors_the_case_is_asked() -> None:
    """Notice, order and check of a report are then sought anywhere in the case."""
    steps = [step for name, step in READY.items() if name != "limited"]
    assert told("R-TERM-01", [FILED, *steps, _ruled()], "2024-07-01") == []
    assert told("R-TERM-01", [FILED, *steps[1:], _ruled()], "2024-07-01") == [f"red, {LINE}, open (notice_served)"]


def test_a_resumption_cures_and_a_late_entry_takes_back() -> None:
    """What was done before the ruling and entered after it shows that nothing was wrong."""
    life = [FILED, DEBTOR, *(step for name, step in READY.items() if name != "limited"), _ruled()]
    resumed = at("2024-09-01 09:00", "case.restored", trigger="依职权")
    assert told("R-TERM-01", [*life, resumed], "2024-10-01") == [f"red, {LINE}, cured +90 (limited)"]
    late = at("2024-03-07 09:00", "cons.ordered", debtor_ref="d1", recorded="2024-06-20 09:00")
    assert told("R-TERM-01", [*life, late], "2024-10-01") == []


FOUR = ("deposit", "vehicle", "real_estate", "security")
ANSWERS = [_answer(name) for name in FOUR]


@pytest.mark.parametrize(
    ("more", "ruling", "check"),
    [
        ([], {}, None),
        ([_answer("vehicle", "2024-04-01", "none")], {}, None),
        ([_answer("vehicle", "2024-04-01", "timeout")], {}, "network"),
        ([at("2024-04-01 09:00", "clue.received", clue_id="c1")], {}, "open_clue"),
        (
            [
                at("2024-04-01 09:00", "clue.received", clue_id="c1"),
                at("2024-04-02 09:00", "clue.verified", clue_id="c1", result="不实"),
            ],
            {},
            None,
        ),
        ([], {"onsite_done": False}, "onsite"),
        ([at("2024-04-01 09:00", "inquiry.completed", inquiry_id="q1", onsite_done=True)], {"onsite_done": False}, None),
        ([at("2024-04-01 09:00", "inquiry.special_requested", request_id="s1", kind="审计")], {}, "special"),
        ([at("2024-04-01 09:00", "inquiry.special_requested", request_id="s1", kind="搜查")], {}, None),
    ],
)
def test_the_search_for_property_is_exhausted(more: list[Any], ruling: dict[str, Any], check: str | None) -> None:
    """R-TERM-02.a: clues, the four classes of the network, the place itself, and what was asked for."""
    assert told("R-TERM-02.a", [FILED, *ANSWERS, *more, _ruled(**ruling)], "2024-07-01") == (
        [f"red, {LINE}, open ({check})"] if check else []
    )


def test_answers_are_no_older_than_three_months() -> None:
    """R-TERM-02.b: an answer of 2024-03-03 is good on 06-03, one of 03-02 no longer; three months is our number."""
    good = [_answer(name, "2024-03-03") for name in FOUR]
    assert told("R-TERM-02.b", [FILED, *good, _ruled()], "2024-07-01") == []
    old = [*good[:3], _answer("security", "2024-03-02")]
    assert told("R-TERM-02.b", [FILED, *old, _ruled()], "2024-07-01") == [f"red, {LINE}, open"]
    assert told("R-TERM-02.b", [FILED, *old, _answer("security", "2024-05-02"), _ruled()], "2024-07-01") == []


FOUND = at("2024-03-10 09:00", "asset.discovered", {"class": "vehicle"}, asset_id="a1")
HELD = at("2024-03-11 09:00", "asset.controlled", asset_id="a1", rank=1)
SALES = [
    at("2024-04-01 09:00", "auction.announced", auction_id="p1", asset_id="a1", round="一拍"),
    at("2024-05-01 09:00", "auction.announced", auction_id="p2", asset_id="a1", round="二拍"),
]


@pytest.mark.parametrize(
    ("steps", "check"),
    [
        ([FOUND], "asset"),
        ([FOUND, HELD], "asset"),
        ([FOUND, HELD, at("2024-04-01 09:00", "asset.released", asset_id="a1")], None),
        ([FOUND, HELD, at("2024-04-01 09:00", "asset.not_found", asset_id="a1")], None),
        ([FOUND, HELD, *SALES, at("2024-05-20 09:00", "auction.sold", auction_id="p2")], None),
        ([FOUND, HELD, *SALES, at("2024-05-20 09:00", "auction.refused_in_kind", auction_id="p2", asset_id="a1")], None),
        ([at("2024-04-01 09:00", "fund.received", receipt_id="r1", amount_fen=1, case_no="1")], "money"),
    ],
)
def test_no_termination_with_property_at_hand(steps: list[Any], check: str | None) -> None:
    """R-TERM-03: what was found is sold, released, can't be found, or nobody wants it; and no money is left."""
    assert told("R-TERM-03", [FILED, *steps, _ruled()], "2024-07-01") == ([f"red, {LINE}, open ({check})"] if check else [])


@pytest.mark.parametrize(("ruled", "early"), [("2024-06-01 00:00", False), ("2024-05-31 23:59", True)])
def test_three_months_from_the_filing(ruled: str, *, early: bool) -> None:
    """R-TERM-04: filed on 2024-03-01, from 06-01 on, which is a Saturday: nothing moves."""
    line = f"red, due {ruled}, since {ruled}, open"
    assert told("R-TERM-04", [FILED, _ruled(ruled)], "2024-07-01") == ([line] if early else [])


@pytest.mark.parametrize(("ruled", "early"), [("2024-06-01 00:00", False), ("2024-05-31 23:59", True)])
def test_a_filing_that_does_not_tell_its_day_is_judged_by_its_own_time(ruled: str, *, early: bool) -> None:
    """R-TERM-04: what a filing leaves out frees no termination from the check; it counts whatever a filing before it told."""
    bare = at("2024-03-01 23:30", "case.filed", case_no="1", claim_fen=1_000_000)
    before = at("2024-01-01 09:00", "case.filed", case_no="1", claim_fen=1_000_000, filed_on="2024-01-01")
    line = f"red, due {ruled}, since {ruled}, open"
    for filings in ([bare], [before, bare]):
        assert told("R-TERM-04", [*filings, _ruled(ruled)], "2024-07-01") == ([line] if early else [])


def test_a_termination_without_a_filing_is_not_judged_by_its_day() -> None:
    """R-TERM-04: of a log that begins in the midst of a case nobody knows when it was filed."""
    assert told("R-TERM-04", [DEBTOR, _ruled()], "2024-07-01") == []


HEARD = {"applicant_ref": "p1", "mode": "当面"}


@pytest.mark.parametrize(
    ("consent", "approved", "checks"),
    [
        ("书面同意", None, None),
        ("不同意", True, None),
        ("不同意", False, "panel"),
        ("口头", None, "panel"),
        (None, True, "consulted"),
        (None, None, "consulted panel"),
    ],
)
def test_the_applicant_is_heard_and_the_panel_agrees(consent: str | None, *, approved: bool | None, checks: str | None) -> None:
    """R-TERM-05: consent in writing is enough; otherwise panel and president."""
    life = [FILED, _ruled()]
    if consent:
        life.append(at("2024-05-20 09:00", "term.consultation_held", HEARD | {"consent": consent}))
    if approved is not None:
        life.append(at("2024-05-25 09:00", "term.panel_approved", president_approved=approved))
    assert told("R-TERM-05", life, "2024-07-01") == ([f"orange, {LINE}, open ({checks})"] if checks else [])


def test_a_termination_is_registered_in_seven_days_and_taken_off_in_three() -> None:
    """R-TERM-06: from the service; closing ends nothing; performance in the case that resumed counts for the first."""
    ruled, closed = _ruled(served_on="2024-06-05"), at("2024-06-03 10:00", "case.closed", mode="终结本次执行程序")
    entered = at("2024-06-13 09:00", "term.registered")
    assert told("R-TERM-06.a", [FILED, ruled, closed, at("2024-06-12 09:00", "term.registered")], "2024-07-01") == []
    assert told("R-TERM-06.a", [FILED, ruled, closed, entered], "2024-07-01") == [
        "orange, due 2024-06-12, since 2024-06-13, cured +1"
    ]
    done = at("2024-09-09 09:00", "case.closed", mode="执行完毕", case=f"{CASE}-恢")
    masked = at("2024-09-13 09:00", "term.masked", reason="履行完毕")
    assert told("R-TERM-06.b", [FILED, ruled, closed, done, masked], "2024-10-01") == [
        "orange, due 2024-09-12, since 2024-09-13, cured +1"
    ]
    assert told("R-TERM-06.b", [FILED, done, masked], "2024-10-01") == []


def test_every_half_year_for_five_years() -> None:
    """R-TERM-07: the k-th query by 6 k months; one that is done early is done; resumption needs no more of them."""
    ruled = _ruled("2024-06-03 09:00")
    first = at("2024-11-01 09:00", "term.requery_done", seq_no=1, hits=0)
    assert told("R-TERM-07", [ruled, first], "2025-06-01") == ["2: yellow, due 2025-06-03, since 2025-05-20, open"]
    assert told("R-TERM-07", [ruled, first], "2025-06-05") == ["2: orange, due 2025-06-03, since 2025-05-20, open"]
    second = at("2025-07-10 09:00", "term.requery_done", seq_no=2, hits=0)
    assert told("R-TERM-07", [ruled, first, second], "2025-09-01") == ["2: red, due 2025-06-03, since 2025-05-20, cured +37"]
    resumed = at("2024-12-02 09:00", "case.restored", case=f"{CASE}-恢")
    assert told("R-TERM-07", [ruled, resumed], "2030-01-01") == ["1: yellow, due 2024-12-03, since 2024-11-19, closed"]
    assert len(told("R-TERM-07", [ruled], "2030-01-01")) == 10


@pytest.mark.parametrize(
    ("found", "arms"),
    [
        (("term.requery_done", {"seq_no": 1, "hits": 1, "est_value_fen": 50_000}), True),
        (("term.requery_done", {"seq_no": 1, "hits": 1, "est_value_fen": 49_999}), False),
        (("term.requery_done", {"seq_no": 1, "hits": 0, "est_value_fen": 50_000}), False),
        (("clue.verified", {"clue_id": "c1", "result": "属实"}), True),
        (("clue.verified", {"clue_id": "c1", "result": "不实"}), False),
    ],
)
def test_property_found_after_a_termination_resumes_the_case(found: Any, *, arms: bool) -> None:
    """R-TERM-08: fifteen days are our number for 及时; 2024-11-16 is a Saturday, so due on Monday 18."""
    life = [FILED, _ruled(), at("2024-06-03 10:00", "case.closed", mode="终结本次执行程序"), at("2024-11-01 09:00", *found)]
    late = at("2024-12-05 09:00", "case.restored")
    line = "due 2024-11-18, since 2024-11-19"
    assert told("R-TERM-08", life, "2024-11-20") == ([f"orange, {line}, open"] if arms else [])
    assert told("R-TERM-08", [*life, late], "2025-01-01") == ([f"red, {line}, cured +17"] if arms else [])
    assert told("R-TERM-08", [*life, at("2024-11-18 09:00", "case.restored")], "2025-01-01") == []
