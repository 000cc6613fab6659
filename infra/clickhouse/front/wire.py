"""Bytes of ClickHouse's native TCP protocol, the server's side, at one old and simple revision.

54429 is the newest revision that keeps blocks plain (no per-column serialization kinds, no inter-server secret) and the
oldest at which settings travel as strings, so that any setting of the engine (say, insert_deduplication_token) arrives.
"""

import socket
import struct
from typing import Final, Protocol

from clickhouse_driver.bufferedreader import BufferedReader
from clickhouse_driver.varint import read_varint as driver_read_varint

REVISION: Final = 54429

# Packets of the client.
HELLO: Final = 0
QUERY: Final = 1
DATA: Final = 2
CANCEL: Final = 3
PING: Final = 4

_SERVER_HELLO: Final = b"\x00"
_SERVER_DATA: Final = b"\x01"
_SERVER_EXCEPTION: Final = b"\x02"
_SERVER_PROGRESS: Final = b"\x03"
_SERVER_PROFILE: Final = b"\x06"
PONG: Final = b"\x04"
END_OF_STREAM: Final = b"\x05"

# Field 1: no overflow row; field 2: bucket -1; 0: end.
_BLOCK_INFO: Final = b"\x01\x00\x02\xff\xff\xff\xff\x00"

# What precedes the Native bytes of a block: the packet, an empty table name, the block's info.
DATA_PREFIX: Final = _SERVER_DATA + b"\x00" + _BLOCK_INFO

# A length that no honest client sends; it stops a stray HTTP request from making us wait for gigabytes.
_MAX_STRING: Final = 1 << 29

_INT32: Final = struct.Struct("<i")


class ProtocolError(Exception):
    """The peer doesn't speak the protocol; the connection ends."""


class Reader(Protocol):
    """What block walking needs: the driver's compiled reader, or ours over bytes."""

    position: int
    current_buffer_size: int
    buffer: bytearray

    def read(self, size: int) -> bytes:
        """Return exactly `size` bytes."""

    def read_strings(self, count: int) -> object:
        """Read `count` strings, each a length and its bytes."""


class SocketReader(BufferedReader):  # type: ignore[misc]  # the driver is compiled and ships no types
    """The driver's fast reader over a server socket, able to keep a copy of the raw bytes it consumed."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._copy: bytearray | None = None
        super().__init__(1 << 20)

    def read_into_buffer(self) -> None:
        """Refill the buffer; called by the compiled reader. Raises EOFError when the peer has gone."""
        received = self._sock.recv_into(self.buffer)
        if not received:
            raise EOFError("the client closed the connection")
        self.current_buffer_size = received
        if self._copy is not None:
            self._copy += memoryview(self.buffer)[:received]

    @property
    def pending(self) -> bytes:
        """Bytes received and not read yet."""
        return bytes(memoryview(self.buffer)[self.position : self.current_buffer_size])

    def start_copy(self) -> None:
        """Keep every byte consumed from here on."""
        self._copy = bytearray(self.pending)

    def take_copy(self) -> bytearray:
        """Stop keeping and return what was consumed since `start_copy`."""
        copy, self._copy = self._copy, None
        assert copy is not None
        ahead = self.current_buffer_size - self.position
        if ahead:
            del copy[-ahead:]
        return copy


class BytesReader(BufferedReader):  # type: ignore[misc]  # the driver is compiled and ships no types
    """The driver's fast reader over bytes that are already here."""

    def __init__(self, data: bytes) -> None:
        super().__init__(1)
        self.buffer = bytearray(data)
        self.current_buffer_size = len(data)

    def read_into_buffer(self) -> None:
        """There is nothing to refill from."""
        raise EOFError("a Native block ends early")

    @property
    def done(self) -> bool:
        """Whether every byte was read."""
        return bool(self.position >= self.current_buffer_size)


def read_varint(reader: Reader) -> int:
    """Read an unsigned LEB128 number."""
    return int(driver_read_varint(reader))


def read_text(reader: Reader) -> str:
    """Read a string of the protocol; ProtocolError when it cannot be one."""
    size = read_varint(reader)
    if size > _MAX_STRING:
        raise ProtocolError(f"a string of {size} bytes")
    try:
        return reader.read(size).decode()
    except UnicodeDecodeError as error:
        raise ProtocolError("text that is not UTF-8") from error


def read_block_info(reader: Reader) -> None:
    """Read and drop the info that precedes a block."""
    while field := read_varint(reader):
        if field not in (1, 2):
            raise ProtocolError(f"unknown field {field} in a block's info")
        reader.read(1 if field == 1 else 4)


def varint(number: int) -> bytes:
    """Encode an unsigned LEB128 number."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def text(value: str) -> bytes:
    """Encode a string with its length."""
    raw = value.encode()
    return varint(len(raw)) + raw


def server_hello(version: tuple[int, int, int]) -> bytes:
    """Greeting: name, version, revision, time zone, display name, patch. The time zone is always UTC."""
    major, minor, patch = version
    return b"".join(
        (
            _SERVER_HELLO,
            text("ClickHouse"),
            varint(major),
            varint(minor),
            varint(REVISION),
            text("UTC"),
            text("yipanqi embedded"),
            varint(patch),
        ),
    )


def exception(code: int, message: str) -> bytes:
    """An exception with ClickHouse's own code; the connection goes on."""
    return _SERVER_EXCEPTION + _INT32.pack(code) + text("DB::Exception") + text(message) + text("") + b"\x00"


def header_block(columns: list[tuple[str, str]]) -> bytes:
    """A block of names and types without rows: what a result begins with, and what an INSERT is answered with."""
    names = b"".join(text(name) + text(kind) for name, kind in columns)
    return DATA_PREFIX + varint(len(columns)) + b"\x00" + names


def profile(rows: int, blocks: int, size: int) -> bytes:
    """Profile of a finished result: rows, blocks, bytes, no limit applied; after it the progress, all read."""
    done = _SERVER_PROFILE + varint(rows) + varint(blocks) + varint(size) + b"\x00\x00\x00"
    return done + _SERVER_PROGRESS + varint(rows) + varint(size) + varint(rows) + b"\x00\x00"
