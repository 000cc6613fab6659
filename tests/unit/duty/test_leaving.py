"""How alerts leave the room, what is remembered until then, and who hears of what is taken back late."""

import pytest
from duty_script import BASIC, MIDDLE, Script

from contract.duty import commands as c
from contract.duty.decisions import encode
from contract.topics import partition_of
from dashboards.duty_live import DutyView

EVIDENCE = (("/court/京0105/cms", "e1"),)


@pytest.fixture(params=["plain", "restarts", "twice"])
def duty(request: pytest.FixtureRequest) -> Script:
    """A desk with its people and a red alert that paged 甲; also with every record twice, and a restart after each."""
    script = Script(restarts=request.param == "restarts", twice=request.param == "twice")
    script.roster(BASIC, officer="甲", officer_b="乙", leader="丙")
    script.roster(MIDDLE, officer="丁", leader="戊")
    script.raises("a", "red")
    script.advance(minutes=10)
    script.paged()
    return script


def targets(duty: Script) -> int:
    """How many targets all partitions keep."""
    return sum(len(list(room.records())) for room in duty.rooms)


def is_kept(duty: Script, name: str) -> bool:
    """Whether the room knows an alert."""
    return duty.rooms[partition_of(duty.id(name), duty.count)].record(duty.id(name)) is not None


def test_an_alert_leaves_ninety_days_after_it_was_closed_and_nothing_of_it_stays(duty: Script) -> None:
    """By the room's own tick; the view of the wall forgets it with the room."""
    duty.ends("a")
    duty.advance(days=7, jump=True)
    assert duty.record().state == "closed"
    duty.advance(days=89, jump=True)
    assert is_kept(duty, "a")
    duty.advance(days=2, jump=True)
    assert not is_kept(duty, "a")
    assert duty.said("a")[-1] == "left"
    assert duty.does("甲", c.Comment, text="?").code == "unknown_target"
    duty.advance(days=300, jump=True)
    threads = [value for room in duty.rooms for key, value in room.drain_dirty().items() if key.startswith("thread/")]
    assert set(threads) <= {None}
    view = DutyView()
    for offset, one in enumerate(duty.decisions):
        view.apply(int(one.position.partition(":")[0]), offset, encode(one))
    assert duty.id("a") not in view.kept


def test_a_thousand_that_came_and_went_leave_no_trace() -> None:
    """State grows with what is there, not with what was."""
    duty = Script(count=1)
    before = targets(duty)
    for number in range(1000):
        duty.raises(f"n{number}", "yellow", subject=f"case-{number}")
        duty.ends(f"n{number}")
    assert targets(duty) - before >= 2000
    for days in (8, 91, 400):
        duty.advance(days=days, jump=True)
    assert targets(duty) - before <= 1  # the desk


def test_what_still_stands_never_leaves(duty: Script) -> None:
    """Closed by hand, its obligation stands: only the court's events end that, and then its time begins."""
    duty.does("甲", c.Resolve, reason_code="handled", reason="已办", evidence=EVIDENCE)
    duty.does("丙", c.Second, agreed=True, role="director")
    duty.advance(days=200, jump=True)
    assert (duty.record().state, duty.record().stands) == ("closed", True)
    duty.ends("a")
    duty.advance(days=89, jump=True)
    assert is_kept(duty, "a")
    duty.advance(days=2, jump=True)
    assert not is_kept(duty, "a")


def test_a_new_obligation_within_the_year_says_what_it_reopens_also_of_one_that_has_left(duty: Script) -> None:
    """After that it is simply new."""
    duty.ends("a")
    for days in (8, 91, 200):
        duty.advance(days=days, jump=True)
    assert not is_kept(duty, "a")
    duty.raises("b", "red")
    assert duty.record("b").reopens == duty.id("a")
    duty.ends("b")
    for days in (8, 91, 400):
        duty.advance(days=days, jump=True)
    duty.raises("d", "red")
    assert duty.record("d").reopens == ""


def test_a_correction_within_the_ninety_days_finds_what_was_done_and_pages_nobody_twice(duty: Script) -> None:
    """Its levels are remembered, and it begins its time anew when it ends again."""
    duty.ends("a")
    duty.advance(days=60, jump=True)
    duty.reopens("a")
    duty.advance(days=1)
    assert "paged" not in duty.said("a")[duty.said("a").index("closed") :]
    duty.ends("a")
    duty.advance(days=89, jump=True)
    assert is_kept(duty, "a")


def test_a_directive_that_names_an_alert_which_has_left_does_not_wait_for_it(duty: Script) -> None:
    """Nobody would ever tell it that the alert has ended."""
    duty.ends("a")
    duty.advance(days=8, jump=True)
    duty.advance(days=91, jump=True)
    target = "d" * 32
    duty.put(
        c.DirectiveDraft(
            id="draft", target=target, principal=duty.person("戊", "director", MIDDLE), at=duty.now, directive_kind="督办",
            from_court=MIDDLE, to_court=BASIC, subject="case-1", rootid="root-1", alert_ids=(duty.id("a"),), text="请办理",
        )
    )  # fmt: skip
    assert duty.rooms[partition_of(target, duty.count)].record(target).open_alerts == ()


def test_a_retraction_of_a_closed_alert_is_told_to_those_who_acted(duty: Script) -> None:
    """They did something about what never was: by the channels of the first step."""
    duty.does("乙", c.Acknowledge)
    duty.does("丙", c.Resolve, reason_code="handled", reason="已办", evidence=EVIDENCE, role="director")
    duty.does("乙", c.Second, agreed=True, role="director")
    duty.advance(days=8, jump=True)
    assert duty.record().state == "closed"
    duty.paged()
    duty.retracts("a")
    assert sorted(duty.paged()) == ["丙", "乙"]
    assert {page["why"] for page in duty.pages() if page.get("state", "due") == "due"} == {"retracted"}
    assert {one.detail["account"] for one in duty.decisions if one.what == "recalled"} == {"乙", "丙"}
    duty.retracts("a")
    assert duty.paged() == []


def test_a_closed_alert_upon_which_nobody_acted_is_taken_back_in_silence(duty: Script) -> None:
    """There is nobody to tell."""
    duty.raises("y", "yellow", subject="case-2")
    duty.ends("y")
    duty.advance(days=8, jump=True)
    duty.paged()
    duty.retracts("y")
    assert duty.paged() == []


def test_a_merged_alert_that_reaches_a_new_severity_stands_by_itself_and_pages(duty: Script) -> None:
    """The level was raised, so somebody is called for it, once; its root forgets it."""
    duty.raises("b", "orange", subject="case-2")
    duty.does("甲", c.Merge, "b", into=duty.id("a"), into_court=BASIC)
    duty.does("甲", c.Acknowledge)
    assert (duty.record("b").state, duty.record().merged) == ("acked", (duty.id("b"),))
    duty.paged()
    duty.tells("b", "severity", "clock", severity="red")
    assert (duty.record("b").merged_into, duty.record("b").state, duty.record().merged) == ("", "firing", ())
    duty.advance(minutes=10)
    assert duty.paged() == ["甲"]
    assert duty.record("b").level == 1
    duty.tells("b", "severity", "clock", severity="orange")
    duty.tells("b", "severity", "clock", severity="red")
    duty.does("甲", c.Acknowledge, "b")
    duty.advance(minutes=15)
    assert duty.paged() == []


def test_a_merged_alert_that_a_rebuild_raises_stays_where_it_is(duty: Script) -> None:
    """Nobody is called for it."""
    duty.raises("b", "orange", subject="case-2")
    duty.does("甲", c.Merge, "b", into=duty.id("a"), into_court=BASIC)
    duty.tells("b", "severity", "recomputed", severity="red")
    assert duty.record("b").merged_into == duty.id("a")
