"""The batch seam alone: when it commits, what it drops, and that it never goes on after a failure."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from streams.projections.record import Record
from streams.shell.seam import FEED_RECORDS, TP, DeadlineMissedError, Seam

A, B = TP("t", 0), TP("t", 1)


class Rec(NamedTuple):
    """A record."""

    offset: int
    topic: str = "t"
    partition: int = 0
    timestamp: int = 0
    key: bytes | None = None
    value: bytes | None = None
    headers: Sequence[tuple[str, bytes]] = ()


class Notes:
    """A room that notes what it is told."""

    topics = frozenset({"t"})

    def __init__(self) -> None:
        self.log: list[Any] = []
        self.resume: dict[TP, int | None] = {}
        self.hold: Callable[[str], Coroutine[Any, Any, None]] | None = None
        self.done: dict[TP, int] = {}

    async def assigned(self, tps: frozenset[TP]) -> Mapping[TP, int | None]:
        """Note."""
        self.log.append(("assigned", sorted(tps)))
        await self._held("assigned")
        return {tp: self.resume.get(tp) for tp in tps}

    async def process(self, tp: TP, records: Sequence[Record]) -> None:
        """Note."""
        await self._held("process")
        self.log.append(("process", tp.partition, [record.offset for record in records]))
        self.done[tp] = records[-1].offset + 1

    async def checkpoint(self) -> Mapping[TP, int]:
        """Note."""
        await self._held("checkpoint")
        self.log.append("checkpoint")
        done, self.done = self.done, {}
        return done

    async def revoked(self, tps: frozenset[TP]) -> None:
        """Note."""
        self.log.append(("revoked", sorted(tps)))

    async def _held(self, what: str) -> None:
        if self.hold is not None:
            await self.hold(what)


class Broker:
    """Notes commits and seeks."""

    def __init__(self) -> None:
        self.commits: list[dict[TP, int]] = []
        self.seeks: list[dict[TP, int]] = []

    async def commit(self, offsets: Mapping[TP, int]) -> bool:
        """Note."""
        self.commits.append(dict(offsets))
        return True

    async def seek(self, offsets: Mapping[TP, int]) -> None:
        """Note."""
        self.seeks.append(dict(offsets))


async def started(room: Notes, broker: Broker, **deadlines: float) -> Seam:
    """A seam that holds partition A."""
    seam = Seam(room, **deadlines)
    seam.assign(frozenset({A}))
    await seam.restore(broker.seek)
    return seam


def run(test: Callable[[Notes, Broker], Coroutine[Any, Any, None]]) -> None:
    """Run an asynchronous test."""
    asyncio.run(test(Notes(), Broker()))


def test_restore_seeks_where_the_room_wants_and_drops_what_lies_before() -> None:
    """Records before the room's position are a re-read and never reach it."""

    async def test(room: Notes, broker: Broker) -> None:
        room.resume = {A: 5}
        seam = await started(room, broker)
        assert broker.seeks == [{A: 5}]
        await seam.feed(seam.epoch, {A: [Rec(3), Rec(4), Rec(5), Rec(6)]})
        await seam.feed(seam.epoch, {A: [Rec(6), Rec(9)]})
        assert room.log[1:] == [("process", 0, [5, 6]), ("process", 0, [9])]

    run(test)


def test_only_the_checkpoint_commits_and_exactly_what_it_says() -> None:
    """Processing commits nothing; a checkpoint with nothing new commits nothing."""

    async def test(room: Notes, broker: Broker) -> None:
        seam = await started(room, broker)
        await seam.feed(seam.epoch, {A: [Rec(0)]})
        assert broker.commits == []
        await seam.checkpoint(broker.commit)
        await seam.checkpoint(broker.commit)
        assert broker.commits == [{A: 1}]

    run(test)


def test_records_fetched_before_a_rebalance_are_dropped() -> None:
    """What an old assignment fetched must not reach the room after the revoke."""

    async def test(room: Notes, broker: Broker) -> None:
        seam = await started(room, broker)
        epoch = seam.epoch
        await seam.give_up(frozenset({A}), broker.commit)
        seam.assign(frozenset({A}))
        await seam.restore(broker.seek)
        await seam.feed(epoch, {A: [Rec(0)]})
        assert all(entry[0] != "process" for entry in room.log)

    run(test)


def test_a_revoke_waits_for_a_run_of_records_and_not_for_all_that_was_fetched() -> None:
    """A room that never waits keeps the event loop for one run; what is left of the fetch is dropped, in every partition."""

    async def test(room: Notes, broker: Broker) -> None:
        seam = Seam(room)
        seam.assign(frozenset({A, B}))
        await seam.restore(broker.seek)
        begun = asyncio.Event()

        async def begin(_what: str) -> None:
            begun.set()

        room.hold = begin
        fetched = [Rec(offset) for offset in range(10 * FEED_RECORDS)]
        fetch = asyncio.ensure_future(seam.feed(seam.epoch, {A: fetched, B: fetched}))
        await begun.wait()
        await seam.give_up(frozenset({A, B}), broker.commit)
        await fetch
        (commit,) = broker.commits
        assert set(commit) == {A}
        assert commit[A] in (FEED_RECORDS, 2 * FEED_RECORDS)

    run(test)


def test_all_that_was_fetched_is_processed_in_order() -> None:
    """Run after run, each offset once."""

    async def test(room: Notes, broker: Broker) -> None:
        seam = await started(room, broker)
        offsets = list(range(2 * FEED_RECORDS + 1))
        await seam.feed(seam.epoch, {A: [Rec(offset) for offset in offsets]})
        runs = [entry[2] for entry in room.log if entry[0] == "process"]
        assert [offset for found in runs for offset in found] == offsets
        assert max(map(len, runs)) == FEED_RECORDS

    run(test)


def test_revoke_checkpoints_commits_then_releases() -> None:
    """In this order, so that the next owner finds everything."""

    async def test(room: Notes, broker: Broker) -> None:
        seam = await started(room, broker)
        await seam.feed(seam.epoch, {A: [Rec(0)]})
        await seam.give_up(frozenset({A}), broker.commit)
        assert room.log[-2:] == ["checkpoint", ("revoked", [A])]
        assert broker.commits == [{A: 1}]
        assert seam.next == {}

    run(test)


@pytest.mark.parametrize("where", ["process", "checkpoint"])
def test_after_an_exception_nothing_is_processed_or_committed_any_more(where: str) -> None:
    """The seam stays failed: not even the revoke at the end of the process commits."""

    async def test(room: Notes, broker: Broker) -> None:
        seam = await started(room, broker)
        await seam.feed(seam.epoch, {A: [Rec(0)]})

        async def fail(what: str) -> None:
            if what == where:
                raise ValueError(what)

        room.hold = fail
        with pytest.raises(ValueError, match=where):
            await (seam.feed(seam.epoch, {A: [Rec(1)]}) if where == "process" else seam.checkpoint(broker.commit))
        room.hold = None
        before = list(room.log)
        await seam.feed(seam.epoch, {A: [Rec(2)]})
        await seam.checkpoint(broker.commit)
        await seam.give_up(frozenset({A}), broker.commit)
        assert broker.commits == []
        assert room.log == before

    run(test)


def test_a_cancelled_fetch_does_not_cut_the_room_between_two_records() -> None:
    """Faust cancels its fetch task when it stops; the room finishes its records before the last checkpoint."""

    async def test(room: Notes, broker: Broker) -> None:
        seam = await started(room, broker)
        gate = asyncio.Event()

        async def wait(what: str) -> None:
            if what == "process":
                await gate.wait()

        room.hold = wait
        fetch = asyncio.ensure_future(seam.feed(seam.epoch, {A: [Rec(0)]}))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        fetch.cancel()
        end = asyncio.ensure_future(seam.give_up(frozenset({A}), broker.commit))
        await asyncio.sleep(0)
        gate.set()
        await end
        # The revoke came first by epoch, but the record that was in hand is processed and committed.
        assert broker.commits == [{A: 1}]

    run(test)


def test_a_rebalance_during_a_restore_gives_it_up_and_restores_anew() -> None:
    """The restore is cancelled, not waited for; the next assignment restores what it holds then."""

    async def test(room: Notes, broker: Broker) -> None:
        async def for_ever(_what: str) -> None:
            await asyncio.sleep(3600)

        room.hold = for_ever
        seam = Seam(room)
        seam.assign(frozenset({A, B}))
        restore = asyncio.ensure_future(seam.restore(broker.seek))
        await asyncio.sleep(0.01)
        await seam.give_up(frozenset({A, B}), broker.commit)
        await restore
        room.hold = None
        seam.assign(frozenset({B}))
        await seam.restore(broker.seek)
        assert set(seam.next) == {B}
        assert seam.failed is None

    run(test)


def test_a_restore_that_takes_too_long_fails() -> None:
    """It has a deadline below the group's."""

    async def test(room: Notes, broker: Broker) -> None:
        async def for_ever(_what: str) -> None:
            await asyncio.sleep(3600)

        room.hold = for_ever
        with pytest.raises(DeadlineMissedError, match="restore"):
            await started(room, broker, restore_deadline_s=0.02)

    run(test)


def test_a_revoke_that_takes_too_long_fails_and_commits_nothing_later() -> None:
    """Even when the checkpoint comes through after the deadline, its offsets are not committed."""

    async def test(room: Notes, broker: Broker) -> None:
        seam = await started(room, broker, revoke_deadline_s=0.02)
        await seam.feed(seam.epoch, {A: [Rec(0)]})

        async def slowly(what: str) -> None:
            if what == "checkpoint":
                await asyncio.sleep(0.06)

        room.hold = slowly
        with pytest.raises(DeadlineMissedError, match="revoke"):
            await seam.give_up(frozenset({A}), broker.commit)
        await asyncio.sleep(0.1)
        assert broker.commits == []

    run(test)
