"""The notifier: pages that the duty room decided go out by their channels, each claimed before it is sent.

It keeps nothing: at every start it reads what is due from ``duty.latest.v1``, then follows ``duty.decisions.v1`` from where
that stands. A page is claimed by a command; only the first claim is accepted, so a second notifier, or this one after a crash,
sends nothing twice. What a crash leaves claimed and untold the room calls `unknown` and sends by the next channel.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from contract.courts import COURTS
from contract.duty import decisions
from contract.duty.commands import AnyCommand, PageClaim, PageResult, encode, told_id
from contract.duty.decisions import Decision
from contract.duty.people import part_of_system
from contract.duty.policy import Channel as Kind
from contract.topics import COMMANDS, DECISIONS, FACTS, partition_of
from infra.channels.base import Channel, ChannelError, Receipt, Rejected, Unreachable
from infra.channels.config import Channels
from infra.kafka.latest import read_latest
from streams.duty.board import Board, DuePage
from streams.shell.claims import Claims
from streams.shell.delivery import Job, Sender
from streams.shell.notifier_metrics import NotifierMetrics
from streams.shell.outbox import new_producer

log = logging.getLogger(__name__)

NOTIFIER = part_of_system("notifier")
WINDOW = 16
"""Pages of a channel that are claimed and not yet told: what a full channel puts together, and what a kill leaves in doubt."""

FRESH_S = 60.0
"""A watermark older than that (wall clock) may be our own lag: then nobody's silence mutes anything."""

_WATERMARK = b'"kind":"watermark"'
_POLL_MS = 200
_GROUPS = frozenset({"robot", "webhook"})
"""Channels that reach a desk's group where a person has no address of their own."""

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
        self._claims = Claims()
        self._watermarks: dict[int, float] = {}
        self._senders: dict[str, Sender] = {}
        self._producer: AIOKafkaProducer | None = None
        self._partitions = 0

    async def run(self) -> None:
        """Work until cancelled; what can't be mended by waiting is raised and ends the process."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._kafka,
            group_id=None,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
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
        starts = await read_latest(self._kafka, lambda _, value: self.board.take(decisions.decode(value)))
        said, facts = ([TopicPartition(topic, number) for number in starts] for topic in (DECISIONS, FACTS))
        consumer.assign([*said, *facts])
        await consumer.seek_to_end(*facts)
        for place in said:
            consumer.seek(place, starts[place.partition])
        ends = await consumer.end_offsets(said)
        while True:
            batches = await consumer.getmany(timeout_ms=_POLL_MS, max_records=2000)
            for place, records in batches.items():
                for record in records:
                    if place.topic == DECISIONS:
                        await self._take(decisions.decode(record.value))
                    elif _WATERMARK in (record.value or b""):
                        self._watermarks[place.partition] = time.monotonic()
            if not self.caught_up.is_set() and await _reached(consumer, ends):
                self.caught_up.set()
            if self.caught_up.is_set():
                await self._claim_due()
            self._metrics.waiting.set(len(list(self.board.due())))

    async def _take(self, decision: Decision) -> None:
        self.board.take(decision)
        page = self._claims.answered(decision.command)
        if page is not None:
            if decision.outcome == "accepted":
                await self._start(page)
            else:
                self._metrics.pages.labels("not_ours").inc()

    async def _claim_due(self) -> None:
        """Claim what can go out soon: a kill leaves no more than that in doubt."""
        now = time.monotonic()
        self._claims.forget(now)
        room = {name: WINDOW - sender.backlog for name, sender in self._senders.items()}
        for page in self._claims.pages():
            if (channel := self._channel(page)) is not None:
                room[channel.name] -= 1
        for page in sorted(self.board.due(), key=lambda page: not page.urgent):
            if not self._claims.waits(page) and (channel := self._channel(page)) is not None:
                if room[channel.name] <= 0:
                    continue
                room[channel.name] -= 1
            if (name := self._claims.ask(page, now)) is not None:
                claim = PageClaim(
                    id=name, target=page.target, principal=NOTIFIER, at=self._now(), page=page.id, channel=page.channel
                )
                await self.write(claim)

    async def _start(self, page: DuePage) -> None:
        """Put a page that is ours into the queue of a channel; without one, or without an address, it has failed."""
        channel = self._channel(page)
        address = await asyncio.to_thread(self._contact, page.account, page.channel) if page.account else ""
        job = Job(page, address or "", time.monotonic())
        no = _cannot(page, channel, job.address)
        if no is not None or channel is None:
            await self._tell(job, no or Rejected("no channel"))
        else:
            self._senders[channel.name].put(job)

    def _channel(self, page: DuePage) -> Channel | None:
        """The channel for a page, that of the nearest court first."""
        return next(iter(self._channels.of(page.channel, lambda court: COURTS.within(page.desk, court))), None)

    async def _tell(self, job: Job, outcome: Receipt | ChannelError) -> None:
        """Tell the room what became of a page; of one that may have left, nothing: the room will call it unknown."""
        page = job.page
        if isinstance(outcome, Unreachable):
            log.warning("page %s by %s: %s", page.id, page.channel, outcome)
            self._metrics.pages.labels("unheard").inc()
            return
        if isinstance(outcome, Receipt):
            word = "delivered" if outcome.delivered else "sent"
            more = {"result": word, "provider_id": outcome.provider_id}
        else:
            word = "failed"
            error = _without_address(f"{type(outcome).__name__}: {outcome}", job.address)[:300]
            more = {"result": word, "error": error}
            log.warning("page %s by %s: %s", page.id, page.channel, error)
        self._metrics.pages.labels(word).inc()
        self._metrics.seconds.observe(time.monotonic() - job.since)
        name = told_id("page", page.id, page.channel, self._claims.epoch)
        base = {
            "id": name,
            "target": page.target,
            "principal": NOTIFIER,
            "at": self._now(),
            "page": page.id,
            "channel": page.channel,
        }
        await self.write(msgspec.convert({**base, **more}, PageResult))

    def reaches(self, desk: str) -> bool:
        """Whether some channel reaches the group of a court's desk."""
        return any(self._channels.of(kind, lambda court: COURTS.within(desk, court)) for kind in _GROUPS)

    def is_fresh(self) -> bool:
        """Whether the engine's watermarks were heard lately in every partition of the facts."""
        oldest = min(self._watermarks.values(), default=0.0)
        return len(self._watermarks) == self._partitions and time.monotonic() - oldest < FRESH_S

    def _now(self) -> datetime:
        """The room's clock as last heard: a notifier's own would be another time line."""
        return self.board.now or datetime.now(UTC)

    async def write(self, command: AnyCommand) -> None:
        """Put a command into the room's input; returns when the log has it."""
        assert self._producer is not None
        place = partition_of(command.target, self._partitions)
        await self._producer.send_and_wait(COMMANDS, encode(command), command.target.encode(), partition=place)


def _cannot(page: DuePage, channel: Channel | None, address: str) -> Rejected | None:
    """Why a page can't go by its channel, None if it can: without an address only a desk's group is reached."""
    if channel is None:
        return Rejected(f"no channel of kind {page.channel} is configured for {page.desk}")
    if address or page.channel in _GROUPS:
        return None
    whom = "the person" if page.account else "a desk's group"
    return Rejected(f"{whom} has no address for {page.channel}")


def _without_address(text: str, address: str) -> str:
    """What a provider says without where the person is reached: mail servers like to repeat it, and the log keeps it."""
    return text.replace(address, "…") if address else text


async def _reached(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    return all([await consumer.position(place) >= end for place, end in ends.items()])


def mobile_first(contacts: Callable[[str], Mapping[Any, str]]) -> Contact:
    """Addresses from a person's contacts: a number for calls, messages and robots, a mailbox for mail."""
    kinds = {"call": "mobile", "sms": "mobile", "robot": "mobile", "mail": "mail", "webhook": "robot", "digest": "mail"}
    return lambda account, channel: contacts(account).get(kinds[channel])
