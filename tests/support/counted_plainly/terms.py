"""Spans of days, and how they move a due day: *Pauses of a proceeding*, *Due day of a proceeding*."""

from collections.abc import Iterable
from datetime import date, timedelta

from contract.calendar import cn_calendar
from counted_plainly.log import Case, Heard

Days = tuple[date, date | None]
"""From a day up to but without another; None: without end."""

EVER = date.max
_SIX_MONTHS = ("公告", "暂缓", "中止", "请示", "执行争议协调")
_DAY = timedelta(days=1)


def pauses(case: Case) -> list[Days]:
    """All spans of a case that don't count, some of them perhaps empty."""
    return [*_clocks(case), *_suspended(case), *_deferred(case)]


def _after(case: Case, start: Heard, name: str) -> list[Heard]:
    return [one for one in case.of(name) if one.place > start.place]


def _clocks(case: Case) -> Iterable[Days]:
    for one in case.of("case.clock_paused"):
        clock, begin = one.told("clock"), one.date_of("from_on")
        if clock in ("6mo", "all") and one.told("ground") in _SIX_MONTHS and begin is not None:
            ends = [end for end in _after(case, one, "case.clock_resumed") if end.told("clock") == clock]
            yield begin, ends[0].date_of("to_on") if ends else None


def _suspended(case: Case) -> Iterable[Days]:
    for one in case.of("case.suspended"):
        ends = [end for end in _after(case, one, "case.stay_ended") if end.told("kind") != "暂缓"]
        yield one.day, ends[0].day if ends else None


def _deferred(case: Case) -> Iterable[Days]:
    for one in case.of("case.deferred"):
        ends = [end.day for end in _after(case, one, "case.stay_ended") if end.told("kind") != "中止"][:1]
        until = one.date_of("until_on")
        yield one.day, min([*ends, *([] if until is None else [until])], default=None)


def paused_days(spans: Iterable[Days], opened: date, ended: date) -> int:
    """How many days d with opened < d ≤ ended lie in a span."""
    spans = list(spans)
    days = (opened + timedelta(days=n) for n in range(1, (ended - opened).days + 1))
    return sum(any(begin <= day and (end is None or day < end) for begin, end in spans) for day in days)


def moved(due: date, begin: date, spans: Iterable[Days]) -> date | None:
    """The due day of a term that began on a day, moved by spans; None: it is endless. Not yet moved to a working day."""
    reach = begin + _DAY
    for since, to in sorted(((since, to or EVER) for since, to in spans)):
        start = max(since, reach)
        if to == EVER and since <= due:
            return None
        if start <= due and to > start:
            due += to - start
        reach = max(reach, to)
    return due


def worked(day: date) -> date:
    """The day, or the next that is worked."""
    calendar = cn_calendar()
    while not calendar.is_workday(day):
        day += _DAY
    return day
