"""The catalogue of indicators is sound, its windows are those of the page, and its words go with the national pack."""

from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.indicators.catalogue import INDICATORS, MEASURES, faults, term
from contract.indicators.model import Term, Window
from contract.indicators.windows import days_of, one_before, year_before
from streams.rules.load import load_packs

_DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def test_nothing_is_wrong_with_the_catalogue() -> None:
    """Every term names a measure as it can be taken, every measure is read, every part has its words."""
    assert faults() == []
    assert {name[:4] for name in INDICATORS} == {f"I-{n:02}" for n in range(1, 39)}


def test_terms_are_read_as_written() -> None:
    """Measure, when, kinds; what is no term is refused with what to write."""
    assert term("open@end:执 执恢") == Term("open", "end", ("执", "执恢"))
    assert term("filed") == Term("filed", "window", ())
    assert term("alerts_raised:R-SEQ-*").takes("R-SEQ-01.a:red")
    assert not term("alerts_raised:R-SEQ-*").takes("R-OBJ-03:red")
    with pytest.raises(ValueError, match="is no term"):
        term("open@noon")


def test_the_rules_of_disorder_are_those_of_the_national_pack() -> None:
    """I-33.d counts the alerts of the family 乱执行: a rule that joins or leaves it must be named there."""
    (counted,) = INDICATORS["I-33.d"].num
    rules = [rule for pack in load_packs() for rule in pack.rules if not rule.id.startswith("R-INTF-")]
    disorder = {rule.id for rule in rules if rule.family == "disorder"}
    assert {rule.id for rule in rules if counted.takes(f"{rule.id}:orange")} == disorder


@given(_DAYS)
def test_windows_hold_their_day_and_shift_into_the_past(day: date) -> None:
    """Every window ends with its day; last year's and the one before end earlier, and are as far into their period."""
    for window in get_args(Window):
        first, last = days_of(window, day)
        assert first <= last == day
        assert year_before(day) < day
        before = one_before(window, day)
        assert before < day
        if (day + timedelta(1)).day == 1:
            assert window == "rolling_30d" or (before + timedelta(1)).day == 1


def test_windows_by_example() -> None:
    """The leap day, the ends of months, three years."""
    assert days_of("rolling_3y", date(2024, 2, 29)) == (date(2021, 3, 1), date(2024, 2, 29))
    assert days_of("rolling_3m", date(2024, 5, 31)) == (date(2024, 3, 1), date(2024, 5, 31))
    assert days_of("quarter", date(2024, 5, 31))[0] == date(2024, 4, 1)
    assert year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert one_before("month", date(2024, 2, 29)) == date(2024, 1, 31)
    assert one_before("quarter", date(2024, 5, 31)) == date(2024, 2, 29)
    assert one_before("day", date(2024, 3, 30)) == date(2024, 2, 29)


def test_a_value_is_the_sum_or_the_ratio_and_none_without_a_denominator() -> None:
    """Nothing is made up where there is nothing to divide by."""
    assert INDICATORS["I-05"].value(1, 4) == 0.25
    assert INDICATORS["I-05"].value(0, 0) is None
    assert INDICATORS["I-36"].value(7, None) == 7.0
    assert INDICATORS["I-23"].is_parameter
    assert MEASURES["claim_fen"].amount == "fen"
