"""The last decision of each target, and the log from where they stand: who reads that has what one has who reads everything."""

from collections import Counter
from typing import Any

from duty_script import Script
from duty_stories import deeds, prepared, tell
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.duty.decisions import decode, encode
from dashboards.duty_live import DutyView
from streams.duty.board import Board
from streams.duty.room import DutyRoom

_KEPT = ("kept", "now", "_about", "_desks", "_seen")
_LISTS = ("_open", "_held")


def _partition(position: str) -> int:
    return int(position.partition(":")[0])


def _lists(view: DutyView) -> list[dict[Any, Any]]:
    """Its lists; one that is empty by now is as one that never was."""
    return [{key: one for key, one in getattr(view, name).items() if one} for name in _LISTS]


def _log(script: Script) -> list[tuple[int, int, bytes]]:
    """(partition, offset, bytes) of each decision."""
    ends: Counter[int] = Counter()
    found = []
    for one in script.decisions:
        partition = _partition(one.position)
        found.append((partition, ends[partition], encode(one)))
        ends[partition] += 1
    return found


@settings(max_examples=60)
@given(st.lists(deeds, max_size=20), st.integers(0, 20), st.integers(0, 20), st.integers(0, 30))
def test_a_bounded_start_gives_what_the_whole_log_gives(
    story: list[tuple[Any, ...]], first: int, second: int, before: int
) -> None:
    """Checkpoints come anywhere; a little of the log before the last of them is read again."""
    script = prepared()
    latest: dict[tuple[int, str], bytes | None] = {}
    starts: Counter[int] = Counter()
    for number, step in enumerate(story):
        tell(script, *step)
        if number in {first, second}:
            for partition, room in enumerate(script.rooms):
                latest |= {(partition, target): value for target, value in (room.drain_latest() or {}).items()}
            starts = Counter(_partition(one.position) for one in script.decisions)
    whole, view, board, all_of_it = DutyView(), DutyView(), Board(), Board()
    for (partition, _), value in latest.items():
        if value is not None:
            view.load(partition, value)
            board.take(decode(value))
    begins = view.begin({partition: starts[partition] for partition in range(script.count)}, before)
    for partition, offset, value in _log(script):
        whole.apply(partition, offset, value)
        all_of_it.take(decode(value))
        if offset >= begins[partition]:
            view.apply(partition, offset, value)
        if offset >= starts[partition]:
            board.take(decode(value))
    for name in _KEPT:
        assert getattr(view, name) == getattr(whole, name), name
    assert _lists(view) == _lists(whole)
    assert [one.target for one in view.queue] == [one.target for one in whole.queue]
    assert (board.firing, board.since, list(board.due())) == (all_of_it.firing, all_of_it.since, list(all_of_it.due()))
    assert view.number == len(script.decisions)


def test_a_stream_that_asks_for_what_came_before_the_start_is_told_to_load_anew() -> None:
    """What wasn't read can't be told."""
    view = DutyView()
    view.begin({0: 700, 1: 300}, 50)
    assert view.changes_after(1000) == []
    assert view.changes_after(999) is None
    assert view.changes_after(1001) is None


def test_the_room_of_an_older_data_folder_writes_no_last_decisions() -> None:
    """They would not be all; who starts reads the whole log."""
    script = prepared()
    script.raises("a", "red")
    room = next(one for one in script.rooms if (found := one.drain_latest()) is not None and found)
    state = {key: value for key, value in room.drain_dirty().items() if value is not None}
    assert DutyRoom.restore(script.policies, state).drain_latest() == {}
    del state["@whole"]
    assert DutyRoom.restore(script.policies, state).drain_latest() is None
