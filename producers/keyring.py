"""The keys of the chains, kept in the key topic: the first key that stands there for a chain is the chain's key.

Two gateways may make a key for one chain at the same moment. Each reads the topic back before it uses its own, so both
take the first; and since the topic is compacted, which keeps the last, whoever finds a second key writes the first again.
A tombstone shreds a chain: what was sealed before can't be read any more, what comes after gets a new key.
"""

import logging
import threading
from collections.abc import Iterable
from typing import Any

from contract.seal import SealError, new_key, unwrap_key, wrap_key
from contract.topics import KEYS
from producers.errors import BrokerAway, KeyRingError
from producers.log import LogWriter, Record
from producers.tail import Tail

logger = logging.getLogger(__name__)

_CATCH_UP_S = 300.0
_PATIENCE_S = 10.0


class KeyRing:
    """The chains' keys, read whole at start and followed from then on. Memory: some 300 bytes a chain.

    Args:
        writer: Writes new keys.
        master: The master key.

    Raises:
        KeyRingError: The topic's keys were wrapped by another master key.
        BrokerAway: The topic can't be read.
    """

    def __init__(self, writer: LogWriter, master: bytes) -> None:
        self._writer = writer
        self._master = master
        self._first: dict[str, bytes] = {}
        self._last: dict[str, bytes] = {}
        """Only for chains whose last record isn't the first: the compacted topic would keep the wrong one."""
        self._making = threading.Lock()
        self._tail = Tail(writer.bootstrap, KEYS, dict.fromkeys(range(writer.partitions), 0), self._read)
        try:
            self._tail.catch_up(_CATCH_UP_S)
            self._check_master()
            self._mend()
        except BaseException:
            self._tail.stop()
            raise

    def keys(self, rootids: Iterable[str]) -> dict[str, bytes]:
        """Return the key of each chain; keys that are missing are made, written and read back first.

        Raises:
            BrokerAway: The broker didn't take or give back the new keys in time.
        """
        wanted = set(rootids)
        if not wanted <= self._first.keys():
            # While the broker is away nobody queues up behind the one who found out: all of them give up together.
            if not self._making.acquire(timeout=_PATIENCE_S):
                raise BrokerAway("the broker does not take new keys")
            try:
                self._make(wanted - self._first.keys())
            finally:
                self._making.release()
        return {rootid: unwrap_key(self._master, rootid, self._first[rootid]) for rootid in wanted}

    @property
    def failure(self) -> BaseException | None:
        """What ended the following of the topic before its time."""
        return self._tail.failure

    def close(self) -> None:
        """Stop following the topic."""
        self._tail.stop()

    def _read(self, record: Any) -> None:
        rootid = record.key.decode()
        if record.value is None:
            self._first.pop(rootid, None)
            self._last.pop(rootid, None)
        elif self._first.setdefault(rootid, record.value) == record.value:
            self._last.pop(rootid, None)
        else:
            self._last[rootid] = record.value

    def _make(self, rootids: set[str]) -> None:
        if not rootids:
            return
        records = [Record(KEYS, rootid, wrap_key(self._master, rootid, new_key()), []) for rootid in sorted(rootids)]
        ends: dict[int, int] = {}
        for position in self._writer.send(records).wait(_PATIENCE_S):
            ends[position.partition] = max(position.offset, ends.get(position.partition, -1))
        self._tail.wait_past(ends, _PATIENCE_S)
        self._mend()

    def _mend(self) -> None:
        """Write the first key again where another one stands last."""
        records = [Record(KEYS, rootid, self._first[rootid], []) for rootid in list(self._last) if rootid in self._first]
        if records:
            logger.info("two keys were made at once for %d chains; the first of each is kept", len(records))
            self._writer.send(records).wait(_PATIENCE_S)

    def _check_master(self) -> None:
        for rootid, wrapped in self._first.items():
            try:
                unwrap_key(self._master, rootid, wrapped)
            except SealError:
                raise KeyRingError(
                    f"the master key is not the one that wrapped the keys in {KEYS}; put the right one back"
                ) from None
            return
