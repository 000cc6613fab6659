"""Faust's side of the batch seam: a consumer that peels off the room's records, and the app around it.

Written against faust-streaming 0.15.3. The only methods changed are the ones below; everything else, the records of
other topics included, goes through Faust as it is.
"""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import faust
from aiokafka.errors import IllegalStateError
from faust.transport.drivers import aiokafka as driver
from mode import Service

from streams.shell.metrics import Metrics
from streams.shell.seam import CHECKPOINT_INTERVAL_S, TP, Seam

log = logging.getLogger(__name__)

POLL_RECORDS = 1000  # of a fetch; a revoke waits for a tenth of it at most: `streams.shell.seam.FEED_RECORDS`
SESSION_TIMEOUT_S = 10.0
MEASURE_S = 1.0
STOP_DEADLINE_S = 30.0  # Faust can hang while it stops after a crash (pitfalls of its wait_empty); then the process just ends


class SeamConsumer(driver.Consumer):  # type: ignore[misc]  # Faust ships no types that mypy can follow
    """Faust's aiokafka consumer with the room's topics taken out of its hands."""

    @property
    def seam(self) -> Seam:
        """The seam of the app this consumer belongs to."""
        seam: Seam = self.app.seam
        return seam

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Subscribe to Faust's topics and the room's."""
        await super().subscribe(set(topics) | self.seam.room.topics)

    async def _wait_next_records(self, timeout: float) -> tuple[Any, Any]:  # noqa: ASYNC109  # Faust's signature
        seam = self.seam
        if not self.flow_active:
            await self.wait(self.can_resume_flow)
        try:
            await seam.restore(self._seek_room)
            epoch = seam.epoch
            records, active = await super()._wait_next_records(timeout)
            mine = {TP(*tp): records.pop(tp) for tp in list(records or ()) if tp[0] in seam.room.topics}
            await seam.feed(epoch, mine)
        except Exception as error:
            await self._fall(error)
            raise
        return records, active

    async def _seek_room(self, positions: Mapping[TP, int]) -> None:
        try:
            await self._thread.seek_wait({driver.TopicPartition(*tp): offset for tp, offset in positions.items()})
        except IllegalStateError:
            log.info("partitions %s went away during the seek; a rebalance follows", sorted(positions))

    async def perform_seek(self) -> None:
        """Faust seeks every partition to its committed offset; the room's go on where the room stands."""
        await super().perform_seek()
        held = {tp: offset for tp, offset in self.seam.next.items() if offset is not None}
        if held:
            await self._seek_room(held)

    async def on_partitions_assigned(self, assigned: set[Any], generation_id: int = 0) -> None:
        """Note the room's partitions for restore, then let Faust do its part."""
        self.seam.assign(self._of_room(assigned))
        await super().on_partitions_assigned(assigned, generation_id)

    async def on_partitions_revoked(self, revoked: set[Any]) -> None:
        """Let the room checkpoint and release, then let Faust do its part."""
        await self._give_up(self._of_room(revoked))
        await super().on_partitions_revoked(revoked)

    async def on_stop(self) -> None:
        """Checkpoint what is held; after a failure this commits nothing."""
        await self._give_up(frozenset(self.seam.next))
        await super().on_stop()

    async def _give_up(self, tps: frozenset[TP]) -> None:
        try:
            await self.seam.give_up(tps, self._commit_room)
        except Exception as error:  # noqa: BLE001  # Faust's rebalance listener would swallow it
            await self._fall(error)

    async def _commit_room(self, offsets: Mapping[TP, int]) -> bool:
        return bool(await self._commit({driver.TopicPartition(*tp): offset for tp, offset in offsets.items()}))

    def _of_room(self, tps: set[Any]) -> frozenset[TP]:
        return frozenset(TP(*tp) for tp in tps if tp[0] in self.seam.room.topics)

    @Service.task  # type: ignore[untyped-decorator]  # Faust ships no types that mypy can follow
    async def _measure_task(self) -> None:
        metrics: Metrics = self.app.metrics
        shown: set[TP] = set()
        while not self.should_stop:
            due = time.monotonic() + MEASURE_S
            await self.sleep(MEASURE_S)
            metrics.loop_lag.set(max(0.0, time.monotonic() - due))
            if (held := set(self.seam.next)) != shown:
                metrics.commit_age.clear()
                metrics.lag.clear()
                shown = held
            now = time.monotonic()
            for tp, offset in self.seam.next.items():
                metrics.commit_age.labels(*tp).set(now - self.seam.committed_at[tp])
                end = self._highwater(tp)
                if end is not None and offset is not None:
                    metrics.lag.labels(*tp).set(max(0, end - offset))

    def _highwater(self, tp: TP) -> int | None:
        try:
            return self._thread.highwater(driver.TopicPartition(*tp))  # type: ignore[no-any-return]
        except (IllegalStateError, AssertionError):
            return None  # taken away this moment

    def contact_at(self) -> float | None:
        """When the broker last answered a fetch of one of the room's partitions (monotonic seconds)."""
        consumer = self._thread._ensure_consumer()  # noqa: SLF001  # the only way to aiokafka's own view
        stamps = []
        for tp in list(self.seam.next):
            with contextlib.suppress(IllegalStateError, AssertionError):  # taken away this moment
                stamps.append(consumer.last_poll_timestamp(driver.TopicPartition(*tp)))
        latest = max((stamp for stamp in stamps if stamp), default=None)
        return None if latest is None else time.monotonic() - (time.time() - latest / 1000)

    @Service.task  # type: ignore[untyped-decorator]  # Faust ships no types that mypy can follow
    async def _checkpoint_task(self) -> None:
        while not self.should_stop:
            await self.sleep(self.app.checkpoint_interval_s)
            try:
                await self.seam.checkpoint(self._commit_room)
            except Exception as error:  # noqa: BLE001  # any failure of a checkpoint ends the process
                await self._fall(error)

    async def _fall(self, error: BaseException) -> None:
        """End the process: Faust stops in order if it can, and is cut off if it hangs."""
        if not self.seam.failed:
            self.seam.failed = error
        if not self.app.falling:
            self.app.falling = True
            log.critical("the room failed; nothing more is committed: %r", error, exc_info=error)
            timer = threading.Timer(STOP_DEADLINE_S, os._exit, args=(70,))
            timer.daemon = True
            timer.start()
        await self.crash(error)


class SeamTransport(driver.Transport):  # type: ignore[misc]  # Faust ships no types that mypy can follow
    """Faust's aiokafka transport with the seam's consumer."""

    Consumer: ClassVar[Any] = SeamConsumer


class SeamApp(faust.App):  # type: ignore[misc]  # Faust ships no types that mypy can follow
    """A Faust app that drives one room through the seam."""

    seam: Seam
    metrics: Metrics
    checkpoint_interval_s: float
    falling: bool = False

    def crash_soon(self, error: BaseException) -> None:
        """End the process for what happened outside of an agent's stream: nothing more is acknowledged."""
        self.loop.create_task(self.crash(error))

    def _new_transport(self) -> SeamTransport:
        return SeamTransport(self.conf.broker_consumer, self)


def build_app(
    name: str,
    seam: Seam,
    metrics: Metrics,
    *,
    kafka: str,
    data: str,
    instance: str | None = None,
    checkpoint_interval_s: float = CHECKPOINT_INTERVAL_S,
    session_timeout_s: float = SESSION_TIMEOUT_S,
) -> SeamApp:
    """Make the app. `name` is the consumer group; `instance` makes its membership static (a restart causes no rebalance)."""
    app = SeamApp(
        name,
        broker=[f"kafka://{one}" for one in kafka.split(",")],
        datadir=data,
        store="memory://",
        autodiscover=False,
        web_enabled=False,  # its /table serves state; we have a port of our own
        topic_allow_declare=False,  # topics come from contract/topics.py
        topic_disable_leader=True,
        reply_create_topic=False,
        agent_supervisor="mode.CrashingSupervisor",  # the default restarts an agent and loses its event
        stream_wait_empty=False,
        worker_redirect_stdouts=False,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=instance,
        broker_max_poll_records=POLL_RECORDS,
        broker_max_poll_interval=300.0,
        broker_session_timeout=session_timeout_s,
        broker_heartbeat_interval=session_timeout_s / 5,
        broker_rebalance_timeout=60.0,
    )
    app.seam = seam
    app.metrics = metrics
    app.checkpoint_interval_s = checkpoint_interval_s
    return app
