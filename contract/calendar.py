"""The working calendar: which civil days are worked in the mainland, holidays (法定节假日) and make-up days (调休) included.

The days come from the package ``chinesecalendar``, which transcribes the State Council's yearly notices; nothing else in
the house reads that package. A calendar is a value: its content has a canonical form and a hash, so a log that names the hash
names every day. In a year that no notice covers, weekends alone are days of rest and whatever is counted there is provisional.
A notice may still move the last days of the year before it (as that for 2019 moved 2018-12-29): then a new version comes.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property
from importlib.metadata import version as package_version

import msgspec

from contract.canonical import canonical_json

_INDEXED = (date(1990, 1, 1).toordinal(), date(2080, 12, 31).toordinal())
"""Days whose working days are listed once, to be counted by bisection; outside (nobody is there) they are walked."""

LAST_DAY = date.max.toordinal() - 2
"""No day after this is ever given out: a due date so far off is as good as never, and its instant can still be written."""


class Calendar:
    """Civil days, worked or not; immutable. Days are ``date`` outside and proleptic ordinals in hot paths.

    ``rest`` and ``work`` hold the days that a notice names, with the holiday's Chinese name; all other days follow the
    weekend. ``moves`` is false for the plain calendar of packs with ``calendar = "none"``: every day counts as worked.
    ``came_from``: (rank, version) from which a year's days come; other years come from ``oldest``.
    """

    def __init__(
        self,
        name: str,
        version: str,
        years: tuple[int, int] | None,
        rest: Mapping[date, str],
        work: Mapping[date, str],
    ) -> None:
        """Make a calendar; ``years`` = first and last year covered, None = plain days, always covered."""
        self.name = name
        self.version = version
        self.years = years
        self.moves = years is not None
        self.came_from: dict[int, tuple[int, str]] = {}
        self.oldest = (0, version)
        self._rest = {day.toordinal(): holiday for day, holiday in rest.items()}
        self._work = {day.toordinal(): holiday for day, holiday in work.items()}
        self._covered = (
            (date(years[0], 1, 1).toordinal(), date(years[1], 12, 31).toordinal()) if years else (1, date.max.toordinal())
        )

    def is_workday(self, day: date) -> bool:
        """Whether ``day`` is worked: neither a holiday nor a weekend day that isn't a make-up day."""
        return self.works(day.toordinal())

    def covers(self, year: int) -> bool:
        """Whether a notice for ``year`` is known; the plain calendar covers all years."""
        return self.years is None or self.years[0] <= year <= self.years[1]

    def covers_day(self, ordinal: int) -> bool:
        """The same for a day."""
        return self._covered[0] <= ordinal <= self._covered[1]

    def version_of(self, first: int, last: int) -> str:
        """The version from which the days of the years of [first, last] (ordinals) come: of several the latest."""
        years = range(date.fromordinal(first).year, date.fromordinal(last).year + 1)
        return max(self.came_from.get(year, self.oldest) for year in years)[1]

    def following(self, before: Calendar) -> Calendar:
        """This calendar in the place of another: years whose days did not change keep the version that they came from.

        So a due date that rests only on such years is told as before, word for word.
        """
        after = Calendar.__new__(Calendar)
        after.__dict__.update(self.__dict__)
        after.oldest = before.oldest
        number = 1 + max((rank for rank, _ in before.came_from.values()), default=before.oldest[0])
        mine, theirs = self._by_year(), before._by_year()
        after.came_from = dict(before.came_from)
        for year in mine.keys() | theirs.keys():
            if mine.get(year) != theirs.get(year):
                after.came_from[year] = (number, self.version)
        return after

    def _by_year(self) -> dict[int, set[tuple[int, bool]]]:
        """(ordinal, worked) of the days that notices name, for each year covered."""
        years: dict[int, set[tuple[int, bool]]] = {}
        if self.years:
            years = {year: set() for year in range(self.years[0], self.years[1] + 1)}
        for days, worked in ((self._rest, False), (self._work, True)):
            for day in days:
                years.setdefault(date.fromordinal(day).year, set()).add((day, worked))
        return years

    def content(self) -> dict[str, object]:
        """``years``, ``rest`` and ``work``, as ``sys.calendar_changed`` carries them."""
        read = msgspec.json.decode(self.canonical())
        return {name: read[name] for name in ("years", "rest", "work")}

    def reason(self, day: date) -> str | None:
        """Why ``day`` isn't worked, in the wall's language: the holiday's name or 周末; None when it is worked."""
        ordinal = day.toordinal()
        return None if self.works(ordinal) else self._rest.get(ordinal, "周末")

    def works(self, ordinal: int) -> bool:
        """``is_workday`` for a proleptic ordinal."""
        if not self.moves or ordinal in self._work:
            return True
        # Ordinal 1 was a Monday: 6 and 0 are Saturday and Sunday.
        return (ordinal % 7) not in {6, 0} and ordinal not in self._rest

    def next_workday(self, ordinal: int) -> int:
        """The day itself if worked, else the first worked day after it."""
        while not self.works(ordinal):
            ordinal += 1
        return ordinal

    def add_workdays(self, ordinal: int, days: int) -> int:
        """The ``days``-th working day after ``ordinal`` (before it if negative); 0 gives the day itself."""
        if days == 0:
            return ordinal
        if not self.moves:
            return min(max(ordinal + days, 1), LAST_DAY)
        listed = self._listed
        if _INDEXED[0] <= ordinal <= _INDEXED[1]:
            index = bisect_right(listed, ordinal) + days - 1 if days > 0 else bisect_left(listed, ordinal) + days
            if 0 <= index < len(listed):
                return listed[index]
        return self._walk(ordinal, days)

    def count_workdays(self, begin: int, end: int) -> int:
        """How many days of the half-open span [begin, end) are worked."""
        if begin >= end:
            return 0
        if not self.moves:
            return end - begin
        if _INDEXED[0] <= begin and end <= _INDEXED[1]:
            return bisect_left(self._listed, end) - bisect_left(self._listed, begin)
        return sum(map(self.works, range(begin, end)))

    def _walk(self, ordinal: int, days: int) -> int:
        step = 1 if days > 0 else -1
        while days and 1 < ordinal < LAST_DAY:
            ordinal += step
            if self.works(ordinal):
                days -= step
        return ordinal

    @cached_property
    def _listed(self) -> list[int]:
        return [ordinal for ordinal in range(_INDEXED[0], _INDEXED[1] + 1) if self.works(ordinal)]

    def canonical(self) -> bytes:
        """The whole content as canonical JSON (RFC 8785); ``calendar_from_canonical`` reads it back."""
        return canonical_json(
            {
                "calendar": self.name,
                "version": self.version,
                "years": list(self.years) if self.years else None,
                "rest": {date.fromordinal(day).isoformat(): name for day, name in self._rest.items()},
                "work": {date.fromordinal(day).isoformat(): name for day, name in self._work.items()},
            }
        )

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of ``canonical()``, lower-case hex."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self.canonical() == other.canonical()

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __repr__(self) -> str:
        return f"Calendar({self.name!r}, {self.version!r})"


class _Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    calendar: str
    version: str
    years: tuple[int, int] | None
    rest: dict[date, str]
    work: dict[date, str]


def calendar_from_canonical(content: bytes) -> Calendar:
    """Read a calendar from its canonical form; raises ``msgspec.ValidationError`` if it is anything else."""
    read = msgspec.json.decode(content, type=_Content)
    return Calendar(read.calendar, read.version, read.years, read.rest, read.work)


def calendar_of(name: str, version: str, content: Mapping[str, object]) -> Calendar:
    """The calendar of a name and version with some ``content``; raises ``msgspec.ValidationError`` if it is none."""
    return calendar_from_canonical(canonical_json({"calendar": name, "version": version, **content}))


@cache
def cn_calendar() -> Calendar:
    """The mainland's working calendar as far as the installed package knows it."""
    # Loaded late: most commands never count a deadline.
    from chinese_calendar.constants import Holiday, holidays, workdays  # noqa: PLC0415

    names: dict[str, str] = {holiday.value: holiday.chinese for holiday in Holiday}
    years = (min(holidays).year, max(holidays).year)
    version = f"chinesecalendar-{package_version('chinesecalendar')}/{years[0]}-{years[1]}"
    rest = {day: names[holiday] for day, holiday in holidays.items()}
    return Calendar("cn", version, years, rest, {day: names[holiday] for day, holiday in workdays.items()})


@cache
def plain_calendar() -> Calendar:
    """Plain days, for packs with ``calendar = "none"``: every day is worked, nothing moves, nothing is provisional."""
    return Calendar("none", "1", None, {}, {})


def calendar_named(name: str) -> Calendar:
    """The calendar a pack asks for: ``cn`` or ``none``; raises KeyError for any other name."""
    return {"cn": cn_calendar, "none": plain_calendar}[name]()
