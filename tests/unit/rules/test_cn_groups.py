"""Rules over many cases: R-FUND-03, R-LEDG-01.c, R-ASST-01.d, R-GOV-01.d, R-GOV-02, R-DATA-01, R-DATA-02.c, by tiny lives."""

import pytest
from msgspec import structs
from national import COURT, at, judged, line_of, told

from contract.envelope import Event
from streams.cases.alerts import AlertRecord


def test_money_of_no_case_is_matched_within_three_working_days() -> None:
    """R-FUND-03 follows the receipt from the court to the case: Friday 2024-03-01 → Wednesday 03-06."""
    known = at("2024-03-01 09:00", "fund.received", receipt_id="r1", amount_fen=1000, case_no="1")
    lost = at("2024-03-01 09:00", "fund.received", receipt_id="r9", amount_fen=1000, case=f"court/{COURT}")
    late = at("2024-03-07 09:00", "fund.matched", receipt_id="r9", amount_fen=1000)
    assert told("R-FUND-03", [lost, at("2024-03-06 20:00", "fund.matched", receipt_id="r9")], "2024-04-01") == []
    assert told("R-FUND-03", [lost, late], "2024-04-01") == ["yellow, due 2024-03-06, since 2024-03-07, cured +1"]
    assert told("R-FUND-03", [lost], "2024-03-16") == ["orange, due 2024-03-06, since 2024-03-07, open"]
    assert told("R-FUND-03", [known], "2024-06-01") == []


def test_an_account_agrees_with_its_ledger_to_the_fen() -> None:
    """R-LEDG-01.c: receipts less payments and escrow up to the instant of the balance; a later right one cures."""
    flows = [
        at("2024-03-01 09:00", "fund.received", receipt_id="r1", amount_fen=1000, case_no="1", account_code="k1"),
        at("2024-03-02 09:00", "fund.received", receipt_id="r2", amount_fen=500, case=f"court/{COURT}", account_code="k1"),
        at("2024-03-05 10:00", "fund.disbursed", payment_id="m1", amount_fen=700, account_code="k1"),
        at("2024-03-06 09:00", "fund.escrowed", receipt_id="r1", amount_fen=100, account_code="k1"),
    ]
    day = {"account_code": "k1", "as_of_at": "2024-03-07T18:00:00+08:00"}
    right = at("2024-03-07 18:30", "fund.balance_reported", day, balance_fen=700, case=f"court/{COURT}")
    wrong = at("2024-03-07 18:30", "fund.balance_reported", day, balance_fen=701, case=f"court/{COURT}")
    later = at(
        "2024-03-08 18:30",
        "fund.balance_reported",
        day | {"as_of_at": "2024-03-08T18:00:00+08:00"},
        balance_fen=700,
        case=f"court/{COURT}",
    )
    line = "red, due 2024-03-07 18:00, since 2024-03-07 18:00"
    assert told("R-LEDG-01.c", [*flows, right], "2024-04-01") == []
    assert told("R-LEDG-01.c", [*flows, wrong], "2024-04-01") == [f"{line}, open"]
    assert told("R-LEDG-01.c", [*flows, wrong, later], "2024-04-01") == [f"{line}, cured +1"]


def _replies(late: int, good: int) -> list[Event]:
    """So many late and good replies of one institution in March, each in a case of its own."""
    life = []
    for number in range(late + good):
        name, case = f"h{number:02}", f"京0105-2024-{number:06}"
        asked = {"assist_id": name, "institution_code": "bank-1", "due_on": "2024-03-08"}
        life.append(at("2024-03-01 09:00", "coord.assist_requested", asked, case=case, root=case))
        day = "2024-03-09" if number < late else "2024-03-08"
        life.append(at(f"{day} 09:00", "coord.assist_replied", assist_id=name, result="done", case=case, root=case))
    return life


def test_an_institution_that_is_late_as_a_rule() -> None:
    """R-ASST-01.d: one of twenty replies in a month is 5 %; of fewer than twenty nothing is said."""
    line = "orange, due 2024-03-31, since 2024-04-01, open"
    assert told("R-ASST-01.d", _replies(1, 19), "2024-04-02") == [line]
    assert told("R-ASST-01.d", _replies(1, 20), "2024-04-02") == []
    assert told("R-ASST-01.d", _replies(19, 0), "2024-04-02") == []


def test_the_supreme_court_issues_a_bulletin_each_quarter() -> None:
    """R-GOV-01.d: within the quarter; other courts owe none."""
    begin = at("2024-03-20 09:00", "sys.feed_heartbeat", court_code="最高法", court="最高法", case="court/最高法")
    bulletin = {"bulletin_id": "b1", "topic": "涉党政机关", "to_kinds": ["下级法院"]}
    issued = at("2024-06-30 20:00", "sup.bulletin_issued", bulletin, court="最高法", case="court/最高法")
    assert told("R-GOV-01.d", [begin], "2024-07-01") == ["orange, due 2024-06-30, since 2024-07-01, open"]
    assert told("R-GOV-01.d", [begin, issued], "2024-07-01") == []


@pytest.mark.parametrize(("first", "owed"), [("2024-04-01", 1), ("2024-04-01 00:00:01", 0)])
def test_a_log_that_begins_with_a_quarter_owes_its_bulletin(first: str, owed: int) -> None:
    """A court lives from the first tick on: of a quarter that had begun by then it owes nothing."""
    begin = at(first, "sys.feed_heartbeat", court_code="最高法", court="最高法", case="court/最高法")
    assert len(told("R-GOV-01.d", [begin], "2024-07-01")) == owed


def _month(day: str, filed: int, closed: int, tags: tuple[str, ...] = ()) -> list[Event]:
    """So many cases filed and closed on a day, each a case of its own."""
    life = []
    for number in range(max(filed, closed)):
        case = f"京0105-{day}-{number}"
        if number < filed:
            life.append(at(f"{day} 09:00", "case.filed", case_no="1", tags=list(tags), case=case, root=case))
        if number < closed:
            life.append(at(f"{day} 10:00", "case.closed", mode="执行完毕", case=case, root=case))
    return life


def test_more_is_filed_than_closed_month_after_month() -> None:
    """R-GOV-02.a: rolling three months; two such in a row are yellow, a third orange; without a closing nothing is said."""
    life = [*_month("2024-01-10", 3, 2), *_month("2024-02-10", 3, 2), *_month("2024-03-11", 3, 2)]
    assert told("R-GOV-02.a", life, "2024-02-02") == []
    assert told("R-GOV-02.a", life, "2024-03-02") == ["yellow, due 2024-02-29, since 2024-03-01, open"]
    assert told("R-GOV-02.a", life, "2024-04-02") == [
        "orange, due 2024-03-31, since 2024-04-01, open",
        "yellow, due 2024-02-29, since 2024-03-01, open",
    ]
    even = [*_month("2024-01-10", 3, 2), *_month("2024-02-10", 2, 3)]
    assert told("R-GOV-02.a", even, "2024-03-02") == []
    none = [*_month("2024-01-10", 3, 0), *_month("2024-02-10", 3, 0)]
    assert told("R-GOV-02.a", none, "2024-03-02") == []


def test_cohorts_are_told_by_the_tags_of_the_filing() -> None:
    """R-GOV-02.b and .c count their own cases only."""
    for rule, tag in (("R-GOV-02.b", "涉党政机关"), ("R-GOV-02.c", "涉民生")):
        life = [*_month("2024-01-10", 3, 2, (tag,)), *_month("2024-02-10", 3, 2, (tag,))]
        assert told(rule, life, "2024-03-02") == ["yellow, due 2024-02-29, since 2024-03-01, open"]
        assert told(rule, [*_month("2024-01-10", 3, 2), *_month("2024-02-10", 3, 2)], "2024-03-02") == []


def _campaign(name: str, begin: str, end: str | None, **more: str) -> list[Event]:
    data = {"campaign_id": name, "from_on": begin}
    told_at = [at(f"{begin} 09:00", "sup.campaign_started", data, case=f"court/{COURT}", **more)]
    return [*told_at, *([at(f"{end} 09:00", "sup.campaign_closed", data, case=f"court/{COURT}", **more)] if end else [])]


def test_a_campaign_whose_work_is_undone_within_six_months() -> None:
    """R-GOV-02.d: on the first of a month more filed than closed since the campaign began; when it falls back it is cured."""
    ran = _campaign("k1", "2024-02-01", "2024-03-15")
    cleared = _month("2024-02-10", 1, 3)
    line = "red, due 2024-06-01 00:00, since 2024-06-01"
    piled = [*ran, *cleared, *_month("2024-05-10", 3, 0)]
    assert told("R-GOV-02.d", piled, "2024-05-31") == []
    assert told("R-GOV-02.d", piled, "2024-06-02") == [f"{line}, open"]
    as_before = [*ran, *cleared, *_month("2024-05-10", 2, 0)]
    assert told("R-GOV-02.d", as_before, "2024-06-02") == []
    assert told("R-GOV-02.d", [*piled, *_month("2024-06-10", 0, 1)], "2024-08-01") == [f"{line}, cured +30"]
    assert told("R-GOV-02.d", piled, "2024-12-01") == [f"{line}, cured +122"]  # six months from 03-15 are over on 10-01
    assert told("R-GOV-02.d", [*_campaign("k1", "2024-02-01", None), *piled[2:]], "2024-12-01") == []  # it goes on
    again = _campaign("k2", "2024-05-20", None)
    assert told("R-GOV-02.d", [*piled, *again], "2024-12-01") == []  # another one has begun


def test_a_closing_that_is_entered_late_takes_the_relapse_back() -> None:
    """R-GOV-02.d is judged again when a fact comes late."""
    piled = [*_campaign("k1", "2024-02-01", "2024-03-15"), *_month("2024-05-10", 1, 0)]
    assert len(told("R-GOV-02.d", piled, "2024-06-02")) == 1
    late = at("2024-05-20 09:00", "case.closed", mode="终结执行", case="c-late", root="c-late", recorded="2024-06-10 09:00")
    assert told("R-GOV-02.d", [*piled, late], "2024-06-20") == []


def _beat(text: str) -> Event:
    return at(text, "sys.feed_heartbeat", court_code=COURT, case=f"court/{COURT}")


def test_a_silent_court() -> None:
    """R-DATA-01.a by the hour of arrival: two hours, eight working hours, two working days; a heartbeat is enough."""

    def of_court(life: list[Event], until: str) -> list[AlertRecord]:
        return [alert for alert in judged("R-DATA-01.a", life, until) if alert.subject == COURT]

    beats = [_beat("2024-03-04 09:00"), _beat("2024-03-04 10:00")]
    (alert,) = of_court(beats, "2024-03-07")
    assert line_of(alert) == "red, due 2024-03-04 12:00, since 2024-03-04 12:00, open"
    reached = {level.severity: level.reached_at for level in alert.levels}
    assert reached == {"yellow": "2024-03-04T04:00:00Z", "orange": "2024-03-05T03:00:00Z", "red": "2024-03-06T16:00:00Z"}
    late = at("2024-03-04 09:30", "case.filed", case_no="1", recorded="2024-03-04 12:30")
    (alert,) = of_court([*beats, late], "2024-03-04 13:00")
    assert line_of(alert) == "yellow, due 2024-03-04 12:00, since 2024-03-04 12:00, cured +0"
    assert of_court([*beats, _beat("2024-03-04 12:00")], "2024-03-04 13:00") == []


def _numbered(number: int, text: str) -> Event:
    """An event with a number of its source, received when it happened."""
    return structs.replace(at(text, "case.node_published", case="c-1", root="c-1"), sequence=number)


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        ("2024-03-04 10:00", None),
        ("2024-03-04 10:00:01", "yellow, {}, cured +0"),
        ("2024-03-05 10:00", "yellow, {}, cured +1"),
        ("2024-03-05 10:00:01", "orange, {}, cured +1"),
        ("2024-03-06 23:59:59", "orange, {}, cured +2"),
        ("2024-03-07", "red, {}, cured +3"),
        (None, "red, {}, open"),
    ],
)
def test_a_gap_that_stays_open(filled: str | None, said: str | None) -> None:
    """R-DATA-01.c: on Monday at 09:00 number 3 comes, and 2 an hour, eight hours of work, two working days later, or never."""
    life = [_numbered(1, "2024-03-04 08:00"), _numbered(3, "2024-03-04 09:00")]
    life += [] if filled is None else [_numbered(2, filled)]
    line = None if said is None else said.format("due 2024-03-04 10:00, since 2024-03-04 10:00")
    wanted = [] if line is None else [f"/court/{COURT}/test 2 2: {line}"]
    assert told("R-DATA-01.c", life, "2024-03-08") == wanted


def test_too_many_late_entries_in_a_week() -> None:
    """R-DATA-02.c: more than a tenth of what came in a week (Monday to Sunday) was more than five working days old."""

    def week(late: int, good: int) -> list[Event]:
        days = ["2024-02-20 09:00"] * late + ["2024-03-05 09:00"] * good
        cases = [f"京0105-2024-{number:06}" for number in range(late + good)]
        return [
            at(day, "case.filed", case_no=case, case=case, root=case, recorded="2024-03-06 09:00")
            for day, case in zip(days, cases, strict=True)
        ]

    line = "red, due 2024-03-10, since 2024-03-11, open"
    assert told("R-DATA-02.c", week(6, 44), "2024-03-12") == [line]
    assert told("R-DATA-02.c", week(5, 45), "2024-03-12") == []
    assert told("R-DATA-02.c", week(6, 43), "2024-03-12") == []
    beats = [_beat(f"2024-03-06 {hour:02}:00") for hour in range(24)]
    assert told("R-DATA-02.c", [*week(6, 43), *beats], "2024-03-12") == [], "signs of life are no entries"
