"""Sending claimed pages: a queue for each channel, urgent ones first, held by its token bucket; the rest goes as one digest."""

import asyncio
import itertools
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from infra.channels.base import Channel, ChannelError, Message, Receipt, Throttled
from infra.channels.buckets import Bucket
from streams.duty.board import DuePage
from streams.shell.messages import digest_message, page_message

log = logging.getLogger(__name__)

GIVE_UP_S = 90.0
"""A page waits no longer for its channel: less than the two minutes after which the room goes on without it."""

Tell = Callable[["Job", Receipt | ChannelError], Awaitable[None]]


class Job(NamedTuple):
    """A claimed page on its way: to which address, and since when (monotonic seconds)."""

    page: DuePage
    address: str
    since: float


class Sender:
    """One channel's queue.

    Args:
        channel: The channel.
        link: Address of the console, for the messages.
        tell: Called with each job and what became of it.
    """

    def __init__(self, channel: Channel, link: str, tell: Tell, clock: Callable[[], float] = time.monotonic) -> None:
        self._channel, self._link, self._tell, self._clock = channel, link, tell, clock
        self._bucket = Bucket(channel.per_minute, now=clock())
        self._jobs: asyncio.PriorityQueue[tuple[bool, int, Job]] = asyncio.PriorityQueue()
        self._number = itertools.count()
        self._open = 0

    @property
    def backlog(self) -> int:
        """Jobs that were put here and are not told yet."""
        return self._open

    def put(self, job: Job) -> None:
        """Queue a job; urgent ones go first."""
        self._open += 1
        self._jobs.put_nowait((not job.page.urgent, next(self._number), job))

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            _, _, job = await self._jobs.get()
            wait = self._bucket.wait_s(self._clock())
            if wait > 0 and self._clock() + wait - job.since <= GIVE_UP_S:
                await asyncio.sleep(wait)
            await self._send([job, *self._companions(job)])

    def _companions(self, first: Job) -> list[Job]:
        """What waits for the same person and may go into one message with it."""
        if first.page.urgent or self._jobs.empty():
            return []
        waiting = [self._jobs.get_nowait() for _ in range(self._jobs.qsize())]
        together = [job for _, _, job in waiting if not job.page.urgent and job.address == first.address]
        for entry in waiting:
            if entry[2] not in together:
                self._jobs.put_nowait(entry)
        return together

    async def _send(self, jobs: Sequence[Job]) -> None:
        outcome = await self._attempt(jobs)
        for job in jobs:
            await self._tell(job, outcome)
            self._open -= 1

    async def _attempt(self, jobs: Sequence[Job]) -> Receipt | ChannelError:
        if not self._bucket.take(self._clock()):
            return Throttled(f"{self._channel.name} takes no more messages for now", self._bucket.wait_s(self._clock()))
        pages = [job.page for job in jobs]
        message = page_message(pages[0], self._link) if len(pages) == 1 else digest_message(pages, self._link)
        try:
            return await asyncio.to_thread(self._call, message, jobs[0].address)
        except Throttled as error:
            self._bucket.close(self._clock(), error.retry_after_s)
            return error
        except ChannelError as error:
            return error

    def _call(self, message: Message, address: str) -> Receipt:
        return self._channel.send(message, address)
