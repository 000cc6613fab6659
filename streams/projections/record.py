"""What a projection reads: one record of the log, decoded once for all the tables that it feeds."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

import msgspec

from contract.errors import InvalidEvent
from contract.topics import ALERTS, EVENTS, FACTS, REJECTED
from streams.projections.messages import Content, read_dead_letter, read_event, read_fact, read_object, read_transition

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_READERS: dict[str, Callable[[bytes | None, Sequence[tuple[str, bytes]]], Content]] = {
    EVENTS: read_event,
    ALERTS: read_transition,
    FACTS: read_fact,
    REJECTED: read_dead_letter,
}


class Record(Protocol):
    """One fetched record, as Kafka's clients give it."""

    @property
    def topic(self) -> str:
        """Name of the topic."""
        ...

    @property
    def partition(self) -> int:
        """Partition number."""
        ...

    @property
    def offset(self) -> int:
        """Position in the partition."""
        ...

    @property
    def timestamp(self) -> int:
        """Append time by the broker, milliseconds since the epoch."""
        ...

    @property
    def key(self) -> bytes | None:
        """Raw key."""
        ...

    @property
    def value(self) -> bytes | None:
        """Raw value; None is a tombstone."""
        ...

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """Raw headers, in order."""
        ...


class Entry(NamedTuple):
    """A record with its content.

    Attributes:
        record: As it was fetched.
        content: What it says; None if it cannot be read.
        error: Why it cannot be read: ``field:code`` for each error, never a value; empty if it can.
    """

    record: Record
    content: Content
    error: str

    @property
    def append_time(self) -> datetime:
        """When the broker appended it."""
        return _EPOCH + timedelta(milliseconds=self.record.timestamp)


def read(record: Record) -> Entry:
    """Decode a record of any topic; whatever its bytes are, this returns."""
    reader = _READERS.get(record.topic, read_object)
    try:
        return Entry(record, reader(record.value, record.headers), "")
    except InvalidEvent as error:
        return Entry(record, None, " ".join(f"{found.field}:{found.code}" for found in error.errors))
    except (msgspec.MsgspecError, UnicodeError, ValueError, OverflowError, RecursionError) as error:
        return Entry(record, None, f"value:{type(error).__name__}")
