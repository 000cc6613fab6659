"""The restricted room: records of interference, supervised and stored apart from everything else.

It is the cases room and the projections room over topics, state and a database of their own, in one process: such records are
few. Nothing leaves it but alerts on the restricted topic and rows in the restricted database; it has no facts, since no group
reads them, and its metrics don't say how much came.
"""

from collections.abc import Mapping, Sequence

from contract import topics
from streams.projections.record import Record
from streams.projections.tables import RESTRICTED_FED
from streams.shell.cases import CasesRoom
from streams.shell.projections import ProjectionsRoom
from streams.shell.seam import TP

GROUP = "yipanqi-restricted"
DATABASE = "yipanqi_restricted"
NAMES: Mapping[str, str] = {
    topics.EVENTS: topics.RESTRICTED,
    topics.ALERTS: topics.RESTRICTED_ALERTS,
    topics.STATE: topics.RESTRICTED_STATE,
    topics.REJECTED: topics.RESTRICTED_REJECTED,
    topics.FACTS: "",
}


class RestrictedRoom:
    """Gives each of two rooms its topics; both read the restricted log, each from where it stands."""

    topics = frozenset(RESTRICTED_FED)

    def __init__(self, cases: CasesRoom, projections: ProjectionsRoom) -> None:
        self._cases = cases
        self._projections = projections
        self._judged: dict[TP, int] = {}
        self._written: dict[TP, int] = {}

    async def assigned(self, tps: frozenset[TP]) -> Mapping[TP, int | None]:
        """Restore both; a partition goes on where the one that is behind stands."""
        written = await self._projections.assigned(tps)
        judged = await self._cases.assigned(log) if (log := self._log(tps)) else {}
        self._written.update({tp: offset or 0 for tp, offset in written.items()})
        self._judged.update({tp: offset or 0 for tp, offset in judged.items()})
        return {tp: min(self._written[tp], self._judged.get(tp, self._written[tp])) for tp in tps}

    async def process(self, tp: TP, records: Sequence[Record]) -> None:
        """Hand records to each room that has not had them."""
        end = records[-1].offset + 1
        if tp in self._judged and (new := _since(self._judged[tp], records)):
            await self._cases.process(tp, new)
            self._judged[tp] = end
        if new := _since(self._written[tp], records):
            await self._projections.process(tp, new)
            self._written[tp] = end

    async def checkpoint(self) -> Mapping[TP, int]:
        """Checkpoint both; what is committed is where both are through, and each knows its own place without it."""
        judged = await self._cases.checkpoint()
        written = await self._projections.checkpoint()
        return {tp: min(offset, judged.get(tp, offset)) for tp, offset in written.items()}

    async def revoked(self, tps: frozenset[TP]) -> None:
        """Let go of these partitions in both."""
        await self._cases.revoked(self._log(tps))
        await self._projections.revoked(tps)
        for tp in tps:
            self._judged.pop(tp, None)
            self._written.pop(tp, None)

    def _log(self, tps: frozenset[TP]) -> frozenset[TP]:
        return frozenset(tp for tp in tps if tp.topic in self._cases.topics)


def _since(offset: int, records: Sequence[Record]) -> Sequence[Record]:
    return [record for record in records if record.offset >= offset]
