"""A stream of server-sent events misses nothing that comes while it is busy."""

import asyncio
from typing import Any, NamedTuple, cast

from fastapi.responses import StreamingResponse

from contract.duty.scope import EVERYTHING
from dashboards.identity import ON_LOOPBACK, Identity, Visitor
from dashboards.listeners import Listeners
from dashboards.sse import Feed, stream

VISITOR = Visitor(principal=ON_LOOPBACK, reads=EVERYTHING)


class Change(NamedTuple):
    """A numbered change."""

    number: int


class Open:
    """Nobody's session ends."""

    async def still(self, visitor: Visitor) -> Visitor:
        """The same visitor."""
        return visitor


def test_a_change_that_comes_while_another_is_sent_follows_at_once() -> None:
    """The reader takes its time over the first; the second was told of meanwhile, and doesn't wait for a third."""
    changes, listeners = [Change(1)], Listeners()

    def after(number: int) -> list[Change]:
        return [change for change in changes if change.number > number]

    async def read() -> list[bytes]:
        feed = Feed("told", "/list", listeners, lambda: 0, after, lambda change: b"%d" % change.number)
        answer = stream(feed, cast("Identity", Open()), VISITOR, None)
        events: Any = cast("StreamingResponse", answer).body_iterator
        found = [await anext(events), await anext(events)]
        changes.append(Change(2))
        listeners.tell()
        found.append(await asyncio.wait_for(anext(events), 1))
        await events.aclose()
        return found

    assert [event.partition(b"data: ")[2] for event in asyncio.run(read())] == [b"", b"1\n\n", b"2\n\n"]
