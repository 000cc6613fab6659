"""What a projection reads: one record of the log, decoded once for all the tables that it feeds."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

import msgspec

from contract.codec import Headers
from contract.envelope import Event
from contract.errors import InvalidEvent
from contract.placement import WRONG_TOPIC, is_misplaced
from contract.topics import ALERTS, EVENTS, FACTS, REJECTED, RESTRICTED, RESTRICTED_ALERTS, RESTRICTED_REJECTED
from streams.projections.messages import Content, read_dead_letter, read_event, read_fact, read_object, read_transition

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_READERS: dict[str, Callable[[bytes | None, Headers], Content]] = {
    EVENTS: read_event,
    ALERTS: read_transition,
    FACTS: read_fact,
    REJECTED: read_dead_letter,
    RESTRICTED: read_event,
    RESTRICTED_ALERTS: read_transition,
    RESTRICTED_REJECTED: read_dead_letter,
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
        """Milliseconds since the epoch: the broker's append time on topics with `LogAppendTime`."""
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
    def headers(self) -> Headers:
        """Raw headers, in order; one may have no value."""
        ...


class Place(NamedTuple):
    """A record of which nothing is told but where and when it was written: it is misplaced."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None = None
    value: bytes | None = None
    headers: Headers = ()


class Entry(NamedTuple):
    """A record with its content.

    Attributes:
        record: As it was fetched, or its `Place`.
        content: What it says; None if it cannot be read.
        error: What is wrong with it: ``field:code`` for each error, never a value; empty if nothing is.
        digest: Of the sealed event, else SHA-256 of the bytes of the value.
    """

    record: Record
    content: Content
    error: str
    digest: bytes

    @property
    def append_time(self) -> datetime:
        """When the broker appended it."""
        return _EPOCH + timedelta(milliseconds=self.record.timestamp)


def read(record: Record) -> Entry:
    """Decode a record of any topic; whatever its bytes are, this returns."""
    if is_misplaced(record.topic, record.headers):
        place = Place(record.topic, record.partition, record.offset, record.timestamp)
        return Entry(place, None, f"type:{WRONG_TOPIC}", hashlib.sha256(b"").digest())
    content: Content = None
    try:
        content = _READERS.get(record.topic, read_object)(record.value, record.headers)
        error = _refused(record, content) if isinstance(content, Event) else ""
    except InvalidEvent as invalid:
        error = " ".join(f"{found.field or 'value'}:{found.code}" for found in invalid.errors)
    except (msgspec.MsgspecError, UnicodeError, ValueError, OverflowError, RecursionError) as unreadable:
        error = f"value:{type(unreadable).__name__}"
    digest = content.digest if isinstance(content, Event) else hashlib.sha256(record.value or b"").digest()
    return Entry(record, content, error, digest)


def _refused(record: Record, event: Event) -> str:
    """What the engine refuses in an event that is right in itself: it did not come through the gateway."""
    if event.short.startswith("sys."):
        return ""
    if record.key != event.rootid.encode():
        return "key:wrong_key"
    return "receivedtime:not_received" if event.receivedtime is None else ""
