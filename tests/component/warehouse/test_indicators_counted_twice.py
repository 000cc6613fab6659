"""Measures and indicators of all courts, counted by the warehouse and a second time in plain Python over the same events."""

from collections import Counter
from datetime import date
from typing import Any

import msgspec
import pytest
from counted_log import Make, count
from counted_plainly.answers import Answers, Difference, Sums, rows, window
from counted_plainly.rows import Row
from told_at_random import Teller
from told_log import Told, supervised, told

from contract.courts import COURTS, SPC
from contract.indicators.catalogue import INDICATORS, MEASURES
from contract.indicators.words import WORDS
from contract.registry import EVENT_TYPES
from dashboards import figures
from dashboards.question import Question
from infra.clickhouse.client import ClickHouse

KNOWN = (None, date(2024, 3, 31), date(2025, 1, 3), date(2025, 9, 30))
"""As known at the end of which day each measure is compared; None: in the end."""
AS_OF = (
    *(date(2024, 1, 31), date(2024, 2, 29), date(2024, 7, 1), date(2024, 12, 31)),
    *(date(2025, 1, 1), date(2025, 5, 17), date(2025, 9, 30), date(2025, 11, 2)),
)
"""First and last days of months, quarters and years, and days amid them."""

_WORDS = WORDS + " ".join(one.rows for one in MEASURES.values())
TYPES = [name for name in EVENT_TYPES if f"`{name}`" in _WORDS]
"""The types of event that measures and their words name."""


def counted(log: Told, known_on: date | None) -> list[Row]:
    """The rows of the log in plain Python."""
    return rows(log.events, [msgspec.json.decode(step.encode()) for step in log.journal], known_on)


def of_measures(clickhouse: ClickHouse, found: list[Row], known_on: date | None) -> list[Difference]:
    """Where a measure of any court, kind and day isn't the same; rows of a stock come on one day and go on another."""
    plainly: Counter[tuple[str, str, str, date]] = Counter()
    for one in found:
        plainly[one.measure, one.court, one.kind, one.day] += one.amount
        if one.end is not None and MEASURES[one.measure].counts == "stock":
            plainly[one.measure, one.court, one.kind, one.end] -= one.amount
    sql = "SELECT measure, court, kind, day, sum(value) FROM court_days FINAL WHERE known_on <= %(known)s GROUP BY 1, 2, 3, 4"
    stored = clickhouse.query_rows(sql, {"known": (known_on or date(2100, 1, 1)).isoformat()})
    other = Counter({tuple(row[:4]): row[4] for row in stored})
    return [
        Difference(key[0], f"{key[1]} {key[2]}", key[3], plainly[key], other[key])
        for key in sorted({*plainly, *other})
        if plainly[key] != other[key]
    ]


def of_indicators(clickhouse: ClickHouse, found: list[Row], question: Question) -> list[Difference]:
    """Where an indicator of the busiest courts of each tier isn't the same, or its middle isn't."""
    answers = Answers(Sums(found), question.as_of)
    apart = []
    for court in busiest(found):
        asked = question._replace(court=court)
        readings = figures.read(clickhouse, INDICATORS.values(), asked)
        for one in INDICATORS.values():
            if one.whole_court and question.known_on is not None:
                continue  # told as known now only
            plainly, reading = answers.of(one, court), readings[one.id]
            other = (reading.num, reading.den, reading.value)
            if (reading.first, reading.last) != window(one, question.as_of) or not alike(plainly, other):
                apart.append(Difference(one.id, court, question.as_of, plainly, other))
            if one.median and answers.spread(one, court) != (middle := figures.spread(clickhouse, one, asked)):
                apart.append(Difference(one.id, court, question.as_of, answers.spread(one, court), middle))
    return apart


def busiest(found: list[Row]) -> list[str]:
    """The supreme court, and of each tier below the two courts that have most rows in them and below them."""
    weight = Counter(above for one in found if one.court in COURTS for above in line(one.court))
    return [
        SPC,
        *(
            court
            for tier in ("HIGH", "MID", "BASIC")
            for court in [court for court, _ in weight.most_common() if COURTS[court].tier == tier][:2]
        ),
    ]


def line(court: str) -> list[str]:
    """A court and those above it."""
    return [court, *(above.code for above in COURTS.ancestors(court))]


def alike(plainly: Any, other: Any) -> bool:
    """Counts to the unit; a value as floating-point division and addition give it."""
    return bool(plainly[:2] == other[:2] and plainly[2] == pytest.approx(other[2]))


def compare(clickhouse: ClickHouse, log: Told) -> Counter[str]:
    """Compare all; returns how many rows each measure has in the end."""
    for known_on in KNOWN:
        assert of_measures(clickhouse, counted(log, known_on), known_on) == []
    last = counted(log, None)
    for as_of in AS_OF:
        assert of_indicators(clickhouse, last, Question(SPC, as_of)) == []
    for known_on in filter(None, KNOWN):
        assert of_indicators(clickhouse, counted(log, known_on), Question(SPC, known_on, known_on)) == []
    return Counter(one.measure for one in last)


def test_every_indicator_is_the_same_to_the_unit(clickhouse: ClickHouse, of_event: Make, of_output: Make) -> None:
    """Each measure of all courts, kinds and days, each indicator of courts of every tier, as known then and now."""
    log = told(1, 300, 0.3)
    count(clickhouse, log, of_event, of_output)
    found = compare(clickhouse, log)
    assert len(found) > len(MEASURES) - 12, f"no rows of {sorted(MEASURES.keys() - found)}"


def stories(seed: int, chains: int, length: int) -> Told:
    """Chains of events at random, of the types that measures read; some twice."""
    teller = Teller(seed, TYPES)
    events = [event for number in range(chains) for event in teller.chain(f"c{number}", length)]
    return supervised([*events, *teller.rng.sample(events, len(events) // 10)])


@pytest.mark.parametrize(("seed", "length"), [(1, 8), (2, 40)])
def test_whatever_may_meet_is_counted_alike(
    clickhouse: ClickHouse, of_event: Make, of_output: Make, seed: int, length: int
) -> None:
    """No court would tell such cases: every pair in any order, every field missing or empty, courts that nobody knows."""
    log = stories(seed, 3000 // length, length)
    count(clickhouse, log, of_event, of_output)
    compare(clickhouse, log)


@pytest.mark.nightly
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", [21, 22, 23])
def test_many_lives_are_counted_alike(clickhouse: ClickHouse, of_event: Make, of_output: Make, seed: int) -> None:
    """The long form of the first test."""
    log = told(seed, 3000, 0.5)
    count(clickhouse, log, of_event, of_output)
    compare(clickhouse, log)


@pytest.mark.nightly
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", [31, 32, 33])
def test_many_stories_are_counted_alike(clickhouse: ClickHouse, of_event: Make, of_output: Make, seed: int) -> None:
    """The long form of the second: every measure has rows, but for one."""
    log = stories(seed, 1500, 30)
    count(clickhouse, log, of_event, of_output)
    assert MEASURES.keys() - compare(clickhouse, log).keys() <= {"rulings_sound"}  # no ruling at random passes all checks
