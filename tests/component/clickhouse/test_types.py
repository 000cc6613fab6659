"""Values of every type that the schema may use come back as they went in, by rows and by columns."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from infra.clickhouse.client import ClickHouse

_NOON = datetime(2026, 2, 28, 12, 0, 0, tzinfo=UTC)

TYPES: list[tuple[str, list[Any]]] = [
    ("String", ["", "执行", "x" * 300, "a'b\\c\n", "\x00"]),
    ("LowCardinality(String)", ["京0105", "", "京0105"]),
    ("Nullable(String)", [None, "", "终本"]),
    ("LowCardinality(Nullable(String))", [None, "a", "a", None]),
    ("Bool", [True, False]),
    ("Int8", [-128, 0, 127]),
    ("Int16", [-(2**15), 2**15 - 1]),
    ("Int32", [-(2**31), 2**31 - 1]),
    ("Int64", [-(2**63), 0, 2**63 - 1]),
    ("UInt8", [0, 255]),
    ("UInt16", [0, 2**16 - 1]),
    ("UInt32", [0, 2**32 - 1]),
    ("UInt64", [0, 2**64 - 1]),
    ("Nullable(Int64)", [None, -1, 10**15]),
    ("UInt256", [0, 2**256 - 1]),
    ("Int128", [-(2**127), 2**127 - 1]),
    ("Float64", [0.0, -1.5, 1e300]),
    ("Date", [date(1970, 1, 1), date(2026, 11, 23)]),
    ("Date32", [date(1900, 1, 1), date(2099, 12, 31)]),
    ("Nullable(Date32)", [None, date(1949, 10, 1)]),
    ("DateTime64(3, 'UTC')", [_NOON, _NOON.replace(microsecond=123000)]),
    ("DateTime64(6, 'UTC')", [_NOON.replace(microsecond=m) for m in (0, 1, 123456, 999999)]),
    ("Nullable(DateTime64(6, 'UTC'))", [None, _NOON.replace(microsecond=7)]),
    ("Array(String)", [[], ["a", "乙"], [""]]),
    ("Array(LowCardinality(String))", [["a"], [], ["a", "b", "a"]]),
    ("Array(Array(UInt64))", [[[1], []], [], [[2, 3]]]),
    ("Array(Tuple(String, UInt64))", [[("a", 1), ("b", 2)], []]),
    ("Array(Tuple(severity String, at DateTime64(3, 'UTC'), reached_at Nullable(DateTime64(3, 'UTC'))))",
     [[("red", _NOON, None)], [], [("a", _NOON, _NOON), ("b", _NOON, None)]]),
    ("Array(Nullable(String))", [[None, "a"], []]),
    ("Tuple(String, Nullable(Int64))", [("a", None), ("b", 5)]),
    ("Map(String, String)", [{}, {"a": "1", "b": "2"}]),
    ("Map(LowCardinality(String), UInt64)", [{"a": 1}, {}, {"a": 2, "b": 3}]),
    ("Enum8('wall' = 1, 'it''s, (odd)' = -2)", ["wall", "it's, (odd)"]),
    ("Enum16('a' = 1000)", ["a"]),
    ("UUID", [UUID(int=0), UUID("12345678-1234-5678-1234-567812345678")]),
    ("FixedString(4)", ["abcd", "ab"]),
    ("Decimal(18, 2)", [Decimal("-0.01"), Decimal("1234567890123.45")]),
    ("Decimal(38, 10)", [Decimal("1.0000000001")]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "values"), TYPES, ids=[kind[:40] for kind, _ in TYPES])
def test_round_trip(client: Any, kind: str, values: list[Any]) -> None:
    """Rows and columns inserted are read back equal, in rows and in columns."""
    client.execute(f"CREATE TABLE t (n UInt32, v {kind}) ENGINE = MergeTree ORDER BY n")
    rows = list(enumerate(values))
    assert client.execute("INSERT INTO t VALUES", rows) == len(values)
    assert client.execute("SELECT n, v FROM t ORDER BY n") == rows
    client.execute("INSERT INTO t (v, n) VALUES", [list(values), [n + len(values) for n, _ in rows]], columnar=True)
    assert client.execute("SELECT v FROM t ORDER BY n", columnar=True) == [tuple(values) * 2]


def test_all_types_in_one_block(client: Any) -> None:
    """A block of many columns is walked to its exact end."""
    columns = ", ".join(f"c{number} {kind}" for number, (kind, _) in enumerate(TYPES))
    client.execute(f"CREATE TABLE t (n UInt32, {columns}) ENGINE = MergeTree ORDER BY n")
    rows = [(n, *(values[n % len(values)] for _, values in TYPES)) for n in range(50)]
    client.execute("INSERT INTO t VALUES", rows)
    assert client.execute("SELECT * FROM t ORDER BY n") == rows


def test_many_blocks_in_one_insert(client: Any) -> None:
    """An insert of several blocks is one insert, whatever the blocks' size."""
    client.execute("CREATE TABLE t (n UInt32, s String, l LowCardinality(String)) ENGINE = MergeTree ORDER BY n")
    rows = [(n, f"值{n}", f"k{n % 7}") for n in range(10_000)]
    client.execute("INSERT INTO t VALUES", rows, settings={"insert_block_size": 999})
    assert client.execute("SELECT * FROM t ORDER BY n") == rows


def test_numpy(client: Any) -> None:
    """Columns of numpy arrays go in and come out where the driver offers it."""
    numpy = pytest.importorskip("numpy")
    client.execute("CREATE TABLE t (n UInt64, f Float64) ENGINE = MergeTree ORDER BY n")
    columns = [numpy.arange(1000, dtype="uint64"), numpy.arange(1000) / 4]
    numeric = {"use_numpy": True}
    with type(client)("127.0.0.1", port=client.connection.port, database=client.connection.database, settings=numeric) as fast:
        fast.execute("INSERT INTO t VALUES", columns, columnar=True)
        found = fast.execute("SELECT n, f FROM t ORDER BY n", columnar=True)
    assert [list(column) for column in found] == [list(column) for column in columns]


_ELSEWHERE = """
import sys
from datetime import UTC, datetime
from infra.clickhouse.client import ClickHouse
with ClickHouse(port=int(sys.argv[1]), database=sys.argv[2]) as clickhouse:
    at = datetime(2026, 3, 8, 2, 30, 0, 123456, tzinfo=UTC)
    clickhouse.insert_columns("t", {"n": [2], "at": [at]})
    assert clickhouse.query_rows("SELECT at FROM t WHERE at = %(at)s AND n = 2", {"at": at}) == [(at,)]
    hours = clickhouse.query_rows("SELECT toStartOfHour(at), now() FROM t WHERE n = 2")[0]
    assert hours[0] == datetime(2026, 3, 8, 2, tzinfo=UTC) and hours[1].tzinfo is not None
    assert abs((hours[1] - datetime.now(UTC)).total_seconds()) < 60
    print(clickhouse.query_rows("SELECT at FROM t WHERE n = 1")[0][0].astimezone(UTC).isoformat())
"""


def test_times_do_not_shift_in_lima(clickhouse_front: Any, database: str) -> None:
    """A process under TZ=America/Lima reads and writes the same instants as one under UTC."""
    at = datetime(2026, 11, 1, 5, 59, 59, 999999, tzinfo=UTC)
    with ClickHouse(port=clickhouse_front.port, database=database) as clickhouse:
        clickhouse.execute("CREATE TABLE t (n UInt8, at DateTime64(6, 'UTC')) ENGINE = MergeTree ORDER BY n")
        clickhouse.insert_columns("t", {"n": [1], "at": [at]})
        command = [sys.executable, "-c", _ELSEWHERE, str(clickhouse_front.port), database]
        found = subprocess.run(command, env={**os.environ, "TZ": "America/Lima"}, capture_output=True, text=True, check=False)
        assert found.stdout.strip() == at.isoformat(), found.stderr
        assert clickhouse.query_rows("SELECT toString(at) FROM t WHERE n = 2") == [("2026-03-08 02:30:00.123456",)]
