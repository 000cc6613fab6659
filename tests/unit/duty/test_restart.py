"""A restart at any point, or a record that comes twice, changes nothing: the same bytes, the same state."""

from typing import Any

from duty_script import BASIC, Script
from duty_stories import NAMES, deeds, run
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.duty import commands as c
from contract.duty.decisions import Decision, encode


def test_a_restart_at_every_point_of_an_escalation_changes_nothing() -> None:
    """From the raising over every step, an acknowledgement that expires, and the tree, to the close."""
    story = [
        ("raises", "a", "red", True),
        ("advance", 10, False),
        ("claim", "a", 0),
        ("advance", 30, False),
        ("sent", "a", 0),
        ("acknowledge", "a", "乙"),
        ("advance", 240, False),
        ("advance", 1440, True),
        ("advance", 1440, True),
        ("advance", 1440, True),
        ("ends", "a"),
        ("advance", 10080, True),
    ]
    plain, restarted = run(story), run(story, restarts=True)
    assert restarted.outputs == plain.outputs
    for what in ("paged", "escalated", "acknowledged", "ack_expired", "escalated_up", "resolved", "closed"):
        assert what in plain.said("a"), what


def test_an_action_touches_one_alert_however_many_there_are() -> None:
    """What it costs doesn't grow with them: it changes one record, its answer and the clock."""
    script = Script(count=1)
    script.roster(BASIC, officer="甲", technician="技", leader="丙")
    for number in range(500):
        script.raises(f"a{number}", "red", subject=f"case-{number}")
    (room,) = script.rooms
    room.drain_dirty()
    answer = script.does("甲", c.Acknowledge, "a250")
    assert answer.outcome == "accepted"
    assert set(room.drain_dirty()) == {script.id("a250"), f"@answer/{answer.command}", "@duty"}


@settings(max_examples=150)
@given(st.lists(deeds, max_size=25))
def test_restoring_after_every_record_changes_nothing(story: list[tuple[Any, ...]]) -> None:
    """Every output has the same bytes, and what is stored is the same in the end."""
    plain, restarted = run(story), run(story, restarts=True)
    assert restarted.outputs == plain.outputs
    for room, again in zip(plain.rooms, restarted.rooms, strict=True):
        assert list(room.records()) == list(again.records())


def _told(one: Decision) -> tuple[Any, ...]:
    return one.target, one.what, one.outcome, one.code, one.at, one.version


@settings(max_examples=100)
@given(st.lists(deeds, max_size=25))
def test_what_comes_twice_changes_nothing(story: list[tuple[Any, ...]]) -> None:
    """Every command, told transition and telling is put twice: repeats get the same answers, and nothing else happens."""
    plain, twice = run(story), run(story, twice=True)
    said = {encode(one): (one.target, one.what, one.outcome, one.code, one.at, one.version) for one in twice.decisions}
    assert list(said.values()) == [
        (one.target, one.what, one.outcome, one.code, one.at, one.version) for one in plain.decisions
    ]
    for room, again in zip(plain.rooms, twice.rooms, strict=True):
        assert list(room.records()) == list(again.records())


@settings(max_examples=100)
@given(st.lists(deeds, max_size=25))
def test_nobody_is_paged_twice_for_one_step(story: list[tuple[Any, ...]]) -> None:
    """Of each page only one claim by one channel is accepted; a level rises by one and never falls."""
    script = run(story)
    made = [page["id"] for one in script.decisions if one.what != "page_next_channel" for page in one.detail.get("pages", ())]
    assert len(made) == len(set(made))
    levels: dict[str, int] = {}
    for one in script.decisions:
        if one.record is not None and "thread" in one.record:
            level = one.record.get("level", 0)
            assert level >= levels.get(one.target, 0)
            levels[one.target] = level
    steps = [(one.target, one.detail["level"]) for one in script.decisions if one.what in {"escalated", "step_empty"}]
    assert len(steps) == len(set(steps))
    claimed = [(one.detail["page"], one.detail["channel"]) for one in script.decisions if one.what == "page_claimed"]
    assert len(claimed) == len(set(claimed))


@settings(max_examples=60)
@given(st.lists(deeds, max_size=20), st.integers(1, 5))
def test_how_many_partitions_there_are_changes_no_decision(story: list[tuple[Any, ...]], count: int) -> None:
    """Targets tell each other; which lie together is nobody's matter."""
    one, other = run(story, count=1), run(story, count=count)
    for name in NAMES:
        assert one.said(name) == other.said(name)
