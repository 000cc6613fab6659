"""Where a message to the groups comes from (a case partition, and a place there by which repeats are known), and goes to."""

from collections.abc import Iterable

from contract.topics import partition_of
from streams.cases.outputs import EVERYWHERE, CaseSnapshot, GroupControl, GroupFact, Watermark

Message = GroupFact | GroupControl | Watermark | CaseSnapshot
Place = tuple[int, int]
"""(offset in the case partition, number among the messages of that offset); a watermark comes after all others."""

_LAST = 1_000_000_000


def place_of(message: Message) -> tuple[int, Place]:
    """(case partition, place there); of one case partition the place only grows. A snapshot, which no group hears, has none."""
    partition, _, offset = message.position.rpartition("/")[2].partition(":")
    if isinstance(message, GroupFact | GroupControl):
        return int(partition), (int(offset), message.n)
    return int(partition), (int(offset), _LAST if isinstance(message, Watermark) else 0)


def told_to(message: Message, count: int) -> Iterable[int]:
    """The partitions of the facts, of so many, that a message goes to."""
    return range(count) if isinstance(message, EVERYWHERE) else (partition_of(message.key, count),)
