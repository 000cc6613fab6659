"""Writing projections into ClickHouse: batches that may be repeated, and the ledger of what was written.

A batch goes table by table, one insert each, and ends with one block in `ingested`. A repetition doubles nothing: every table
replaces rows of equal identity, also after a crash, when batches are cut differently.

A row in `ingested` names the generation (the UUID) of the table it was written into. A rebuild exchanges tables while batches
are under way; a batch whose generation changed meanwhile is written once more, and a row of an old generation counts for
nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from contract.errors import YipanqiError
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.ingested import reaches
from streams.projections.record import Record
from streams.projections.tables import TABLES, Table, columns_of, project, tables_of
from streams.shell.seam import TP, StepHook, no_hook

_LEDGER = "ingested"


class MissingTables(YipanqiError):
    """The database is not migrated."""


class Span(msgspec.Struct):
    """A run of offsets of one partition: read from `first` on, `last` is the offset of the last record."""

    first: int
    last: int


class Batch:
    """Rows of a run of records for each partition, to be written together."""

    def __init__(self) -> None:
        self.spans: dict[TP, Span] = {}
        self.rows: dict[Table, list[tuple[Any, ...]]] = {}
        self.counts: dict[tuple[Table, TP], int] = {}
        self.records = 0
        self.bytes = 0

    def add(self, tp: TP, first: int, records: Sequence[Record]) -> None:
        """Project records that were read from offset `first` on; they follow what the batch has of this partition."""
        span = self.spans.setdefault(tp, Span(first, first))
        span.last = records[-1].offset
        for table, rows in project(tp.topic, records).items():
            self.rows.setdefault(table, []).extend(rows)
            self.counts[table, tp] = self.counts.get((table, tp), 0) + len(rows)
        self.records += len(records)
        self.bytes += sum(len(record.value or b"") for record in records)


class Warehouse:
    """The tables and their ledger. Not for several threads at once.

    `names` (table → qualified name) lets a rebuild write beside the live tables.
    """

    def __init__(self, clickhouse: ClickHouse, names: Mapping[str, str] | None = None) -> None:
        self.clickhouse = clickhouse
        self._names = names or {}
        self._generations: dict[str, str] | None = None

    def write(self, batch: Batch, step: StepHook = no_hook) -> None:
        """Write a batch and its ledger rows; repeated as a whole when a table was exchanged meanwhile.

        `step` is called after each table with its name.

        Raises:
            Unavailable: Some of it may be written; call again with the same batch.
        """
        before = self._generations or self.generations()
        while True:
            for table, rows in batch.rows.items():
                if rows:
                    self.clickhouse.insert_columns(self._name(table.name), columns_of(table, rows))
                step(f"written-{table.name}")
            self.clickhouse.insert_columns(_LEDGER, _ledger_rows(batch, before))
            step("written-ledger")
            after = self.generations()
            self._generations = after
            if after == before:
                return
            before = after

    def resume(self, tps: Iterable[TP]) -> dict[TP, int]:
        """Return for each partition the offset to go on from: the end of the shortest unbroken run of its tables."""
        reaches = self._reaches()
        return {tp: min(reaches.get((table.name, tp), -1) for table in tables_of(tp.topic)) + 1 for tp in tps}

    def generations(self) -> dict[str, str]:
        """Return {table: UUID} of the tables that are written to."""
        sql = "SELECT database, name, toString(uuid) FROM system.tables WHERE name IN %(names)s AND database IN %(databases)s"
        names = {table.name: self._qualified(table.name) for table in TABLES}
        places = {place: name for name, place in names.items()}
        params = {"names": list(names), "databases": sorted({database for database, _ in places})}
        rows = self.clickhouse.query_rows(sql, params)
        found = {places[database, name]: uuid for database, name, uuid in rows if (database, name) in places}
        if missing := names.keys() - found.keys():
            raise MissingTables(f"{self.clickhouse} has no tables {', '.join(sorted(missing))}: run `yipanqi migrate`")
        return found

    def _reaches(self) -> dict[tuple[str, TP], int]:
        found = reaches(self.clickhouse, self.generations())
        return {(table, TP(topic, partition)): reach for (table, topic, partition), reach in found.items()}

    def _name(self, table: str) -> str:
        return self._names.get(table, table)

    def _qualified(self, table: str) -> tuple[str, str]:
        database, _, name = self._name(table).rpartition(".")
        return database or self.clickhouse.database, name


def _ledger_rows(batch: Batch, generations: Mapping[str, str]) -> dict[str, list[Any]]:
    now = datetime.now(UTC)
    rows = [
        (table.name, generations[table.name], tp.topic, tp.partition, span.first, span.last, batch.counts[table, tp], now)
        for tp, span in batch.spans.items()
        for table in tables_of(tp.topic)
    ]
    names = ("table", "generation", "topic", "partition", "first", "last", "rows", "at")
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}
