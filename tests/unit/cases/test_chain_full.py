"""A chain is one stored record: what has no room in it is refused by name, and a restart refuses the same."""

import pytest

from contract.envelope import Event, full_type
from contract.errors import PoisonEvent
from contract.times import parse_instant
from streams.cases import history
from streams.cases.partition import Partition
from streams.cases.rulebook import RuleBook

TIME = parse_instant("2024-03-04T01:00:00Z")


def filed(number: int, size: int) -> Event:
    """An event of one chain whose kept data are so many letters long."""
    return Event(
        id=f"e{number}",
        source="/court/京0105/test",
        type=full_type("case.filed"),
        subject="c1",
        rootid="chain",
        time=TIME,
        recordedtime=TIME,
        receivedtime=TIME,
        data={"case_no": "x", "tags": ["a" * size]},
    )


def full(core: Partition, events: list[Event], begin: int = 0) -> list[int]:
    """Apply events; the offsets of those for which there was no room."""
    found = []
    for offset, one in enumerate(events, begin):
        try:
            core.apply((0, offset), one)
        except PoisonEvent as error:
            found += [offset] if error.reason == "chain_full" else []
            core.mark_incomplete(one.rootid, (0, offset))
    return found


def test_an_event_without_room_is_refused_and_the_chain_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what doesn't fit is refused; a resend of what is there is none, and a smaller event still fits."""
    monkeypatch.setattr(history, "MOST_BYTES", 3_000)
    core = Partition(RuleBook([]))
    events = [filed(1, 1_000), filed(2, 1_000), filed(3, 1_000), filed(2, 1_000), filed(4, 10)]
    assert full(core, events) == [2]
    assert len(core.drain_dirty()["chain"] or b"") < 3_000


def test_a_restart_refuses_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The room that is left is a function of the events, not of how long the worker has run."""
    monkeypatch.setattr(history, "MOST_BYTES", 20_000)
    events = [filed(number, 700 + number * 13 % 900) for number in range(40)]
    whole = Partition(RuleBook([]))
    expected = full(whole, events)
    assert expected
    for cut in (3, 11, expected[0], expected[0] + 1):
        before = Partition(RuleBook([]))
        found = full(before, events[:cut])
        items = {key: value for key, value in before.drain_dirty().items() if value is not None}
        after = Partition.restore(RuleBook([]), items)
        assert found + full(after, events[cut:], cut) == expected


def test_the_weight_bounds_the_packed_chain() -> None:
    """At the true limit the packed chain fits a record of 1.5 MiB, whatever its events are made of."""
    core = Partition(RuleBook([]))
    full(core, [filed(number, 30_000) for number in range(60)])
    packed = core.drain_dirty()["chain"]
    assert packed is not None
    assert 1_400_000 < len(packed) < 1_572_864
