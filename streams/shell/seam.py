"""The batch seam: what a room must offer, and the one place that decides when its offsets are committed.

Faust keeps worker, group, assignment, timers and shutdown (`streams.shell.consumer` is the glue). The seam takes the records of
its room's topics before Faust turns them into messages, hands them to the room a partition at a time, and commits only what the
room's checkpoint declares safe. Nothing here knows Faust or Kafka, so every rule below can be tested alone:

- one thing at a time: restoring, processing, checkpoint and revoke never overlap;
- a room has its records in short runs, and the event loop its turn between them: a revoke never waits for all that was fetched;
- records that were fetched before a rebalance are dropped afterwards (`epoch`), and a re-read is stopped by position;
- after any exception the seam is `failed`: it processes and commits nothing more, so the process can only end;
- restore and revoke have deadlines. A room that misses one is a failure: its partitions are taken over by position elsewhere.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from streams.projections.record import Record

RESTORE_DEADLINE_S = 240.0  # below the consumer's max.poll.interval (300 s): we give up before the group gives us up
REVOKE_DEADLINE_S = 20.0  # below the rebalance timeout (60 s), which flush, state, commit and close share
FEED_RECORDS = 100  # after so many the event loop has its turn, and a rebalance is heard
CHECKPOINT_INTERVAL_S = 1.0  # what a crash repeats at most, in seconds; a checkpoint of 500 records costs some 20 ms


class TP(NamedTuple):
    """A partition of a topic; equal to Faust's and aiokafka's tuples of the same shape."""

    topic: str
    partition: int


class Room(Protocol):
    """What the seam drives. Calls never overlap; an exception ends the process with nothing more committed."""

    topics: frozenset[str]

    async def assigned(self, tps: frozenset[TP]) -> Mapping[TP, int | None]:
        """Take over these partitions and restore their state.

        Returns for each the offset of the first record wanted; None = the group's committed offset, else the earliest.
        May be cancelled by a new rebalance; `revoked` follows for the same partitions then.
        """
        ...

    async def process(self, tp: TP, records: Sequence[Record]) -> None:
        """Apply records of one partition, in offset order and each offset once since `assigned`."""
        ...

    async def checkpoint(self) -> Mapping[TP, int]:
        """Make durable whatever was processed; returns for each partition the offset to commit (the next one to read).

        Called each 1 to 5 s and before a revoke. Partitions with nothing new may be left out.
        """
        ...

    async def revoked(self, tps: frozenset[TP]) -> None:
        """Let go of these partitions: close their resources, forget their state, write nothing more for them."""
        ...


REREADING = threading.Event()
"""Set while the room reads a partition again, which takes longer than a batch and has an end of its own."""

Commit = Callable[[Mapping[TP, int]], Awaitable[bool]]
Seek = Callable[[Mapping[TP, int]], Awaitable[None]]
StepHook = Callable[[str], None]


def no_hook(step: str) -> None:
    """Pass every step of the checkpoint by. Crash tests give a hook that kills the process at the step it is told."""


class DeadlineMissedError(Exception):
    """A restore or a revoke took longer than it may."""


class Seam:
    """Drives one room through assignment, records, checkpoints and revokes."""

    def __init__(
        self,
        room: Room,
        *,
        step: StepHook = no_hook,
        restore_deadline_s: float = RESTORE_DEADLINE_S,
        revoke_deadline_s: float = REVOKE_DEADLINE_S,
    ) -> None:
        self.room = room
        self.epoch = 0
        self.failed: BaseException | None = None
        self.next: dict[TP, int | None] = {}
        self.committed_at: dict[TP, float] = {}
        self.polled_at = self.progress_at = time.monotonic()  # the fetch loop turned; something was restored or applied
        self._pending: frozenset[TP] = frozenset()
        self._lock = asyncio.Lock()
        self._restoring: asyncio.Task[Mapping[TP, int | None]] | None = None
        self._step = step
        self._restore_deadline_s = restore_deadline_s
        self._revoke_deadline_s = revoke_deadline_s

    @property
    def ready(self) -> bool:
        """Whether every assigned partition is restored."""
        return self.failed is None and not self._pending

    @property
    def restoring(self) -> bool:
        """Whether a restore is going on; it has a deadline."""
        return self._restoring is not None

    def assign(self, tps: frozenset[TP]) -> None:
        """Note partitions to restore before the next fetch.

        The restore does not happen inside the group's callback: aiokafka sends no heartbeat there, and a long
        restore would cost the membership.
        """
        self._pending = self._pending | tps

    async def restore(self, seek: Seek) -> None:
        """Restore what was assigned since the last call, and put the consumer where the room wants to resume."""
        if not self._pending or self.failed:
            return
        await self._alone(self._restore(seek))

    async def feed(self, epoch: int, records: Mapping[TP, Sequence[Record]]) -> None:
        """Process fetched records, unless a rebalance came between (`epoch` is the one read before the fetch)."""
        self.polled_at = time.monotonic()
        if records and not self.failed:
            await self._alone(self._feed(epoch, records))

    async def checkpoint(self, commit: Commit) -> None:
        """Checkpoint the room and commit what it says."""
        if not self.failed:
            await self._alone(self._checkpoint(commit))

    async def give_up(self, tps: frozenset[TP], commit: Commit) -> None:
        """Checkpoint, commit and release before the group takes the partitions away, all within one deadline."""
        self.epoch += 1
        self._pending -= tps
        if self._restoring is not None:
            self._restoring.cancel()
        if self.failed:
            return
        try:
            async with asyncio.timeout(self._revoke_deadline_s):
                await self._alone(self._give_up(tps, commit))
        except TimeoutError as error:
            self.failed = DeadlineMissedError(f"revoke of {sorted(tps)} took longer than {self._revoke_deadline_s} s")
            raise self.failed from error

    async def _alone(self, work: Coroutine[Any, Any, None]) -> None:
        # Shielded: Faust cancels its fetch task when it stops, and a room must never be cut between two records.
        await asyncio.shield(asyncio.ensure_future(self._locked(work)))

    async def _locked(self, work: Coroutine[Any, Any, None]) -> None:
        async with self._lock:
            if self.failed:
                work.close()
                return
            try:
                await work
            except BaseException as error:
                self.failed = error
                raise

    async def _restore(self, seek: Seek) -> None:
        epoch, tps = self.epoch, self._pending
        self._restoring = asyncio.ensure_future(self.room.assigned(tps))
        try:
            async with asyncio.timeout(self._restore_deadline_s):
                positions = await self._restoring
        except TimeoutError as error:
            raise DeadlineMissedError(f"restore of {sorted(tps)} took longer than {self._restore_deadline_s} s") from error
        except asyncio.CancelledError:
            if self.epoch != epoch:
                return  # a new rebalance; give_up comes next
            raise
        finally:
            self._restoring = None
        if self.epoch != epoch:
            return
        wanted = {tp: offset for tp, offset in positions.items() if offset is not None}
        if wanted:
            await seek(wanted)
        if self.epoch == epoch:
            self.next.update(positions)
            self.committed_at.update(dict.fromkeys(tps, time.monotonic()))
            self._pending -= tps
        self.progress_at = time.monotonic()

    async def _feed(self, epoch: int, records: Mapping[TP, Sequence[Record]]) -> None:
        for tp, fetched in records.items():
            if epoch != self.epoch or tp not in self.next:
                continue
            start = self.next[tp]
            fresh = fetched if start is None or fetched[0].offset >= start else [r for r in fetched if r.offset >= start]
            for begin in range(0, len(fresh), FEED_RECORDS):
                part = fresh[begin : begin + FEED_RECORDS]
                await self.room.process(tp, part)
                self.next[tp] = part[-1].offset + 1
                self.progress_at = time.monotonic()
                await asyncio.sleep(0)  # a rebalance may be waiting to be heard, outputs to leave
                if epoch != self.epoch:
                    return

    async def _checkpoint(self, commit: Commit) -> None:
        offsets = await self.room.checkpoint()
        if offsets and not self.failed:  # failed: the deadline passed while the room was still at it
            self._step("before-commit")
            if await commit(offsets):
                self.committed_at.update(dict.fromkeys(offsets, time.monotonic()))
            self._step("committed")

    async def _give_up(self, tps: frozenset[TP], commit: Commit) -> None:
        if any(tp in self.next for tp in tps):
            await self._checkpoint(commit)
        await self.room.revoked(tps)
        for tp in tps:
            self.next.pop(tp, None)
            self.committed_at.pop(tp, None)
