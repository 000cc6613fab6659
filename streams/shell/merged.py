"""The partitions of a log as one event file that is supervised as they are.

Between two ticks the records of the partitions follow one another; a tick, and any other control event, comes once where it
has come in every partition. So each chain meets the same clock at each of its events, whatever the broker's order of arrival.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from contract.codec import from_kafka
from contract.envelope import Event
from contract.errors import InvalidEvent
from contract.placement import WRONG_TOPIC, is_misplaced
from contract.registry import CONTROL_TYPES, validate
from streams.projections.record import Record


class Entry(NamedTuple):
    """One line: the event, and where it stands: its offset in each partition that has it."""

    event: Event
    offsets: dict[int, int]


class Refused(NamedTuple):
    """A record that is no event of the contract."""

    partition: int
    offset: int
    reason: str


_Read = tuple[int, Event]


def merged(records: Iterable[Record], partitions: Iterable[int]) -> Iterator[Entry | Refused]:
    """Yield the records of some partitions, each given in its own order, as one file."""
    waiting: dict[int, deque[_Read]] = {partition: deque() for partition in partitions}
    for record in records:
        if is_misplaced(record.topic, record.headers):
            yield Refused(record.partition, record.offset, WRONG_TOPIC)
            continue
        try:
            event = from_kafka(record.value, record.headers)
            if errors := validate(event):
                raise InvalidEvent(tuple(errors))  # noqa: TRY301  # said like what can't be decoded
        except InvalidEvent as error:
            yield Refused(record.partition, record.offset, str(error))
            continue
        waiting[record.partition].append((record.offset, event))
        if _is_control(event):
            yield from _ready(waiting)
    yield from _ready(waiting)
    for partition, rest in waiting.items():
        yield from (Entry(event, {partition: offset}) for offset, event in rest)


def _ready(waiting: dict[int, deque[_Read]]) -> Iterator[Entry]:
    """What lies before the next control event of every partition, and that event, as long as there is one in each."""
    while all(any(_is_control(event) for _, event in queue) for queue in waiting.values()):
        for partition, queue in waiting.items():
            while not _is_control(queue[0][1]):
                offset, event = queue.popleft()
                yield Entry(event, {partition: offset})
        # A clock that died left some partitions without it: they have a later one in front.
        first = min((queue[0][1] for queue in waiting.values()), key=_control)
        having = {partition for partition, queue in waiting.items() if queue[0][1].id == first.id}
        yield Entry(first, {partition: waiting[partition].popleft()[0] for partition in sorted(having)})


def _is_control(event: Event) -> bool:
    return event.short in CONTROL_TYPES and "control" in (event.data or {})


def _control(event: Event) -> tuple[int, str]:
    return int((event.data or {})["control"]), event.id
