"""A file that is made while it is sent: nothing of it on the disk, and readers who break off leave nothing behind."""

import asyncio
import gzip
import socket
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Response

from dashboards.downloads import AT_ONCE, Downloads
from dashboards.exports.xes import Step, xes_chunks
from infra.processes import free_ports

EVENTS = 20_000
AT = datetime(2024, 3, 1, tzinfo=UTC)


class Warehouse:
    """Tells the steps of a case, more than the buffers on the way to a reader hold; ``open``: as many askings are under way."""

    def __init__(self) -> None:
        self.open = 0

    def steps(self) -> Generator[Step]:
        """All of them, in order."""
        self.open += 1
        dice = Random(1)
        try:
            for number in range(EVENTS):
                data = f'{{"text":"{dice.randbytes(400).hex()}"}}'
                at = AT + timedelta(seconds=number)
                yield Step("case", "case", "", "执", "粤01", "/court/粤01/oa", str(number), "x.entry", at, at, "粤01", data)
        finally:
            self.open -= 1


@pytest.fixture
def warehouse() -> Warehouse:
    """What is asked for steps."""
    return Warehouse()


@pytest.fixture
def url(warehouse: Warehouse) -> Iterator[str]:
    """A server that sends their log."""
    app, downloads, port = FastAPI(), Downloads(), free_ports(1)[0]

    @app.get("/log")
    async def log() -> Response:
        chunks = xes_chunks(warehouse.steps(), "log", compressed=True)
        return await downloads.send(chunks, file="粤01.xes.gz", media_type="application/gzip")

    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    _wait(lambda: server.started)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def _wait(until: Any) -> None:
    deadline = time.monotonic() + 60
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_log_that_nobody_reads_to_its_end_leaves_nothing(
    url: str, warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some at once; one more is told to wait; when they broke off no query is left open, and a whole log is whole."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with ExitStack() as stack:
        # The kernel would take all of it for a reader who doesn't read.
        small = httpx.HTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)])
        reader = stack.enter_context(httpx.Client(base_url=url, transport=small, timeout=60))
        begun: list[Iterator[bytes]] = []
        for _ in range(AT_ONCE):
            answer = stack.enter_context(reader.stream("GET", "/log"))
            assert answer.status_code == 200
            assert answer.headers["Content-Disposition"].endswith(".xes.gz")
            begun.append(answer.iter_raw())  # one that is forgotten ends its answer
            assert next(begun[-1]).startswith(b"\x1f\x8b")
        refused = httpx.get(url + "/log", timeout=60)
        assert refused.status_code == 503, len(refused.content)
        assert refused.headers["Retry-After"] == "30"
        assert warehouse.open == AT_ONCE
    _wait(lambda: warehouse.open == 0)
    whole = httpx.get(url + "/log", timeout=60)
    assert whole.status_code == 200
    assert gzip.decompress(whole.content).count(b"</event>") == EVENTS
    assert list(tmp_path.iterdir()) == []


class Made:
    """A file of three chunks, of which the last may fail."""

    def __init__(self, *, fails: int = 9) -> None:
        self.closed = False
        self._fails = fails

    def chunks(self) -> Generator[bytes, None, None]:
        """Three chunks."""
        try:
            for number in range(3):
                if number == self._fails:
                    raise RuntimeError("the warehouse is gone")
                yield b"%d" % number
        finally:
            self.closed = True


@pytest.mark.parametrize(("fails", "stalls", "sent"), [(9, False, b"012"), (2, False, b"01"), (9, True, b"0")])
def test_its_place_is_given_back_however_it_ends(fails: int, stalls: bool, sent: bytes) -> None:  # noqa: FBT001
    """At its end, when its making fails, and when a reader stops reading."""
    made, told = Made(fails=fails), b""

    async def once(downloads: Downloads) -> None:
        answer = await downloads.send(made.chunks(), file="法.xes.gz", media_type="application/gzip")

        async def send(message: Any) -> None:
            nonlocal told
            told += message.get("body", b"")
            if stalls and told:
                await asyncio.sleep(60)

        await answer({"type": "http", "asgi": {"spec_version": "2.4"}}, asyncio.sleep, send)  # type: ignore[arg-type]

    async def many() -> None:
        nonlocal made, told
        downloads = Downloads(longest_s=0.05 if stalls else 60)
        for _ in range(AT_ONCE + 1):
            made, told = Made(fails=fails), b""
            if fails < 9 or stalls:
                with pytest.raises(TimeoutError if stalls else RuntimeError):
                    await once(downloads)
            else:
                await once(downloads)
            assert told == sent
            await asyncio.sleep(0.05)
            assert made.closed

    asyncio.run(many())


def test_what_fails_at_once_is_no_answer() -> None:
    """So that it can be said with a status of its own; its place is free again."""

    async def many() -> None:
        downloads = Downloads()
        for _ in range(AT_ONCE + 1):
            with pytest.raises(RuntimeError, match="the warehouse is gone"):
                await downloads.send(Made(fails=0).chunks(), file="a", media_type="text/plain")

    asyncio.run(many())
