"""The simulator's own days: civil days of China as running numbers, and which of them courts work on.

An instant is a number of seconds since 1970-01-01T00:00:00Z, a day the number of days since 1970-01-01 in UTC+8 (the
civil time of China throughout the years simulated). Nothing here is shared with the contract's calendar.
"""

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

EPOCH = date(1970, 1, 1)
DAY = 86_400
_HOUR = 3_600
_EAST_OF_UTC = 8 * _HOUR
_SHIFTS = ((9 * _HOUR, 12 * _HOUR), (13 * _HOUR + 1_800, 17 * _HOUR + 1_800))
_FIRST_WEEKDAY = 3  # 1970-01-01 was a Thursday; Monday is 0


def number(day: date) -> int:
    """The running number of a civil date."""
    return (day - EPOCH).days


def civil(day: int) -> date:
    """The civil date of a running number."""
    return EPOCH + timedelta(days=day)


def day_of(at: int) -> int:
    """The civil day on which an instant falls."""
    return (at + _EAST_OF_UTC) // DAY


def midnight(day: int) -> int:
    """The first instant of a civil day."""
    return day * DAY - _EAST_OF_UTC


@cache
def day_text(day: int) -> str:
    """``2024-03-01``."""
    return civil(day).isoformat()


def instant_text(at: int) -> str:
    """``2024-03-01T01:30:00Z``: RFC 3339 in UTC, as the contract writes it."""
    day, second = divmod(at, DAY)
    return f"{day_text(day)}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"


def _spread(year: int, entries: list[str]) -> Iterator[int]:
    for entry in entries:
        first, _, last = entry.partition("..")
        begin = number(date.fromisoformat(f"{year}-{first}"))
        end = number(date.fromisoformat(f"{year}-{last or first}"))
        yield from range(begin, end + 1)


def _table() -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    text = files(__package__).joinpath("holidays.toml").read_text("utf-8")
    off: set[int] = set()
    work: set[int] = set()
    years: set[int] = set()
    for year, lists in tomllib.loads(text).items():
        years.add(int(year))
        off.update(_spread(int(year), lists["off"]))
        work.update(_spread(int(year), lists["work"]))
    return frozenset(off), frozenset(work), frozenset(years)


_OFF, _WORK, YEARS = _table()


@cache
def is_open(day: int) -> bool:
    """Whether courts work on a day: a weekday that is no holiday, or a make-up day. Untyped years have weekends only."""
    if day in _WORK:
        return True
    return day not in _OFF and (day + _FIRST_WEEKDAY) % 7 < 5


@cache
def roll(day: int) -> int:
    """The day itself if courts work on it, else the next on which they do (民诉法第85条)."""
    while not is_open(day):
        day += 1
    return day


def next_open(day: int) -> int:
    """The first working day after a day."""
    return roll(day + 1)


def last_open(day: int) -> int:
    """The day itself if courts work on it, else the last before it on which they did."""
    while not is_open(day):
        day -= 1
    return day


def months_later(day: int, months: int) -> int:
    """The same day number so many months on, or that month's last day."""
    start = civil(day)
    first = date(start.year, start.month, 1)
    for _ in range(months):
        first = (first + timedelta(days=31)).replace(day=1)
    last = ((first + timedelta(days=31)).replace(day=1) - timedelta(days=1)).day
    return number(first.replace(day=min(start.day, last)))


def working_hours_later(start: int, hours: int) -> int:
    """The instant at which so many working hours have gone since a start."""
    left = hours * _HOUR
    day = day_of(start)
    while True:
        if is_open(day):
            for begin, end in _SHIFTS:
                since = max(midnight(day) + begin, start)
                spare = midnight(day) + end - since
                if spare >= left:
                    return since + left
                left -= max(spare, 0)
        day += 1
