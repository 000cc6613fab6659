"""The topic of facts read again beside the live groups, and what the cases tell groups now, without that topic.

A group partition is judged up to a *cut*: where the live groups have committed it, and not beyond the first message of a
case partition that has not committed what it comes from. Up to there all is known: what the cases said, and what the groups
made of it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from contract.errors import YipanqiError
from contract.topics import FACTS
from contract.working_hours import EPOCH
from streams.cases.alerts import AlertRecord
from streams.cases.outputs import CaseSnapshot, TransitionOut
from streams.groups.origin import Message, Place, place_of, told_to
from streams.projections.record import Record
from streams.shell.groups import GROUP, GroupLanes, decode_fact
from streams.shell.log_ends import committed, ends
from streams.shell.progress import Progress
from streams.shell.replay import replay


class UnreadableFactError(YipanqiError):
    """A record of the topic of facts is no message of ours."""


class Heard(NamedTuple):
    """A record of the topic of facts.

    Attributes:
        record: As it was fetched.
        message: What it says.
        follows: Whether it comes from what its case partition has committed.
        judged: Whether it lies before the cut of its partition.
    """

    record: Record
    message: Message
    follows: bool
    judged: bool


class FactsLog:
    """The topic of facts as it stands, up to its end.

    Attributes:
        cut: For each partition where what the live groups said of it is compared; complete once everything was read.
    """

    def __init__(self, bootstrap: str, positions: Mapping[int, int]) -> None:
        """Ask where the live groups stand, and only then where the topic ends.

        ``positions``: for each case partition what it has committed, asked before.
        """
        self._bootstrap = bootstrap
        self._positions = positions
        self.cut = committed(bootstrap, GROUP, FACTS)
        self._ends = ends(bootstrap, [FACTS])

    def read(self, progress: Progress) -> Iterator[Heard]:
        """Yield every record, in order within a partition.

        Raises:
            UnreadableFactError: One can't be decoded; the live groups can't go on either.
        """
        done, total = 0, sum(self._ends.values())
        for _, _, records in replay(self._bootstrap, {}, self._ends):
            for record in records:
                yield self._heard(record)
            done += len(records)
            progress("reading the facts", done, total)

    def _heard(self, record: Record) -> Heard:
        try:
            message = decode_fact(record.value)
            origin, (offset, _) = place_of(message)
        except (msgspec.MsgspecError, ValueError) as error:
            place = f"{FACTS} {record.partition}:{record.offset}"
            raise UnreadableFactError(f"{place} is no message of a case partition: {error}") from None
        follows = offset < self._positions.get(origin, 0)
        if not follows:
            self.cut[record.partition] = min(self.cut[record.partition], record.offset)
        return Heard(record, message, follows, record.offset < self.cut[record.partition])


class FreshGroups:
    """Groups that hear from the cases themselves what the live ones have heard up to their cut, in whatever order it comes.

    Attributes:
        cut: Up to where in each partition of the facts the live ones have heard it.
    """

    def __init__(self, lanes: GroupLanes, facts: FactsLog, progress: Progress) -> None:
        """Read how far the live groups have heard each case partition."""
        self._heard: dict[tuple[int, int], Place] = {}
        for heard in facts.read(progress):
            if heard.judged and not isinstance(heard.message, CaseSnapshot):
                origin, place = place_of(heard.message)
                lane = heard.record.partition, origin
                self._heard[lane] = max(place, self._heard.get(lane, place))
        self.cut = facts.cut
        self._lanes = {partition: lanes(partition, {}) for partition in facts.cut}
        self._numbers = dict.fromkeys(self._lanes, 0)

    def hear(self, message: Message) -> Iterator[TransitionOut]:
        """Take what a case partition says; what comes of it, by its number in the partition of the facts."""
        if isinstance(message, CaseSnapshot):
            return
        origin, place = place_of(message)
        for partition in told_to(message, len(self._lanes)):
            if place <= self._heard.get((partition, origin), (-1, -1)):
                self._numbers[partition] += 1
                # decoded from its bytes, as the live groups have it
                yield from self._lanes[partition].hear(self._numbers[partition], decode_fact(message.encode()))

    def standing(self) -> Iterator[tuple[int, AlertRecord]]:
        """Every standing alert, and the partition of the facts that judges it."""
        for partition, lane in self._lanes.items():
            yield from ((partition, alert) for alert in lane.groups.standing())

    def clock(self, partition: int) -> datetime:
        """How far the clock of a partition's groups has come."""
        return self._lanes[partition].groups.clock or EPOCH
