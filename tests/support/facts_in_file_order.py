"""The topic of facts heard again in the order of an exported file, whatever order its messages came in live.

Groups say of it what they say of the file, transition by transition: all that is between the two is the order in which the
messages of several case partitions followed one another, and that is the file's now.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from contract.topics import EMBEDDED_PARTITIONS
from streams.cases.outputs import CaseSnapshot, TransitionOut
from streams.groups.origin import Place, place_of
from streams.shell.groups import decode_fact, group_lanes

Line = int
"""The number of a line of the file, from 1."""


def heard_in_file_order(records: Iterable[Any], positions: Sequence[Mapping[str, int]]) -> Iterator[tuple[Line, TransitionOut]]:
    """What fresh groups say, and of which line.

    Args:
        records: Of the topic of facts.
        positions: What `yipanqi export --positions` wrote.
    """
    lines = {(int(partition), offset): line for line, place in enumerate(positions, 1) for partition, offset in place.items()}
    lanes = group_lanes(None, EMBEDDED_PARTITIONS)
    told: dict[int, list[tuple[Line, int, Place, bytes]]] = {partition: [] for partition in range(EMBEDDED_PARTITIONS)}
    for record in records:
        message = decode_fact(record.value)
        if not isinstance(message, CaseSnapshot):
            origin, place = place_of(message)
            told[record.partition].append((lines[origin, place[0]], origin, place, record.value))
    for partition, messages in told.items():
        lane = lanes(partition, {})
        for number, (line, _, _, value) in enumerate(sorted(messages)):
            for step in lane.hear(number, decode_fact(value)):
                yield line, step
