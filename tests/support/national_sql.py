"""The national rules as SQL over raw events (tests/oracle/sql/cn), on the embedded ClickHouse."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from sql_oracle import event_columns

from contract.calendar import cn_calendar
from contract.catalogue import EVENT_TYPES
from contract.codec import read_lines
from contract.courts import COURTS
from contract.envelope import Event
from contract.times import format_instant
from infra.clickhouse.client import ClickHouse

SQL = Path(__file__).parents[1] / "oracle" / "sql" / "cn"
FIELDS = ("rule", "subject", "key", "element", "severity", "due_at", "raised_at", "end_reason", "breach_days")
_RAW = """
CREATE TABLE raw
(
    source String, id String, type String, subject String, rootid String, time DateTime64(6, 'UTC'),
    recordedtime DateTime64(6, 'UTC'), receivedtime DateTime64(6, 'UTC'), sequence Int64, courtcode String,
    corrects String, data String, has_data UInt8, digest String
)
ENGINE = Memory
"""
_DAYS = (date(2014, 1, 1), date(2040, 1, 1))
_BATCH = 20_000
Truth = tuple[Any, ...]


def statements(text: str) -> list[str]:
    """The statements of a file: each ends with a semicolon at the end of a line."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    return [part.strip() for part in "\n".join([*lines, ""]).split(";\n") if part.strip()]


@contextmanager
def found(port: int, events: Path, texts: dict[str, str] | None = None) -> Iterator["Found"]:
    """What the SQL says of a file of events, as long as the context lasts.

    Args:
        port: Of the embedded ClickHouse front.
        events: The file; it ends with a tick.
        texts: Files of SQL by name, instead of those of the folder.
    """
    files = texts or {path.name: path.read_text() for path in SQL.glob("*.sql")}
    name = f"oracle_{uuid.uuid4().hex[:12]}"
    with ClickHouse(port=port) as server:
        server.execute(f"CREATE DATABASE {name}")
        with ClickHouse(port=port, database=name, timeout_s=3600) as clickhouse:
            _load(clickhouse, events)
            for file in sorted(files):
                for statement in statements(files[file]):
                    clickhouse.execute(statement)
            yield Found(clickhouse)
        server.execute(f"DROP DATABASE {name}")


class Found:
    """The rules that the SQL states and the alerts that it finds."""

    def __init__(self, clickhouse: ClickHouse) -> None:
        self._clickhouse = clickhouse
        self.rules = {
            rule for (rule,) in clickhouse.query_rows("SELECT rule FROM limits UNION DISTINCT SELECT rule FROM stated")
        }

    def alerts(self, rule: str | None = None) -> Counter[Truth]:
        """The truth of each standing alert, of all rules or of one."""
        only = "" if rule is None else f" WHERE rule = '{rule}'"
        columns = self._clickhouse.query_columns(f"SELECT {', '.join(FIELDS)} FROM found{only}")
        rows = (dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True))
        return truths(row | {"element": msgspec.json.decode(row["element"]) if row["element"] else None} for row in rows)


def judged(port: int, events: Path, texts: dict[str, str] | None = None) -> tuple[set[str], Counter[Truth]]:
    """The rules that the SQL states, and the truth of each standing alert that it finds in these events."""
    with found(port, events, texts) as answer:
        return answer.rules, answer.alerts()


def truths(rows: Iterable[dict[str, Any]], rules: set[str] | None = None) -> Counter[Truth]:
    """The fields of truth of these alerts, of the rules named; two alerts may have the same."""
    return Counter(tuple(_plain(row[field]) for field in FIELDS) for row in rows if rules is None or row["rule"] in rules)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(value)
    return format_instant(value) if hasattr(value, "tzinfo") else value


def _load(clickhouse: ClickHouse, path: Path) -> None:
    clickhouse.execute(_RAW)
    events = (event for _, event in read_lines(path) if isinstance(event, Event))
    while batch := list(islice(events, _BATCH)):
        _load_events(clickhouse, batch)
    clickhouse.execute("CREATE TABLE courts (code String) ENGINE = Memory")
    clickhouse.insert_columns("courts", {"code": [court.code for court in COURTS]})
    _load_ids(clickhouse)
    _load_days(clickhouse)


def _load_events(clickhouse: ClickHouse, events: Sequence[Event]) -> None:
    clickhouse.insert_columns(
        "raw",
        {
            **event_columns(events),
            "courtcode": [event.court or "" for event in events],
            "corrects": [event.correctionof[1] if event.correctionof else "" for event in events],
            "has_data": [event.data is not None for event in events],
            "digest": [event.digest.hex() for event in events],
        },
    )


def _load_ids(clickhouse: ClickHouse) -> None:
    rows = [(kind.name, number, name) for kind in EVENT_TYPES.values() for number, name in enumerate(kind.ids)]
    clickhouse.execute("CREATE TABLE ids (type String, n UInt8, name String) ENGINE = Memory")
    columns: dict[str, list[Any]] = {
        name: list(column) for name, column in zip(("type", "n", "name"), zip(*rows, strict=True), strict=True)
    }
    clickhouse.insert_columns("ids", columns)


def _load_days(clickhouse: ClickHouse) -> None:
    calendar, first = cn_calendar(), date(1970, 1, 1)
    days = [_DAYS[0] + timedelta(days=n) for n in range((_DAYS[1] - _DAYS[0]).days)]
    works = [calendar.is_workday(day) for day in days]
    before = [0]
    for work in works:
        before.append(before[-1] + work)
    clickhouse.execute("CREATE TABLE days (day Int32, works UInt8, before UInt32) ENGINE = Memory")
    columns: dict[str, list[Any]] = {"day": [(day - first).days for day in days], "works": works, "before": before[:-1]}
    clickhouse.insert_columns("days", columns)
