"""Partitions put together as one file: a tick once, after everything that came before it anywhere."""

from datetime import UTC, datetime, timedelta

from fetched import Fetched

from contract.codec import to_kafka
from contract.control import line_started, ticked
from contract.envelope import Event
from contract.topics import EVENTS
from streams.shell.merged import Entry, Refused, merged

_AT = datetime(2026, 1, 5, tzinfo=UTC)


def log(partition: int, *events: Event | str) -> list[Fetched]:
    """The records of a partition; a text is a fact of that name."""
    found = []
    for offset, event in enumerate(events):
        one = event
        if isinstance(one, str):
            one = Event(
                id=one, source="/court/京0105/cms", type="x.a", subject=one, rootid=one, time=_AT, recordedtime=_AT, data={}
            )
        key, value, headers = to_kafka(one)
        found.append(Fetched(EVENTS, partition, offset, key=key, value=value, headers=headers))
    return found


def tick(number: int) -> Event:
    """A tick."""
    return ticked(number, _AT + timedelta(seconds=number))


def told(records: list[Fetched]) -> list[tuple[str, dict[int, int]]]:
    """(id, offsets) of each line."""
    found = []
    for entry in merged(records, [0, 1]):
        assert isinstance(entry, Entry)
        found.append((entry.event.id, entry.offsets))
    return found


def test_a_tick_comes_once_after_all_that_was_before_it() -> None:
    """Whichever partition is read first; what follows the last tick comes at the end."""
    begin = line_started(0, _AT, "simulated")
    zero = log(0, begin, "a", tick(1), "b")
    one = log(1, begin, tick(1), "c", "d")
    expected = [
        ("sys.line_started:0", {0: 0, 1: 0}),
        ("a", {0: 1}),
        ("sys.ticked:1", {0: 2, 1: 1}),
        ("b", {0: 3}),
        ("c", {1: 2}),
        ("d", {1: 3}),
    ]
    assert told(zero + one) == expected
    assert sorted(told(one + zero), key=str) == sorted(expected, key=str)


def test_a_tick_that_a_partition_lacks_comes_where_it_is() -> None:
    """A clock died between two partitions: the later one is common again."""
    zero = log(0, tick(1), "a", tick(2), "b", tick(3))
    one = log(1, tick(1), "c", tick(3))
    assert [name for name, _ in told(zero + one)] == ["sys.ticked:1", "a", "c", "sys.ticked:2", "b", "sys.ticked:3"]


def test_what_is_no_event_is_named() -> None:
    """With its place; the rest goes on."""
    bad = Fetched(EVENTS, value=b"{")
    found = list(merged([bad, *log(1, "a")], [0, 1]))
    assert isinstance(found[0], Refused)
    assert (found[0].partition, found[0].offset) == (0, 0)
    assert len(found) == 2
