"""The groups room: facts of cases in, alerts of courts, officers, debtors and fields out.

It is the cases room over the facts topic: the same seam, checkpoint, fence and restore, with a lane that decodes facts and a
core that holds groups (docs/adr/0006-groups-through-the-seam.md). A record of the facts topic that can't be decoded is a fault
of ours, not of a court: the worker ends.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from contract import topics
from streams.cases.outputs import CaseSnapshot, GroupControl, GroupFact, Remark, TransitionOut, Watermark
from streams.cases.refusals import Refusal
from streams.cases.rulebook import RuleBook
from streams.groups.origin import Message
from streams.groups.partition import Groups
from streams.projections.record import Record
from streams.rules.load import load_packs
from streams.shell.cases import CasesRoom
from streams.shell.cores import from_shelf
from streams.shell.lane import Lane, Output
from streams.shell.metrics import Metrics
from streams.shell.seam import StepHook, no_hook

GROUP = "yipanqi-groups"
NAMES: Mapping[str, str] = {topics.EVENTS: topics.FACTS, topics.STATE: topics.GROUP_STATE, topics.FACTS: ""}

_DECODER: msgspec.json.Decoder[Message] = msgspec.json.Decoder(GroupFact | GroupControl | Watermark | CaseSnapshot)


def decode_fact(value: bytes | None) -> Message:
    """Decode a record of the facts topic; raises msgspec.MsgspecError if it is none of ours."""
    return _DECODER.decode(value or b"")


class GroupCore:
    """The groups of one partition, as a lane drives a core."""

    def __init__(self, groups: Groups) -> None:
        self.groups = groups

    def apply(self, position: tuple[int, int], message: Any, /) -> Sequence[TransitionOut]:
        """Take one record of the facts topic."""
        return self.groups.apply(f"{position[0]}:{position[1]}", message)

    def mark_incomplete(self, rootid: str, position: tuple[int, int], /) -> Sequence[Output]:
        """No fact is refused."""
        raise NotImplementedError(f"a fact at {position} of {rootid} can't be refused")

    def tell_refusal(self, position: tuple[int, int], refusal: Refusal, /) -> Sequence[Output]:
        """No fact is refused."""
        raise NotImplementedError(f"the fact of {refusal.source} at {position} can't be refused")

    def take_remarks(self) -> Sequence[Remark]:
        """Groups have none: the chains said theirs."""
        return ()

    def drain_dirty(self) -> dict[str, bytes | None]:
        """What changed since the last call."""
        return self.groups.drain_dirty()


class FactsLane(Lane):
    """One partition of the facts topic in hand."""

    @property
    def groups(self) -> Groups:
        """Its groups."""
        assert isinstance(self.core, GroupCore)
        return self.core.groups

    def hear(self, number: int, message: Message) -> Sequence[TransitionOut]:
        """Take a message that is told beside the log of the facts, under a number of its own."""
        assert isinstance(self.core, GroupCore)
        return self.core.apply((self.partition, number), message)

    def apply(self, record: Record) -> Sequence[Output]:
        """Apply one record and step past it; raises msgspec.MsgspecError if it is none of ours."""
        message = decode_fact(record.value)
        outputs = self.hear(record.offset, message)
        if isinstance(message, Watermark):
            self.tick_appended_ms = record.timestamp
        self.next = record.offset + 1
        return outputs


GroupLanes = Callable[[int, Mapping[str, bytes]], FactsLane]


def group_lanes(packs: Sequence[Path] | None, count: int, *, shelf: Path | None = None) -> GroupLanes:
    """Load the packs (None: the national one) for partitions of a log with ``count`` of them.

    Raises:
        PackError: A pack is refused.
    """
    book = RuleBook(load_packs(packs), shelf=partial(from_shelf, shelf))

    def lane(partition: int, items: Mapping[str, bytes]) -> FactsLane:
        def core(items: Mapping[str, bytes]) -> GroupCore:
            return GroupCore(Groups.restore(book, items, number=partition, count=count))

        return FactsLane(partition, core, items)

    return lane


def groups_room(
    lanes: GroupLanes,
    *,
    kafka: str,
    master_key: bytes,
    metrics: Metrics,
    group: str = GROUP,
    names: Mapping[str, str] | None = None,
    step: StepHook = no_hook,
) -> CasesRoom:
    """The room that drives the groups of each partition of the facts that this worker holds."""

    def no_core(items: Mapping[str, bytes]) -> GroupCore:
        raise NotImplementedError(f"the lanes make their cores, of {len(items)} keys")

    names = {**NAMES, **(names or {})}
    return CasesRoom(
        no_core, kafka=kafka, master_key=master_key, metrics=metrics, group=group, names=names, step=step, lane=lanes
    )
