"""The one owner of clickhouse-driver: typed, one connection for each thread, none shared, none reused once broken."""

import logging
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, Self

from clickhouse_driver import Client
from clickhouse_driver import errors as driver

from infra.clickhouse.errors import BadValues, Refused, Unavailable
from infra.clickhouse.values import Conversion, columns_to_send, conversions, convert_row, parameters, zone

Settings = Mapping[str, str | int | float]

# What the server says when it is busy, full, or starting, not when the statement is wrong.
_RETRYABLE: Final = frozenset(
    {
        159,  # TIMEOUT_EXCEEDED
        202,  # TOO_MANY_SIMULTANEOUS_QUERIES
        209,  # SOCKET_TIMEOUT
        210,  # NETWORK_ERROR
        236,  # ABORTED
        241,  # MEMORY_LIMIT_EXCEEDED
        242,  # TABLE_IS_READ_ONLY
        243,  # NOT_ENOUGH_SPACE
        252,  # TOO_MANY_PARTS
        319,  # UNKNOWN_STATUS_OF_INSERT
        473,  # DEADLOCK_AVOIDED
        999,  # KEEPER_EXCEPTION
    },
)

# The driver logs a warning with a traceback for every failed connection; we raise Unavailable instead.
logging.getLogger("clickhouse_driver.connection").setLevel(logging.ERROR)


class ClickHouse:
    """A ClickHouse server, or the embedded front. Thread-safe: every thread has a connection of its own.

    Times go in and come out aware, a naive one is refused; FixedString columns come out as bytes. Parameters are written
    `%(name)s` in the SQL (and a literal percent sign `%%`, only where there are parameters).
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 19000,
        *,
        database: str = "",
        user: str = "default",
        password: str = "",
        connect_timeout_s: float = 5.0,
        timeout_s: float = 60.0,
        settings: Settings | None = None,
    ) -> None:
        self.host, self.port, self.database = host, port, database
        self._options: dict[str, Any] = {
            "port": port,
            "database": database,
            "user": user,
            "password": password,
            "connect_timeout": connect_timeout_s,
            "send_receive_timeout": timeout_s,
            "settings": dict(settings or {}),
        }
        self._local = threading.local()
        self._lock = threading.Lock()
        self._clients: set[Any] = set()

    def under(self, settings: Settings) -> "ClickHouse":
        """Another client of the same server and database, all of whose statements run under these settings too."""
        given = self._options
        return ClickHouse(
            self.host,
            self.port,
            database=self.database,
            user=given["user"],
            password=given["password"],
            connect_timeout_s=given["connect_timeout"],
            timeout_s=given["send_receive_timeout"],
            settings={**given["settings"], **settings},
        )

    def __repr__(self) -> str:
        return f"ClickHouse({self.host}:{self.port}/{self.database})"

    def execute(self, sql: str, params: Mapping[str, Any] | None = None, *, settings: Settings | None = None) -> None:
        """Run a statement for its effect."""
        self.query_rows(sql, params, settings=settings)

    def query_rows(
        self, sql: str, params: Mapping[str, Any] | None = None, *, settings: Settings | None = None
    ) -> list[tuple[Any, ...]]:
        """Run a query and return its rows, all in memory."""
        with self._thread_client() as client:
            rows, columns = client.execute(sql, _sent(params), with_column_types=True, settings=_dict(settings))
            wanted = _conversions(client, columns)
            return [convert_row(row, wanted) for row in rows] if wanted else list(rows)

    def query_columns(
        self, sql: str, params: Mapping[str, Any] | None = None, *, settings: Settings | None = None
    ) -> dict[str, Sequence[Any]]:
        """Run a query and return its columns by name; a result without rows has its columns, empty."""
        with self._thread_client() as client:
            values, columns = client.execute(
                sql, _sent(params), with_column_types=True, columnar=True, settings=_dict(settings)
            )
            found: dict[str, Sequence[Any]] = {name: values[index] if values else () for index, (name, _) in enumerate(columns)}
            for index, conversion in _conversions(client, columns).items():
                name = columns[index][0]
                found[name] = [conversion(value) for value in found[name]]
            return found

    def iter(
        self, sql: str, params: Mapping[str, Any] | None = None, *, settings: Settings | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query as they come, in bounded memory, over a connection of its own.

        Close the iterator when leaving it early: that cancels the query.
        """
        client = self._new()
        try:
            with self._errors():
                rows = client.execute_iter(sql, _sent(params), with_column_types=True, settings=_dict(settings))
                columns: list[tuple[str, str]] = next(rows, [])
                wanted = _conversions(client, columns)
                for row in rows:
                    yield convert_row(row, wanted) if wanted else row
        finally:
            self._drop(client)

    def insert_columns(
        self,
        table: str,
        columns: Mapping[str, Sequence[Any]],
        *,
        settings: Settings | None = None,
    ) -> int:
        """Insert columns of equal length and return the number of rows.

        After Unavailable it isn't known whether the rows are there: insert them again, where rows of equal identity replace
        each other.
        """
        rows, values = columns_to_send(columns)
        if not rows:
            return 0
        names = ", ".join(f"`{name}`" for name in columns)
        with self._thread_client() as client:
            try:
                client.execute(f"INSERT INTO {table} ({names}) VALUES", values, columnar=True, settings=settings)
            except (ValueError, TypeError, AttributeError) as error:
                raise BadValues(f"values for {table} do not fit its columns: {error}") from error
        return rows

    def ping(self) -> bool:
        """Whether the server answers."""
        try:
            return self.query_rows("SELECT 1") == [(1,)]
        except Unavailable:
            return False

    def close(self) -> None:
        """Close the connections of all threads; the object can go on being used."""
        with self._lock:
            clients, self._clients = self._clients, set()
        for client in clients:
            client.disconnect()
        self._local = threading.local()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _new(self) -> Any:
        client = Client(self.host, **self._options)
        with self._lock:
            self._clients.add(client)
        return client

    def _drop(self, client: Any) -> None:
        with self._lock:
            self._clients.discard(client)
        client.disconnect()

    @contextmanager
    def _thread_client(self) -> Generator[Any]:
        """This thread's connection; thrown away after anything but success."""
        local = self._local
        client = getattr(local, "client", None)
        if client is None:
            client = local.client = self._new()
        try:
            with self._errors():
                yield client
        except BaseException:
            local.client = None
            self._drop(client)
            raise

    @contextmanager
    def _errors(self) -> Generator[None]:
        where = f"ClickHouse at {self.host}:{self.port}"
        try:
            yield
        except driver.ServerException as error:
            message = error.message.partition(". Stack trace:")[0]
            if error.code in _RETRYABLE:
                raise Unavailable(f"{where}: {message}", error.code) from error
            raise Refused(message, error.code) from error
        except driver.TypeMismatchError as error:
            raise BadValues(error.message) from error
        except (driver.Error, OSError, EOFError) as error:
            raise Unavailable(f"{where} does not answer: {error or type(error).__name__}") from error


def _sent(params: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if params is None else parameters(params)


def _dict(settings: Settings | None) -> dict[str, Any] | None:
    return None if settings is None else dict(settings)


def _conversions(client: Any, columns: Sequence[tuple[str, str]]) -> dict[int, Conversion]:
    server = client.connection.server_info
    return conversions([kind for _, kind in columns], lambda: zone(server.get_timezone()))
