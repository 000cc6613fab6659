"""Events that the engine adds to the history of a case or chain, for the rules that read them.

``alert.raised`` and ``alert.ended`` follow from the alerts that stand, ``obligation.fulfilled`` from the obligations that an
event stopped, ``@month`` and ``@quarter`` from the civil calendar while the scope is open. They are a function of history,
rules and clock like the alerts themselves, so they are never stored: whoever needs them makes them anew.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from contract.canonical import short_id
from contract.times import civil_date, day_start, format_instant, parse_instant
from streams.cases.alerts import AlertRecord
from streams.cases.docket import Docket
from streams.cases.facts import Fact
from streams.cases.register import Entry, Register
from streams.cases.states import states_of
from streams.cases.timeline import NOBODY, Timeline
from streams.rules.functions import end_of

ENGINE = "/sys/engine"
_MONTHS = {"@month": "month", "@quarter": "quarter"}


def told_by(docket: Register[Any], case: str) -> Iterator[Fact]:
    """What a docket's alerts and fulfilled obligations tell; ``case``: whose events they are."""
    for alert in docket.alerts.values():
        yield from _of_alert(alert, case)
    if isinstance(docket, Docket):
        for entry, due_at in docket.fulfilled():
            known = entry.told
            if known is None or known[:2] != (entry.end, due_at):
                assert entry.end is not None
                known = entry.told = entry.end, due_at, _fulfilled(entry, due_at)
            yield known[2]  # the same as long as nothing of it changes, with what was found out about it


def _of_alert(alert: AlertRecord, case: str) -> Iterator[Fact]:
    data: dict[str, Any] = {"rule": alert.rule, "key": list(alert.key), "severity": alert.severity, "due_at": alert.due_at}
    yield _fact("alert.raised", short_id("derived", "alert.raised", alert.id), case, parse_instant(alert.raised_at), data)
    if alert.ended_at is not None:
        name = short_id("derived", "alert.ended", alert.id)
        yield _fact("alert.ended", name, case, parse_instant(alert.ended_at), data | {"reason": alert.end_reason})


def _fulfilled(entry: Entry, due_at: datetime) -> Fact:
    start, end = entry.obligation.start, entry.end
    assert end is not None
    data = {
        "rule": entry.rule.id,
        "key": list(start.key),
        "due_at": format_instant(due_at),
        "at": format_instant(end.at),
        "received_at": format_instant(end.fact.received),
    }
    parts = (
        entry.rule.pack.id,
        entry.rule.id,
        start.fact.subject,
        list(start.key),
        entry.obligation.element,
        list(start.fact.ref),
    )
    return _fact("obligation.fulfilled", short_id("derived", "obligation.fulfilled", *parts), start.fact.subject, end.at, data)


def _fact(kind: str, name: str, case: str, at: datetime, data: dict[str, Any], court: str | None = None) -> Fact:
    return Fact(ENGINE, name, kind, case, at, at, at, -1, court, None, b"", data)


def periods(kind: str, timeline: Timeline, root: str, zone: ZoneInfo, clock: datetime) -> tuple[list[Fact], datetime | None]:
    """``@month`` or ``@quarter`` up to a clock, at each first instant at which the scope is open; and the next."""
    found: list[Fact] = []
    at = None if not timeline.facts else first_period(kind, timeline.facts[0].time, zone)
    while at is not None and at <= clock:
        if _is_open(timeline, root, at):
            owner = timeline.owner(timeline.id, at, inclusive=True)
            name = short_id("derived", kind, timeline.id, format_instant(at))
            found.append(_fact(kind, name, timeline.id, at, {}, None if owner == NOBODY else owner))
        at = next_period(kind, at, zone)
    lives = bool(timeline.facts) and (timeline.facts[-1].time > clock or _is_open(timeline, root, clock))
    return found, at if lives else None


def first_period(kind: str, since: datetime, zone: ZoneInfo) -> datetime:
    """The first instant of the first civil month or quarter that begins at an instant or after it."""
    day = civil_date(since, zone)
    begins = day.day == 1 and (kind == "@month" or day.month % 3 == 1) and since == day_start(day, zone)
    return since if begins else next_period(kind, since, zone)


def next_period(kind: str, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant of the civil month or quarter that follows an instant."""
    last = end_of(_MONTHS[kind], civil_date(after, zone))
    return day_start(date.fromordinal(last.toordinal() + 1), zone)


def _is_open(timeline: Timeline, root: str, at: datetime) -> bool:
    """Whether one of the cases of a scope is open after what happened up to an instant, that included."""
    count = sum(1 for fact in timeline.facts if fact.time <= at)
    cases = {fact.subject for fact in timeline.facts[:count]}
    states = states_of(timeline, root)
    return any(states.upto(case, count)["open"] for case in cases)
