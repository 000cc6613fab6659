"""A log that lived through two packs, a parameter change and a calendar gives the stored digest again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fetched import Fetched
from lived_log import life, write_packs

from contract.codec import to_kafka
from contract.topics import EVENTS
from streams.cases.outputs import GroupFact, TransitionOut
from streams.groups.origin import Message
from streams.shell.cores import core_factory
from streams.shell.digests import FactsDigest, JournalDigest, LogDigest
from streams.shell.groups import group_lanes
from streams.shell.lane import Lane
from streams.shell.reread import applied

LOG = "27ed21e1b1fd32653b799e7bb0345ee03fb0a0ea585c566cb3e73dbdfb779177"
GROUP_JOURNAL = "308686423ad3c8de19986aa494e5e9c24c591b3aa3f9dd3c7b2e5a076850f6d1"
FACTS = "2bea9d5a92b711783e3d82b1455ec1258ca5fe1b909f986c97123dcdd37ac68c"
JOURNAL = "0d18e05e15870f9ed3ccc676f795fca61480bdd9468907ccd758a513f5552907"


def records(paths: list[Path], *, groups: bool = False) -> Iterator[Fetched]:
    """The log, in one partition."""
    for offset, event in enumerate(life(paths, groups=groups)):
        key, value, headers = to_kafka(event)
        yield Fetched(EVENTS, 0, offset, 1_700_000_000_000, key, value, headers)


def run(paths: list[Path], at_hand: list[Path]) -> tuple[str, str, list[TransitionOut]]:
    """(digest of the log, digest of the journal, transitions)."""
    log, journal, told = LogDigest(), JournalDigest(), []
    lane = Lane(0, core_factory(at_hand), {})
    for record in records(paths):
        log.add(record)
        outputs = applied(lane, record)
        journal.note(outputs)
        told += [out for out in outputs if isinstance(out, TransitionOut)]
    return log.hex(), journal.hex(), told


def test_the_stored_digest_comes_again(tmp_path: Path) -> None:
    """Log and journal, to the last byte; the log has something of everything in it."""
    paths = write_packs(tmp_path)
    log, journal, told = run(paths, paths)
    reasons = {out.reason.split(" ")[0] for out in told}
    assert {"clock", "event", "rejudged", "parameter", "calendar"} <= reasons
    assert {out.transition for out in told} >= {"raised", "severity", "redated", "ended"}
    assert {out.alert.version for out in told} == {"t@1", "t@2", "t@2+p101"}
    assert (log, journal) == (LOG, JOURNAL)


def test_repeats_and_order_of_arrival_change_no_digest(tmp_path: Path) -> None:
    """What a crash says twice counts once; partitions of the topic may be read in any order."""
    paths = write_packs(tmp_path)
    told = run(paths, paths)[2]
    again = JournalDigest()
    again.note(told[:40])
    again.note(told[20:])
    assert (again.hex(), again.repeats) == (JOURNAL, 20)


@pytest.mark.parametrize("field", ["offset", "timestamp", "key", "value", "headers"])
def test_every_part_of_a_record_counts(tmp_path: Path, field: str) -> None:
    """Another offset, append time, key, value or header is another log."""
    first = next(records(write_packs(tmp_path)))
    other: dict[str, Any] = {"offset": 1, "timestamp": 1, "key": None, "value": b"", "headers": first.headers[1:]}
    digests = []
    for record in (first, first._replace(**{field: other[field]})):
        digest = LogDigest()
        digest.add(record)
        digests.append(digest.hex())
    assert digests[0] != digests[1]


def run_groups(paths: list[Path]) -> tuple[FactsDigest, JournalDigest, list[Message], list[TransitionOut]]:
    """What the cases tell the groups, and what these make of it; each message lies in the facts where it comes."""
    facts, journal, messages, told = FactsDigest(), JournalDigest(), [], []
    lane, groups = Lane(0, core_factory(paths), {}), group_lanes(paths, 1)(0, {})
    for record in records(paths, groups=True):
        for message in applied(lane, record):
            if isinstance(message, Message):
                facts.tell(message, 1)
                outputs = groups.hear(len(messages), message)
                messages.append(message)
                journal.note(outputs)
                told += outputs
    return facts, journal, messages, told


def test_the_stored_digests_of_groups_come_again(tmp_path: Path) -> None:
    """What they were told and what they said, to the last byte; each way of judging anew is among it."""
    facts, journal, messages, told = run_groups(write_packs(tmp_path, groups=True))
    assert {out.alert.rule for out in told} == {"G1", "G2"}
    reasons = {out.reason.split(" ")[0] for out in told}
    assert {"clock", "event", "rejudged", "parameter", "calendar"} <= reasons, reasons
    assert {"t@1", "t@2", "t@2+p103"} <= {out.alert.version for out in told}
    assert len(messages) > len(told) > 60
    assert (facts.hex(), journal.hex()) == (FACTS, GROUP_JOURNAL)


def test_each_message_to_the_groups_is_compared_with_what_the_log_gives(tmp_path: Path) -> None:
    """One that is missing, forged, changed, in another's place or said again otherwise is named by partition and id."""
    messages = [message for message in run_groups(write_packs(tmp_path, groups=True))[2] if isinstance(message, GroupFact)]
    first, second, third = messages[:3]

    def told(*pairs: tuple[GroupFact, bytes]) -> FactsDigest:
        digest = FactsDigest()
        for message, body in pairs:
            digest.add(0, message, body)
        return digest

    one, two, three = ((message, message.encode()) for message in (first, second, third))
    given = told(one, two)
    for stored, wrong in (
        ((one,), f"0 {second.id}: is missing"),
        ((one, two, three), f"0 {third.id}: doesn't follow"),
        ((one, (second, first.encode())), f"0 {second.id}: has another body"),
        ((two, one), "0: what partition 0 told stands in another order"),
        ((one, two, (first, second.encode())), f"0 {first.id}: said again with another body"),
    ):
        assert list(given.differences(told(*stored))) == [wrong]
    again = told(one, two, one)
    assert not list(given.differences(again))
    assert (given.hex(), again.repeats) == (again.hex(), 1)
    assert given.hex() != told(two, one).hex()
