"""Over which days an indicator is taken, and what it is compared with. Civil dates of Asia/Shanghai, both ends included."""

from calendar import monthrange
from datetime import date, timedelta

from contract.indicators.model import Window

_BACK_MONTHS: dict[Window, int] = {"year": 1, "month": 1, "day": 1, "rolling_3y": 1, "rolling_3m": 3, "quarter": 3}


def months_from(day: date, months: int) -> date:
    """The same day number some months later (earlier if negative), or that month's last day."""
    month = day.year * 12 + day.month - 1 + months
    year, index = divmod(month, 12)
    return date(year, index + 1, min(day.day, monthrange(year, index + 1)[1]))


def days_of(window: Window, as_of: date) -> tuple[date, date]:
    """First and last day of a window as of a day."""
    first = {
        "year": date(as_of.year, 1, 1),
        "month": as_of.replace(day=1),
        "quarter": date(as_of.year, as_of.month - (as_of.month - 1) % 3, 1),
        "rolling_3y": months_from(as_of, -36) + timedelta(1),
        "rolling_3m": months_from(as_of, -3) + timedelta(1),
        "rolling_30d": as_of - timedelta(29),
        "day": as_of,
    }[window]
    return first, as_of


def year_before(as_of: date) -> date:
    """同比: as of which day the same window of last year is taken; 29 February is compared with the 28th."""
    return months_from(as_of, -12)


def one_before(window: Window, as_of: date) -> date:
    """环比: as of which day the window before is taken, as far into it as this one.

    A month earlier for 累计, months, days and three years; three months for quarters and three months; 30 days for 30 days.
    From a month's last day it leads to a month's last day.
    """
    if window == "rolling_30d":
        return as_of - timedelta(30)
    back = months_from(as_of, -_BACK_MONTHS[window])
    if as_of.day == monthrange(as_of.year, as_of.month)[1]:
        return back.replace(day=monthrange(back.year, back.month)[1])
    return back
