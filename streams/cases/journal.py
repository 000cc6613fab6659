"""From one standing of the alerts to the next: the transitions between them, in the order in which they are told."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from contract.canonical import short_id
from contract.envelope import Ref
from contract.times import format_instant
from streams.cases.alerts import AlertRecord
from streams.cases.outputs import TransitionName, TransitionOut


class Cause(NamedTuple):
    """What moved the alerts: where in the log, at what clock of the chain, which event, and why.

    ``taken_back``: what becomes of alerts that no longer stand: ``superseded`` if the rules changed.
    ``part``: which of the messages that have one position moved them, from 0; only lines of a file tell groups several at one.
    """

    position: str
    clock: datetime
    rootid: str
    event: Ref | None
    reason: str
    taken_back: Literal["retracted", "superseded"] = "retracted"
    part: int = 0


Step = tuple[TransitionName, str | None, str | None]


def transitions(old: Mapping[str, AlertRecord], new: Mapping[str, AlertRecord], cause: Cause) -> Iterator[TransitionOut]:
    """Yield what happened between two standings, in no order of alerts; of one alert each kind of step at most once.

    So a step's id (alert, kind of step, cause) names its bytes, as long as each cause has one standing before and one after it.
    """
    for alert_id, alert in new.items():
        before = old.get(alert_id)
        if before is alert or before == alert:
            continue
        for step in _steps(before, alert):
            yield _out(alert, step, cause)
    for alert_id, before in old.items():
        if alert_id not in new:
            taken_back = msgspec.structs.replace(
                before, ended_at=format_instant(cause.clock), end_reason=cause.taken_back, breach_days=None
            )
            superseded: Step = ("ended", before.end_reason, "superseded")
            retracted: Step = ("retracted", before.severity, None)
            yield _out(taken_back, superseded if cause.taken_back == "superseded" else retracted, cause)


def _steps(before: AlertRecord | None, after: AlertRecord) -> Iterator[Step]:
    if before is None:
        yield "raised", None, after.severity
        if after.ended_at is not None:
            yield "ended", None, after.end_reason
        return
    told = False
    if before.ended_at is not None and after.ended_at is None:
        told = True
        yield "reopened", before.end_reason, None
    if before.severity != after.severity or _reached(before) != _reached(after):
        told = True
        yield "severity", before.severity, after.severity
    if before.due_at != after.due_at:
        told = True
        yield "redated", before.due_at, after.due_at
    if after.ended_at is not None and _end(before) != _end(after):
        told = True
        yield "ended", before.end_reason, after.end_reason
    if not told:
        # Its evidence, court or a level to come changed: the record is told again under its due date.
        yield "redated", before.due_at, after.due_at


def _reached(alert: AlertRecord) -> tuple[bool, ...]:
    return tuple(level.reached_at is not None for level in alert.levels)


def _end(alert: AlertRecord) -> tuple[object, ...]:
    return alert.ended_at, alert.end_reason, alert.breach_days


def _out(alert: AlertRecord, step: Step, cause: Cause) -> TransitionOut:
    name, before, after = step
    place = (cause.position, cause.part) if cause.part else (cause.position,)
    return TransitionOut(
        id=short_id("transition", alert.id, name, *place),
        position=cause.position,
        clock=format_instant(cause.clock),
        rootid=cause.rootid,
        transition=name,
        before=before,
        after=after,
        cause=cause.event,
        reason=cause.reason,
        alert=alert,
    )
