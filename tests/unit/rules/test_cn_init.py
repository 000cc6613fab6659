"""立案与通知: R-INIT-01 and R-INIT-03.c, by tiny lives."""

import pytest
from national import at, told

APPLIED = at("2024-03-01 09:00", "case.application_received")  # a Friday


@pytest.mark.parametrize(
    ("filed", "alerts"),
    [
        ("2024-03-08 23:59", []),
        ("2024-03-09 00:00", ["orange, due 2024-03-08, since 2024-03-09, cured +1"]),
        ("2024-03-20 10:00", ["red, due 2024-03-08, since 2024-03-09, cured +12"]),
    ],
)
def test_an_application_is_filed_within_seven_days(filed: str, alerts: list[str]) -> None:
    """执行规定第16条: the day of receipt isn't counted; the seventh day is still in time, the sixteenth is red."""
    assert told("R-INIT-01", [APPLIED, at(filed, "case.filed", case_no="1")], "2024-06-01") == alerts


def test_a_refusal_answers_the_application_as_well() -> None:
    """不予受理 fulfils the duty, though it ends the case."""
    assert told("R-INIT-01", [APPLIED, at("2024-03-07 09:00", "case.refused")], "2024-06-01") == []
    late = [APPLIED, at("2024-03-11 09:00", "case.refused")]
    assert told("R-INIT-01", late, "2024-06-01") == ["orange, due 2024-03-08, since 2024-03-09, cured +3"]


def test_a_last_day_that_is_a_holiday_moves_behind_it() -> None:
    """Seven days from 2024-03-28 end on 04-04, 清明节: due on 04-07, a Sunday that is worked."""
    applied = at("2024-03-28 09:00", "case.application_received")
    assert told("R-INIT-01", [applied], "2024-04-08") == ["orange, due 2024-04-07, since 2024-04-08, open"]


def test_a_transfer_before_filing_closes_the_duty_of_this_court() -> None:
    """The case is another's: nothing was breached, and what was open is closed."""
    sent = at("2024-03-11 09:00", "case.transferred", to_court="京0101")
    assert told("R-INIT-01", [APPLIED, sent], "2024-06-01") == ["orange, due 2024-03-08, since 2024-03-09, closed"]


def test_a_notice_without_a_warning_is_cured_by_one_with_it() -> None:
    """R-INIT-03.c looks at each debtor apart; what isn't said isn't judged."""
    bare = at("2024-03-05 09:00", "case.notice_issued", debtor_ref="d1", has_risk_warning=False)
    other = at("2024-03-06 09:00", "case.notice_issued", debtor_ref="d2", has_risk_warning=True)
    unsaid = at("2024-03-06 09:00", "case.notice_issued", debtor_ref="d3")
    line = "d1: yellow, due 2024-03-05 09:00, since 2024-03-05 09:00"
    assert told("R-INIT-03.c", [bare, other, unsaid], "2024-03-09") == [f"{line}, open"]
    again = at("2024-03-08 09:00", "case.notice_issued", debtor_ref="d1", has_risk_warning=True)
    assert told("R-INIT-03.c", [bare, other, again], "2024-03-09") == [f"{line}, cured +3"]
