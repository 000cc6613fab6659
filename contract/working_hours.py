"""Working hours: time that passes only within a pack's hours on working days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from contract.calendar import LAST_DAY, Calendar
from contract.limits import Hours

_MINUTE = 60_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST = (datetime.combine(date.fromordinal(LAST_DAY), datetime.min.time(), UTC) - EPOCH) // _MICROSECOND


def micros(instant: datetime) -> int:
    """Microseconds since 1970, UTC."""
    return (instant - EPOCH) // _MICROSECOND


def instant_of(microseconds: int) -> datetime:
    """The instant of so many microseconds since 1970, UTC, held within what can be written."""
    return EPOCH + timedelta(microseconds=min(microseconds, _LAST))


class WorkingTime:
    """The working time of one pack; instants are microseconds since 1970, UTC."""

    def __init__(self, calendar: Calendar, zone: ZoneInfo, hours: Hours) -> None:
        """Make it of a calendar, a zone and the hours of a working day (at least one range)."""
        self._calendar = calendar
        self._zone = zone
        self._ranges = [(begin * _MINUTE, end * _MINUTE) for begin, end in hours]
        self._day = sum(end - begin for begin, end in self._ranges)

    def measure(self, begin: int, end: int) -> int:
        """Microseconds of working time in [begin, end)."""
        if begin >= end:
            return 0
        first, spent = self._place(begin)
        last, reached = self._place(end)
        return self._calendar.count_workdays(first, last) * self._day - spent + reached

    def advance(self, begin: int, amount: int) -> int:
        """The first instant at which ``amount`` of working time has passed since ``begin``."""
        if amount <= 0:
            return begin
        day, spent = self._place(begin)
        if not self._calendar.works(day):
            day, spent = self._calendar.add_workdays(day, 1), 0
        total = spent + amount
        days = (total - 1) // self._day
        return self._instant(self._calendar.add_workdays(day, days), total - days * self._day)

    def _place(self, instant: int) -> tuple[int, int]:
        """The civil day of an instant and the working time of that day which lies before it."""
        local = instant_of(instant).astimezone(self._zone)
        day = local.toordinal()
        if not self._calendar.works(day):
            return day, 0
        passed = ((local.hour * 60 + local.minute) * 60 + local.second) * 1_000_000 + local.microsecond
        return day, sum(min(passed, end) - begin for begin, end in self._ranges if passed > begin)

    def _instant(self, day: int, amount: int) -> int:
        """The instant of a working day at which ``amount`` (more than none) of its working time has passed."""
        for begin, end in self._ranges:
            if amount <= end - begin:
                midnight = datetime.combine(date.fromordinal(day), datetime.min.time())
                return micros((midnight + timedelta(microseconds=begin + amount)).replace(tzinfo=self._zone))
            amount -= end - begin
        raise AssertionError("more working time than a day has")
