"""The auditor names what didn't happen, and finds nothing where all did."""

from typing import Any

import msgspec
import pytest
from duty_script import BASIC, MIDDLE, POLICIES, Script
from duty_stories import deeds, run
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contract.duty import commands as c
from contract.duty.decisions import Decision
from streams.duty.audit import Found, audit


def desk() -> Script:
    """A desk and the one above."""
    script = Script()
    script.roster(BASIC, officer="甲", officer_b="乙", technician="技", leader="丙")
    script.roster(MIDDLE, officer="丁", leader="戊")
    return script


def found(script: Script, decisions: list[Decision] | None = None) -> list[Found]:
    """What the auditor finds, pages that nobody claimed aside."""
    commands = [command for _, _, command in script.log]
    judged = script.decisions if decisions is None else decisions
    return [one for one in audit(commands, judged, [POLICIES], script.now) if one.kind != "page"]


@settings(max_examples=80)
@example([("raises", "a", "red", True), ("snooze", "a", "甲", 15), ("advance", 30, False)])
@example(
    [
        ("raises", "a", "red", True),
        ("raises", "b", "red", True),
        ("merge", "a", "甲", "b"),
        ("advance", 30, False),
        ("unmerge", "a", "甲"),
        ("advance", 5, False),
    ]
)
@given(st.lists(deeds.filter(lambda deed: deed[0] != "advance" or deed[1] <= 240), max_size=20))
def test_nothing_is_found_where_every_tick_came(story: list[tuple[Any, ...]]) -> None:
    """Whatever people do."""
    story = [step if step[0] != "advance" else (*step[:2], False) for step in story]
    assert found(run(story)) == []


def test_a_clock_that_stopped_is_named() -> None:
    """The page of 10:10 was due."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(minutes=5)
    assert found(duty) == []
    duty.now = duty.record().page_at + (duty.now - duty.now.replace(minute=0))  # nothing ticks any more
    (missed,) = found(duty)
    assert (missed.kind, missed.target, missed.what, missed.due) == ("missed", duty.id("a"), "page", duty.record().page_at)


def test_steps_that_came_hours_late_are_named() -> None:
    """The clock stood still from 10:10 to 13:10."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(minutes=10)
    duty.advance(hours=3, jump=True)
    late = [one for one in found(duty) if one.kind == "late"]
    assert {"pages", "step"} <= {one.what for one in late}


def test_a_step_that_is_missing_from_the_log_is_named() -> None:
    """Somebody lost a decision."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(minutes=30)
    lost = [one for one in duty.decisions if one.what != "escalated" or one.detail["level"] != 2]
    kinds = {(one.kind, one.what) for one in found(duty, lost)}
    assert ("jumped", "level 3 after 1") in kinds


def test_a_level_that_was_reached_twice_is_named() -> None:
    """With another id: two rooms decided."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(minutes=16)
    step = duty.last("escalated")
    twice = [*duty.decisions, msgspec.structs.replace(step, id="0" * 32)]
    assert [one.kind for one in found(duty, twice)] == ["twice"]
    assert found(duty, [*duty.decisions, step]) == []  # the same one again is no second one


def test_a_step_before_its_minutes_is_named_unless_somebody_asked_for_it() -> None:
    """By hand it may come earlier."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(minutes=11)
    duty.does("甲", c.Escalate, from_level=1)
    assert found(duty) == []
    without = [one for one in duty.decisions if one.what != "escalated_by_hand"]
    early = [one for one in found(duty, without) if one.kind == "early"]
    assert [one.what for one in early] == ["step 2"]


def test_a_command_without_an_answer_is_named() -> None:
    """And one with two."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(minutes=10)
    answer = duty.does("甲", c.Acknowledge)
    duty.advance(minutes=5)
    lost = [one for one in duty.decisions if one.command != answer.command]
    assert "unanswered" in [one.kind for one in found(duty, lost)]
    double = [*duty.decisions, msgspec.structs.replace(answer, id="0" * 32)]
    assert [one.kind for one in found(duty, double) if one.kind == "answered_twice"] == ["answered_twice"]


def test_a_page_of_which_nobody_can_say_that_it_arrived_is_named() -> None:
    """Nobody claimed it."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(minutes=13)
    commands = [command for _, _, command in duty.log]
    pages = [one for one in audit(commands, duty.decisions, [POLICIES], duty.now) if one.kind == "page"]
    assert [one.what.split()[0] for one in pages] == ["late"]


@pytest.mark.parametrize("lost", ["ack_expired", "escalated_up"])
def test_what_time_should_have_done_is_owed(lost: str) -> None:
    """Cut the log before it: the timer that the last record left behind has passed."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(minutes=10)
    duty.does("甲", c.Acknowledge)
    duty.advance(days=3)
    place = next(number for number, one in enumerate(duty.decisions) if one.what == lost)
    missed = [one for one in found(duty, duty.decisions[:place]) if one.kind == "missed"]
    assert [one.target for one in missed] == [duty.id("a")]
