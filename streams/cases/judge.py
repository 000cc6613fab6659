"""Judging: a rule, the history of a scope and a clock give the standing alerts, whatever the order of arrival."""

from datetime import datetime
from typing import NamedTuple

from streams.cases.alerts import AlertRecord, alert_of
from streams.cases.arming import armed
from streams.cases.effects import Effects
from streams.cases.facts import Fact
from streams.cases.levels import course_of
from streams.cases.rulebook import Line
from streams.cases.timeline import Timeline
from streams.cases.views import View


class Verdict(NamedTuple):
    """What a rule finds in a scope: alerts by id, the next instant at which that may change, starts without their key."""

    alerts: dict[str, AlertRecord]
    wake: datetime | None
    keyless: tuple[Fact, ...]


def judge(line: Line, timeline: Timeline, clock: datetime, root: str, *, incomplete: bool) -> Verdict:
    """Judge one rule in one scope at a clock."""
    views = {rule: View(rule, timeline, root) for _, rule in line.versions}
    found = armed(line, views, clock)
    alerts: dict[str, AlertRecord] = {}
    wake = found.wake
    for obligation in found.obligations:
        effects = Effects(obligation, found, clock)
        end = effects.end()
        changes = effects.changes(end)
        course = course_of(obligation, end, changes, clock, effects.wake)
        if course.wake is not None and (wake is None or course.wake < wake):
            wake = course.wake
        alert = alert_of(obligation, end, course, root, incomplete=incomplete)
        if alert is not None:
            alerts[alert.id] = alert
    return Verdict(alerts, wake, tuple(found.keyless))
