"""The keys of the chains: one for each, whoever made it, readable only with the right master key."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from contract.seal import new_key
from contract.topics import KEYS
from producers.errors import KeyRingError
from producers.keyring import KeyRing
from producers.log import LogWriter, Record

Read = Callable[..., list[Any]]


def test_gateways_that_make_keys_at_once_agree(topics: str, records: Read) -> None:
    """Two rings that meet the same new chains use the same keys, and the compacted topic keeps just these."""
    master, rootids = new_key(), [f"case-{n}" for n in range(200)]
    writers = [LogWriter(topics) for _ in range(2)]
    rings = [KeyRing(writer, master) for writer in writers]
    found: list[dict[str, bytes]] = []
    begin = threading.Barrier(2)

    def make(ring: KeyRing) -> None:
        begin.wait()
        found.append(ring.keys(rootids))

    threads = [threading.Thread(target=make, args=(ring,)) for ring in rings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1]
    for ring in rings:
        ring.close()
    late = KeyRing(writers[0], master)  # mends what the race may have left behind
    assert late.keys(rootids) == found[0]
    late.close()
    last = {record.key.decode(): record.value for record in records(topics, KEYS)}
    first: dict[str, bytes] = {}
    for record in records(topics, KEYS):
        first.setdefault(record.key.decode(), record.value)
    assert last == first
    for writer in writers:
        writer.close()


def test_another_master_key_is_refused(topics: str) -> None:
    """A gateway that can't open the chains' keys says so at its start, before it makes new ones."""
    writer = LogWriter(topics)
    ring = KeyRing(writer, new_key())
    ring.keys(["case-1"])
    ring.close()
    with pytest.raises(KeyRingError, match="put the right one back"):
        KeyRing(writer, new_key())
    writer.close()


def test_a_tombstone_shreds(topics: str) -> None:
    """After a tombstone the chain's old key is gone and what comes later gets a new one."""
    writer, master = LogWriter(topics), new_key()
    ring = KeyRing(writer, master)
    before = ring.keys(["case-1"])
    writer.send([Record(KEYS, "case-1", None, [])]).wait()
    ring.close()
    ring = KeyRing(writer, master)
    assert ring.keys(["case-1"]) != before
    ring.close()
    writer.close()
