"""The working calendar: its days, what it covers, its canonical form."""

from datetime import date

import pytest

from contract.calendar import Calendar, calendar_from_canonical, calendar_named, cn_calendar, plain_calendar


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        pytest.param(date(2024, 9, 30), None, id="the day before National Day"),
        pytest.param(date(2024, 10, 1), "国庆节", id="National Day"),
        pytest.param(date(2024, 10, 7), "国庆节", id="the last day of the holiday"),
        pytest.param(date(2024, 10, 8), None, id="the first day after it"),
        pytest.param(date(2024, 10, 12), None, id="a Saturday made up for"),
        pytest.param(date(2024, 10, 13), "周末", id="the Sunday after it"),
        pytest.param(date(2024, 2, 4), None, id="a Sunday made up for before Spring Festival"),
        pytest.param(date(2024, 2, 9), None, id="New Year's Eve 2024, no holiday by the notice"),
        pytest.param(date(2025, 1, 28), "春节", id="New Year's Eve 2025, a holiday by law since then"),
        pytest.param(date(2018, 12, 29), None, id="made up for by the notice of the year after"),
        pytest.param(date(2026, 10, 10), None, id="the last make-up day known"),
    ],
)
def test_days_follow_the_notices(day: date, reason: str | None) -> None:
    """A day is worked unless a notice or a weekend that isn't made up for says otherwise, and the reason is told."""
    calendar = cn_calendar()
    assert calendar.is_workday(day) is (reason is None)
    assert calendar.reason(day) == reason


def test_years_without_a_notice_know_weekends_only() -> None:
    """Outside the years covered weekends alone are rest, and the calendar says that it doesn't cover them."""
    calendar = cn_calendar()
    assert calendar.years is not None
    beyond = calendar.years[1] + 5
    assert not calendar.covers(beyond)
    assert calendar.covers(2024)
    for day in range(1, 29):
        assert calendar.is_workday(date(beyond, 10, day)) is (date(beyond, 10, day).weekday() < 5)
    assert not calendar.covers_day(date(2003, 12, 31).toordinal())
    assert calendar.covers_day(date(2004, 1, 1).toordinal())


def test_plain_days_are_all_worked() -> None:
    """The calendar of packs without one covers every year, and every day counts."""
    calendar = plain_calendar()
    assert calendar.is_workday(date(2024, 10, 1))
    assert calendar.covers(1850)
    assert calendar.add_workdays(date(2024, 10, 1).toordinal(), 5) == date(2024, 10, 6).toordinal()
    assert calendar.count_workdays(10, 25) == 15


def test_a_calendar_is_its_content() -> None:
    """Its canonical form reads back to the same days and hash; one day more is another hash."""
    calendar = cn_calendar()
    again = calendar_from_canonical(calendar.canonical())
    assert again == calendar
    assert again.sha256 == calendar.sha256
    assert len({calendar, again}) == 1
    other = Calendar("cn", calendar.version, calendar.years, {date(2024, 1, 2): "元旦"}, {})
    assert other.sha256 != calendar.sha256
    assert calendar.version.endswith(f"/{calendar.years[0]}-{calendar.years[1]}" if calendar.years else "")
    assert calendar_from_canonical(plain_calendar().canonical()) == plain_calendar()


def test_packs_name_a_calendar() -> None:
    """``cn`` and ``none`` are calendars; anything else is not."""
    assert calendar_named("cn") is cn_calendar()
    assert calendar_named("none") is plain_calendar()
    with pytest.raises(KeyError):
        calendar_named("us")


@pytest.mark.parametrize(
    "origin", [date(2024, 9, 27), date(2024, 10, 3), date(2024, 10, 12), date(1985, 5, 4), date(2099, 1, 1)]
)
@pytest.mark.parametrize("days", [-12, -1, 0, 1, 2, 30])
def test_working_days_are_counted_one_by_one(origin: date, days: int) -> None:
    """The n-th working day, counted by bisection or far away by walking, is the one found by looking at each day."""
    calendar, day, left = cn_calendar(), origin.toordinal(), abs(days)
    while left:
        day += 1 if days > 0 else -1
        left -= calendar.works(day)
    assert calendar.add_workdays(origin.toordinal(), days) == day
    if days > 0:
        assert calendar.count_workdays(origin.toordinal() + 1, day + 1) == days
