"""Legal periods by the table: each case was counted by hand on a printed calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from contract.calendar import cn_calendar, plain_calendar
from contract.limits import DUE, parse_limit
from contract.periods import Deadline, Reckoner, Span
from contract.times import parse_instant

CN = Reckoner(cn_calendar())
PLAIN = Reckoner(plain_calendar(), ZoneInfo("Europe/Rome"))


def at(text: str) -> datetime:
    """An instant in Shanghai: ``2024-03-01`` is its first, ``2024-03-01 10:00`` as it says."""
    day, _, clock = text.partition(" ")
    return parse_instant(f"{day}T{clock or '00:00'}:00+08:00")


def span(begin: str, end: str | None) -> Span:
    """A pause between two such instants; None is still open."""
    return Span(at(begin), at(end) if end else None)


def due(start: str, *limits: str, pauses: tuple[Span, ...] = (), reckoner: Reckoner = CN) -> str | None:
    """The due day of a term of limits, None in an open pause."""
    end = reckoner.deadline(at(start), tuple(map(parse_limit, limits)), pauses)
    return end.due_on.isoformat() if end else None


def test_the_worked_clock() -> None:
    """Filed 2024-03-01, six months: a Sunday rolls to 09-02; suspended for 30 days it rolls out of National Day to 10-08."""
    start, term = at("2024-03-01 10:00"), (parse_limit("6 months"),)
    end = CN.deadline(start, term)
    due_at = at("2024-09-03") - timedelta(seconds=1)
    assert end == Deadline(date(2024, 9, 2), at("2024-09-03"), due_at, exclusive=False, provisional=False)
    paused = CN.deadline(start, term, [span("2024-04-10", "2024-05-10")])
    assert paused is not None
    assert (paused.due_on, paused.reached_at) == (date(2024, 10, 8), at("2024-10-09"))


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        pytest.param("2024-01-31", "1 months", "2024-02-29", id="month's end, leap year"),
        pytest.param("2023-01-31", "1 months", "2023-02-28", id="month's end, common year"),
        pytest.param("2024-02-29", "12 months", "2025-02-28", id="leap day, a year on"),
        pytest.param("2024-08-31", "1 months", "2024-09-30", id="31 to 30"),
        pytest.param("2024-03-30", "6 months", "2024-09-30", id="the day before the holiday stays"),
        pytest.param("2024-06-01", "4 months", "2024-10-08", id="National Day"),
        pytest.param("2024-09-30 23:59", "12 calendar_days", "2024-10-12", id="a made-up Saturday is a last day"),
        pytest.param("2024-09-30 23:59", "13 calendar_days", "2024-10-14", id="the Sunday after it rolls"),
        pytest.param("2024-09-28", "2 working_days", "2024-09-30", id="a made-up Sunday counts as a working day"),
        pytest.param("2024-09-30", "3 working_days", "2024-10-10", id="working days over National Day"),
        pytest.param("2024-02-08", "7 calendar_days", "2024-02-18", id="Spring Festival, then a made-up Sunday"),
        pytest.param("2024-02-09", "5 working_days", "2024-02-22", id="working days over Spring Festival"),
        pytest.param("2024-10-01", "0 calendar_days", "2024-10-08", id="the same day, rolled out of a holiday"),
        pytest.param("2024-10-09 23:59", "0 calendar_days", "2024-10-09", id="the same day"),
        pytest.param("2024-10-01", "0 working_days", "2024-10-01", id="no working days: the same day"),
        pytest.param("2024-03-01 23:59", "10 calendar_days", "2024-03-11", id="the start day isn't counted, however late"),
        pytest.param("2024-03-01 00:00", "10 calendar_days", "2024-03-11", id="nor if it begins at midnight"),
        pytest.param("2024-03-01 10:00", "48 hours", "2024-03-03", id="hours don't roll"),
        pytest.param("9990-01-01", "1000000 months", "9999-12-29", id="never"),
    ],
)
def test_due_days(start: str, limit: str, expected: str) -> None:
    """Day limits leave out the start day, end on the same day number, and roll once off days of rest."""
    assert due(start, limit) == expected


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        pytest.param([("2024-03-05", "2024-03-08")], "2024-03-14", id="three days"),
        pytest.param([("2024-03-05 10:00", "2024-03-08 09:00")], "2024-03-14", id="by civil days, whatever the hour"),
        pytest.param([("2024-03-05 10:00", "2024-03-05 17:00")], "2024-03-11", id="within a day: nothing"),
        pytest.param([("2024-03-05", "2024-03-08"), ("2024-03-06", "2024-03-07")], "2024-03-14", id="one in another"),
        pytest.param([("2024-03-06", "2024-03-09"), ("2024-03-05", "2024-03-07")], "2024-03-15", id="overlapping, any order"),
        pytest.param([("2024-03-05", "2024-03-06"), ("2024-03-06", "2024-03-07")], "2024-03-13", id="touching"),
        pytest.param([("2024-02-01", "2024-03-01")], "2024-03-11", id="over before the start"),
        pytest.param([("2024-02-01", "2024-03-04")], "2024-03-13", id="across the start: only days that count"),
        pytest.param([("2024-03-10", "2024-03-20")], "2024-03-21", id="across the due day"),
        pytest.param([("2024-03-11", "2024-03-12")], "2024-03-12", id="on the due day itself"),
        pytest.param([("2024-03-12", "2024-03-22")], "2024-03-11", id="after the due day"),
        pytest.param(
            [("2024-03-05", "2024-03-09"), ("2024-03-13", "2024-03-14")], "2024-03-18", id="within due as moved, then rolled"
        ),
        pytest.param([("2024-03-05", None)], None, id="open"),
        pytest.param([("2024-03-11 23:59", None)], None, id="opened on the due day's last minute"),
        pytest.param([("2024-03-12", None)], "2024-03-11", id="opened too late"),
        pytest.param([("2024-02-05", None)], None, id="open since before the start"),
        pytest.param([("2024-03-05", "2024-03-08"), ("2024-03-14", None)], None, id="opened on the due day as moved"),
    ],
)
def test_pauses_move_the_raw_due_day(pauses: list[tuple[str, str | None]], expected: str | None) -> None:
    """Ten days from Friday 2024-03-01 end on Monday 03-11, moved by the pauses' union; in an open one nothing falls due."""
    assert due("2024-03-01 10:00", "10 calendar_days", pauses=tuple(span(*pause) for pause in pauses)) == expected


def test_a_pause_in_the_days_of_rest_holds_the_roll() -> None:
    """Raw Saturday 2024-03-09, rolled to Monday: a pause from Sunday to Wednesday leaves Wednesday as the due day."""
    assert due("2024-03-01", "8 calendar_days") == "2024-03-11"
    assert due("2024-03-01", "8 calendar_days", pauses=(span("2024-03-10", "2024-03-13"),)) == "2024-03-13"
    assert due("2024-03-01", "8 calendar_days", pauses=(span("2024-03-10", "2024-03-11"),)) == "2024-03-11"
    assert due("2024-03-01", "8 calendar_days", pauses=(span("2024-03-10", None),)) is None


def test_pauses_of_working_days_take_working_days() -> None:
    """Five working days from Friday 2024-03-01 end on 03-08; a pause over a weekend takes only its working days."""
    assert due("2024-03-01", "5 working_days") == "2024-03-08"
    assert due("2024-03-01", "5 working_days", pauses=(span("2024-03-02", "2024-03-04"),)) == "2024-03-08"
    assert due("2024-03-01", "5 working_days", pauses=(span("2024-03-07", "2024-03-12"),)) == "2024-03-13"


@pytest.mark.parametrize(
    ("limit", "start", "pauses", "expected"),
    [
        pytest.param("48 hours", "2024-09-30 12:30", [], "2024-10-02 12:30", id="elapsed, through a holiday"),
        pytest.param(
            "24 hours", "2024-03-01 10:00", [("2024-03-01 12:00", "2024-03-01 15:30")], "2024-03-02 13:30", id="paused"
        ),
        pytest.param(
            "24 hours", "2024-03-01 10:00", [("2024-03-02 10:00", "2024-03-02 11:00")], "2024-03-02 11:00", id="at due"
        ),
        pytest.param("24 hours", "2024-03-01 10:00", [("2024-03-02 10:01", None)], "2024-03-02 10:00", id="opened after due"),
        pytest.param("2 working_hours", "2024-03-01 11:00", [], "2024-03-01 14:30", id="over noon"),
        pytest.param("8 working_hours", "2024-03-01 18:00", [], "2024-03-05 10:00", id="from after hours, over a weekend"),
        pytest.param("1 working_hours", "2024-03-01 11:00", [], "2024-03-01 12:00", id="ends with the range, not after it"),
        pytest.param("2 working_hours", "2024-09-30 16:30", [], "2024-10-08 10:00", id="over National Day"),
        pytest.param(
            "2 working_hours",
            "2024-03-01 16:30",
            [("2024-03-01 17:00", "2024-03-04 10:00")],
            "2024-03-04 11:30",
            id="paused work",
        ),
    ],
)
def test_hours(limit: str, start: str, pauses: list[tuple[str, str | None]], expected: str) -> None:
    """Hours elapse, working hours pass within the pack's hours on working days; both are in time at their very instant."""
    end = CN.deadline(at(start), (parse_limit(limit),), [span(*pause) for pause in pauses])
    assert end is not None
    assert (end.reached_at, end.due_at, end.exclusive) == (at(expected), at(expected), True)
    assert not end.is_reached(at(expected))
    assert end.is_reached(at(expected) + timedelta(microseconds=1))


def test_hours_elapse_whatever_the_offset() -> None:
    """Over the end of summer time in Rome 24 hours are 24 hours, and a day limit there ends with the civil day."""
    start = datetime(2024, 10, 26, 12, tzinfo=ZoneInfo("Europe/Rome"))
    hours = PLAIN.deadline(start, (parse_limit("24 hours"),))
    assert hours is not None
    assert hours.reached_at == datetime(2024, 10, 27, 10, tzinfo=UTC)
    day = PLAIN.deadline(start, (parse_limit("1 calendar_days"),))
    assert day is not None
    assert day.reached_at == datetime(2024, 10, 27, 23, tzinfo=UTC)


def test_dates_and_inner_limits_stay_where_they_fall() -> None:
    """A named day is due even on a holiday; a list counts each limit from the end of the one before and rolls only the last."""
    named = CN.deadline(at("2024-09-01"), (date(2024, 10, 2),))
    assert named is not None
    assert named.due_on == date(2024, 10, 2)
    # 2024-03-09 is a Saturday: it doesn't roll, so five days later is Thursday 03-14.
    assert due("2024-03-01", "8 calendar_days", "5 calendar_days") == "2024-03-14"
    assert due("2024-03-01", "8 calendar_days", "1 calendar_days") == "2024-03-11"
    assert due("2024-03-01", "8 calendar_days", "3 working_days") == "2024-03-13"
    listed = CN.deadline(at("2024-03-01"), (parse_limit("1 calendar_days"), parse_limit("12 hours")))
    assert listed is not None
    assert listed.reached_at == at("2024-03-03 12:00")


def test_pauses_count_once_in_a_list() -> None:
    """A pause that begins in the first part of a list moves its end; the second counts from there and takes no day twice."""
    pauses = (span("2024-03-05", "2024-03-10"),)
    assert due("2024-03-01", "5 working_days", "5 calendar_days", pauses=pauses) == "2024-03-19"


def test_years_without_a_calendar_are_provisional() -> None:
    """A due day beyond the years covered is provisional; dates, elapsed hours and plain days never are."""
    start = at("2026-12-25 10:00")
    provisional = {
        "10 calendar_days": True,
        "5 calendar_days": False,
        "10 working_days": True,
        "1 months": True,
        "480 hours": False,
    }
    for limit, expected in provisional.items():
        end = CN.deadline(start, (parse_limit(limit),))
        assert end is not None
        assert end.provisional is expected
    named = CN.deadline(start, (date(2027, 10, 1),))
    plain = PLAIN.deadline(start, (parse_limit("10 months"),))
    assert named is not None
    assert plain is not None
    assert not named.provisional
    assert not plain.provisional
    assert plain.due_on == date(2027, 10, 25)


def test_the_arithmetic_is_told() -> None:
    """Every step of the worked clock is there: start, count, pause, roll with the days passed over, end."""
    pauses = [span("2024-04-10", "2024-05-10")]
    steps = CN.explain(DUE, at("2024-03-01 10:00"), (parse_limit("6 months"),), pauses)
    assert msgspec.json.decode(msgspec.json.encode(steps)) == [
        {"do": "start", "from": "2024-03-01T02:00:00Z", "to": "2024-03-01", "calendar": cn_calendar().version},
        {"do": "count", "from": "2024-03-01", "to": "2024-09-01", "n": 6, "unit": "months"},
        {"do": "pause", "from": "2024-04-10", "to": "2024-05-10", "n": 30, "unit": "calendar_days", "due": "2024-10-01"},
        {
            "do": "roll",
            "from": "2024-10-01",
            "to": "2024-10-08",
            "skipped": [{"from": "2024-10-01", "to": "2024-10-07", "why": "国庆节"}],
        },
        {"do": "end", "from": "2024-10-08T16:00:00Z", "to": "2024-10-08T15:59:59Z", "due": "2024-10-08"},
    ]
    opened = CN.explain(DUE, at("2024-03-01"), (parse_limit("6 months"),), [span("2024-04-10", None)])
    assert opened[-1].do == "open"


def test_working_days_tell_the_days_of_rest() -> None:
    """A count in working days names each run of days passed over with its reason."""
    steps = CN.explain(DUE, at("2024-09-27"), (parse_limit("4 working_days"),))
    skipped = [(run.first, run.last, run.why) for run in steps[1].skipped]
    assert skipped == [("2024-09-28", "2024-09-28", "周末"), ("2024-10-01", "2024-10-07", "国庆节")]
