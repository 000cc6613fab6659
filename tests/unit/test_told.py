"""The arithmetic of a deadline in words."""

from datetime import date

import msgspec
import pytest

from contract.calendar import cn_calendar
from contract.limits import DUE, parse_at, parse_limit
from contract.periods import Extension, Reckoner, Span
from contract.times import day_start, parse_instant
from contract.told import told

CN = Reckoner(cn_calendar())
START = parse_instant("2024-03-01T10:00:00+08:00")
PAUSE = Span(day_start(date(2024, 4, 10)), day_start(date(2024, 5, 10)))


def test_the_worked_clock_in_words() -> None:
    """Each step is one sentence, dates and times are local, and days passed over are named; its JSON form reads the same."""
    steps = CN.explain(DUE, START, (parse_limit("6 months"),), [PAUSE])
    assert [told(step) for step in steps] == [
        "自2024-03-01 10:00:00起算，2024-03-01当日不计入",
        "2024-03-01起6个月，至2024-09-01",
        "2024-04-10至2024-05-10期间扣除30日，届满日顺延至2024-10-01",
        "2024-10-01为休息日，顺延至其后第一个工作日2024-10-08（不计：2024-10-01至2024-10-07国庆节）",
        "届满日2024-10-08，最迟2024-10-08 23:59:59",
    ]
    read = msgspec.json.decode(msgspec.json.encode(steps))
    assert [told(step) for step in read] == [told(step) for step in steps]


@pytest.mark.parametrize(
    ("level", "limit", "pauses", "extension", "expected"),
    [
        ("100%", "6 months", [PAUSE._replace(end=None)], None, "扣除期间尚未终结，期限暂不届满"),
        ("-5 calendar_days", "6 months", [], None, "届满日2024-09-02前5日为2024-08-28"),
        ("100%", "6 months", [], Extension(date(2024, 12, 1), START), "2024-03-01 10:00:00批准延期，届满日改为2024-12-01"),
        ("100%", "2 working_days", [], None, "2024-03-01起2个工作日，至2024-03-05（不计：2024-03-02至2024-03-03周末）"),
        ("100%", "40 months", [], None, "届满日2027-07-01，最迟2027-07-01 23:59:59（该年度放假安排尚未公布，暂定）"),
    ],
)
def test_sentences(level: str, limit: str, pauses: list[Span], extension: Extension | None, expected: str) -> None:
    """Open pauses, distances, extensions, working days and provisional years have words of their own."""
    steps = CN.explain(parse_at(level), START, (parse_limit(limit),), pauses, extension)
    assert expected in [told(step) for step in steps]


def test_what_is_no_step_is_refused() -> None:
    """Only a step can be told."""
    with pytest.raises(msgspec.ValidationError):
        told({"do": "guess"})
