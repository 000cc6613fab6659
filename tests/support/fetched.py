"""A record of the log without Kafka."""

from collections.abc import Sequence
from typing import NamedTuple


class Fetched(NamedTuple):
    """A record as a client fetches it."""

    topic: str
    partition: int = 0
    offset: int = 0
    timestamp: int = 1_700_000_000_123
    key: bytes | None = b"k"
    value: bytes | None = None
    headers: Sequence[tuple[str, bytes | None]] = ()
