"""Files that are made while they are sent: none lies on a disk or whole in memory; a reader who goes leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import suppress
from threading import Lock
from typing import Any, Final
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from dashboards.problems import problem

AT_ONCE: Final = 4
"""Each keeps a query of the warehouse open for as long as its reader reads."""
LONGEST_S: Final = 3600.0
"""A reader who stopped reading doesn't keep a place for ever."""
RETRY_S: Final = 30


class Downloads:
    """The downloads of a process, a few at once.

    Args:
        longest_s: After so long one is cut off; the reader sees that it isn't whole.
    """

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._open = 0

    async def send(self, chunks: Generator[bytes, None, Any], *, file: str, media_type: str) -> Response:
        """Answer with what a generator yields, as it yields it; it is closed when all is sent or the reader is gone.

        What it raises before its first chunk is raised here. What it raises later cuts the answer off, which readers notice.

        Args:
            chunks: Makes the file; runs in threads, never in two at once.
            file: How the reader's side shall call it.
            media_type: What it is.
        """
        if self._open >= AT_ONCE:
            busy = problem(503, f"{AT_ONCE} downloads are under way; ask again in {RETRY_S} seconds")
            busy.headers["Retry-After"] = str(RETRY_S)
            return busy
        self._open += 1
        source = _Source(chunks)
        try:
            first = await asyncio.to_thread(source.next)
        except BaseException:
            self._end(source)
            raise
        headers = {"Content-Disposition": attachment(file)}
        return _Download(self, source, first, self._longest_s, headers=headers, media_type=media_type)

    def _end(self, source: "_Source") -> None:
        self._open -= 1
        asyncio.get_running_loop().run_in_executor(None, source.close)  # a chunk may still be in the making: not waited for


class _Source:
    """A generator that one thread at a time draws on, and that may be closed meanwhile."""

    def __init__(self, chunks: Generator[bytes, None, Any]) -> None:
        self._chunks = chunks
        self._lock = Lock()

    def next(self) -> bytes | None:
        """The next chunk; None after the last one."""
        with self._lock:
            return next(self._chunks, None)

    def close(self) -> None:
        """Let go of everything that it holds."""
        with self._lock, suppress(Exception):  # its reader is gone: nobody is there to be told
            self._chunks.close()


class _Download(StreamingResponse):
    """An answer that gives its place back however it ends."""

    def __init__(
        self,
        downloads: Downloads,
        source: _Source,
        first: bytes | None,
        longest_s: float,
        *,
        headers: dict[str, str],
        media_type: str,
    ) -> None:
        super().__init__(_chunks(source, first), headers=headers, media_type=media_type)
        self._downloads = downloads
        self._source = source
        self._longest_s = longest_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            async with asyncio.timeout(self._longest_s):
                await super().__call__(scope, receive, send)
        finally:
            self._downloads._end(self._source)  # noqa: SLF001  # the two are one piece


async def _chunks(source: _Source, first: bytes | None) -> AsyncIterator[bytes]:
    chunk = first
    while chunk is not None:
        yield chunk
        chunk = await asyncio.to_thread(source.next)


def attachment(file: str) -> str:
    """The header that gives a download its name."""
    return f"attachment; filename*=UTF-8''{quote(file)}"
