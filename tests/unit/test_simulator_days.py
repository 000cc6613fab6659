"""The simulator's own table of working days and its day arithmetic."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from producers.simulator.days import (
    YEARS,
    civil,
    day_of,
    instant_text,
    is_open,
    midnight,
    months_later,
    next_open,
    number,
    roll,
)


@pytest.mark.parametrize("year", sorted(YEARS))
def test_typed_holidays_are_those_of_the_maintained_package(year: int) -> None:
    """Every day of a typed year is a working day here exactly where it is one in the package that we don't build on."""
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366 if year % 4 == 0 else 365)]
    assert [day for day in days if is_open(number(day)) != chinese_calendar.is_workday(day)] == []


def test_untyped_years_have_weekends_only() -> None:
    """Beyond the table a weekday is a working day."""
    assert is_open(number(date(2031, 10, 1)))
    assert not is_open(number(date(2031, 10, 4)))


def test_instants_fall_on_the_days_of_china() -> None:
    """The first second of a day in UTC+8 is 16:00 of the day before in UTC."""
    first = number(date(2024, 3, 1))
    assert instant_text(midnight(first)) == "2024-02-29T16:00:00Z"
    assert day_of(midnight(first)) == first
    assert day_of(midnight(first) - 1) == first - 1


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2024, 3, 1), 6, date(2024, 9, 1)),
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 12, 31), 2, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
    ],
)
def test_months_end_on_the_same_day_number_or_the_last(start: date, months: int, end: date) -> None:
    """A month without the day number ends the period on its last day."""
    assert civil(months_later(number(start), months)) == end


def test_rolling_passes_over_holidays_to_a_make_up_day() -> None:
    """After the long holiday of 2024 the working Saturday of 12 October counts, the Sunday after it doesn't."""
    assert civil(roll(number(date(2024, 10, 1)))) == date(2024, 10, 8)
    assert civil(next_open(number(date(2024, 10, 11)))) == date(2024, 10, 12)
    assert civil(next_open(number(date(2024, 10, 12)))) == date(2024, 10, 14)
