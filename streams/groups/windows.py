"""The windows of a rate: where they begin and end, and which of them hold an instant."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from contract.limits import Limit, Unit
from contract.times import civil_date, day_start
from contract.working_hours import EPOCH

_FIRST_DAY = date(2001, 1, 1)  # a Monday


class Windows:
    """All windows of one rule; a window is known by the number of its end, and ends are ``every`` apart.

    Months end at the first instant of a civil month that ``every`` divides the year into; days at civil midnights, counted from
    Monday, 1 January 2001; hours at whole hours UTC, counted from the epoch.
    """

    def __init__(self, window: Limit, every: Limit, zone: ZoneInfo) -> None:
        """Take the length and the step, in one unit."""
        self._window = window.n
        self._every = every.n
        self._unit = every.unit
        self._zone = zone

    def begin(self, number: int) -> datetime:
        """The first instant of a window."""
        return self._at(number * self._every - self._window)

    def end(self, number: int) -> datetime:
        """The instant after a window's last."""
        return self._at(number * self._every)

    def first_after(self, instant: datetime) -> int:
        """The first window that ends after an instant."""
        return self._count(instant) // self._every + 1

    def holding(self, instant: datetime) -> Iterator[int]:
        """Every window that an instant lies in."""
        number = self.first_after(instant)
        while self.begin(number) <= instant:
            yield number
            number += 1

    def month(self, number: int) -> int:
        """The month in which a window of months begins, 1 to 12."""
        return (number * self._every - self._window) % 12 + 1

    def _at(self, count: int) -> datetime:
        """The instant so many units from the anchor."""
        if self._unit is Unit.HOURS:
            return EPOCH + timedelta(hours=count)
        if self._unit is Unit.MONTHS:
            return day_start(date(count // 12, count % 12 + 1, 1), self._zone)
        return day_start(_FIRST_DAY + timedelta(days=count), self._zone)

    def _count(self, instant: datetime) -> int:
        """How many whole units lie between the anchor and an instant."""
        if self._unit is Unit.HOURS:
            return (instant - EPOCH) // timedelta(hours=1)
        day = civil_date(instant, self._zone)
        if self._unit is Unit.MONTHS:
            return day.year * 12 + day.month - 1
        return (day - _FIRST_DAY).days
