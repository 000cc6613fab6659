"""A query's result as the packets that carry it."""

from collections.abc import Generator, Iterator
from contextlib import closing

from infra.clickhouse.front import wire
from infra.clickhouse.front.native import UnsupportedType, walk_block
from infra.clickhouse.front.session import Session
from infra.clickhouse.front.statement import Statement


class Results:
    """The packets of a streamed result: a header without rows, then one block after the other."""

    def __init__(self, session: Session, statement: Statement) -> None:
        self._session = session
        self._sql = statement.sql
        self._zoned: dict[int, str] = {}
        self._rows = self._blocks = self._bytes = 0

    def packets(self) -> Generator[bytes]:
        """Run the query and yield its packets; closing the generator cancels the query."""
        with closing(self._session.stream(self._sql)) as stream:
            for rows, chunk in stream:
                if not self._blocks:
                    yield wire.header_block(self._columns(chunk))
                self._rows, self._blocks, self._bytes = self._rows + rows, self._blocks + 1, self._bytes + len(chunk)
                yield wire.DATA_PREFIX + (_with_kinds(chunk, self._zoned) if self._zoned else chunk)
            if not self._blocks:
                yield wire.header_block(self._session.columns_of_query(self._sql))

    def profile(self) -> bytes:
        """What was sent, for the client's statistics; to be sent after the last packet."""
        return wire.profile(self._rows, self._blocks, self._bytes)

    def _columns(self, chunk: bytes) -> list[tuple[str, str]]:
        """Names and types, as a server tells them.

        The Native format drops the zone of a DateTime('UTC') column (for clients of before 2017, which it takes us for),
        so where there is one the types come from the analysis of the query and are put back into every block.
        """
        try:
            columns = columns_of_block(chunk)
        except UnsupportedType:
            return self._session.columns_of_query(self._sql)
        if any(kind == "DateTime" for _, kind in columns):
            told = self._session.columns_of_query(self._sql)
            self._zoned = {
                index: kind for index, (_, kind) in enumerate(told) if kind != "DateTime" and columns[index][1] == "DateTime"
            }
            columns = [(name, self._zoned.get(index, kind)) for index, (name, kind) in enumerate(columns)]
        return columns


def _with_kinds(chunk: bytes, kinds: dict[int, str]) -> bytes:
    """The block with the types of some columns replaced."""
    spans = walk_block(wire.BytesReader(chunk)).kind_spans
    pieces, done = [], 0
    for index, kind in kinds.items():
        start, end = spans[index]
        pieces += [chunk[done:start], wire.text(kind)]
        done = end
    return b"".join((*pieces, chunk[done:]))


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
