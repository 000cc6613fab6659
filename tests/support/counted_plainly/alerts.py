"""Measures of alerts: the words *Alert*, and which rulings of termination passed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from contract.times import civil_date, day_start, parse_instant
from counted_plainly.courses import kind_of_ruling
from counted_plainly.log import Case
from counted_plainly.proceedings import proceedings
from counted_plainly.rows import Row

CHECKS = ("R-TERM-01", "R-TERM-02.a", "R-TERM-02.b", "R-TERM-03", "R-TERM-04", "R-TERM-05")
SEVERITIES = ("yellow", "orange", "red")

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
        raised, due = _day(one["raised_at"]), _day(one["due_at"])
        ended = None if one.get("ended_at") is None else _day(one["ended_at"])
        yield Row("alerts_raised", one["court"], _kind(one, raised), raised)
        for severity, day, higher in _spans(one):
            end = min((at for at in (higher, ended) if at is not None), default=None)
            if end is None or end > day:
                yield Row("alerts_open", one["court"], f"{one['rule']}:{severity}", day, end=end)
        if ended is None:
            yield Row("alerts_unended", one["court"], _kind(one, date.max), raised)
            if due >= raised:
                yield Row("alerts_due", one["court"], _kind(one, date.max), due)


def _spans(alert: Mapping[str, Any]) -> Iterator[tuple[str, date, date | None]]:
    """Each severity that the alert has at the end of some day, with the first such day and the first of the next severity."""
    days = sorted({day for _, day in _levels(alert)})  # on no other day does it rise
    had = [(day, _severity(alert, day)) for day in days]
    rises = [had[0], *(now for before, now in pairwise(had) if now[1] != before[1])]
    for (day, severity), following in zip(rises, [*rises[1:], None], strict=True):
        yield severity, day, None if following is None else following[0]


def _kind(alert: Mapping[str, Any], day: date) -> str:
    return f"{alert['rule']}:{_severity(alert, day)}"


def _severity(alert: Mapping[str, Any], day: date) -> str:
    """The highest severity that is reached by the end of a day."""
    return max((severity for severity, reached in _levels(alert) if reached <= day), key=SEVERITIES.index)


def _levels(alert: Mapping[str, Any]) -> list[tuple[str, date]]:
    """Severity and day of each level that is reached."""
    return [(level["severity"], _day(level["reached_at"])) for level in alert["levels"] if level["reached_at"] is not None]


def _day(instant: str) -> date:
    return civil_date(parse_instant(instant))


def of_rulings(case: Case, alerts: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """The rulings of a case against which no check speaks."""
    failed = {parse_instant(one["armed_at"]) for one in alerts if one["subject"] == case.subject and one["rule"] in CHECKS}
    for ruling in case.of("term.ruled"):
        if ruling.time not in failed:
            yield Row("rulings_sound", ruling.owner, kind_of_ruling(ruling, proceedings(case)), ruling.day)
