"""Ask a broker whether it is ready, with one request written by hand.

A start-up must not wait for a client library to be imported, and a client that connects too early backs off for longer than the
broker takes to come up.
"""

import socket
import struct

_METADATA = 3
_VERSION = 1
_CORRELATION = 7


def is_ready(host: str, port: int, timeout_s: float = 1.0) -> bool:
    """Whether the broker answers a Metadata request and counts itself among the live brokers."""
    try:
        with socket.create_connection((host, port), timeout_s) as connection:
            connection.settimeout(timeout_s)
            client = b"yipanqi-probe"
            head = struct.pack(">hhih", _METADATA, _VERSION, _CORRELATION, len(client)) + client
            body = head + struct.pack(">i", 0)  # no topic: only brokers and controller
            connection.sendall(struct.pack(">i", len(body)) + body)
            (length,) = struct.unpack(">i", _read(connection, 4))
            correlation, brokers = struct.unpack_from(">ii", _read(connection, length))
    except (OSError, EOFError, struct.error):
        return False
    return bool(correlation == _CORRELATION and brokers > 0)


def _read(connection: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        chunk = connection.recv(length - len(data))
        if not chunk:
            raise EOFError
        data += chunk
    return bytes(data)
