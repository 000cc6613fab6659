"""Local servers that answer as the providers' real ones do: an error code in a 200 body, throttling, silence."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest


class Taken(NamedTuple):
    """A request that the server took."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Its body."""
        return json.loads(self.body)


class Answer(NamedTuple):
    """What the server answers; ``silent``: it hangs up instead."""

    body: bytes = b"{}"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    silent: bool = False


class Provider:
    """A server on loopback that answers one thing after another, the last one for ever."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.answers: list[Answer] = [Answer()]
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                owner.taken.append(Taken(self.path, dict(self.headers), self.rfile.read(length)))
                answer = owner.answers.pop(0) if len(owner.answers) > 1 else owner.answers[0]
                if answer.silent:
                    self.connection.close()
                    return
                self.send_response(answer.status)
                for name, value in (*answer.headers, ("Content-Length", str(len(answer.body)))):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def says(self, *answers: Answer | dict[str, Any]) -> None:
        """Answer with these in turn."""
        self.answers = [one if isinstance(one, Answer) else Answer(json.dumps(one).encode()) for one in answers]

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider's server."""
    server = Provider()
    yield server
    server.close()


@pytest.fixture
def answer() -> Callable[..., Answer]:
    """Make an answer that is not a plain 200."""
    return Answer
