"""The oracle's own supervision: SQL over raw events, on the embedded ClickHouse."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from contract.codec import read_lines
from contract.envelope import Event
from contract.times import format_instant
from infra.clickhouse.client import ClickHouse

_SQL = Path(__file__).parents[1] / "oracle" / "sql"
_TABLE = """
CREATE TABLE events_now
(
    source String, id String, type String, subject String, rootid String,
    time DateTime64(6, 'UTC'), recordedtime DateTime64(6, 'UTC'), receivedtime DateTime64(6, 'UTC'),
    sequence Int64, data String
)
ENGINE = MergeTree ORDER BY (source, id)
"""
Row = dict[str, Any]


class SqlOracle:
    """The events of one file, under the name and columns of the warehouse's view of events.

    Attributes:
        events: Those events.
    """

    def __init__(self, clickhouse: ClickHouse, path: Path) -> None:
        self._clickhouse = clickhouse
        self.events = [event for _, event in read_lines(path) if isinstance(event, Event)]
        clickhouse.execute(_TABLE)
        clickhouse.insert_columns("events_now", event_columns(self.events))

    def alerts(self, pack: str, clock: datetime) -> dict[str, Row]:
        """What `tests/oracle/sql/<pack>.sql` says stands at the clock: alerts by id, with the instants as text."""
        columns = self._clickhouse.query_columns((_SQL / f"{pack}.sql").read_text(), {"clock": clock})
        rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        found = {row["id"]: {name: _plain(value) for name, value in row.items()} for row in rows}
        assert len(found) == len(rows)
        return found


@contextmanager
def sql_oracle(port: int, path: Path) -> Iterator[SqlOracle]:
    """Load a file of events into a database of its own on the front at `port`; dropped in the end."""
    name = f"oracle_{uuid.uuid4().hex[:12]}"
    with ClickHouse(port=port) as server:
        server.execute(f"CREATE DATABASE {name}")
        with ClickHouse(port=port, database=name) as clickhouse:
            yield SqlOracle(clickhouse, path)
        server.execute(f"DROP DATABASE {name}")


def event_columns(events: Sequence[Event]) -> dict[str, list[Any]]:
    """The columns that every oracle reads, without what events leave out."""
    return {
        "source": [event.source for event in events],
        "id": [event.id for event in events],
        "type": [event.short for event in events],
        "subject": [event.subject for event in events],
        "rootid": [event.rootid for event in events],
        "time": [event.time for event in events],
        "recordedtime": [event.recordedtime for event in events],
        "receivedtime": [event.receivedtime or event.recordedtime for event in events],
        "sequence": [-1 if event.sequence is None else event.sequence for event in events],
        "data": ["" if event.data is None else msgspec.json.encode(event.data).decode() for event in events],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
