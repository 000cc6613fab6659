"""The functions of the vocabulary that need no history: dates, working days and fees.

Dates in CEL are texts (``2024-03-01``) as the contract writes them; where a date is asked for, an instant (a timestamp, or a
text with a time) counts as the civil day on which it falls.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from contract.calendar import Calendar
from contract.counting import Counter
from contract.limits import Unit, parse_at
from contract.times import civil_date, parse_instant

_STEPS = (
    # 诉讼费用交纳办法第14条: (yuan up to which, basis points)
    (500_000, 150),
    (5_000_000, 100),
    (10_000_000, 50),
)
EXTRA_PER_MILLION = 175
"""1.75‱ a day (法释〔2014〕8号第1条)."""

_PERIODS = {"month": 1, "quarter": 3, "year": 12}

_FIRST_YUAN, _FIRST_FEE_FEN, _LAST_BP = 10_000, 5_000, 10


def day_of(value: Any, zone: ZoneInfo) -> date:
    """The civil day of a date or instant, as text or as timestamp; raises ValueError or TypeError."""
    if isinstance(value, datetime):
        return civil_date(value, zone)
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no date")
    return date.fromisoformat(value) if len(value) == 10 else civil_date(parse_instant(value), zone)


def half_up(amount: int, parts: int) -> int:
    """An amount divided, rounded half up; not for negative amounts."""
    return (2 * amount + parts) // (2 * parts)


def fee_fen(claim_fen: int) -> int:
    """The fee of an application for enforcement (诉讼费用交纳办法第14条), in fen, rounded half up at the end."""
    if claim_fen <= _FIRST_YUAN * 100:
        return _FIRST_FEE_FEN
    rest = 0
    floor = _FIRST_YUAN * 100
    for yuan, points in _STEPS:
        rest += (min(claim_fen, yuan * 100) - floor) * points
        floor = yuan * 100
        if claim_fen <= floor:
            return _FIRST_FEE_FEN + half_up(rest, 10_000)
    rest += (claim_fen - floor) * _LAST_BP
    return _FIRST_FEE_FEN + half_up(rest, 10_000)


def extra_interest_fen(base_fen: int, days: int) -> int:
    """加倍部分债务利息 (法释〔2014〕8号第1条): unpaid money debt × 1.75‱ × days, in fen, rounded half up at the end.

    Args:
        base_fen: The unpaid money debt that the judgment names, general interest (一般债务利息) left out; at least 0.
        days: Days of delay; 0 or fewer give nothing.
    """
    return half_up(max(0, base_fen) * max(0, days) * EXTRA_PER_MILLION, 1_000_000)


def months_after(day: date, months: int) -> date:
    """The same day number so many months on, or the month's last; at most the last day that a date can be."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def end_of(period: str, day: date) -> date:
    """The last day of the month, quarter or year of a day; raises ValueError for another period."""
    if period not in _PERIODS:
        raise ValueError(f"{period!r} is no period: month, quarter or year")
    months = _PERIODS[period]
    last = (day.month - 1) // months * months + months
    return date(day.year, last, monthrange(day.year, last)[1])


def date_functions(calendar: Calendar, zone: ZoneInfo) -> dict[str, Callable[..., Any]]:
    """The functions of one pack, by name."""
    counter = Counter(calendar, zone, ())

    def add(value: Any, amount: str) -> Any:
        shift = parse_at(amount if amount[:1] in ("+", "-") else f"+{amount}")
        n, unit = shift.n, shift.unit  # type: ignore[union-attr]  # a sign makes it FromDue
        if unit is Unit.HOURS:
            start = value if isinstance(value, datetime) else parse_instant(value)
            return start.astimezone(UTC) + timedelta(hours=n)
        return date.fromordinal(counter.plus(day_of(value, zone).toordinal(), n, unit)).isoformat()

    def days(begin: Any, end: Any) -> int:
        return (day_of(end, zone) - day_of(begin, zone)).days

    def working_days(begin: Any, end: Any) -> int:
        # The first day isn't counted, the last is: two days are one working day apart on a Monday and a Tuesday.
        first, last = day_of(begin, zone).toordinal(), day_of(end, zone).toordinal()
        if first <= last:
            return calendar.count_workdays(first + 1, last + 1)
        return -calendar.count_workdays(last + 1, first + 1)

    def last_day(period: str, value: Any) -> str:
        return end_of(period, day_of(value, zone)).isoformat()

    def interest_fen(base_fen: int, begin: Any, end: Any) -> int:
        return extra_interest_fen(base_fen, days(begin, end))

    return {
        "add": add,
        "days": days,
        "working_days": working_days,
        "end_of": last_day,
        "fee_fen": fee_fen,
        "interest_fen": interest_fen,
    }
