"""Migrations are applied once, in order, and never change afterwards."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from infra.clickhouse.client import ClickHouse
from infra.clickhouse.migrate import MigrationError, drift, load, migrate, would_run
from yipanqi.migrate import command

Connect = Callable[[str], ClickHouse]


@pytest.fixture
def connect(clickhouse_front: Any) -> Connect:
    """Make a client of the session's front."""
    return lambda database: ClickHouse(port=clickhouse_front.port, database=database)


@pytest.fixture
def fresh(connect: Connect) -> Iterator[str]:
    """The name of a database that doesn't exist yet; dropped afterwards."""
    name = f"m_{uuid.uuid4().hex[:12]}"
    yield name
    with connect("") as clickhouse:
        clickhouse.execute(f"DROP DATABASE IF EXISTS {name}")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with the first migration and one more."""
    first = "0001_migrations.sql"
    (tmp_path / first).write_text((Path("infra/clickhouse/migrations") / first).read_text())
    (tmp_path / "0002_t.sql").write_text(
        "-- a comment; with a semicolon\nCREATE TABLE IF NOT EXISTS t (a String DEFAULT ';') ENGINE = MergeTree ORDER BY a;\n"
        "INSERT INTO t SELECT 'x;y' WHERE (SELECT count() FROM t) = 0;\n"
    )
    return tmp_path


def test_applied_once_and_recorded(connect: Connect, fresh: str, files: Path) -> None:
    """The first run applies everything and records it, the second nothing."""
    assert [str(done) for done in would_run(connect, fresh, load(files))] == ["0001_migrations.sql", "0002_t.sql"]
    assert [done.number for done in migrate(connect, fresh, load(files))] == [1, 2]
    assert migrate(connect, fresh, load(files)) == []
    with connect(fresh) as clickhouse:
        assert clickhouse.query_rows("SELECT a FROM t") == [("x;y",)]
        recorded = clickhouse.query_rows("SELECT number, name, sha256 FROM migrations ORDER BY number")
    assert recorded == [(file.number, file.name, file.sha256) for file in load(files)]


def test_refusals(connect: Connect, fresh: str, files: Path) -> None:
    """A changed file, a missing one, and a new one with an old number are refused by name."""
    migrate(connect, fresh, load(files))
    second = (files / "0002_t.sql").read_text()
    (files / "0002_t.sql").write_text(second + " ")
    with pytest.raises(MigrationError, match=r"0002_t\.sql changed"):
        migrate(connect, fresh, load(files))
    (files / "0002_t.sql").rename(files / "0000_t.sql")
    with pytest.raises(MigrationError, match=r"0002_t\.sql was applied and is not here"):
        migrate(connect, fresh, load(files))
    (files / "0002_t.sql").write_text(second)
    with pytest.raises(MigrationError, match=r"0000_t\.sql comes before"):
        migrate(connect, fresh, load(files))
    (files / "0002_u.sql").write_text("SELECT 1")
    with pytest.raises(MigrationError, match="already taken"):
        load(files)


def test_a_failing_file_is_not_recorded(connect: Connect, fresh: str, files: Path) -> None:
    """After an error the next run begins with the file that failed."""
    (files / "0003_wrong.sql").write_text("CREATE TABLE IF NOT EXISTS u (a UInt8) ENGINE = MergeTree ORDER BY a; SELEC;")
    with pytest.raises(Exception, match="SELEC"):
        migrate(connect, fresh, load(files))
    (files / "0003_wrong.sql").write_text("CREATE TABLE IF NOT EXISTS u (a UInt8) ENGINE = MergeTree ORDER BY a;")
    assert [done.number for done in migrate(connect, fresh, load(files))] == [3]


def test_alerts_that_are_there_get_their_levels(connect: Connect, fresh: str) -> None:
    """Migration 9 reads off `alerts` what `chain_alerts` lacks, once more or not, and has everything counted again."""
    files = load()
    migrate(connect, fresh, [file for file in files if file.number < 9])
    both = "id, position, transition_id, rootid, raised_at, ended_at, rank"
    with connect(fresh) as clickhouse:
        for table in ("alerts", "chain_alerts"):
            clickhouse.execute(f"INSERT INTO {table} ({both}) VALUES ('a', 1, 't', 'c', '2024-03-01 00:00:00', NULL, 7)")
        clickhouse.execute("INSERT INTO figured VALUES ('court.events.v1', 0, 9, '2024-03-01 00:00:00')")
        clickhouse.execute(
            "ALTER TABLE alerts UPDATE levels = '[1]', due_at = '2024-03-09 00:00:00' WHERE 1 SETTINGS mutations_sync = 1"
        )
    (ninth,) = migrate(connect, fresh, [file for file in files if file.number <= 9])
    with connect(fresh) as clickhouse:
        for statement in ninth.statements:
            clickhouse.execute(statement)
        found = clickhouse.query_rows("SELECT id, rootid, levels, toString(due_at), ended_at, rank FROM chain_alerts FINAL")
        assert found == [("a", "c", "[1]", "2024-03-09 00:00:00.000000", None, 7)]
        assert clickhouse.query_rows("SELECT count() FROM figured") == [(0,)]


def test_drift_is_named(connect: Connect, fresh: str, files: Path) -> None:
    """A table that somebody changed by hand differs from the files."""
    migrate(connect, fresh, load(files))
    assert drift(connect, fresh, load(files)) == []
    with connect(fresh) as clickhouse:
        clickhouse.execute("ALTER TABLE t ADD COLUMN b UInt8")
    assert drift(connect, fresh, load(files)) == ["t.b: should be absent, is UInt8"]


def test_the_command(clickhouse_front: Any, fresh: str) -> None:
    """`yipanqi migrate` shows with --dry-run, applies without, and finds no drift in our own schema."""
    options = ["--clickhouse", f"127.0.0.1:{clickhouse_front.port}", "--database", fresh]
    shown = CliRunner().invoke(command, [*options, "--dry-run"])
    assert shown.exit_code == 0
    assert "CREATE TABLE IF NOT EXISTS migrations" in shown.output
    applied = CliRunner().invoke(command, [*options, "--check"])
    assert (applied.exit_code, applied.output.count("applied")) == (0, len(load())), applied.output
    assert CliRunner().invoke(command, options).output == ""
