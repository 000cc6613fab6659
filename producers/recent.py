"""What was accepted lately, so that a second body under one id is told to its sender at once.

It is a courtesy, not a guard: both bodies go into the log, where the engine keeps the lesser and makes the other a dead letter.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable

from contract.envelope import Event

_CAPACITY = 50_000
_DIGEST_BYTES = 8


class RecentIds:
    """(source, id) → digest of the last events, some 10 MB when full."""

    def __init__(self, capacity: int = _CAPACITY) -> None:
        self._capacity = capacity
        self._digests: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def conflicts(self, events: Iterable[Event]) -> list[bool]:
        """Note events and tell for each whether another body was noted under its name."""
        digests = [(event.ref, event.digest[:_DIGEST_BYTES]) for event in events]
        with self._lock:
            found = [self._digests.setdefault(ref, digest) != digest for ref, digest in digests]
            while len(self._digests) > self._capacity:
                self._digests.popitem(last=False)
        return found
