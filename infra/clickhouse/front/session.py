"""A client's session with the engine: its settings, its current database, its statements."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from infra.clickhouse.front.errors import EngineError
from infra.clickhouse.front.spool import Spool
from infra.clickhouse.front.statement import Statement

_NO_SUCH_COLUMN: Final = 16
_UNKNOWN_SETTING: Final = 115
# Flag of a setting without which the client doesn't want the query to run; others are dropped when the engine lacks them.
_IMPORTANT: Final = 1
# The engine joins what it reads up to these sizes before it writes a part.
_ONE_BLOCK: Final = f"min_insert_block_size_rows = {1 << 40}, min_insert_block_size_bytes = {1 << 40}"
_DECODER: Final = msgspec.json.Decoder(list[str])


@dataclass(frozen=True)
class Setting:
    """A setting that came with a query: its value and the protocol's flags."""

    value: str
    flags: int = 0


class Session:
    """What one client does with the engine. Not thread-safe; sessions run beside each other.

    `tag` marks its statements in system.processes.
    """

    def __init__(self, connect: Callable[[], Any], tag: str) -> None:
        self.tag = tag
        self._connect = connect
        self._connection = connect()
        self._twin: Any = None
        # What a twin must repeat to be in the same state: USE and SET statements under what they change.
        self._state: dict[str, str] = {}
        self._applied: dict[str, str] = {}
        self._before: dict[str, str | None] = {}
        self.plain(f"SET log_comment = '{tag}'")

    def close(self) -> None:
        """End the session."""
        self._connection.close()
        if self._twin is not None:
            self._twin.close()

    def change(self, what: str, sql: str) -> None:
        """Run a statement that changes the session itself; a later one for the same `what` replaces it."""
        self.plain(sql)
        self._state.pop(what, None)
        self._state[what] = sql
        if self._twin is not None:
            self._twin.query(sql, "Null", params={})

    def apply(self, settings: Mapping[str, Setting]) -> None:
        """Make `settings` hold for the next statements, and those of earlier calls no longer."""
        for name in [name for name in self._applied if name not in settings]:
            before = self._before.pop(name)
            self.change(name, f"SET {name} = {'DEFAULT' if before is None else _quoted(before)}")
            del self._applied[name]
        for name, setting in settings.items():
            if self._applied.get(name) == setting.value:
                continue
            if name not in self._before:
                self._before[name] = self._own_value(name)
            try:
                self.change(name, f"SET {name} = {_quoted(setting.value)}")
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
        found = _lines(self._connection, sql)
        return found[0][0] if found else None

    def use(self, database: str) -> None:
        """Make `database` the current one."""
        self.change("USE", "USE `" + database.replace("\\", "\\\\").replace("`", "\\`") + "`")

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

    def insert(self, statement: Statement, blocks: Spool) -> None:
        """Insert Native `blocks` as one block: in each partition all rows appear at once, or none."""
        settings = ", ".join(filter(str.strip, (_ONE_BLOCK, statement.settings)))
        self.plain(f"{statement.sql} FROM INFILE '{blocks.path}' SETTINGS {settings} FORMAT Native")

    def columns_of_query(self, sql: str) -> list[tuple[str, str]]:
        """Names and types of a query's result, without running it; also while a result is being streamed."""
        if self._twin is None:
            # Any other statement on the connection of an open stream would end the stream.
            self._twin = self._connect()
            for change in self._state.values():
                self._twin.query(change, "Null", params={})
        return [(name, kind) for name, kind, *_ in _lines(self._twin, f"DESCRIBE ({sql}\n)")]

    def columns_of_insert(self, statement: Statement) -> list[tuple[str, str]]:
        """Names and types of the columns that an INSERT's blocks must have, in its order."""
        kinds = {
            name: (kind, default) for name, kind, default, *_ in _lines(self._connection, f"DESCRIBE TABLE {statement.table}")
        }
        if statement.columns is None:
            computed = {"MATERIALIZED", "ALIAS", "EPHEMERAL"}
            return [(name, kind) for name, (kind, default) in kinds.items() if default not in computed]
        for name in statement.columns:
            if name not in kinds:
                message = f"DB::Exception: No such column {name} in table {statement.table}. (NO_SUCH_COLUMN_IN_TABLE)"
                raise EngineError(_NO_SUCH_COLUMN, message)
        return [(name, kinds[name][0]) for name in statement.columns]


def _lines(connection: Any, sql: str) -> list[list[str]]:
    try:
        found = connection.query(sql, "JSONCompactStringsEachRow", params={}).bytes()
    except RuntimeError as error:
        raise EngineError.of(error) from None
    return [_DECODER.decode(line) for line in found.splitlines()]


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
