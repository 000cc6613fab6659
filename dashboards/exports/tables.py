"""An indicator as a table, for a spreadsheet or a notebook: its values, or the rows that they are sums of; CSV or Parquet."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from contract.courts import COURTS
from contract.indicators.model import Indicator, Part
from dashboards import figures
from dashboards.question import Question
from infra.clickhouse.client import ClickHouse
from infra.whole_file import whole_file

FORMATS: Final = ("csv", "parquet")
VALUES: Final = pa.schema(
    [
        ("indicator", pa.string()),
        ("name", pa.string()),
        ("court", pa.string()),
        ("court_name", pa.string()),
        ("first", pa.date32()),
        ("last", pa.date32()),
        ("known_on", pa.date32()),
        ("num", pa.int64()),
        ("den", pa.int64()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("suppressed", pa.bool_()),
    ]
)
ROWS: Final = pa.schema(
    [
        ("part", pa.string()),
        ("measure", pa.string()),
        ("court", pa.string()),
        ("kind", pa.string()),
        ("subject", pa.string()),
        ("ref", pa.string()),
        ("rootid", pa.string()),
        ("since", pa.date32()),
        ("total", pa.int64()),
    ]
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula (CSV injection, as OWASP lists it; full width included)."""
_PAGE = 50_000
_GROUP = 10_000

Row = dict[str, Any]


def values(client: ClickHouse, indicator: Indicator, question: Question) -> Iterator[Row]:
    """The value of a court with all below it, then of each court right below with all below that."""
    courts = [question.court, *(child.code for child in COURTS.children(question.court))]
    for code in courts:
        found = figures.read(client, [indicator], question._replace(court=code))[indicator.id]
        court = COURTS.get(code)
        yield {
            "indicator": indicator.id,
            "name": indicator.name.zh,
            "court": code,
            "court_name": court.name if court else code,
            "first": found.first,
            "last": found.last,
            "known_on": question.known_on,
            "num": found.num,
            "den": found.den,
            "value": found.value,
            "unit": indicator.unit,
            "suppressed": found.suppressed,
        }


def rows(client: ClickHouse, indicator: Indicator, question: Question) -> Iterator[Row]:
    """The rows of numerator (``num``) and denominator (``den``); none of an indicator that opens none."""
    parts: tuple[Part, ...] = ("num", "den")
    for part in parts:
        offset, count = 0, 1
        while indicator.part(part) and offset < count:
            count, _, found = figures.rows(client, indicator, question, of=part, limit=_PAGE, offset=offset)
            yield from ({"part": part} | one for one in found)
            offset += _PAGE


def write(table: Iterable[Row], schema: pa.Schema, out: Path, *, kind: str, about: dict[str, str]) -> int:
    """Write a table as ``csv`` (UTF-8, a head line) or ``parquet`` (``about`` in its metadata); returns how many rows it has.

    In CSV a text that begins like a formula has a ``'`` before it, so that spreadsheets take it for text; Parquet has no such.
    The file appears when it is complete.
    """
    with whole_file(out) as part:
        return _csv(table, schema, part) if kind == "csv" else _parquet(table, schema, part, about)


def _csv(table: Iterable[Row], schema: pa.Schema, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, schema.names)  # lines end in CRLF (RFC 4180): a CR within a text is quoted then too
        writer.writeheader()
        for row in table:
            writer.writerow({name: _text(row[name]) for name in schema.names})
            count += 1
    return count


def _text(value: Any) -> Any:
    """A cell: a text that a spreadsheet would compute, since a court's system may call a case anything, begins with ``'``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value if value.startswith(_FORMULA) else value
    return value.isoformat() if isinstance(value, date) else value


def _parquet(table: Iterable[Row], schema: pa.Schema, path: Path, about: dict[str, str]) -> int:
    schema = schema.with_metadata(about)
    count = 0
    with pq.ParquetWriter(path, schema) as writer:
        for group in _groups(table):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))
            count += len(group)
    return count


def _groups(table: Iterable[Row]) -> Iterator[Sequence[Row]]:
    group: list[Row] = []
    for row in table:
        group.append(row)
        if len(group) == _GROUP:
            yield group
            group = []
    yield group
