"""A query's result as the packets that carry it."""

from collections.abc import Generator, Iterator
from contextlib import closing

from infra.clickhouse.front import wire
from infra.clickhouse.front.engine import Session
from infra.clickhouse.front.native import UnsupportedType, walk_block
from infra.clickhouse.front.statement import Statement


class Results:
    """Iterates over the packets of a streamed result: a header without rows, then one block after the other."""

    def __init__(self, session: Session, statement: Statement) -> None:
        self._session = session
        self._sql = statement.sql
        self._rows = self._blocks = self._bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        with closing(self._session.stream(self._sql)) as stream:
            yield from self._packets(stream)

    def profile(self) -> bytes:
        """What was sent, for the client's statistics; to be sent after the last packet."""
        return wire.profile(self._rows, self._blocks, self._bytes)

    def _packets(self, stream: Generator[tuple[int, bytes]]) -> Iterator[bytes]:
        for rows, chunk in stream:
            if not self._blocks:
                yield wire.header_block(self._columns(chunk))
            self._rows, self._blocks, self._bytes = self._rows + rows, self._blocks + 1, self._bytes + len(chunk)
            yield wire.DATA_PREFIX + chunk
        if not self._blocks:
            yield wire.header_block(self._session.columns_of_query(self._sql))

    def _columns(self, chunk: bytes) -> list[tuple[str, str]]:
        try:
            return columns_of_block(chunk)
        except UnsupportedType:
            return self._session.columns_of_query(self._sql)


def columns_of_block(block: bytes) -> list[tuple[str, str]]:
    """Names and types of a Native block's columns. Raises UnsupportedType."""
    return walk_block(wire.BytesReader(block)).columns


def split_blocks(native: bytes) -> Iterator[bytes]:
    """Cut Native bytes into their blocks. Raises UnsupportedType."""
    reader = wire.BytesReader(native)
    while not reader.done:
        start = reader.position
        walk_block(reader)
        yield native[start : reader.position]
