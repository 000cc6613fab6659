"""The notifier: pages that the duty room decided go out by their channels, each claimed before it is sent.

It keeps nothing: what is due is folded from ``duty.decisions.v1`` at every start. A page is claimed by a command; only the
first claim is accepted, so a second notifier, or this one after a crash, sends nothing twice. What a crash leaves claimed and
untold the room calls `unknown` and sends by the next channel.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from contract.courts import COURTS
from contract.duty import decisions
from contract.duty.commands import AnyCommand, PageClaim, PageResult, encode, told_id
from contract.duty.decisions import Decision
from contract.duty.people import part_of_system
from contract.duty.policy import Channel as Kind
from contract.topics import COMMANDS, DECISIONS, partition_of
from infra.channels.base import Channel, ChannelError, Receipt, Rejected
from infra.channels.config import Channels
from streams.duty.board import Board, DuePage
from streams.shell.delivery import Job, Sender
from streams.shell.notifier_metrics import NotifierMetrics
from streams.shell.outbox import new_producer

log = logging.getLogger(__name__)

NOTIFIER = part_of_system("notifier")
CLAIM_S = 20.0
"""A claim that was not answered in this time is asked for again."""

_POLL_MS = 200
Contact = Callable[[str, Kind], str | None]
"""(account, channel) → the address of that person for it; None = the person has none."""


class Notifier:
    """One notifier.

    Args:
        kafka: The broker, HOST:PORT.
        channels: What is configured.
        contact: Where people are reached; called in a thread.
        metrics: What it counts.
    """

    def __init__(self, kafka: str, channels: Channels, contact: Contact, metrics: NotifierMetrics) -> None:
        self.board = Board()
        self.caught_up = asyncio.Event()
        self._kafka, self._channels, self._contact, self._metrics = kafka, channels, contact, metrics
        self._epoch = secrets.token_hex(8)
        self._claims: dict[str, tuple[DuePage, float]] = {}
        self._senders: dict[str, Sender] = {}
        self._producer: AIOKafkaProducer | None = None
        self._partitions = 0

    async def run(self) -> None:
        """Work until cancelled; what can't be mended by waiting is raised and ends the process."""
        consumer = AIOKafkaConsumer(
            DECISIONS, bootstrap_servers=self._kafka, group_id=None, auto_offset_reset="earliest", fetch_max_wait_ms=50
        )
        producer = self._producer = new_producer(self._kafka, "yipanqi-notifier")
        async with asyncio.TaskGroup() as tasks:
            for one in self._channels.items:
                sender = self._senders[one.channel.name] = Sender(one.channel, self._channels.link, self._tell)
                tasks.create_task(sender.run())
            await producer.start()
            await consumer.start()
            try:
                self._partitions = len(await producer.partitions_for(COMMANDS))
                await self._follow(consumer)
            finally:
                await consumer.stop()
                await producer.stop()

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        partitions = sorted(consumer.assignment())
        ends = await consumer.end_offsets(partitions)
        while True:
            batches = await consumer.getmany(timeout_ms=_POLL_MS, max_records=2000)
            for records in batches.values():
                for record in records:
                    await self._take(decisions.decode(record.value))
            if not self.caught_up.is_set() and await _reached(consumer, ends):
                self.caught_up.set()
            if self.caught_up.is_set():
                await self._claim_due()
            self._metrics.waiting.set(len(list(self.board.due())))

    async def _take(self, decision: Decision) -> None:
        self.board.take(decision)
        claimed = None if decision.command is None else self._claims.pop(decision.command, None)
        if claimed is not None:
            if decision.outcome == "accepted":
                await self._start(claimed[0])
            else:
                self._metrics.pages.labels("not_ours").inc()

    async def _claim_due(self) -> None:
        now = time.monotonic()
        self._claims = {name: one for name, one in self._claims.items() if now - one[1] < CLAIM_S}
        asked = {(page.id, page.channel) for page, _ in self._claims.values()}
        for page in self.board.due():
            if (page.id, page.channel) not in asked:
                name = told_id("claim", page.id, page.channel, self._epoch, f"{now:.6f}")
                self._claims[name] = (page, now)
                claim = PageClaim(
                    id=name, target=page.alert, principal=NOTIFIER, at=self._now(), page=page.id, channel=page.channel
                )
                await self._write(claim)

    async def _start(self, page: DuePage) -> None:
        """Put a page that is ours into the queue of a channel; without one, or without an address, it has failed."""
        channel = next(iter(self._channels.of(page.channel, lambda court: COURTS.within(page.desk, court))), None)
        address = await asyncio.to_thread(self._contact, page.account, page.channel)
        job = Job(page, address or "", time.monotonic())
        if channel is None:
            await self._tell(job, Rejected(f"no channel of kind {page.channel} is configured for {page.desk}"))
        elif address is None and page.channel != "robot":
            await self._tell(job, Rejected(f"the person has no address for {page.channel}"))
        else:
            self._senders[channel.name].put(job)

    async def _tell(self, job: Job, outcome: Receipt | ChannelError) -> None:
        """Tell the room what became of a page. A send of which nothing is known is told as failed only if it surely failed."""
        page = job.page
        if isinstance(outcome, Receipt):
            word = "delivered" if outcome.delivered else "sent"
            more = {"result": word, "provider_id": outcome.provider_id}
        else:
            word = "failed"
            more = {"result": word, "error": f"{type(outcome).__name__}: {outcome}"[:300]}
            log.warning("page %s by %s: %s", page.id, page.channel, outcome)
        self._metrics.pages.labels(word).inc()
        self._metrics.seconds.observe(time.monotonic() - job.since)
        name = told_id("page", page.id, page.channel, self._epoch)
        base = {
            "id": name,
            "target": page.alert,
            "principal": NOTIFIER,
            "at": self._now(),
            "page": page.id,
            "channel": page.channel,
        }
        await self._write(msgspec.convert({**base, **more}, PageResult))

    def _now(self) -> datetime:
        """The room's clock as last heard: a notifier's own would be another time line."""
        return self.board.now or datetime.now(UTC)

    async def _write(self, command: AnyCommand) -> None:
        assert self._producer is not None
        place = partition_of(command.target, self._partitions)
        await self._producer.send_and_wait(COMMANDS, encode(command), command.target.encode(), partition=place)


async def _reached(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    return all([await consumer.position(place) >= end for place, end in ends.items()])


def mobile_first(find: Callable[[str, str], str | None]) -> Contact:
    """Addresses from an account's contacts: a number for calls, messages and robots, a mailbox for mail."""
    kinds = {"call": "mobile", "sms": "mobile", "robot": "mobile", "mail": "mail", "webhook": "robot", "digest": "mail"}
    return lambda account, channel: find(account, kinds[channel])


def named(channels: Channels) -> dict[str, Channel]:
    """Channels by name."""
    return {one.channel.name: one.channel for one in channels.items}
