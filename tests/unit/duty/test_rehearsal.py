"""Who would be paged when: what a rehearsal says is what the room does."""

from datetime import date, timedelta
from typing import Any

import pytest
from duty_script import BASIC, HIGH, MIDDLE, POLICIES, Script, clock

from contract.duty import commands as c
from contract.duty.people import part_of_system
from contract.duty.roster import Override, Rota, Rotation
from contract.times import SHANGHAI, format_instant
from streams.duty.rehearsal import Call, rehearse


def rota(court: str, **posts: str) -> Rota:
    """Who holds which post, for ever."""
    turns = tuple(
        Rotation(post=post, accounts=(name,), every="week", first_on=date(2024, 1, 1), hand_over_at="00:00")  # type: ignore[arg-type]  # a post's name
        for post, name in posts.items()
    )
    return Rota(id=court, court=court, from_on=date(2024, 1, 1), rotations=turns)


def alert(severity: str, at: str, court: str = BASIC, **rule: Any) -> c.AlertTold:
    """What the engine would tell."""
    when = clock(at)
    text = format_instant(when)
    record = {
        "id": "x", "rule": "R-OBJ-01.a", "version": "cn@1", "scope": "case", "subject": "s", "key": [], "element": None,
        "court": court, "severity": severity, "basis": "statutory", "armed_at": text, "due_at": text, "raised_at": text,
        "ended_at": None, "end_reason": None, "breach_days": None,
    }  # fmt: skip
    return c.AlertTold(
        id="x", target="x", principal=part_of_system("supervision"), at=when, transition="raised", reason="clock", alert=record,
        rootid="s", position="0:0", rule=c.RuleFacts(**rule),
    )  # fmt: skip


def told(calls: list[Call]) -> list[tuple[str, str, str, str, int]]:
    """Time in Shanghai, what, desk, who, level."""
    return [(f"{one.at.astimezone(SHANGHAI):%m-%d %H:%M}", one.what, one.desk, one.who, one.level) for one in calls]


DESKS = [([rota(BASIC, officer="甲", officer_b="乙", leader="丙")], ()), ([rota(MIDDLE, officer="丁", leader="戊")], ())]


def run(one: c.AlertTold, days: float = 1, desks: Any = DESKS) -> list[Call]:
    """Rehearse it."""
    return rehearse(one, one.at + timedelta(days=days), POLICIES, desks)


def test_a_red_alert_of_hours_is_told_step_by_step_with_its_channels() -> None:
    """The ladder of the specification, then again."""
    calls = run(alert("red", "2024-03-04 10:00", hours=True), days=0.05)
    assert told(calls) == [
        ("03-04 10:10", "page", BASIC, "甲", 1),
        ("03-04 10:15", "page", BASIC, "乙", 2),
        ("03-04 10:25", "page", BASIC, "丙", 3),
        ("03-04 10:40", "page", MIDDLE, "丁", 4),
        ("03-04 11:10", "draft", MIDDLE, "督办", 0),
    ]
    assert calls[0].channels == ("call", "sms", "robot")


def test_a_limit_in_days_waits_over_the_weekend_and_climbs_the_tree() -> None:
    """Raised on a Friday evening: Monday at nine; after two working days the court above has it."""
    calls = told(run(alert("red", "2024-03-08 18:00"), days=5))
    assert calls[0] == ("03-11 09:00", "page", BASIC, "甲", 1)
    assert ("03-13 00:00", "up", MIDDLE, "", 1) in calls
    assert not [call for call in calls if call[1:3] == ("page", MIDDLE)]


def test_a_post_that_nobody_holds_is_named_and_the_leader_paged_instead() -> None:
    """An override that leaves the post empty counts as it would."""
    away = Override(
        id="o", rota=BASIC, post="officer", account=None, start=clock("2024-03-04 00:00"), end=clock("2024-03-05 00:00")
    )
    desks = [([rota(BASIC, officer="甲", officer_b="乙", leader="丙")], (away,))]
    calls = told(run(alert("red", "2024-03-04 10:00", hours=True), days=0.02, desks=desks))
    assert calls[:2] == [("03-04 10:10", "nobody", BASIC, "officer", 1), ("03-04 10:10", "page", BASIC, "丙", 1)]
    assert ("03-04 10:10", "page", BASIC, "乙", 2) in calls


def test_a_yellow_alert_is_told_by_digest_alone_and_a_desk_without_people_says_so() -> None:
    """P3 pages nobody."""
    calls = told(run(alert("yellow", "2024-03-04 10:00"), days=2))
    assert {call[1] for call in calls} == {"digest"}
    assert calls[0][2:4] == (BASIC, "甲")
    empty = told(run(alert("red", "2024-03-04 10:00", hours=True), days=0.1, desks=[]))
    assert {call[1] for call in empty} <= {"nobody", "draft"}
    assert "nobody" in {call[1] for call in empty}


@pytest.mark.parametrize("severity", ["red", "orange", "yellow"])
@pytest.mark.parametrize("hours", [True, False])
def test_it_says_what_the_room_does(severity: str, hours: bool) -> None:  # noqa: FBT001  (a case)
    """The same pages at the same minutes as a script that lets time pass."""
    script = Script()
    script.roster(BASIC, officer="甲", officer_b="乙", leader="丙")
    script.roster(MIDDLE, officer="丁", leader="戊")
    script.roster(HIGH, officer="庚", leader="辛")
    desks = [*DESKS, ([rota(HIGH, officer="庚", leader="辛")], ())]
    script.raises("a", severity, hours=hours)
    script.advance(days=4)
    script.advance(days=4)
    lived = [(page["account"], page["channel"]) for one in script.decisions for page in one.detail.get("pages", ())]
    calls = rehearse(alert(severity, "2024-03-04 10:00", hours=hours), clock("2024-03-12 10:00"), POLICIES, desks)
    assert [(one.who, one.channels[0]) for one in calls if one.what in {"page", "digest"}] == lived
