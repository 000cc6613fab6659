"""Which tables each topic feeds, and the rows of a batch."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from contract.topics import (
    ALERTS,
    COMMANDS,
    DECISIONS,
    EVENTS,
    FACTS,
    REJECTED,
    RESTRICTED,
    RESTRICTED_ALERTS,
    RESTRICTED_REJECTED,
)
from streams.projections import alerts, cases, chains, dead_letters, events, log, watermarks
from streams.projections.record import Entry, Record, read

Rows = Sequence[tuple[Any, ...]]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Table(NamedTuple):
    """One table of the warehouse: its name, the names of its columns, and the rows that a record gives."""

    name: str
    columns: tuple[str, ...]
    project: Callable[[Entry], Rows]


def _log_rows(entry: Entry) -> Rows:
    return (log.project(entry),)


LOG = Table("log", log.LogRow._fields, _log_rows)
EVENT_TABLE = Table("events", events.EventRow._fields, events.project)
ALERT_TABLE = Table("alerts", alerts.AlertRow._fields, alerts.project)
CHAIN_EVENT_TABLE = Table("chain_events", chains.ChainEventRow._fields, chains.project_event)
CHAIN_ALERT_TABLE = Table("chain_alerts", chains.ChainAlertRow._fields, chains.project_alert)
CASE_TABLE = Table("cases", cases.CaseRow._fields, cases.project)
WATERMARK_TABLE = Table("watermarks", watermarks.WatermarkRow._fields, watermarks.project)
DEAD_LETTER_TABLE = Table("dead_letters", dead_letters.DeadLetterRow._fields, dead_letters.project)

FED: Mapping[str, tuple[Table, ...]] = {
    EVENTS: (LOG, EVENT_TABLE, CHAIN_EVENT_TABLE),
    ALERTS: (LOG, ALERT_TABLE, CHAIN_ALERT_TABLE),
    FACTS: (CASE_TABLE, WATERMARK_TABLE),
    REJECTED: (LOG, DEAD_LETTER_TABLE),
    COMMANDS: (LOG,),
    DECISIONS: (LOG,),
}
"""The tables that each topic feeds. Facts are derived and many: they have their tables and no row in ``log``."""

RESTRICTED_FED: Mapping[str, tuple[Table, ...]] = {
    RESTRICTED: (LOG, EVENT_TABLE),
    RESTRICTED_ALERTS: (LOG, ALERT_TABLE),
    RESTRICTED_REJECTED: (LOG, DEAD_LETTER_TABLE),
}
"""The same for what is restricted: tables of the same shape, in a database of their own."""

_ALL_FED = {**FED, **RESTRICTED_FED}

TABLES: tuple[Table, ...] = (
    LOG,
    EVENT_TABLE,
    CHAIN_EVENT_TABLE,
    ALERT_TABLE,
    CHAIN_ALERT_TABLE,
    CASE_TABLE,
    WATERMARK_TABLE,
    DEAD_LETTER_TABLE,
)


def tables_of(topic: str) -> tuple[Table, ...]:
    """The tables that a topic feeds, whichever database they stand in."""
    return _ALL_FED[topic]


def project(topic: str, records: Iterable[Record]) -> dict[Table, list[tuple[Any, ...]]]:
    """Return the rows of a topic's records for each table that it feeds; a table without rows has an empty list."""
    found: dict[Table, list[tuple[Any, ...]]] = {table: [] for table in tables_of(topic)}
    for record in records:
        entry = read(record)
        for table, rows in found.items():
            rows.extend(table.project(entry))
    return found


def columns_of(table: Table, rows: Rows) -> dict[str, list[Any]]:
    """Return rows as columns, instants as microseconds since 1970: exact for every instant, and cheap to send."""
    columns = {name: list(values) for name, values in zip(table.columns, zip(*rows, strict=True), strict=True)}
    for values in columns.values():
        if any(isinstance(value, datetime) for value in values):
            values[:] = [None if value is None else (value - _EPOCH) // _MICROSECOND for value in values]
    return columns
