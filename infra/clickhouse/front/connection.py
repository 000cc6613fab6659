"""One client of the front: its packets in, the engine's answers out."""

import logging
import socket
from contextlib import closing
from typing import Final

from infra.clickhouse.front import wire
from infra.clickhouse.front.engine import Engine
from infra.clickhouse.front.errors import EngineError
from infra.clickhouse.front.guard import Guard, peek
from infra.clickhouse.front.native import UnsupportedType, walk_block
from infra.clickhouse.front.results import Results, columns_of_block, split_blocks
from infra.clickhouse.front.session import Session, Setting
from infra.clickhouse.front.spool import Spool
from infra.clickhouse.front.statement import Kind, Statement, parse

logger = logging.getLogger(__name__)

_NOT_IMPLEMENTED: Final = 48
_CANCELLED: Final = 394
# The first kind of client information is "none": nothing follows it.
_NO_QUERY: Final = 0
# An empty block: no columns, no rows. It ends what the client sends.
_EMPTY: Final = 2


class ClientGone(Exception):
    """The client closed its end while we were answering; there is nobody to tell."""


class Cancelled(Exception):
    """The client asked for the end of its query."""


class Connection:
    """Serves one socket until its client leaves."""

    def __init__(self, sock: socket.socket, engine: Engine, guard: Guard) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = sock
        self._engine = engine
        self._guard = guard
        self._reader = wire.SocketReader(sock)

    def serve(self) -> None:
        """Greet and answer queries one after the other; returns when the client has gone or talks nonsense."""
        session = self._engine.session()
        try:
            if self._greet(session):
                while self._packet(session):
                    pass
        except (EOFError, OSError, ClientGone):
            logger.debug("a client left")
        except wire.ProtocolError as error:
            logger.warning("a client was dropped: %s", error)
        finally:
            session.close()
            self._sock.close()

    def _greet(self, session: Session) -> bool:
        reader = self._reader
        if wire.read_varint(reader) != wire.HELLO:
            raise wire.ProtocolError("the first packet is no hello")
        wire.read_text(reader)
        for _ in range(3):
            wire.read_varint(reader)
        database, _user, _password = (wire.read_text(reader) for _ in range(3))
        try:
            if database:
                session.use(database)
        except EngineError as error:
            self._sock.sendall(wire.exception(error.code, error.message))
            return False
        self._sock.sendall(wire.server_hello(self._engine.version))
        return True

    def _packet(self, session: Session) -> bool:
        """Answer the next packet; false when the connection must end."""
        kind = wire.read_varint(self._reader)
        if kind == wire.PING:
            self._sock.sendall(wire.PONG)
        elif kind == wire.QUERY:
            return self._query(session)
        elif kind != wire.CANCEL:  # a cancel that comes after the last byte of its result
            raise wire.ProtocolError(f"unexpected packet {kind}")
        return True

    def _query(self, session: Session) -> bool:
        settings, compressed, sql = self._read_query()
        try:
            if compressed:
                self._refuse("The embedded front speaks without compression")
            self._read_no_external_tables()
            session.apply(settings)
            self._run(session, parse(sql))
        except Cancelled:
            self._sock.sendall(wire.END_OF_STREAM)
        except UnsupportedType as error:
            self._sock.sendall(wire.exception(_NOT_IMPLEMENTED, f"DB::Exception: No way to send a {error}. (NOT_IMPLEMENTED)"))
        except EngineError as error:
            if error.code == _CANCELLED and self._cancelled():
                self._sock.sendall(wire.END_OF_STREAM)
                return True
            self._sock.sendall(wire.exception(error.code, error.message))
            # Blocks that we don't understand may be on their way: the driver reconnects by itself.
            return error.code != _NOT_IMPLEMENTED
        return True

    def _read_query(self) -> tuple[dict[str, Setting], bool, str]:
        reader = self._reader
        wire.read_text(reader)  # query id
        if reader.read(1)[0] != _NO_QUERY:
            for _ in range(3):
                wire.read_text(reader)  # initial user, query id, address
            reader.read(1)  # interface
            for _ in range(3):
                wire.read_text(reader)  # system user, host, client name
            for _ in range(3):
                wire.read_varint(reader)  # version and revision
            wire.read_text(reader)  # quota key
            wire.read_varint(reader)  # patch
        settings = {}
        while name := wire.read_text(reader):
            flags = reader.read(1)[0]
            settings[name] = Setting(wire.read_text(reader), flags)
        wire.read_varint(reader)  # stage
        compressed = bool(wire.read_varint(reader))
        return settings, compressed, wire.read_text(reader)

    def _read_no_external_tables(self) -> None:
        if len(self._read_block()) > _EMPTY:
            self._refuse("The embedded front takes no external tables")

    def _read_block(self) -> bytearray:
        """The Native bytes of the next Data packet."""
        reader = self._reader
        if wire.read_varint(reader) != wire.DATA:
            raise wire.ProtocolError("expected a data packet")
        wire.read_text(reader)
        wire.read_block_info(reader)
        reader.start_copy()
        try:
            walk_block(reader)
        except UnsupportedType as error:
            self._refuse(f"Blocks with a column of type {error} are not supported")
        return reader.take_copy()

    def _refuse(self, why: str) -> None:
        raise EngineError(_NOT_IMPLEMENTED, f"DB::Exception: {why}. (NOT_IMPLEMENTED)")

    def _run(self, session: Session, statement: Statement) -> None:
        if statement.kind is Kind.INSERT:
            self._insert(session, statement)
        elif statement.kind is Kind.ROWS:
            with self._guard.watching(self._sock, session.tag):
                self._stream(session, statement)
        elif statement.kind is Kind.SESSION:
            session.change("USE" if statement.sql[:3].upper() == "USE" else statement.sql, statement.sql)
        else:
            for number, block in enumerate(split_blocks(session.plain(statement.sql))):
                header = wire.header_block(columns_of_block(block)) if not number else b""
                self._sock.sendall(header + wire.DATA_PREFIX + block)
        self._sock.sendall(wire.END_OF_STREAM)

    def _insert(self, session: Session, statement: Statement) -> None:
        """All blocks are here before the engine sees the first: a client that dies on the way leaves nothing."""
        self._sock.sendall(wire.header_block(session.columns_of_insert(statement)))
        with Spool() as blocks:
            rows = False
            while len(block := self._read_block()) > _EMPTY:
                blocks.write(block)
                rows = True
            if rows:
                session.insert(statement, blocks)

    def _stream(self, session: Session, statement: Statement) -> None:
        results = Results(session, statement)
        # Closed here and not by the garbage collector: it must not outlive the session.
        with closing(results.packets()) as packets:
            for packet in packets:
                self._watch()
                self._sock.sendall(packet)
        self._sock.sendall(results.profile())

    def _watch(self) -> None:
        """Between two blocks: has the client cancelled, or gone?"""
        if self._cancelled():
            raise Cancelled

    def _cancelled(self) -> bool:
        """Whether the client asks for the end of its query; takes the request off the stream."""
        said = self._reader.pending or peek(self._sock)
        if said is None:
            return False
        if not said:
            raise ClientGone
        if said[0] != wire.CANCEL:
            raise wire.ProtocolError("a packet in the middle of a result")
        wire.read_varint(self._reader)
        return True
