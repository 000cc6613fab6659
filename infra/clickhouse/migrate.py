"""Numbered migrations of the warehouse.

A file `NNNN_name.sql` holds statements for the current database, each of which may be repeated (`IF NOT EXISTS`): a crash
between a file's first statement and its record makes the next run repeat it. An applied file never changes again.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from infra.clickhouse.client import ClickHouse
from infra.clickhouse.errors import ClickHouseError
from infra.clickhouse.sql import split_statements

FOLDER: Final = Path(__file__).parent / "migrations"
SERIES: Final = 9000
"""From this number on, files are a series of their own: those that only the restricted database has."""
_FILE: Final = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_DATABASE: Final = re.compile(r"[A-Za-z_]\w*")

Connect = Callable[[str], ClickHouse]


class MigrationError(ClickHouseError):
    """The files and what was applied don't fit together."""


@dataclass(frozen=True)
class Migration:
    """One file."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Hash of the file's text, in hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def statements(self) -> list[str]:
        """The file's statements in order."""
        return split_statements(self.sql)

    def __str__(self) -> str:
        return f"{self.number:04}_{self.name}.sql"


def load(folder: Path = FOLDER) -> list[Migration]:
    """Read the files of `folder` in order. Raises MigrationError for a wrong name or a number that is used twice."""
    found: dict[int, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        parts = _FILE.fullmatch(path.name)
        if parts is None:
            raise MigrationError(f"{path}: a migration is named NNNN_name.sql")
        migration = Migration(int(parts[1]), parts[2], path.read_text(encoding="utf-8"))
        if migration.number in found:
            raise MigrationError(f"{path}: number {parts[1]} is already taken by {found[migration.number]}")
        found[migration.number] = migration
    return list(found.values())


def load_restricted() -> list[Migration]:
    """The files of the restricted database: all of the common one, and its own."""
    return [*load(), *load(FOLDER / "restricted")]


def pending(clickhouse: ClickHouse, migrations: Sequence[Migration]) -> list[Migration]:
    """Those that the database lacks.

    Raises MigrationError when an applied file changed or is missing, or when a new one has a number below an applied one.
    """
    applied = _applied(clickhouse)
    known = {migration.number: migration for migration in migrations}
    for number, (name, sha256) in applied.items():
        if number not in known:
            raise MigrationError(f"{number:04}_{name}.sql was applied and is not here any more: this database is newer")
        if known[number].sha256 != sha256:
            raise MigrationError(f"{known[number]} changed after it was applied: put it back and write a new migration")
    missing = [migration for migration in migrations if migration.number not in applied]
    for migration in missing:
        last = max((number for number in applied if (number >= SERIES) == (migration.number >= SERIES)), default=0)
        if migration.number < last:
            raise MigrationError(f"{migration} comes before {last:04}, which is applied: give it a number after it")
    return missing


def migrate(connect: Connect, database: str, migrations: Sequence[Migration] | None = None) -> list[Migration]:
    """Create the database, apply what it lacks, and return that. `connect` makes a client for a database ("" for none)."""
    _create(connect, database)
    with closing(connect(database)) as clickhouse:
        missing = pending(clickhouse, load() if migrations is None else migrations)
        for migration in missing:
            for statement in migration.statements:
                clickhouse.execute(statement)
            row: dict[str, list[Any]] = {
                "number": [migration.number],
                "name": [migration.name],
                "sha256": [migration.sha256],
                "applied_at": [datetime.now(UTC)],
            }
            clickhouse.insert_columns("migrations", row)
        return missing


def would_run(connect: Connect, database: str, migrations: Sequence[Migration] | None = None) -> list[Migration]:
    """What `migrate` would apply; changes nothing."""
    files = load() if migrations is None else list(migrations)
    if not _exists(connect, database):
        return files
    with closing(connect(database)) as clickhouse:
        return pending(clickhouse, files)


def drift(connect: Connect, database: str, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Differences between the live tables and what the files make of an empty database, one line each.

    Builds that in a scratch database, which is dropped again. Tables that no file names are reported too.
    """
    scratch = f"{database}_check_{uuid.uuid4().hex[:8]}"
    try:
        migrate(connect, scratch, migrations)
        wanted, found = _shape(connect, scratch), _shape(connect, database)
    finally:
        with closing(connect("")) as clickhouse:
            clickhouse.execute(f"DROP DATABASE IF EXISTS {scratch}")
    return [
        f"{key}: should be {wanted.get(key, 'absent')}, is {found.get(key, 'absent')}"
        for key in sorted(wanted.keys() | found.keys())
        if wanted.get(key) != found.get(key)
    ]


def _applied(clickhouse: ClickHouse) -> dict[int, tuple[str, str]]:
    sql = "SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = 'migrations'"
    if clickhouse.query_rows(sql) == [(0,)]:
        return {}
    rows = clickhouse.query_rows("SELECT number, name, sha256 FROM migrations FINAL ORDER BY number")
    return {number: (name, sha256) for number, name, sha256 in rows}


def _exists(connect: Connect, database: str) -> bool:
    with closing(connect("")) as clickhouse:
        found = clickhouse.query_rows("SELECT count() FROM system.databases WHERE name = %(name)s", {"name": database})
        return found == [(1,)]


def _create(connect: Connect, database: str) -> None:
    if not _DATABASE.fullmatch(database):
        raise MigrationError(f"{database!r} is no name for a database")
    with closing(connect("")) as clickhouse:
        clickhouse.execute(f"CREATE DATABASE IF NOT EXISTS {database}")


def _shape(connect: Connect, database: str) -> dict[str, str]:
    """Table -> engine and keys, table.column -> type and default, of a database."""
    name = {"name": database}
    with closing(connect("")) as clickhouse:
        tables = clickhouse.query_rows(
            "SELECT name, engine, partition_key, sorting_key FROM system.tables WHERE database = %(name)s", name
        )
        columns = clickhouse.query_rows(
            "SELECT table, name, type, default_kind, default_expression FROM system.columns WHERE database = %(name)s", name
        )
    shape = {table: f"{engine} partition by ({partition}) order by ({order})" for table, engine, partition, order in tables}
    shape.update({f"{table}.{column}": " ".join(kind).strip() for table, column, *kind in columns})
    return shape
