"""Levels and extensions by the table: each case was counted by hand on a printed calendar."""

from datetime import date, datetime, timedelta

import pytest

from contract.calendar import cn_calendar
from contract.limits import parse_at, parse_limit
from contract.periods import Extension, Reckoner, Span
from contract.times import day_start, parse_instant

CN = Reckoner(cn_calendar())


def at(text: str) -> datetime:
    """An instant in Shanghai: ``2024-03-01`` is its first, ``2024-03-01 10:00`` as it says."""
    day, _, clock = text.partition(" ")
    return parse_instant(f"{day}T{clock or '00:00'}:00+08:00")


def span(begin: str, end: str | None) -> Span:
    """A pause between two such instants; None is still open."""
    return Span(at(begin), at(end) if end else None)


@pytest.mark.parametrize(
    ("level", "limit", "expected"),
    [
        ("100%", "10 calendar_days", "2024-03-11"),
        ("80%", "10 calendar_days", "2024-03-11"),  # 8 days: a Saturday, rolls
        ("80%", "7 calendar_days", "2024-03-06"),  # 5.6 days: 5
        ("80%", "1 calendar_days", "2024-03-01"),
        ("300%", "7 calendar_days", "2024-03-22"),
        ("300%", "2 working_days", "2024-03-11"),
        ("15 working_days", "10 calendar_days", "2024-03-22"),
        ("15 calendar_days", "10 calendar_days", "2024-03-18"),  # 03-16 is a Saturday, rolls
        ("-2 calendar_days", "10 calendar_days", "2024-03-09"),  # a Saturday, stays
        ("+5 calendar_days", "10 calendar_days", "2024-03-16"),
        ("+10 working_days", "10 calendar_days", "2024-03-25"),
        ("-1 working_days", "10 calendar_days", "2024-03-08"),
        ("+1 months", "10 calendar_days", "2024-04-11"),
    ],
)
def test_levels(level: str, limit: str, expected: str) -> None:
    """Shares and limits of their own count from the start and roll; distances count from the due day as rolled, and stay."""
    end = CN.level(parse_at(level), at("2024-03-01 10:00"), (parse_limit(limit),))
    assert end is not None
    assert end.due_on.isoformat() == expected
    assert end.reached_at == day_start(end.due_on + timedelta(days=1))


def test_hours_from_the_due_instant() -> None:
    """A distance in hours counts from the instant at which the limit ends, for days and for hours."""
    start = at("2024-03-01 10:00")
    of_days = CN.level(parse_at("+6 hours"), start, (parse_limit("10 calendar_days"),))
    of_hours = CN.level(parse_at("-6 hours"), start, (parse_limit("24 hours"),))
    assert of_days is not None
    assert of_hours is not None
    assert of_days.reached_at == at("2024-03-12 06:00")
    assert of_hours.reached_at == at("2024-03-02 04:00")


def test_a_level_before_the_start_has_its_instant() -> None:
    """What would lie before the start is reached with it; the day it fell on is still told."""
    start = at("2024-03-01 10:00")
    early = CN.level(parse_at("-30 calendar_days"), start, (parse_limit("10 calendar_days"),))
    late = CN.deadline(start, (date(2024, 2, 1),))
    assert early is not None
    assert late is not None
    assert (early.reached_at, early.exclusive, early.is_reached(start)) == (start, False, True)
    assert (late.reached_at, late.due_on) == (start, date(2024, 2, 1))


def test_pauses_move_levels_from_the_start_by_themselves() -> None:
    """A pause between the warning and the due day moves the due day only; one after the due day moves a later level only."""
    start, term = at("2024-03-01 10:00"), (parse_limit("10 calendar_days"),)
    pause = [span("2024-03-07", "2024-03-09")]
    assert CN.level(parse_at("5 calendar_days"), start, term, pause) == CN.level(parse_at("5 calendar_days"), start, term)
    moved = CN.deadline(start, term, pause)
    assert moved is not None
    assert moved.due_on == date(2024, 3, 13)
    after = [span("2024-03-18", "2024-03-20")]
    assert CN.deadline(start, term, after) == CN.deadline(start, term)
    third = CN.level(parse_at("300%"), start, term, after)
    assert third is not None
    assert third.due_on == date(2024, 4, 2)


def test_an_extension_moves_due_and_the_levels_to_come() -> None:
    """Due 2024-09-02, extended on 08-20 to 12-01: levels keep their distance in days; one reached before the grant stays."""
    start, term = at("2024-03-01 10:00"), (parse_limit("6 months"),)
    granted = Extension(date(2024, 12, 1), at("2024-08-20 10:00"))
    expected = {
        "100%": "2024-12-01",
        "-30 calendar_days": "2024-08-03",
        "-5 calendar_days": "2024-11-26",
        "+90 calendar_days": "2025-03-01",
    }
    for level, day in expected.items():
        end = CN.level(parse_at(level), start, term, (), granted)
        assert end is not None
        assert end.due_on.isoformat() == day
    # +10 working days from 09-02 are 09-14 (made up for): 12 civil days, kept.
    working = CN.level(parse_at("+10 working_days"), start, term, (), granted)
    assert working is not None
    assert working.due_on == date(2024, 12, 13)


def test_an_extension_in_the_instant_of_a_level_comes_too_late_for_it() -> None:
    """A level is reached at its instant; a grant a second earlier still moves it."""
    start, term, warning = at("2024-03-01"), (parse_limit("6 months"),), parse_at("-5 calendar_days")
    reached = CN.level(warning, start, term)
    assert reached is not None
    late = Extension(date(2024, 12, 1), reached.reached_at)
    early = Extension(date(2024, 12, 1), reached.reached_at - timedelta(seconds=1))
    assert CN.level(warning, start, term, (), late) == reached
    moved = CN.level(warning, start, term, (), early)
    assert moved is not None
    assert moved.due_on == date(2024, 11, 26)


def test_pauses_and_an_extension() -> None:
    """What was paused before the grant is spent: the new day stands; a pause after it moves that day."""
    start, term = at("2024-03-01 10:00"), (parse_limit("6 months"),)
    granted = Extension(date(2024, 12, 2), at("2024-08-20 10:00"))
    before, after = span("2024-04-10", "2024-05-10"), span("2024-10-10", "2024-10-20")
    stands = CN.deadline(start, term, [before], granted)
    moved = CN.deadline(start, term, [before, after], granted)
    assert stands is not None
    assert moved is not None
    assert (stands.due_on, moved.due_on) == (date(2024, 12, 2), date(2024, 12, 12))
    assert CN.level(parse_at("+90 calendar_days"), start, term, [span("2024-10-10", None)], granted) is None
