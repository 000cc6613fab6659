"""Measures of alerts: the words *Alert*, and which rulings of termination passed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from contract.times import civil_date, day_start, parse_instant
from counted_plainly.courses import kind_of_ruling
from counted_plainly.log import Case
from counted_plainly.proceedings import proceedings
from counted_plainly.rows import Row

CHECKS = ("R-TERM-01", "R-TERM-02.a", "R-TERM-02.b", "R-TERM-03", "R-TERM-04", "R-TERM-05")

Transition = Mapping[str, Any]
"""A line of the journal."""


def standing(journal: Iterable[Transition], known_on: date | None = None) -> list[Mapping[str, Any]]:
    """The alerts that were not taken back, by the transitions whose clock lies before the end of a day."""
    ends = None if known_on is None else day_start(known_on + timedelta(days=1))
    found: dict[str, Mapping[str, Any]] = {}
    for line in journal:  # in the order of positions
        if ends is None or parse_instant(line["clock"]) < ends:
            found[line["alert"]["id"]] = line
    return [
        line["alert"]
        for line in found.values()
        if line["transition"] != "retracted" and (line["transition"], line["to"]) != ("ended", "superseded")
    ]


def of_alerts(alerts: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """The rows of the alerts themselves."""
    for one in alerts:
        raised, ended = _day(one["raised_at"]), one.get("ended_at")
        yield Row("alerts_raised", one["court"], one["rule"], raised)
        yield Row("alerts_open", one["court"], one["rule"], raised, end=None if ended is None else _day(ended))


def _day(instant: str) -> date:
    return civil_date(parse_instant(instant))


def of_rulings(case: Case, alerts: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """The rulings of a case against which no check speaks."""
    failed = {parse_instant(one["armed_at"]) for one in alerts if one["subject"] == case.subject and one["rule"] in CHECKS}
    for ruling in case.of("term.ruled"):
        if ruling.time not in failed:
            yield Row("rulings_sound", ruling.owner, kind_of_ruling(ruling, proceedings(case)), ruling.day)
