"""The outbox: one table of the court's own database, written in the same transaction as the business data.

A row says by its own `state` whether it was sent. There is no mark "sent up to here": of two transactions the one with the
lower id may commit later, and a mark would pass over it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    create_engine,
    func,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects import mysql, oracle, postgresql, sqlite
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from contract.topics import MAX_BATCH_BYTES
from producers.relay.errors import OutboxError

NEW, SENT, REFUSED = "new", "sent", "refused"
DIALECTS: Final[Mapping[str, type[Dialect]]] = {
    "postgresql": postgresql.dialect,
    "sqlite": sqlite.dialect,
    "mysql": mysql.dialect,
    "oracle": oracle.dialect,
}
_BATCH_BYTES = MAX_BATCH_BYTES // 2
_MAX_REASON = 2_000


class Row(msgspec.Struct, frozen=True):
    """One event that waits: its id in the table, and its JSON as it stands there."""

    id: int
    event: bytes


class Backlog(msgspec.Struct, frozen=True):
    """How many rows wait, and since when the oldest of them."""

    waiting: int
    oldest: datetime | None


def layout(name: str) -> Table:
    """The layout of an outbox; ``name`` may have a schema before it, ``court.outbox``."""
    schema, _, bare = name.rpartition(".")
    table = Table(
        bare,
        MetaData(),
        # The variants: SQLite numbers only INTEGER by itself; MySQL's TEXT ends at 64 KiB.
        Column("id", BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True),
        Column("event", Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.current_timestamp()),
        Column("state", String(8), nullable=False, server_default=NEW),
        Column("done_at", DateTime(timezone=True)),
        Column("reason", String(_MAX_REASON)),
        CheckConstraint(f"state IN ('{NEW}', '{SENT}', '{REFUSED}')", name=f"{bare}_state"),
        schema=schema or None,
    )
    waiting = text(f"state <> '{SENT}'")
    Index(f"{bare}_waiting", table.c.state, table.c.id, postgresql_where=waiting, sqlite_where=waiting)
    return table


def ddl(name: str, dialect: str) -> str:
    """The statements that create an outbox in a database of the given kind (one of `DIALECTS`)."""
    table, kind = layout(name), DIALECTS[dialect]()
    parts: list[DDLElement] = [CreateTable(table), *(CreateIndex(index) for index in table.indexes)]
    texts = [str(part.compile(dialect=kind)).strip() + ";" for part in parts]
    return "".join(line.rstrip().expandtabs(2) + "\n" for text_ in texts for line in text_.splitlines())


class Outbox:
    """The outbox of one database.

    Args:
        engine: The database.
        name: The table.

    Raises:
        OutboxError: It has no such table, or one without the columns.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._table = layout(name)
        self._check(name)

    def waiting(self, limit: int) -> list[Row]:
        """The rows that wait, in the order of their ids, as many as fit in a batch; the rest comes next time."""
        table = self._table
        query = select(table.c.id, table.c.event).where(table.c.state == NEW).order_by(table.c.id).limit(limit)
        rows: list[Row] = []
        size = 0
        with self._engine.connect().execution_options(stream_results=True) as connection:
            for number, event in connection.execute(query):
                raw = event.encode()
                size += len(raw)
                if rows and size > _BATCH_BYTES:
                    break
                rows.append(Row(number, raw))
        return rows

    def done(self, sent: Sequence[int], refused: Mapping[int, str]) -> None:
        """Mark rows: those that the log has, and those that were refused, with the reason; in one transaction."""
        table, now = self._table, datetime.now(UTC)
        mark = update(table).where(table.c.id == bindparam("number"), table.c.state == NEW)
        marks = [{"number": number, "was": SENT, "why": None} for number in sent]
        marks += [{"number": number, "was": REFUSED, "why": _stored(why)} for number, why in refused.items()]
        with self._engine.begin() as connection:
            connection.execute(mark.values(state=bindparam("was"), reason=bindparam("why"), done_at=now), marks)

    def backlog(self) -> Backlog:
        """What waits now."""
        table = self._table
        query = select(func.count(), func.min(table.c.created_at)).where(table.c.state == NEW)
        with self._engine.connect() as connection:
            count, oldest = connection.execute(query).one()
        if oldest is not None and oldest.tzinfo is None:
            oldest = oldest.replace(tzinfo=UTC)  # SQLite keeps no zone; CURRENT_TIMESTAMP there is UTC
        return Backlog(count, oldest)

    def _check(self, name: str) -> None:
        table = self._table
        inspector = inspect(self._engine)
        if not inspector.has_table(table.name, schema=table.schema):
            raise OutboxError(f"the database has no table {name}; make it with what `yipanqi relay ddl` prints")
        there = {column["name"].lower() for column in inspector.get_columns(table.name, schema=table.schema)}
        if missing := {column.name for column in table.columns} - there:
            raise OutboxError(f"{name} lacks {', '.join(sorted(missing))}; `yipanqi relay ddl` prints the layout")


def _stored(reason: str) -> str:
    """A reason as every database takes it: PostgreSQL has no NUL in a text, and a field of an event may be called so."""
    return reason.replace("\0", r"\u0000")[:_MAX_REASON]


def open_database(url: str) -> Engine:
    """Connect to a database by its SQLAlchemy URL; a connection that died is replaced by itself.

    Raises:
        OutboxError: The URL can't be read, or the driver for it isn't installed. It isn't repeated: it may hold a password.
    """
    try:
        return create_engine(url, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError):
        text_ = "the file holds no database URL such as postgresql+psycopg://user:password@host:5432/name"
        raise OutboxError(text_) from None
    except ImportError as error:
        raise OutboxError(f"the driver of this database is not installed: {error}; install it beside yipanqi") from None
