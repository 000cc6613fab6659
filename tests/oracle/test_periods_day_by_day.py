"""The period arithmetic against a second one that looks at every day, or every half hour, in turn."""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.calendar import Calendar, cn_calendar, plain_calendar
from contract.limits import DUE, FromDue, Limit, Unit
from contract.periods import Extension, Reckoner, Span
from contract.times import SHANGHAI

DAY = timedelta(days=1)
SLOT = timedelta(minutes=30)
HOURS = ((9 * 60, 12 * 60), (13 * 60 + 30, 17 * 60 + 30))


def days_of(pauses: list[Span]) -> list[tuple[date, date | None]]:
    """The civil days from which and before which each pause holds."""
    return [
        (span.begin.astimezone(SHANGHAI).date(), span.end.astimezone(SHANGHAI).date() if span.end else None) for span in pauses
    ]


def standing(pauses: list[tuple[date, date | None]], day: date) -> tuple[bool, bool]:
    """Whether a pause that takes a day at all stands on the day, and whether one does that never ends."""
    now = [(begin, end) for begin, end in pauses if begin <= day and (end is None or day < end)]
    return bool(now), any(end is None for _, end in now)


def months(start: date, n: int) -> int:
    """How many days lie between a day and the same day number, or the last, n months on."""
    month = date(start.year, start.month, 1)
    for _ in range(n):
        month = (month + timedelta(days=31)).replace(day=1)
    last = (month + timedelta(days=31)).replace(day=1) - DAY
    return (month.replace(day=min(start.day, last.day)) - start).days


def day_by_day(start: date, limit: Limit, pauses: list[tuple[date, date | None]], calendar: Calendar) -> date | None:
    """The due day: days that count are ticked off one after another; None once one of them lies in an open pause."""
    day, left = start, months(start, limit.n) if limit.unit is Unit.MONTHS else limit.n
    if limit.n == 0 and standing(pauses, day)[0]:
        return rolled(day, pauses, calendar)
    while left:
        day += DAY
        paused, is_open = standing(pauses, day)
        if is_open:
            return None
        if not paused and (limit.unit is not Unit.WORKING_DAYS or calendar.is_workday(day)):
            left -= 1
    return day if limit.unit is Unit.WORKING_DAYS else rolled(day, pauses, calendar)


def rolled(day: date, pauses: list[tuple[date, date | None]], calendar: Calendar) -> date | None:
    """The first day from ``day`` on that is worked and not paused; None once an open pause is met."""
    while not calendar.is_workday(day) or standing(pauses, day)[0]:
        if standing(pauses, day)[1]:
            return None
        day += DAY
    return day


def slot_by_slot(start: datetime, limit: Limit, pauses: list[Span], calendar: Calendar) -> datetime | None:
    """The due instant: half hours that count are ticked off; one that ends in the midst of a pause waits for its end."""
    at, left = start, limit.n * 2

    def stands(instant: datetime) -> list[Span]:
        return [span for span in pauses if span.begin <= instant and (span.end is None or instant < span.end)]

    while left or stands(at):
        now = stands(at)
        if any(span.end is None for span in now):
            return None
        local = at.astimezone(SHANGHAI)
        minute = local.hour * 60 + local.minute
        counts = limit.unit is Unit.HOURS or (
            calendar.is_workday(local.date()) and any(begin <= minute < end for begin, end in HOURS)
        )
        if left and counts and not now:
            left -= 1
        at += SLOT
    return at


STARTS = st.builds(
    lambda day, slot: datetime(2023, 11, 1, tzinfo=SHANGHAI) + day * DAY + slot * SLOT, st.integers(0, 1200), st.integers(0, 47)
)
PAUSES = st.lists(
    st.tuples(st.integers(-15, 40), st.integers(0, 47), st.one_of(st.none(), st.integers(0, 12 * 48))), max_size=4
)
CALENDARS = st.sampled_from([cn_calendar(), plain_calendar()])


def spans(start: datetime, pauses: list[tuple[int, int, int | None]]) -> list[Span]:
    """Pauses around a start."""
    begins = [(start + day * DAY + slot * SLOT, length) for day, slot, length in pauses]
    return [Span(begin, None if length is None else begin + length * SLOT) for begin, length in begins]


@settings(max_examples=1500)
@given(
    start=STARTS,
    unit=st.sampled_from([Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.MONTHS]),
    n=st.integers(0, 25),
    raw=PAUSES,
    calendar=CALENDARS,
)
def test_day_limits(start: datetime, unit: Unit, n: int, raw: list[tuple[int, int, int | None]], calendar: Calendar) -> None:
    """Days and months, any pauses, on a Chinese and on a plain calendar: the same due day, counted one by one."""
    limit = Limit(n % 4 if unit is Unit.MONTHS else n, unit)
    pauses = spans(start, raw)
    expected = day_by_day(start.date(), limit, days_of(pauses), calendar)
    found = Reckoner(calendar).deadline(start, (limit,), pauses)
    assert (found.due_on if found else None) == expected


def put_off(first: date, named: date, pauses: list[tuple[date, date | None]]) -> date | None:
    """The due day that an extension names, a day later for each paused day after it was granted; days of rest don't move it."""
    day, left = first, (named - first).days
    while left:
        day += DAY
        paused, is_open = standing(pauses, day)
        if is_open:
            return None
        left -= not paused
    while standing(pauses, day)[0]:
        if standing(pauses, day)[1]:
            return None
        day += DAY
    return day


@settings(max_examples=1000)
@given(
    start=STARTS,
    n=st.integers(0, 25),
    granted=st.integers(-3, 30),
    longer=st.integers(0, 60),
    raw=PAUSES,
    calendar=CALENDARS,
)
def test_extended_day_limits(
    start: datetime, n: int, granted: int, longer: int, raw: list[tuple[int, int, int | None]], calendar: Calendar
) -> None:
    """An extension takes the place of the term: the same due day as counted one by one from its grant, pauses and all."""
    at = start + granted * DAY
    first = max(start, at).date()
    pauses = spans(start, raw)
    expected = put_off(first, first + longer * DAY, days_of(pauses))
    extension = Extension(first + longer * DAY, at)
    found = Reckoner(calendar).deadline(start, (Limit(n, Unit.CALENDAR_DAYS),), pauses, extension)
    assert (found.due_on if found else None) == expected


@settings(max_examples=500)
@given(
    start=STARTS,
    n=st.integers(1, 25),
    granted=st.integers(0, 24),
    longer=st.integers(1, 60),
    away=st.integers(-20, 20),
    calendar=CALENDARS,
)
def test_levels_under_an_extension(start: datetime, n: int, granted: int, longer: int, away: int, calendar: Calendar) -> None:
    """A level that was reached before the grant stays; any other lies as many days from the new due day as from the old."""
    at = start + granted % n * DAY
    old = day_by_day(start.date(), Limit(n, Unit.CALENDAR_DAYS), [], calendar)
    assert old is not None
    new = old + longer * DAY
    was = max(old + away * DAY, start.date() - DAY)
    first_instant = max(datetime(was.year, was.month, was.day, tzinfo=SHANGHAI) + DAY, start)
    expected = old + away * DAY if away < 0 and first_instant <= at else new + away * DAY
    level = FromDue(away, Unit.CALENDAR_DAYS)
    found = Reckoner(calendar).level(level, start, (Limit(n, Unit.CALENDAR_DAYS),), (), Extension(new, at))
    assert found is not None
    assert found.due_on == expected


@settings(max_examples=700)
@given(
    start=STARTS, unit=st.sampled_from([Unit.HOURS, Unit.WORKING_HOURS]), n=st.integers(1, 60), raw=PAUSES, calendar=CALENDARS
)
def test_hour_limits(start: datetime, unit: Unit, n: int, raw: list[tuple[int, int, int | None]], calendar: Calendar) -> None:
    """Elapsed and working hours, any pauses: the same instant, counted by half hours."""
    pauses = spans(start, raw)
    expected = slot_by_slot(start, Limit(n, unit), pauses, calendar)
    found = Reckoner(calendar).deadline(start, (Limit(n, unit),), pauses)
    assert (found.reached_at if found else None) == expected


@settings(max_examples=200)
@given(start=STARTS, n=st.integers(0, 25), unit=st.sampled_from(list(Unit)), raw=PAUSES)
def test_the_steps_end_where_the_deadline_does(
    start: datetime, n: int, unit: Unit, raw: list[tuple[int, int, int | None]]
) -> None:
    """The told arithmetic ends on the due day of the silent one, or with the open pause."""
    reckoner, term, pauses = Reckoner(cn_calendar()), (Limit(n, unit),), spans(start, raw)
    end = reckoner.deadline(start, term, pauses)
    last = reckoner.explain(DUE, start, term, pauses)[-1]
    assert (last.do, last.due) == (("open", "") if end is None else ("end", end.due_on.isoformat()))
