"""How packs write limits, levels and hours: what is refused, and why."""

from datetime import date, datetime

import pytest

from contract.calendar import cn_calendar
from contract.limits import DUE, Limit, PeriodError, Unit, check_at, parse_at, parse_hours, parse_limit
from contract.periods import Reckoner
from contract.times import parse_instant

CN = Reckoner(cn_calendar())


def at(text: str) -> datetime:
    """An instant in Shanghai: ``2024-03-01`` is its first, ``2024-03-01 10:00`` as it says."""
    day, _, clock = text.partition(" ")
    return parse_instant(f"{day}T{clock or '00:00'}:00+08:00")


@pytest.mark.parametrize(
    "text", ["", "5", "five hours", "5 days", "-5 hours", "5.5 hours", "5  hours", "9999999 hours", "5 hours "]
)
def test_bad_limits_are_refused(text: str) -> None:
    """What is no whole number of a known unit is refused, and the message lists the units."""
    with pytest.raises(PeriodError, match=r"units?|sign"):
        parse_limit(text)


@pytest.mark.parametrize("text", ["%", "-80%", "80.5%", "+5 working_hours", "soon"])
def test_bad_levels_are_refused(text: str) -> None:
    """What is no share, limit or distance is refused."""
    with pytest.raises(PeriodError):
        parse_at(text)


@pytest.mark.parametrize("term", [(Limit(6, Unit.MONTHS),), (date(2024, 1, 1),), (Limit(1, Unit.HOURS), Limit(2, Unit.HOURS))])
def test_shares_need_one_limit_in_days_or_hours(term: tuple[Limit | date, ...]) -> None:
    """Of months, dates and lists there is no 80 percent; 100 percent there always is."""
    with pytest.raises(PeriodError, match="100%"):
        check_at(parse_at("80%"), term)
    check_at(DUE, term)
    with pytest.raises(PeriodError, match="100%"):
        CN.level(parse_at("80%"), at("2024-01-01"), term)


@pytest.mark.parametrize("hours", [["9-12"], ["12:00-09:00"], ["09:00-12:00", "11:00-13:00"], ["22:00-25:00"]])
def test_bad_hours_are_refused(hours: list[str]) -> None:
    """Ranges end after they begin, within the day, in order and apart."""
    with pytest.raises(PeriodError):
        parse_hours(hours)


def test_working_hours_need_hours() -> None:
    """A pack without hours can't count in them."""
    with pytest.raises(PeriodError, match="no hours"):
        Reckoner(cn_calendar(), hours=()).deadline(at("2024-01-01"), (parse_limit("1 working_hours"),))
