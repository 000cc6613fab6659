"""The time line of a log, as its readers see it: which kind it is, and what time it is on it."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol

from kafka import KafkaConsumer, TopicPartition

from contract.codec import Headers, from_kafka
from contract.control import CLOCK_SOURCE
from contract.envelope import full_type
from contract.errors import InvalidEvent
from contract.times import parse_instant
from contract.topics import EVENTS
from producers.errors import LineError
from producers.tail import Tail, open_consumer

Line = Literal["wall", "simulated"]
_PARTITION = 0
_WINDOW = 1000
_READ_MS = 5000
_TICK_TYPE = full_type("sys.ticked").encode()
_CLOCK = CLOCK_SOURCE.encode()


class TimeSource(Protocol):
    """Says what time it is for the log."""

    def now(self) -> datetime:
        """The instant, aware."""
        ...


def wall_now() -> datetime:
    """The wall clock, to the millisecond."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


class LineClock:
    """The clock of receivedtime: the wall's; on a simulated line the greatest tick plus the wall seconds since × speed.

    Args:
        bootstrap: Address of the broker.
        speed: Simulated seconds a wall second.

    Raises:
        LineError: The log has no time line yet.
        BrokerAway: It can't be read.
    """

    def __init__(self, bootstrap: str, speed: float = 1.0) -> None:
        self._speed = speed
        self._tail: Tail | None = None
        with open_consumer(bootstrap) as consumer:
            self.line, started_at = read_line(consumer)
            if self.line == "wall":
                return
            end = consumer.end_offsets([TopicPartition(EVENTS, _PARTITION)])[TopicPartition(EVENTS, _PARTITION)]
            self._tick = (last_tick(consumer, _PARTITION, end) or started_at, time.monotonic())
        self._tail = Tail(bootstrap, EVENTS, {_PARTITION: end}, self._read)

    def now(self) -> datetime:
        """What time it is on the line."""
        if self.line == "wall":
            return wall_now()
        tick, read_at = self._tick
        passed = tick + timedelta(seconds=(time.monotonic() - read_at) * self._speed)
        return passed.replace(microsecond=passed.microsecond // 1000 * 1000)

    @property
    def failure(self) -> BaseException | None:
        """What ended the following of the ticks before its time."""
        return None if self._tail is None else self._tail.failure

    def close(self) -> None:
        """Stop following the ticks."""
        if self._tail is not None:
            self._tail.stop()

    def _read(self, record: Any) -> None:
        instant = tick_instant(record.headers)
        if instant is not None and instant > self._tick[0]:
            self._tick = (instant, time.monotonic())


def read_line(consumer: KafkaConsumer, partition: int = 0) -> tuple[Line, datetime]:
    """Return the kind and the beginning of the time line, from a partition's first record.

    Raises:
        LineError: The partition is empty, or doesn't begin with a time line.
    """
    for record in read_range(consumer, partition, 0, 1):
        try:
            event = from_kafka(record.value, record.headers)
        except InvalidEvent:
            event = None
        if event is None or event.short != "sys.line_started" or event.data is None:
            raise LineError(f"the first record of {EVENTS} is no sys.line_started: this log wasn't begun by the clock")
        return event.data["line"], event.time
    raise LineError(f"{EVENTS} has no time line yet: start the clock first")


def last_tick(consumer: KafkaConsumer, partition: int, end: int) -> datetime | None:
    """Return the last tick before offset ``end``, or None."""
    while end > 0:
        begin = max(0, end - _WINDOW)
        ticks = [tick_instant(record.headers) for record in read_range(consumer, partition, begin, end)]
        found = [tick for tick in ticks if tick is not None]
        if found:
            return max(found)
        end = begin
    return None


def tick_instant(headers: Headers) -> datetime | None:
    """The instant of a tick, from a record's headers; None for any other record."""
    named = dict(headers)
    if named.get("ce_type") != _TICK_TYPE or named.get("ce_source") != _CLOCK:
        return None
    try:
        return parse_instant((named.get("ce_time") or b"").decode())
    except ValueError:
        return None


def read_range(consumer: KafkaConsumer, partition: int, begin: int, end: int) -> list[Any]:
    """Read the records of [begin, end) of the event log; fewer if the log ends before.

    Raises:
        LineError: They don't come in time.
    """
    assigned = TopicPartition(EVENTS, partition)
    consumer.assign([assigned])
    end = min(end, consumer.end_offsets([assigned])[assigned])
    consumer.seek(assigned, begin)
    records: list[Any] = []
    deadline = time.monotonic() + _READ_MS / 1000
    while consumer.position(assigned) < end:
        fetched = consumer.poll(timeout_ms=_READ_MS).get(assigned, [])
        records += [record for record in fetched if record.offset < end]
        if not fetched and time.monotonic() > deadline:
            raise LineError(f"{EVENTS} partition {partition} could not be read from offset {begin}")
    return records
