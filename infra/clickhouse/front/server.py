"""The embedded ClickHouse front: listens on loopback and gives each client a thread and a session."""

import logging
import os
import selectors
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Final

from infra.clickhouse.front.connection import Connection
from infra.clickhouse.front.engine import Engine
from infra.clickhouse.front.errors import FrontError
from infra.clickhouse.front.guard import Guard

logger = logging.getLogger(__name__)

# Running statements get this long after SIGTERM; the whole stop must take less than 3 s.
_GRACE_S: Final = 2.0


def serve(data: Path, port: int) -> None:
    """Serve the data folder on 127.0.0.1:`port` (0: any free one) until SIGTERM or SIGINT; must run in the main thread.

    Prints one line when ready. Raises FrontError when the port or the folder is taken.
    """
    listener = _listen(port)
    engine = Engine(data)
    # The engine brings handlers of its own, so ours come after it.
    wake, woken = socket.socketpair()
    woken.settimeout(0)
    signal.set_wakeup_fd(woken.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    version = ".".join(str(part) for part in engine.version)
    print(f"clickhouse-front ready on 127.0.0.1:{listener.getsockname()[1]}, engine {version}, data {data}", flush=True)
    clients = Clients(engine)
    try:
        _accept(listener, wake, clients)
    finally:
        listener.close()
        clean = clients.stop(_GRACE_S)
    if clean:
        engine.close()
    logger.info("stopped%s", "" if clean else " in the middle of a statement")
    sys.stdout.flush()
    if not clean:
        # A statement is still running inside the engine, which cannot be left otherwise; the data survives any kill.
        os._exit(0)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        raise FrontError(f"port {port} on 127.0.0.1 is taken ({error.strerror}); choose another --port") from error
    listener.listen(128)
    return listener


def _accept(listener: socket.socket, wake: socket.socket, clients: "Clients") -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(wake, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if wake in ready:
                return
            clients.add(listener.accept()[0])


class Clients:
    """The connections that are open, a thread for each."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._guard = Guard(engine)
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, socket.socket] = {}

    def add(self, sock: socket.socket) -> None:
        """Serve a new client."""
        thread = threading.Thread(target=self._serve, args=(sock,), name=f"client-{sock.fileno()}", daemon=True)
        with self._lock:
            self._open[thread] = sock
        thread.start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            Connection(sock, self._engine, self._guard).serve()
        except Exception:
            logger.exception("a connection failed")
        finally:
            sock.close()
            with self._lock:
                self._open.pop(threading.current_thread(), None)

    def stop(self, grace_s: float) -> bool:
        """Close what is idle, wait `grace_s` for what is running; true when nothing is left."""
        with self._lock:
            left = dict(self._open)
        for sock in left.values():
            try:
                # Whoever waits for a packet wakes up; whoever is answering may finish.
                sock.shutdown(socket.SHUT_RD)
            except OSError:
                continue
        until = time.monotonic() + grace_s
        for thread in left:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in left)
