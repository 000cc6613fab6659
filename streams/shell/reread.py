"""Reading a partition again from its first record, when its rules read fields that the stored history lacks.

What is read again says nothing: all of it was said when it was first read. The lane that comes of it is the one that a worker
would have which kept those fields from the beginning; its whole state goes out with the next checkpoint. A crash before that
resumes at the position of the stored state and comes here again.
"""

from collections.abc import Sequence

from contract.errors import InvalidEvent, PoisonEvent
from streams.cases.kept import Kept, RereadNeededError
from streams.cases.partition import Partition
from streams.projections.record import Record
from streams.shell.lane import CoreFactory, Lane, Output
from streams.shell.replay import replay
from streams.shell.seam import TP


def lacking(lane: Lane) -> Kept | None:
    """What a restored lane must keep and doesn't; None if it has all."""
    return lane.core.lacking if isinstance(lane.core, Partition) else None


def reread(factory: CoreFactory, bootstrap: str, place: TP, until: int, kept: Kept) -> Lane:
    """The lane of a partition up to an offset, with these fields kept.

    Raises:
        ReplayStalled: The broker gave nothing for too long.
    """
    lane = Lane(place.partition, factory, {})
    assert isinstance(lane.core, Partition)
    lane.core.widen(kept)
    for stretch in replay(bootstrap, {}, {place: until}):
        for record in stretch.records:
            applied(lane, record)
    return lane


def applied(lane: Lane, record: Record) -> Sequence[Output]:
    """Apply a record, or step past it if it is refused; what comes of it."""
    try:
        return lane.apply(record)
    except (InvalidEvent, PoisonEvent) as error:
        return lane.refuse(record, error).outputs


class Rereading:
    """Applies the records of some partitions in order, from the beginning, reading one again where that is needed."""

    def __init__(self, factory: CoreFactory, bootstrap: str, topic: str, partitions: Sequence[int]) -> None:
        """Begin with empty lanes."""
        self._factory = factory
        self._bootstrap = bootstrap
        self.topic = topic
        self.lanes = {partition: Lane(partition, factory, {}) for partition in partitions}

    def apply(self, record: Record) -> Sequence[Output]:
        """Apply the next record of a partition; what comes of it."""
        try:
            return applied(self.lanes[record.partition], record)
        except RereadNeededError as need:
            place = TP(self.topic, record.partition)
            self.lanes[record.partition] = reread(self._factory, self._bootstrap, place, record.offset, need.kept)
            return applied(self.lanes[record.partition], record)
