"""SQL is cut and classified without being understood."""

import pytest

from infra.clickhouse.front.errors import EngineError
from infra.clickhouse.front.statement import Kind, parse
from infra.clickhouse.sql import split_statements


def test_split_statements() -> None:
    """Semicolons in strings, names and comments don't end a statement."""
    sql = "-- one; two\nSELECT ';' /* ; */, `a;b`; ;\nSELECT $x$;$x$, 'it''s; \\'; ' -- end;\n;"
    assert split_statements(sql) == ["SELECT ';' /* ; */, `a;b`", "SELECT $x$;$x$, 'it''s; \\'; '"]
    assert split_statements(" -- nothing\n") == []


@pytest.mark.parametrize(
    ("sql", "kind", "text"),
    [
        ("select 1", Kind.ROWS, "select 1"),
        (" /* c */ WITH 1 AS x SELECT x ; ", Kind.ROWS, "WITH 1 AS x SELECT x"),
        ("SELECT format FORMAT JSON", Kind.ROWS, "SELECT format"),
        ("SELECT 'FORMAT', x", Kind.ROWS, "SELECT 'FORMAT', x"),
        ("(SELECT 1)", Kind.ROWS, "(SELECT 1)"),
        ("SHOW TABLES", Kind.PLAIN, "SHOW TABLES"),
        ("USE x;", Kind.SESSION, "USE x"),
        ("SET a = ';'", Kind.SESSION, "SET a = ';'"),
        ("INSERT INTO t SELECT 1", Kind.PLAIN, "INSERT INTO t SELECT 1"),
        ("INSERT INTO t (a) VALUES ('x;y')", Kind.PLAIN, "INSERT INTO t (a) VALUES ('x;y')"),
        ("INSERT INTO t FORMAT CSV 1;2", Kind.PLAIN, "INSERT INTO t FORMAT CSV 1;2"),
        ("INSERT INTO FUNCTION null('a UInt8') SELECT 1", Kind.PLAIN, "INSERT INTO FUNCTION null('a UInt8') SELECT 1"),
    ],
)
def test_kinds(sql: str, kind: Kind, text: str) -> None:
    """What a statement is decides how it is answered; the closing semicolon and the FORMAT clause go."""
    found = parse(sql)
    assert (found.kind, found.sql) == (kind, text)


@pytest.mark.parametrize(
    ("sql", "head", "table", "columns", "settings"),
    [
        ("INSERT INTO t VALUES", "INSERT INTO t ", "t", None, ""),
        ("insert into table `d b`.`t` values ;", "insert into table `d b`.`t` ", "`d b`.`t`", None, ""),
        ("INSERT INTO d.t(a, `b``c`, n.x) FORMAT Native", "INSERT INTO d.t(a, `b``c`, n.x) ", "d.t", ("a", "b`c", "n.x"), ""),
        ("INSERT INTO t (a) SETTINGS x = 1, y = 'VALUES' VALUES", "INSERT INTO t (a) ", "t", ("a",), " x = 1, y = 'VALUES' "),
    ],
)
def test_inserts_that_wait_for_blocks(sql: str, head: str, table: str, columns: tuple[str, ...] | None, settings: str) -> None:
    """Of an INSERT with nothing behind VALUES or FORMAT, head, table, columns and settings are taken apart."""
    found = parse(sql)
    assert (found.kind, found.sql, found.table, found.columns, found.settings) == (Kind.INSERT, head, table, columns, settings)


@pytest.mark.parametrize(
    ("sql", "code"),
    [("", 62), (" -- c", 62), ("SELECT 1; SELECT 2", 62), ("INSERT INTO t (a", 62), ("INSERT INTO t (* EXCEPT(a)) VALUES", 48)],
)
def test_refusals(sql: str, code: int) -> None:
    """What a server would refuse before looking at the data is refused here with its code."""
    with pytest.raises(EngineError) as refused:
        parse(sql)
    assert refused.value.code == code
