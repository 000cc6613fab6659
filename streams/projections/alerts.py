"""The table ``alerts``: a row for each transition of an alert, with the whole record after it."""

from datetime import datetime
from typing import NamedTuple

from streams.projections.messages import Position, Transition
from streams.projections.record import Entry

_MOST = 2**64 - 1


class AlertRow(NamedTuple):
    """One row; the DDL says what the columns mean."""

    id: str
    position: int
    transition_id: str
    partition: int
    known_from: datetime
    transition: str
    changed_from: str
    changed_to: str
    cause_source: str
    cause_id: str
    reason: str
    rootid: str
    rule: str
    version: str
    scope: str
    subject: str
    key: list[str]
    element: str
    court: str
    severity: str
    basis: str
    checks: str
    armed_at: datetime | None
    due_at: datetime | None
    raised_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    breach_days: int | None
    levels: str
    evidence: str
    citation: str
    arithmetic: str
    incomplete: bool
    record: str
    log_partition: int
    log_offset: int
    rank: int


def project(entry: Entry) -> list[AlertRow]:
    """Return the row of a transition; nothing for a record that is none."""
    change = entry.content
    if not isinstance(change, Transition):
        return []
    position = Position.parse(change.position)
    alert = change.record
    cause_source, cause_id = change.cause or ("", "")
    return [
        AlertRow(
            id=alert.id,
            position=position.offset,
            transition_id=change.id,
            partition=position.partition,
            known_from=change.clock,
            transition=change.transition,
            changed_from=_text(change.from_value),
            changed_to=_text(change.to_value),
            cause_source=cause_source,
            cause_id=cause_id,
            reason=change.reason or "",
            rootid=change.rootid,
            rule=alert.rule,
            version=alert.version,
            scope=alert.scope,
            subject=alert.subject,
            key=alert.key,
            element=_text(alert.element),
            court=alert.court or "",
            severity=alert.severity or "",
            basis=alert.basis or "",
            checks=_text(alert.checks),
            armed_at=alert.armed_at,
            due_at=alert.due_at,
            raised_at=alert.raised_at,
            ended_at=alert.ended_at,
            end_reason=alert.end_reason or "",
            breach_days=alert.breach_days,
            levels=_text(alert.levels),
            evidence=_text(alert.evidence),
            citation=_text(alert.citation),
            arithmetic=_text(alert.arithmetic),
            incomplete=alert.incomplete,
            record=_text(change.alert),
            log_partition=entry.record.partition,
            log_offset=entry.record.offset,
            rank=_MOST - entry.record.offset,
        )
    ]


def _text(raw: bytes) -> str:
    return bytes(raw).decode()
