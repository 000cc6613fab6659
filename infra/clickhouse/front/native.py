"""Walking over blocks in ClickHouse's Native format, without decoding their values.

The protocol gives a block no length, so where it ends is known only by walking over its columns type by type.
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from infra.clickhouse.front.wire import Reader, read_text, read_varint

_FIXED: Final = {
    "Int8": 1, "Int16": 2, "Int32": 4, "Int64": 8, "Int128": 16, "Int256": 32,
    "UInt8": 1, "UInt16": 2, "UInt32": 4, "UInt64": 8, "UInt128": 16, "UInt256": 32,
    "Float32": 4, "Float64": 8, "BFloat16": 2, "Bool": 1, "Nothing": 1,
    "Date": 2, "Date32": 4, "DateTime": 4, "DateTime64": 8, "Time": 4, "Time64": 8,
    "Enum8": 1, "Enum16": 2, "UUID": 16, "IPv4": 4, "IPv6": 16,
    "Decimal32": 4, "Decimal64": 8, "Decimal128": 16, "Decimal256": 32,
}  # fmt: skip

_NAMED_ELEMENT: Final = re.compile(r"^(?:`(?:[^`\\]|\\.)*`|[A-Za-z_]\w*)\s+(?=\S)")
_UINT64: Final = struct.Struct("<Q")
_INDEX_WIDTHS: Final = (1, 2, 4, 8)
_HAS_KEYS: Final = 1 << 9


class UnsupportedType(Exception):
    """A column type that we can't walk over."""


@dataclass(frozen=True)
class Walk:
    """How to pass over a column: `prefix` once for a block, then `data` for its rows."""

    prefix: Callable[[Reader], None]
    data: Callable[[Reader, int], None]


@dataclass(frozen=True)
class Header:
    """Number of rows of a block, its columns as (name, type), and where in the reader's buffer each type is written."""

    rows: int
    columns: list[tuple[str, str]]
    kind_spans: list[tuple[int, int]]


def walk_block(reader: Reader) -> Header:
    """Pass over one block, from its column count to its last byte. Raises UnsupportedType or EOFError."""
    count = read_varint(reader)
    rows = read_varint(reader)
    columns, spans = [], []
    for _ in range(count):
        name, start, kind = read_text(reader), reader.position, read_text(reader)
        columns.append((name, kind))
        spans.append((start, reader.position))
        if rows:
            walk = walk_of(kind)
            walk.prefix(reader)
            walk.data(reader, rows)
    return Header(rows, columns, spans)


@lru_cache(maxsize=1024)
def walk_of(kind: str) -> Walk:
    """Return how to pass over columns of the type `kind`, as ClickHouse writes it."""
    base, _, rest = kind.partition("(")
    arguments = _split(rest[:-1]) if rest else []
    if base in _COMPOSED:
        return _COMPOSED[base](arguments)
    width = _FIXED.get(base)
    if width is None and base.startswith("Interval"):
        width = 8
    if width is None:
        raise UnsupportedType(kind)
    return _fixed(width)


def _split(arguments: str) -> list[str]:
    """Split at the commas outside brackets and quotes."""
    parts, depth, start, quote, position = [], 0, 0, "", 0
    while position < len(arguments):
        char = arguments[position]
        if quote:
            if char == "\\":
                position += 1
            elif char == quote:
                quote = ""
        elif char in "'`":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "," and not depth:
            parts.append(arguments[start:position].strip())
            start = position + 1
        position += 1
    parts.append(arguments[start:].strip())
    return parts


def _no_prefix(_reader: Reader) -> None:
    """Most types have nothing before their rows."""


def _fixed(width: int) -> Walk:
    def data(reader: Reader, rows: int) -> None:
        reader.read(width * rows)

    return Walk(_no_prefix, data)


def _string(_arguments: list[str]) -> Walk:
    def data(reader: Reader, rows: int) -> None:
        reader.read_strings(rows)

    return Walk(_no_prefix, data)


def _decimal(arguments: list[str]) -> Walk:
    digits = int(arguments[0])
    return _fixed(next(width for most, width in ((9, 4), (18, 8), (38, 16), (76, 32)) if digits <= most))


def _nullable(arguments: list[str]) -> Walk:
    inner = walk_of(arguments[0])

    def data(reader: Reader, rows: int) -> None:
        reader.read(rows)
        inner.data(reader, rows)

    return Walk(inner.prefix, data)


def _array(arguments: list[str]) -> Walk:
    inner = walk_of(arguments[0])

    def data(reader: Reader, rows: int) -> None:
        if rows:
            inner.data(reader, _UINT64.unpack(reader.read(8 * rows)[-8:])[0])

    return Walk(inner.prefix, data)


def _tuple(arguments: list[str]) -> Walk:
    elements = [walk_of(_NAMED_ELEMENT.sub("", argument)) for argument in arguments]

    def prefix(reader: Reader) -> None:
        for element in elements:
            element.prefix(reader)

    def data(reader: Reader, rows: int) -> None:
        for element in elements:
            element.data(reader, rows)

    return Walk(prefix, data)


def _array_of_tuples(arguments: list[str]) -> Walk:
    return _array([f"Tuple({', '.join(arguments)})"])


def _low_cardinality(arguments: list[str]) -> Walk:
    """A dictionary and indexes into it; NULL is the dictionary's first entry, so the keys are never nullable."""
    inner = walk_of(arguments[0].removeprefix("Nullable(").removesuffix(")") if _is_nullable(arguments) else arguments[0])

    def prefix(reader: Reader) -> None:
        reader.read(8)

    def data(reader: Reader, rows: int) -> None:
        if not rows:
            return
        flags = _UINT64.unpack(reader.read(8))[0]
        if flags & _HAS_KEYS:
            inner.data(reader, _UINT64.unpack(reader.read(8))[0])
        reader.read(8 + _INDEX_WIDTHS[flags & 0xF] * rows)

    return Walk(prefix, data)


def _is_nullable(arguments: list[str]) -> bool:
    return arguments[0].startswith("Nullable(")


_COMPOSED: Final[dict[str, Callable[[list[str]], Walk]]] = {
    "String": _string,
    "FixedString": lambda arguments: _fixed(int(arguments[0])),
    "Decimal": _decimal,
    "Nullable": _nullable,
    "Array": _array,
    "Tuple": _tuple,
    "Map": _array_of_tuples,
    "Nested": _array_of_tuples,
    "LowCardinality": _low_cardinality,
    "SimpleAggregateFunction": lambda arguments: walk_of(arguments[1]),
}
