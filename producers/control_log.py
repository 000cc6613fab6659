"""The control events that stand in a log already: what a clock must know before it goes on."""

import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from kafka import KafkaConsumer, TopicPartition

from contract.codec import from_json, from_kafka, to_json
from contract.control import CLOCK_SOURCE
from contract.envelope import Event
from contract.errors import InvalidEvent
from contract.topics import EVENTS, RESTRICTED
from producers.away import broker_away
from producers.errors import BrokerAway, LineError
from producers.line import Line, read_range
from producers.tail import open_consumer

_POLL_MS = 1000
_PATIENCE_S = 30.0
_CLOCK = CLOCK_SOURCE.encode()


class PackKey(NamedTuple):
    """What makes two activations the same."""

    pack: str
    version: str
    sha256: str


class _Memory(msgspec.Struct):
    """What is remembered of a log between two starts; it can be made again by reading the log."""

    ends: dict[int, int]
    tick: datetime | None
    next_control: int
    events: list[dict[str, Any]]
    present: list[list[int]]


def places(partitions: int) -> int:
    """How many partitions bear control events: those of the events, then those of the restricted topic."""
    return 2 * partitions


def place(number: int, partitions: int) -> TopicPartition:
    """The partition with this running number."""
    restricted, partition = divmod(number, partitions)
    return TopicPartition(RESTRICTED if restricted else EVENTS, partition)


class ControlLog:
    """The control events of all partitions, each known by its running number (`place`).

    Attributes:
        line: The time line, or None in an empty log.
        tick: The greatest tick; the beginning of the line if there is none; None in an empty log.
        next_control: The first number that no partition has.
        calendar: (name, version, sha256) that holds.
        packs: Every activation.
    """

    def __init__(self, partitions: int) -> None:
        self._partitions = partitions
        self._ends = dict.fromkeys(range(places(partitions)), 0)
        self._events: dict[str, Event] = {}
        self._present: dict[str, set[int]] = {}
        self.tick: datetime | None = None
        self.next_control = 0

    @property
    def line(self) -> Line | None:
        """The time line, or None in an empty log."""
        event = self._last("sys.line_started")
        return None if event is None or event.data is None else event.data["line"]

    @property
    def calendar(self) -> tuple[str, str, str] | None:
        """(name, version, sha256) of the calendar that holds."""
        event = self._last("sys.calendar_changed")
        return None if event is None or event.data is None else _three(event.data, "calendar")

    @property
    def calendars(self) -> frozenset[tuple[str, str, str]]:
        """Every calendar that ever held."""
        data = [event.data for event in self._events.values() if event.short == "sys.calendar_changed" and event.data]
        return frozenset(_three(one, "calendar") for one in data)

    @property
    def packs(self) -> frozenset[PackKey]:
        """Every activation."""
        data = [event.data for event in self._events.values() if event.short == "sys.pack_activated" and event.data]
        return frozenset(PackKey(*_three(one, "pack")) for one in data)

    def incomplete(self) -> Iterator[tuple[Event, list[int]]]:
        """Control events that some partitions lack (a clock died in between), in order, with those partitions."""
        for name, event in sorted(self._events.items(), key=lambda item: _control(item[1])):
            missing = [number for number in self._ends if number not in self._present[name]]
            if missing:
                yield event, missing

    def wrote(self, event: Event, positions: Iterable[tuple[int, int]]) -> None:
        """Take note of what the clock itself has written, (place, offset): nothing before it need be read again."""
        for number, offset in positions:
            self._note(event, number)
            self._ends[number] = max(self._ends[number], offset + 1)

    def remember(self, memory: Path | None) -> None:
        """Keep what was read, so that the next start reads only what came after."""
        if memory is None:
            return
        names = list(self._events)
        content = _Memory(
            ends=self._ends,
            tick=self.tick,
            next_control=self.next_control,
            events=[to_json(self._events[name]) for name in names],
            present=[sorted(self._present[name]) for name in names],
        )
        memory.parent.mkdir(parents=True, exist_ok=True)
        part = memory.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(content))
        part.replace(memory)

    def recall(self, memory: Path) -> None:
        """Take up what was remembered; what can't be read is as if it weren't there."""
        try:
            content = msgspec.json.decode(memory.read_bytes(), type=_Memory)
            events = [from_json(event) for event in content.events]
        except (OSError, msgspec.DecodeError, InvalidEvent):
            return
        if set(content.ends) != set(self._ends):
            return
        self._ends, self.tick, self.next_control = content.ends, content.tick, content.next_control
        self._events = {event.id: event for event in events}
        self._present = {event.id: set(where) for event, where in zip(events, content.present, strict=True)}

    def read(self, consumer: KafkaConsumer) -> None:
        """Read every partition from where the memory ends."""
        for number in self._ends:
            for record in _records(consumer, place(number, self._partitions), number, self._ends):
                if record.offset == 0:
                    self._check_first(record)
                if any(name == "ce_source" and value == _CLOCK for name, value in record.headers):
                    self._take(record, number)

    def _take(self, record: Any, number: int) -> None:
        try:
            event = from_kafka(record.value, record.headers)
        except InvalidEvent:
            return  # no control event that a clock of ours wrote: the engine buries it
        if event.data is not None and isinstance(event.data.get("control"), int):
            self._note(event, number)

    def _note(self, event: Event, number: int) -> None:
        self.next_control = max(self.next_control, _control(event) + 1)
        self.tick = event.time if self.tick is None else max(self.tick, event.time)
        if event.short != "sys.ticked":
            self._events.setdefault(event.id, event)
            self._present.setdefault(event.id, set()).add(number)

    def _check_first(self, record: Any) -> None:
        if not any(name == "ce_source" and value == _CLOCK for name, value in record.headers):
            raise LineError(f"the first record of {record.topic} partition {record.partition} was not written by the clock")

    def _last(self, short: str) -> Event | None:
        found = [event for event in self._events.values() if event.short == short]
        return max(found, key=_control, default=None)

    def matches(self, consumer: KafkaConsumer) -> bool:
        """Whether what was remembered is of this log: it begins with the same record and is no shorter."""
        assigned = {place(number, self._partitions): number for number in self._ends}
        ends = consumer.end_offsets(list(assigned))
        if any(ends[tp] < self._ends[number] for tp, number in assigned.items()):
            return False
        began = self._last("sys.line_started")
        return began is None or [began.time] == [event.time for event in _first_events(consumer)]


def read_control_log(bootstrap: str, partitions: int, memory: Path | None) -> ControlLog:
    """Read the control events of a log, with the help of what is remembered.

    Raises:
        LineError: The log was not begun by a clock.
        BrokerAway: It can't be read.
    """
    found = ControlLog(partitions)
    with broker_away(bootstrap), open_consumer(bootstrap) as consumer:
        if memory is not None:
            found.recall(memory)
            if not found.matches(consumer):
                found = ControlLog(partitions)
        found.read(consumer)
    return found


def _records(consumer: KafkaConsumer, assigned: TopicPartition, number: int, ends: dict[int, int]) -> Iterator[Any]:
    """Yield a partition's records from ``ends[number]``, and move that on."""
    consumer.assign([assigned])
    end = consumer.end_offsets([assigned])[assigned]
    consumer.seek(assigned, ends[number])
    silent_since = time.monotonic()
    while ends[number] < end:
        records = consumer.poll(timeout_ms=_POLL_MS).get(assigned, [])
        if records:
            silent_since = time.monotonic()
        elif time.monotonic() - silent_since > _PATIENCE_S:
            raise BrokerAway(f"{assigned.topic} partition {assigned.partition} can't be read from offset {ends[number]}")
        yield from records
        ends[number] = consumer.position(assigned)


def _first_events(consumer: KafkaConsumer) -> Iterator[Event]:
    for record in read_range(consumer, 0, 0, 1):
        try:
            yield from_kafka(record.value, record.headers)
        except InvalidEvent:
            return


def _control(event: Event) -> int:
    return int((event.data or {}).get("control", 0))


def _three(data: dict[str, Any], name: str) -> tuple[str, str, str]:
    return data[name], data["version"], data["sha256"]
