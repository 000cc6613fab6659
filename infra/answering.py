"""The little web server of a process that has no other: a few paths, each answered at once, from a thread beside the work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple

_POLL_S = 0.1  # how long the end of the server may take


class Answer(NamedTuple):
    """What a path is answered with."""

    status: HTTPStatus
    kind: str
    body: bytes


@contextmanager
def answering(host: str, port: int, answer: Callable[[str], Answer | None], paths: str) -> Iterator[None]:
    """Answer GET while the block runs.

    Args:
        host: Address to listen on.
        port: Its port.
        answer: Path → answer; None = not found.
        paths: What is said then: the paths that there are.
    """
    missing = Answer(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", f"{paths}\n".encode())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answer(self.path) or missing
            self.send_response(found.status)
            self.send_header("Content-Type", found.kind)
            self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            self.wfile.write(found.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name is http.server's)
            """Probes every few seconds are no news."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(_POLL_S,), name=f"answering {paths}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
