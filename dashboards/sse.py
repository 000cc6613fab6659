"""Server-sent events: ids, resuming, signs of life, and the end of a stream whose visitor is none any more."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from fastapi import Response
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from dashboards.identity import Identity, Visitor
from dashboards.listeners import Listeners

PING_S = 15.0
_RETRY = b"retry: 3000\n\n"
_PING = b": still here\n\n"
_RELOAD = b"event: reload\ndata: {}\n\n"
_EPOCH = secrets.token_hex(4)
"""Numbers of changes begin anew with each process; an id of another one is answered 410."""
_NUMBER = re.compile(r"[0-9]{1,18}")


class Numbered(Protocol):
    """A change; numbers only grow."""

    @property
    def number(self) -> int:
        """Its number."""


N = TypeVar("N", bound=Numbered)


@dataclass(frozen=True)
class Feed(Generic[N]):
    """What a stream tells.

    Attributes:
        event: Name of its events.
        list_at: Where a caller loads anew what it missed.
        listeners: Who tells of changes.
        latest: The number of the last change.
        after: The changes after a number, None if they are no longer kept.
        seen: A change as JSON as the visitor sees it; None = not at all.
    """

    event: str
    list_at: str
    listeners: Listeners
    latest: Callable[[], int]
    after: Callable[[int], Iterable[N] | None]
    seen: Callable[[N], bytes | None]


def stream(feed: Feed[N], identity: Identity, visitor: Visitor, last_event_id: str | None) -> Response:
    """The stream as a response, from after an id; by default from now.

    Raises:
        HTTPException: 410, the id is of another process or too old.
    """
    epoch, _, found = (last_event_id or f"{_EPOCH}-{feed.latest()}").partition("-")
    number = int(found) if epoch == _EPOCH and _NUMBER.fullmatch(found) else None
    if number is None or feed.after(number) is None:
        raise HTTPException(410, f"changes since that id are no longer kept; load {feed.list_at} and follow anew")
    events = _events(feed, identity, visitor, number)
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _events(feed: Feed[N], identity: Identity, visitor: Visitor, number: int) -> AsyncIterator[bytes]:
    """Changes as the visitor sees them, until its session or token no longer holds."""
    yield _RETRY
    woken = asyncio.Event()
    feed.listeners.on_change(woken.set)
    try:
        while await identity.still(visitor) is not None:
            woken.clear()  # before the changes are read: one that comes while they are sent wakes at once
            changes = feed.after(number)
            if changes is None:
                yield _RELOAD
                number = feed.latest()
                continue
            for change in tuple(changes):  # more may be read while they are sent
                number = change.number
                data = feed.seen(change)
                if data is not None:
                    yield b"id: %s-%d\nevent: %s\ndata: %s\n\n" % (_EPOCH.encode(), number, feed.event.encode(), data)
            if not await _woken_in_time(woken):
                yield _PING
    finally:
        feed.listeners.forget(woken.set)


async def _woken_in_time(woken: asyncio.Event) -> bool:
    """Wait for a change, as long as a stream may be silent; False = send a sign of life."""
    try:
        await asyncio.wait_for(woken.wait(), PING_S)
    except TimeoutError:
        return False
    return True
