"""The months and quarters of a court's history, begun only as far as rules ask for them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from contract.canonical import short_id
from contract.times import SHANGHAI, civil_date, day_start, format_instant
from streams.groups.events import Shared, made
from streams.groups.gaps import ENGINE

_DAY = timedelta(days=1)
_MONTHS = {"@month": 1, "@quarter": 3}


class Periods:
    """Which months and quarters began in a court by a clock."""

    def __init__(self, court: str, born: datetime) -> None:
        """Begin before the first that follows the log's first tick."""
        self._court = court
        self._before = _month_before(born)
        self._last: dict[str, date] = {}
        self._asked: frozenset[str] = frozenset()

    @property
    def due(self) -> datetime | None:
        """When the next begins that is asked for."""
        return min((day_start(self._next(name), SHANGHAI) for name in self._asked), default=None)

    def ask(self, names: Iterable[str]) -> frozenset[str]:
        """Begin these from now on, and those of them that began before; returns the names that are new."""
        before, self._asked = self._asked, frozenset(names)
        return self._asked - before

    def begin(self, clock: datetime) -> Iterator[Shared]:
        """Those that began by a clock and were not told yet, in order."""
        while self._asked:
            following, name = min((self._next(name), name) for name in self._asked)
            at = day_start(following, SHANGHAI)
            if at > clock:
                return
            self._last[name] = following
            event_id = short_id("period", name, self._court, format_instant(at))
            yield made(ENGINE, event_id, name, self._court, at)

    def _next(self, name: str) -> date:
        following = _next_month(self._last.get(name, self._before))
        while following.month % _MONTHS[name] != 1 % _MONTHS[name]:
            following = _next_month(following)
        return following


def _month_before(at: datetime) -> date:
    """The month that began last before an instant; what begins at the instant itself is yet to come."""
    month = civil_date(at).replace(day=1)
    return (month - _DAY).replace(day=1) if at == day_start(month, SHANGHAI) else month


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
