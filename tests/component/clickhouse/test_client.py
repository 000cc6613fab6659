"""The warehouse client: typed errors, aware times, a connection for each thread."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest

from infra.clickhouse.client import ClickHouse
from infra.clickhouse.errors import BadValues, Refused, Unavailable


@pytest.fixture
def clickhouse(clickhouse_front: Any, database: str) -> Iterator[ClickHouse]:
    """A client in the test's database."""
    with ClickHouse(port=clickhouse_front.port, database=database) as clickhouse:
        yield clickhouse


def test_columns(clickhouse: ClickHouse) -> None:
    """Columns go in by name in any order, and come out by name; an empty result has its columns too."""
    clickhouse.execute("CREATE TABLE t (a UInt8, b String) ENGINE = MergeTree ORDER BY a")
    assert clickhouse.insert_columns("t", {"b": ["x", "y"], "a": [1, 2]}) == 2
    assert clickhouse.insert_columns("t", {"b": [], "a": []}) == 0
    assert clickhouse.query_columns("SELECT a, b FROM t ORDER BY a") == {"a": (1, 2), "b": ("x", "y")}
    assert clickhouse.query_columns("SELECT a, b FROM t WHERE a = 9") == {"a": (), "b": ()}


def test_parameters(clickhouse: ClickHouse) -> None:
    """Every kind of parameter means in SQL what it means in Python."""
    at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    params = {"s": "it's\\", "n": None, "at": at, "d": date(2026, 1, 2), "b": b"\x00'", "l": [1, 2], "i": {"x"}, "t": True}
    row = clickhouse.query_rows(
        "SELECT %(s)s, %(n)s, %(at)s, toDate(%(d)s), hex(%(b)s), %(l)s, 'x' IN %(i)s, %(t)s, '100%%'", params
    )[0]
    assert row == ("it's\\", None, at, date(2026, 1, 2), "0027", [1, 2], 1, True, "100%")


def test_digests_are_bytes(clickhouse: ClickHouse) -> None:
    """Bytes in a FixedString column come back whole, be they text, not text, or with zeros at the end."""
    clickhouse.execute("CREATE TABLE t (n UInt8, d FixedString(4), m Nullable(FixedString(4))) ENGINE = MergeTree ORDER BY n")
    digests = [b"abcd", b"ab\0\0", b"\xff\xfe\0\0", b"\0\0\0\0", b"\0\xff\0a"]
    clickhouse.insert_columns("t", {"n": range(5), "d": digests, "m": [None, *digests[1:]]})
    assert clickhouse.query_rows("SELECT d FROM t ORDER BY n") == [(digest,) for digest in digests]
    assert clickhouse.query_columns("SELECT m FROM t ORDER BY n") == {"m": [None, *digests[1:]]}
    assert clickhouse.query_rows("SELECT n FROM t WHERE d = %(d)s", {"d": digests[2]}) == [(2,)]


def test_iter(clickhouse: ClickHouse) -> None:
    """Rows come one by one, other queries run in between, and leaving early is harmless."""
    rows = clickhouse.iter("SELECT number, toDateTime('2026-01-01 00:00:00') FROM numbers(%(n)s)", {"n": 300_000})
    assert next(rows) == (0, datetime(2026, 1, 1, tzinfo=UTC))
    assert clickhouse.query_rows("SELECT 1") == [(1,)]
    rows.close()  # type: ignore[attr-defined]
    assert sum(1 for _ in clickhouse.iter("SELECT number FROM numbers(100000)")) == 100_000
    with pytest.raises(Refused) as refused:
        list(clickhouse.iter("SELECT * FROM nope"))
    assert refused.value.code == 60


def test_naive_times_are_refused(clickhouse: ClickHouse) -> None:
    """A naive time is an error, going in and as a parameter; so is what the driver would shift."""
    clickhouse.execute("CREATE TABLE t (at DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY at")
    for wrong in (datetime(2026, 1, 1), datetime(1969, 1, 1, 0, 0, 0, 5, tzinfo=UTC)):  # noqa: DTZ001  # that is the point
        with pytest.raises(BadValues):
            clickhouse.insert_columns("t", {"at": [None, wrong]})
        with pytest.raises(BadValues):
            clickhouse.query_rows("SELECT %(at)s", {"at": wrong})
    assert clickhouse.query_rows("SELECT count() FROM t") == [(0,)]


def test_errors(clickhouse: ClickHouse, database: str) -> None:
    """Wrong SQL, wrong values and an absent server are three different errors, and the client goes on after each."""
    clickhouse.execute("CREATE TABLE t (a UInt8, s String) ENGINE = MergeTree ORDER BY a")
    for sql, code in (("SELECT * FROM nope", 60), ("SELECT FROM WHERE", 62), ("SELECT nope FROM t", 47)):
        with pytest.raises(Refused) as refused:
            clickhouse.query_rows(sql)
        assert refused.value.code == code
    for wrong in ({"a": [1, 2], "s": ["x"]}, {"a": [256], "s": ["x"]}, {"a": [1], "s": [None]}, {"a": ["x"], "s": ["x"]}):
        with pytest.raises(BadValues):
            clickhouse.insert_columns("t", wrong)
    with pytest.raises(Refused):
        clickhouse.insert_columns("t", {"b": [1]})
    assert clickhouse.query_rows("SELECT count() FROM t") == [(0,)]
    with ClickHouse(port=1, database=database, connect_timeout_s=1) as nobody:
        with pytest.raises(Unavailable):
            nobody.query_rows("SELECT 1")
        assert not nobody.ping()


def test_settings(clickhouse: ClickHouse) -> None:
    """Settings hold for their statement only, also those that the session has set."""
    assert clickhouse.query_rows("SELECT getSetting('max_block_size')", settings={"max_block_size": 77}) == [(77,)]
    assert clickhouse.query_rows("SELECT getSetting('max_block_size')") != [(77,)]
    clickhouse.execute("SET max_block_size = 88")
    assert clickhouse.query_rows("SELECT getSetting('max_block_size')", settings={"max_block_size": 77}) == [(77,)]
    assert clickhouse.query_rows("SELECT getSetting('max_block_size')") == [(88,)]


def test_a_connection_for_each_thread(clickhouse: ClickHouse) -> None:
    """Many threads ask at once and each gets its own answer."""
    with ThreadPoolExecutor(8) as pool:
        asked = range(200)
        found = pool.map(lambda n: clickhouse.query_rows("SELECT %(n)s, sum(number) FROM numbers(10000)", {"n": n}), asked)
        assert [rows[0][0] for rows in found] == list(asked)


def test_reconnects_after_the_server_came_back(own_front: Any) -> None:
    """A killed server is Unavailable; when it is back the same client works again."""
    with ClickHouse(port=own_front.port) as clickhouse:
        assert clickhouse.ping()
        own_front.kill()
        with pytest.raises(Unavailable):
            clickhouse.query_rows("SELECT 1")
        own_front.start()
        assert clickhouse.query_rows("SELECT 1") == [(1,)]
