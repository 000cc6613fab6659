"""The front answers the driver's statements as a ClickHouse server does."""

import threading
import time
from datetime import UTC, date, datetime
from typing import Any

import pytest
from clickhouse_driver import Client, errors


def _code(client: Any, sql: str, data: Any = None) -> int:
    with pytest.raises(errors.ServerException) as raised:
        client.execute(sql, data)
    return int(raised.value.code)


def test_select_with_names_and_types(client: Any) -> None:
    """A result carries its names and types, also when it has no rows."""
    assert client.execute("SELECT 1 AS a, 'x' AS b", with_column_types=True) == (
        [(1, "x")],
        [("a", "UInt8"), ("b", "String")],
    )
    assert client.execute("SELECT 1 AS a WHERE 0", with_column_types=True) == ([], [("a", "UInt8")])
    assert client.execute("SELECT 1 AS a FORMAT JSON;") == [(1,)]
    assert client.execute("(SELECT 1) UNION ALL (SELECT 1)") == [(1,), (1,)]
    assert client.execute("/* c */ WITH 2 AS x SELECT x -- ; end") == [(2,)]


def test_times_keep_their_zone(client: Any) -> None:
    """A DateTime with a zone is aware in every block, in the database that is current and under the session's settings."""
    client.execute("CREATE TABLE t (n UInt32, at DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY n")
    client.execute("INSERT INTO t SELECT number, toDateTime64('2026-01-01 00:30:00', 3, 'UTC') FROM numbers(200000)")
    rows, columns = client.execute(
        "SELECT n, toStartOfHour(at) AS h, toStartOfDay(at, 'Asia/Shanghai') AS d, 'x' FROM t ORDER BY n",
        with_column_types=True,
    )
    assert [kind for _, kind in columns] == ["UInt32", "DateTime('UTC')", "DateTime('Asia/Shanghai')", "String"]
    assert len(rows) == 200_000
    assert {row[1] for row in rows} == {datetime(2026, 1, 1, tzinfo=UTC)}
    assert {row[2].isoformat() for row in rows} == {"2026-01-01T00:00:00+08:00"}
    assert rows[-1][0] == 199_999


def test_parameters(client: Any) -> None:
    """The driver's own substitution arrives as it is meant."""
    params = {"s": "it's 100%\\", "n": 5, "d": date(2026, 1, 2), "l": ["a", "b"], "none": None}
    found = client.execute("SELECT %(s)s, %(n)s, toDate(%(d)s), %(l)s, %(none)s", params)
    assert found == [("it's 100%\\", 5, date(2026, 1, 2), ["a", "b"], None)]


def test_other_statements(client: Any) -> None:
    """SHOW, DESCRIBE, EXPLAIN, EXISTS, ALTER, OPTIMIZE, views and inline values work."""
    client.execute("CREATE TABLE t (a UInt8, b String DEFAULT 'd', c UInt8 MATERIALIZED a + 1) ENGINE = MergeTree ORDER BY a")
    assert client.execute("SHOW TABLES") == [("t",)]
    assert [row[:2] for row in client.execute("DESCRIBE TABLE t")] == [("a", "UInt8"), ("b", "String"), ("c", "UInt8")]
    assert client.execute("EXISTS t") == [(1,)]
    assert client.execute("EXPLAIN SELECT 1")
    assert "ENGINE = MergeTree" in client.execute("SHOW CREATE TABLE t")[0][0]
    assert client.execute("INSERT INTO t (a) VALUES (1), (2)") == []
    assert client.execute("INSERT INTO t (a, b) SELECT 3, ';'") == []
    assert client.execute("INSERT INTO t VALUES", [(4, "x"), {"a": 5, "b": "y"}][:1]) == 1
    assert client.execute("INSERT INTO `t` (`b`, a) FORMAT Native", [{"a": 5, "b": "y"}]) == 1
    client.execute("ALTER TABLE t DELETE WHERE a = 4", settings={"mutations_sync": 1})
    client.execute("OPTIMIZE TABLE t FINAL")
    client.execute("CREATE VIEW v AS SELECT sum(c) AS s FROM t")
    assert client.execute("SELECT s FROM v") == [(2 + 3 + 4 + 6,)]
    assert client.execute("SELECT a, b FROM t ORDER BY a") == [(1, "d"), (2, "d"), (3, ";"), (5, "y")]


def test_use_and_set_last_for_the_session(client: Any, clickhouse_front: Any, database: str) -> None:
    """USE and SET hold on their connection and on no other."""
    client.execute("USE system")
    assert client.execute("SELECT currentDatabase()") == [("system",)]
    client.execute("SET max_block_size = 123")
    assert client.execute("SELECT getSetting('max_block_size')") == [(123,)]
    with Client("127.0.0.1", port=clickhouse_front.port, database=database) as other:
        assert other.execute("SELECT currentDatabase(), getSetting('max_block_size') = 123") == [(database, 0)]


def test_settings_of_a_query(client: Any, clickhouse_front: Any) -> None:
    """Settings hold for their query; unknown ones are dropped unless the client calls them important."""
    wanted = {"max_block_size": 10, "no_such_setting": 1}
    assert client.execute("SELECT getSetting('max_block_size')", settings=wanted) == [(10,)]
    assert client.execute("SELECT getSetting('max_block_size')") != [(10,)]
    with Client("127.0.0.1", port=clickhouse_front.port, settings_is_important=True) as strict:
        with pytest.raises(errors.ServerException) as raised:
            strict.execute("SELECT 1", settings={"no_such_setting": 1})
        assert raised.value.code == 115


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT * FROM nope", 60),
        ("SELECT FROM WHERE", 62),
        ("SELECT 1; SELECT 2", 62),
        ("", 62),
        ("SELECT nope", 47),
        ("SELECT throwIf(number = 150000) FROM numbers(1000000)", 395),
        ("CREATE TABLE system.one (a UInt8) ENGINE = Memory", 57),
        ("SHOW CREATE TABLE nope", 390),
        ("SELECT intDiv(1, 0)", 153),
        ("USE nope", 81),
    ],
)
def test_errors_have_the_servers_code(client: Any, sql: str, code: int) -> None:
    """An error has ClickHouse's own code, and the same client goes on."""
    assert _code(client, sql) == code
    assert client.execute("SELECT 1") == [(1,)]


def test_errors_of_inserts(client: Any) -> None:
    """An INSERT is refused before the client sends rows, and leaves nothing."""
    client.execute("CREATE TABLE t (a UInt8, CONSTRAINT small CHECK a < 100) ENGINE = MergeTree ORDER BY a")
    assert _code(client, "INSERT INTO nope VALUES", [(1,)]) == 60
    assert _code(client, "INSERT INTO t (b) VALUES", [(1,)]) == 16
    assert _code(client, "INSERT INTO t VALUES", [(1,), (100,)]) == 469
    assert client.execute("SELECT count() FROM t") == [(0,)]
    client.execute(
        "CREATE TABLE full (a UInt8) ENGINE = MergeTree PARTITION BY a ORDER BY a"
        " SETTINGS parts_to_throw_insert = 1, parts_to_delay_insert = 1, max_delay_to_insert = 1"
    )
    client.execute("INSERT INTO full VALUES", [(1,)])
    assert _code(client, "INSERT INTO full VALUES", [(1,)]) == 252
    client.execute("CREATE MATERIALIZED VIEW v ENGINE = MergeTree ORDER BY a AS SELECT throwIf(a = 7) AS a FROM t")
    assert _code(client, "INSERT INTO t VALUES", [(7,)]) == 395


def test_the_connection_itself_goes_on_after_an_error(client: Any) -> None:
    """The driver would reconnect; the socket needn't: after an exception the next query is answered on it."""
    connection = client.connection
    client.execute("SELECT 1")
    for sql in ("SELECT nope", "SELECT throwIf(number = 150000) FROM numbers(1000000)", "DROP TABLE nope"):
        connection.send_query(sql)
        connection.send_external_tables(None)
        packet = connection.receive_packet()
        while packet.type != 2:
            packet = connection.receive_packet()
        assert packet.exception.code in {47, 395, 60}
    assert connection.ping()
    connection.send_query("SELECT 7")
    connection.send_external_tables(None)
    assert [connection.receive_packet().type for _ in range(5)] == [1, 1, 6, 3, 5]


def test_unknown_database(clickhouse_front: Any) -> None:
    """A greeting with an unknown database is answered with error 81."""
    with Client("127.0.0.1", port=clickhouse_front.port, database="nope") as lost:
        assert _code(lost, "SELECT 1") == 81


def test_profile_and_progress(client: Any) -> None:
    """The driver's statistics are filled."""
    client.execute("SELECT number FROM numbers(100000)")
    assert client.last_query.profile_info.rows == 100_000
    progress = client.execute_with_progress("SELECT number FROM numbers(10)")
    assert len(progress.get_result()) == 10


def test_cancel_between_blocks(client: Any) -> None:
    """A cancelled stream ends, and the connection goes on."""
    rows = client.execute_iter("SELECT number FROM numbers(100000000)")
    assert next(rows) == (0,)
    client.cancel()
    assert client.execute("SELECT 1") == [(1,)]


def test_a_query_without_a_client_ends(client: Any, clickhouse_front: Any) -> None:
    """A long query whose client gave up is ended, as a server would."""
    sql = "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1"
    running = "SELECT count() FROM system.processes WHERE query LIKE '%sipHash64(number) = 1' AND query NOT LIKE '%processes%'"

    def give_up() -> None:
        impatient = Client("127.0.0.1", port=clickhouse_front.port, send_receive_timeout=1)
        with pytest.raises((errors.Error, OSError)):
            impatient.execute(sql)
        impatient.disconnect()

    thread = threading.Thread(target=give_up)
    thread.start()
    seen, until = False, time.monotonic() + 10
    while time.monotonic() < until:
        count = client.execute(running)[0][0]
        seen = seen or count == 1
        if seen and count == 0:
            break
        time.sleep(0.05)
    thread.join()
    assert seen
    assert client.execute(running) == [(0,)]


def test_what_the_front_does_not_do_is_said(client: Any) -> None:
    """External tables are refused by name, and blocks for an expression instead of a list of columns too."""
    table = {"name": "ext", "structure": [("x", "Int32")], "data": [{"x": 1}]}
    with pytest.raises(errors.ServerException, match="external tables") as raised:
        client.execute("SELECT * FROM ext", external_tables=[table])
    assert raised.value.code == 48
    client.execute("CREATE TABLE t (a UInt8, b UInt8) ENGINE = MergeTree ORDER BY a")
    assert _code(client, "INSERT INTO t (* EXCEPT(b)) VALUES", [(1,)]) == 48
    client.execute("INSERT INTO t (* EXCEPT(b)) SELECT 1")
    assert client.execute("SELECT * FROM t") == [(1, 0)]
