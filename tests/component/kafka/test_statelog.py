"""The changelog of a partition on a real broker: what was written last is what is read, however large."""

import asyncio
import os

import pytest

from contract.topics import GROUP_STATE
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
