"""The changelog of a partition on a real broker: what was written last is what is read, however large."""

import asyncio
import os

import pytest
from kafka import KafkaConsumer, TopicPartition

from contract.topics import GROUP_STATE
from streams.shell import statelog
from streams.shell.statelog import PART_BYTES, StateLog


def _life(kafka: str, *writes: dict[str, bytes | None]) -> dict[str, bytes]:
    """Write in one process after another, each opening the changelog anew; return what the next one reads."""

    async def run() -> dict[str, bytes]:
        for items in writes:
            log = StateLog(kafka, GROUP_STATE, 0, "test-state")
            await log.open()
            await log.write(items)
            await log.close()
        log = StateLog(kafka, GROUP_STATE, 0, "test-state")
        found = await log.open()
        await log.close()
        return found

    return asyncio.run(run())


@pytest.mark.parametrize("size", [0, 1, PART_BYTES, PART_BYTES + 1, 5 * PART_BYTES, 5 * PART_BYTES + 17])
def test_a_value_of_any_size_is_read_as_it_was_written(topics: str, size: int) -> None:
    """A court's group outgrows a record with its years; its neighbours are as they were."""
    value = os.urandom(size)
    assert _life(topics, {"court:京0105": value, "court:京0106": b"small"}) == {"court:京0105": value, "court:京0106": b"small"}


def test_a_value_that_shrinks_or_goes_leaves_no_part(topics: str) -> None:
    """Five parts, then two, then gone: nothing of the longer one comes back, also after other processes wrote between."""
    five, two = os.urandom(5 * PART_BYTES), os.urandom(2 * PART_BYTES)
    assert _life(topics, {"a": five}, {"b": b"other"}, {"a": two}) == {"a": two, "b": b"other"}
    assert _life(topics, {"a": five}, {"a": b"short"}) == {"a": b"short", "b": b"other"}
    assert _life(topics, {"a": five}, {"a": None}) == {"b": b"other"}
    assert _life(topics, {"a": two}) == {"a": two, "b": b"other"}


def test_of_a_value_that_grew_only_what_is_new_is_written(topics: str) -> None:
    """Its first part, which may say how long it is, and its last: also by a process that finds it in the topic."""
    head, body, tail = os.urandom(PART_BYTES), os.urandom(8 * PART_BYTES), os.urandom(PART_BYTES // 2)
    grown = head[::-1] + body + tail
    assert _life(topics, {"a": head + body}) == {"a": head + body}

    async def grow_twice() -> None:
        log = StateLog(topics, GROUP_STATE, 0, "test-state")
        await log.open()
        await log.write({"a": grown})
        await log.write({"a": grown + b"more"})
        await log.close()

    asyncio.run(grow_twice())
    assert _life(topics) == {"a": grown + b"more"}
    assert _sizes(topics) == [PART_BYTES] * 9 + [PART_BYTES, len(tail)] + [PART_BYTES, len(tail) + 4]


def test_parts_of_another_length_are_replaced(topics: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written when parts were longer, or will be, is read and overwritten."""
    one, two = os.urandom(5 * PART_BYTES), os.urandom(7 * PART_BYTES + 1)
    assert _life(topics, {"a": one}) == {"a": one}
    monkeypatch.setattr(statelog, "PART_BYTES", 3 * PART_BYTES)
    assert _life(topics, {"b": b"other"}) == {"a": one, "b": b"other"}
    assert _life(topics, {"a": two}) == {"a": two, "b": b"other"}
    monkeypatch.undo()
    assert _life(topics, {"a": two + b"more"}) == {"a": two + b"more", "b": b"other"}


def _sizes(kafka: str) -> list[int]:
    """The bytes of each value that was committed, in the order of the partition; nothing is being written."""
    place = TopicPartition(GROUP_STATE, 0)
    consumer = KafkaConsumer(bootstrap_servers=kafka, isolation_level="read_committed", auto_offset_reset="earliest")
    try:
        consumer.assign([place])
        (end,) = consumer.end_offsets([place]).values()
        found: list[int] = []
        while consumer.position(place) < end:
            found += [len(record.value) for record in consumer.poll(timeout_ms=500).get(place, ())]
        return found
    finally:
        consumer.close()
