"""Ends queries that nobody waits for any more."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from infra.clickhouse.front.engine import Engine
from infra.clickhouse.front.wire import CANCEL

# A query shorter than this is never looked at; a longer one is ended within twice this time.
_ROUND_S: Final = 0.25


def peek(sock: socket.socket) -> bytes | None:
    """The first byte that waits in the socket; empty when the peer has gone, None when it is silent."""
    try:
        return sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None
    except OSError:
        return b""


class Guard:
    """Looks at the clients of long queries while their own threads are inside the engine.

    A client that has gone, or sends a cancel, ends its query, as on a ClickHouse server; otherwise pages that gave up
    waiting would pile their queries up.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._busy: dict[str, socket.socket] = {}
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="guard", daemon=True).start()

    @contextmanager
    def watching(self, sock: socket.socket, tag: str) -> Generator[None]:
        """Guard the query that runs in this block under the session's tag."""
        with self._changed:
            self._busy[tag] = sock
            self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                del self._busy[tag]

    def _run(self) -> None:
        before: dict[str, socket.socket] = {}
        pause = threading.Event()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._busy)
                now = dict(self._busy)
            for tag in before.keys() & now.keys():
                if peek(now[tag]) in {b"", bytes([CANCEL])}:
                    self._engine.kill(tag)
            before = now
            pause.wait(_ROUND_S)
