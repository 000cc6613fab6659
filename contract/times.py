"""Instants and civil dates. Instants are aware and kept in UTC; civil dates are those of Asia/Shanghai.

China has kept UTC+8 without daylight saving since 1991-09-15; instants before that follow the zone's own history.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2199, 12, 31)
"""The days that may be asked for: within, every window can be counted and every store can hold it."""

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)?")
_FIXED_SINCE = datetime(1991, 9, 16, tzinfo=UTC)
_EIGHT_HOURS = timedelta(hours=8)
# A day from either end of what a datetime can hold: within, every instant has a civil date in every zone.
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


@lru_cache(16_384)  # the instants of one event are read by whoever is told of it
def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 instant with offset.

    Returns:
        The same instant in UTC, to the microsecond.

    Raises:
        ValueError: The text is no RFC 3339 instant, has no offset, is finer than a microsecond, or is out of range.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not an RFC 3339 instant such as 2024-03-01T09:30:00+08:00")
    fraction, offset = match.groups()
    if offset is None:
        raise ValueError(f"{text!r} has no offset; add one, e.g. +08:00")
    if fraction is not None and len(fraction.rstrip("0")) > 6:
        raise ValueError(f"{text!r} is finer than a microsecond; cut it to six digits")
    if fraction is not None:
        text = text.replace("." + fraction, "." + fraction[:6].ljust(6, "0"))
    try:
        instant = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is not an instant of the calendar: {error}") from None
    if not _FIRST <= instant < _LAST:
        raise ValueError(f"{text!r} is too near the end of the calendar to have a civil date everywhere")
    return instant


def format_instant(instant: datetime) -> str:
    """Write an aware instant as RFC 3339 in UTC, shortest form: ``2024-03-01T01:30:00Z``."""
    return _written(instant if instant.tzinfo is UTC else instant.astimezone(UTC))


@lru_cache(16_384)  # a tick, and the levels that courts reach together, are told of many alerts
def _written(utc: datetime) -> str:
    text = utc.isoformat()[:-6]  # without +00:00
    return text.rstrip("0") + "Z" if utc.microsecond else text + "Z"


def civil_date(instant: datetime, zone: ZoneInfo = SHANGHAI) -> date:
    """Return the civil date on which the instant falls."""
    if zone is SHANGHAI and instant >= _FIXED_SINCE:
        return (instant.astimezone(UTC) + _EIGHT_HOURS).date()
    return instant.astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo = SHANGHAI) -> datetime:
    """Return the first instant of a civil day, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
