"""The ClickHouse engine inside this process (chdb), one session for each client."""

import os
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from infra.clickhouse.front.errors import EngineError
from infra.clickhouse.front.lock import FolderLock
from infra.clickhouse.front.statement import Statement

_NO_SUCH_COLUMN: Final = 16
_UNKNOWN_SETTING: Final = 115
# chdb copies what it is given, so large inserts go in by pieces.
_PIECE: Final = 1 << 20
# Flag of a setting without which the client doesn't want the query to run; others are dropped when the engine lacks them.
_IMPORTANT: Final = 1
_DECODER: Final = msgspec.json.Decoder(list[str])


@dataclass(frozen=True)
class Setting:
    """A setting that came with a query: its value and the protocol's flags."""

    value: str
    flags: int = 0


class Engine:
    """Owns the data folder and the engine; raises FolderInUse when another process does."""

    def __init__(self, folder: Path) -> None:
        self._lock = FolderLock(folder)
        # The engine takes the zone of naive DateTime columns from the process.
        os.environ["TZ"] = "UTC"
        from chdb import _chdb  # noqa: PLC0415  # loads 500 MB of engine: only the front may pay for it

        self._connect: Callable[[str], Any] = vars(_chdb)["connect"]
        self._path = str(folder / "engine")
        # As long as one connection is open the engine stays up.
        self._anchor: Any = self._connect(self._path)
        found = self._anchor.query("SELECT version()", "TSV", params={}).bytes().decode()
        major, minor, patch = (int(number) for number in found.split(".")[:3])
        self.version = (major, minor, patch)

    def session(self) -> "Session":
        """Open a session with settings and a current database of its own."""
        return Session(self._connect(self._path))

    def close(self) -> None:
        """Shut the engine down; every session must be closed."""
        self._anchor.close()
        self._lock.release()


class Session:
    """What one client does with the engine. Not thread-safe; sessions run beside each other."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._applied: dict[str, str] = {}
        self._before: dict[str, str | None] = {}

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def apply(self, settings: Mapping[str, Setting]) -> None:
        """Make `settings` hold for the next statements, and those of earlier calls no longer."""
        for name in [name for name in self._applied if name not in settings]:
            before = self._before.pop(name)
            self.plain(f"SET {name} = {'DEFAULT' if before is None else _quoted(before)}")
            del self._applied[name]
        for name, setting in settings.items():
            if self._applied.get(name) == setting.value:
                continue
            if name not in self._before:
                self._before[name] = self._own_value(name)
            try:
                self.plain(f"SET {name} = {_quoted(setting.value)}")
                self._applied[name] = setting.value
            except EngineError as error:
                if name not in self._applied:
                    del self._before[name]
                if error.code != _UNKNOWN_SETTING or setting.flags & _IMPORTANT:
                    raise

    def _own_value(self, name: str) -> str | None:
        """The session's own value of a setting (from SET); None when it is the engine's default."""
        if not name.isidentifier():
            raise EngineError(_UNKNOWN_SETTING, f"DB::Exception: Unknown setting '{name}'. (UNKNOWN_SETTING)")
        sql = f"SELECT value FROM system.settings WHERE name = {_quoted(name)} AND changed"
        found = self._lines(sql)
        return found[0][0] if found else None

    def use(self, database: str) -> None:
        """Make `database` the current one."""
        self.plain("USE `" + database.replace("\\", "\\\\").replace("`", "\\`") + "`")

    def plain(self, sql: str) -> bytes:
        """Run a statement to its end and return its Native blocks, one after the other."""
        try:
            return bytes(self._connection.query(sql, "Native", params={}).bytes())
        except RuntimeError as error:
            raise EngineError.of(error) from None

    def stream(self, sql: str) -> Generator[tuple[int, bytes]]:
        """Run a query and yield (rows, Native block) as they come; closing the iterator cancels the query."""
        finished = False
        try:
            result = self._connection.send_query(sql, "Native", params={})
        except RuntimeError as error:
            raise EngineError.of(error) from None
        try:
            while True:
                chunk = self._connection.streaming_fetch_result(result)
                rows = chunk.rows_read()
                if not rows:
                    finished = True
                    return
                yield rows, chunk.bytes()
        except RuntimeError as error:
            finished = True
            raise EngineError.of(error) from None
        finally:
            if not finished:
                self._connection.streaming_cancel_query(result)

    def insert(self, head: str, blocks: bytearray) -> None:
        """Insert Native `blocks` under `head` (INSERT INTO … without data)."""
        try:
            inserter = self._connection.send_insert(head, "Native")
        except RuntimeError as error:
            raise EngineError.of(error) from None
        view = memoryview(blocks)
        try:
            for start in range(0, len(blocks), _PIECE):
                self._connection.insert_append(inserter, bytes(view[start : start + _PIECE]))
        except RuntimeError as error:
            self._connection.insert_cancel(inserter)
            raise EngineError.of(error) from None
        try:
            self._connection.insert_done(inserter)
        except RuntimeError as error:
            raise EngineError.of(error) from None

    def columns_of_query(self, sql: str) -> list[tuple[str, str]]:
        """Names and types of a query's result, without running it."""
        return [(name, kind) for name, kind, *_ in self._describe(f"({sql}\n)")]

    def columns_of_insert(self, statement: Statement) -> list[tuple[str, str]]:
        """Names and types of the columns that an INSERT's blocks must have, in its order."""
        kinds = {name: (kind, default) for name, kind, default in self._describe(f"TABLE {statement.table}")}
        if statement.columns is None:
            computed = {"MATERIALIZED", "ALIAS", "EPHEMERAL"}
            return [(name, kind) for name, (kind, default) in kinds.items() if default not in computed]
        for name in statement.columns:
            if name not in kinds:
                message = f"DB::Exception: No such column {name} in table {statement.table}. (NO_SUCH_COLUMN_IN_TABLE)"
                raise EngineError(_NO_SUCH_COLUMN, message)
        return [(name, kinds[name][0]) for name in statement.columns]

    def _describe(self, what: str) -> list[list[str]]:
        return [line[:3] for line in self._lines(f"DESCRIBE {what}")]

    def _lines(self, sql: str) -> list[list[str]]:
        try:
            found = self._connection.query(sql, "JSONCompactStringsEachRow", params={}).bytes()
        except RuntimeError as error:
            raise EngineError.of(error) from None
        return [_DECODER.decode(line) for line in found.splitlines()]


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
