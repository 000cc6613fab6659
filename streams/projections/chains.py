"""Records → rows of `chain_events` and `chain_alerts`: events and alerts once more, sorted by chain, for the figures."""

from datetime import datetime
from typing import NamedTuple

from streams.projections import alerts, events
from streams.projections.record import Entry


class ChainEventRow(NamedTuple):
    """An event under its chain; the DDL says what the columns mean."""

    rootid: str
    source: str
    id: str
    type: str
    subject: str
    time: datetime
    recordedtime: datetime
    receivedtime: datetime
    sequence: int
    court: str
    correction_of: str
    data: str
    partition: int
    offset: int
    rank: int


class ChainAlertRow(NamedTuple):
    """A transition of an alert under its chain."""

    rootid: str
    id: str
    position: int
    transition_id: str
    known_from: datetime
    transition: str
    rule: str
    subject: str
    court: str
    armed_at: datetime | None
    due_at: datetime | None
    raised_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    levels: str
    log_partition: int
    log_offset: int
    rank: int


def project_event(entry: Entry) -> list[ChainEventRow]:
    """Return the row of an event; nothing for those of types `sys.*` and what `events` has no row of."""
    return [_event(row) for row in events.project(entry) if not row.type.startswith("sys.")]


def project_alert(entry: Entry) -> list[ChainAlertRow]:
    """Return the row of a transition; nothing for a record that is none."""
    return [_alert(row) for row in alerts.project(entry)]


def _event(row: events.EventRow) -> ChainEventRow:
    return ChainEventRow(**{name: getattr(row, name) for name in ChainEventRow._fields})


def _alert(row: alerts.AlertRow) -> ChainAlertRow:
    return ChainAlertRow(**{name: getattr(row, name) for name in ChainAlertRow._fields})
