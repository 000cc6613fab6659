"""What a rate counts, in which windows, and what it is compared with."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contract.limits import Limit, Unit
from contract.times import parse_instant
from streams.groups.windows import Windows

ZONE = ZoneInfo("Asia/Shanghai")
RATE = """
[[rule]]
id = "R"
name = {{ zh = "率", en = "rate" }}
family = "inaction"
kind = "rate"
scope = "court"
{fields}
"""


def rate(fields: str) -> str:
    """A rule of this kind."""
    return RATE.format(fields=fields)


@pytest.mark.parametrize(
    ("window", "every", "unit", "instant", "ends"),
    [
        (3, 1, Unit.MONTHS, "2024-03-15T00:00:00+08:00", ["2024-04-01", "2024-05-01", "2024-06-01"]),
        (3, 3, Unit.MONTHS, "2024-03-31T23:59:59+08:00", ["2024-04-01"]),
        (3, 3, Unit.MONTHS, "2024-04-01T00:00:00+08:00", ["2024-07-01"]),
        (7, 7, Unit.CALENDAR_DAYS, "2024-03-17T23:00:00+08:00", ["2024-03-18"]),
        (14, 7, Unit.CALENDAR_DAYS, "2024-03-18T00:00:00+08:00", ["2024-03-25", "2024-04-01"]),
    ],
)
def test_an_instant_lies_in_these_windows(window: int, every: int, unit: Unit, instant: str, ends: list[str]) -> None:
    """Months end with civil months, weeks with Sundays; a window holds its first instant and not its last."""
    windows = Windows(Limit(window, unit), Limit(every, unit), ZONE)
    found = [windows.end(number).astimezone(ZONE).date().isoformat() for number in windows.holding(parse_instant(instant))]
    assert found == ends


def test_hours_are_counted_from_the_epoch() -> None:
    """Windows of hours lie at whole hours of UTC, wherever the pack's zone is."""
    windows = Windows(Limit(6, Unit.HOURS), Limit(6, Unit.HOURS), ZONE)
    (number,) = windows.holding(datetime(2024, 3, 1, 7, tzinfo=UTC))
    assert (windows.begin(number), windows.end(number)) == (
        datetime(2024, 3, 1, 6, tzinfo=UTC),
        datetime(2024, 3, 1, 12, tzinfo=UTC),
    )


def test_a_window_raises_one_alert_that_the_next_good_one_cures(kit: Any) -> None:
    """January is over its level, February has too little to be judged, March is under it."""
    packs = kit.pack(
        rate(
            'window = "1 months"\nmeasures = { filed = "count(\'case.filed\')", closed = "count(\'case.closed\')" }\n'
            'num = "filed"\nden = "closed"\nlevels = [{ severity = "yellow", when = "value >= 20000" }]'
        )
    )
    events = [kit.filed(f"a{number}", number) for number in range(1, 5)]
    events += [kit.happened("case.closed", 10 + number, {"mode": "执行完毕"}, case=f"a{number}") for number in (1, 2)]
    events += [kit.filed("b", 40), kit.filed("c", 65), kit.happened("case.closed", 66, {"mode": "执行完毕"}, case="c")]
    (alert,) = kit.offline(packs, events, [kit.at(day) for day in (31, 60, 91)])
    assert (alert.armed_at, alert.raised_at, alert.due_at) == (
        "2023-12-31T16:00:00Z",
        "2024-01-31T16:00:00Z",
        "2024-01-31T15:59:59Z",
    )
    assert (alert.subject, alert.court, alert.end_reason, alert.ended_at) == (
        "京0105",
        "京0105",
        "cured",
        "2024-03-31T16:00:00Z",
    )
    assert alert.breach_days == 61


def test_what_comes_late_is_counted_in_its_window(kit: Any) -> None:
    """A case that is entered a month late belongs to the month in which it was filed, and raises the alert of then."""
    packs = kit.pack(
        rate(
            'window = "1 months"\nmeasures = { filed = "count(\'case.filed\')" }\nnum = "filed"\n'
            'levels = [{ severity = "orange", when = "filed >= 2" }]'
        )
    )
    events = [kit.filed("a", 3), kit.filed("b", 4, received=50)]
    assert kit.offline(packs, events[:1], [kit.at(45)]) == []
    (alert,) = kit.offline(packs, events, [kit.at(45), kit.at(51)])
    assert alert.raised_at == "2024-01-31T16:00:00Z"


def test_courts_are_compared_with_those_of_their_kind(kit: Any) -> None:
    """Median and z are of the courts of the same tier in the same window: values 1, 2, 4 and 9 give 2, MAD 1, and z = 472."""
    fields = (
        'window = "1 months"\nmeasures = { filed = "count(\'case.filed\')" }\nnum = "filed"\n'
        'baseline = { of = "peers", windows = 1 }\n'
        'levels = [{ severity = "red", when = "median == 20000 && z == LIMIT" }]'
    )
    many = {"京0105": 1, "粤0604": 2, "京0101": 4, "京0102": 9, "浙": 50}
    events = [
        kit.filed(f"{court}-{number}", 1 + number / 100, court) for court, count in many.items() for number in range(count)
    ]
    z = 100 * 10_000 * (90_000 - 20_000) // (14_826 * 10_000)
    (alert,) = kit.offline(kit.pack(rate(fields.replace("LIMIT", str(z)))), events, [kit.at(40)])
    assert alert.subject == "京0102"
    assert z == 472
