"""The restricted room drives two rooms over one log, each from where it stands."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from contract.topics import RESTRICTED, RESTRICTED_ALERTS
from streams.projections.record import Record
from streams.shell.restricted import RestrictedRoom
from streams.shell.seam import TP

LOG, ALERTS = TP(RESTRICTED, 1), TP(RESTRICTED_ALERTS, 1)


class Rec(NamedTuple):
    """A record."""

    offset: int
    topic: str = RESTRICTED
    partition: int = 1
    timestamp: int = 0
    key: bytes | None = None
    value: bytes | None = None
    headers: Sequence[tuple[str, bytes]] = ()


class Standing:
    """A room that stands somewhere and notes what it is given."""

    def __init__(self, topics: set[str], stands: Mapping[TP, int]) -> None:
        self.topics = frozenset(topics)
        self.next = dict(stands)
        self.got: list[tuple[str, list[int]]] = []
        self.held: set[TP] = set()

    async def assigned(self, tps: frozenset[TP]) -> Mapping[TP, int | None]:
        """Say where it stands."""
        self.held |= tps
        return {tp: self.next[tp] for tp in tps}

    async def process(self, tp: TP, records: Sequence[Record]) -> None:
        """Note; what it has had already would be a fault."""
        assert records[0].offset >= self.next[tp]
        self.got.append((tp.topic, [record.offset for record in records]))
        self.next[tp] = records[-1].offset + 1

    async def checkpoint(self) -> Mapping[TP, int]:
        """All that it holds."""
        return {tp: self.next[tp] for tp in self.held}

    async def revoked(self, tps: frozenset[TP]) -> None:
        """Forget."""
        self.held -= tps


def room(judged: int, written: int) -> tuple[RestrictedRoom, Standing, Standing]:
    """A restricted room whose parts stand at these offsets of the log."""
    cases: Any = Standing({RESTRICTED}, {LOG: judged})
    projections: Any = Standing({RESTRICTED, RESTRICTED_ALERTS}, {LOG: written, ALERTS: 3})
    return RestrictedRoom(cases, projections), cases, projections


def test_each_part_gets_what_it_has_not_had() -> None:
    """A partition is read from where the part that is behind stands; the other passes over what it has."""

    async def run(judged: int, written: int) -> tuple[Mapping[TP, int | None], list[Any], list[Any]]:
        both, cases, projections = room(judged, written)
        begin = await both.assigned(frozenset({LOG, ALERTS}))
        await both.process(LOG, [Rec(offset) for offset in range(5, 9)])
        await both.process(ALERTS, [Rec(3)])
        assert (await both.checkpoint())[LOG] == 9
        return begin, cases.got, projections.got

    alerts = (RESTRICTED_ALERTS, [3])
    assert asyncio.run(run(5, 7)) == (
        {LOG: 5, ALERTS: 3},
        [(RESTRICTED, [5, 6, 7, 8])],
        [(RESTRICTED, [7, 8]), alerts],
    )
    assert asyncio.run(run(9, 5)) == ({LOG: 5, ALERTS: 3}, [], [(RESTRICTED, [5, 6, 7, 8]), alerts])


def test_what_goes_away_goes_from_both() -> None:
    """A revoke reaches each part with its own partitions; alerts alone come back without the log."""

    async def run() -> None:
        both, cases, projections = room(0, 0)
        await both.assigned(frozenset({LOG, ALERTS}))
        await both.revoked(frozenset({LOG, ALERTS}))
        assert not cases.held
        assert not projections.held
        assert await both.assigned(frozenset({ALERTS})) == {ALERTS: 3}
        assert not cases.held

    asyncio.run(run())
