"""The desk's ladder: who is paged when, at which level, and what stops it."""

from datetime import timedelta

import msgspec
from duty_script import BASIC, MIDDLE, Script, clock

from contract.duty import commands as c


def desk(**more: str) -> Script:
    """A desk with an officer 甲, a B post 乙, a leader 丙; the court above has 丁."""
    script = Script()
    script.roster(BASIC, officer="甲", officer_b="乙", technician="技", leader="丙")
    script.roster(MIDDLE, officer="丁", leader="戊")
    return script


def test_a_red_alert_of_an_hour_limit_climbs_from_the_officer_to_the_court_above_and_to_a_draft() -> None:
    """0 officer, 5 min B post, 15 leader, 30 the superior's desk, 60 a draft."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(minutes=9)
    assert duty.paged() == []  # hold: ten minutes for limits in hours
    duty.advance(minutes=1)
    assert duty.paged() == ["甲"]
    assert duty.record().level == 1
    duty.advance(minutes=4)
    assert duty.paged() == []
    duty.advance(minutes=1)
    assert duty.paged() == ["乙"]
    duty.advance(minutes=10)
    assert duty.paged() == ["丙"]
    duty.advance(minutes=15)
    assert duty.paged() == ["丁"]
    assert duty.drafts == []
    duty.advance(minutes=30)
    assert duty.paged() == []
    assert [(draft.directive_kind, draft.from_court, draft.to_court) for draft in duty.drafts] == [("督办", MIDDLE, BASIC)]
    assert duty.record().level == 5


def test_a_red_alert_of_a_day_limit_never_reaches_the_desk_above_and_waits_for_the_morning() -> None:
    """Its first page goes at 09:00 of the next working day."""
    duty = desk()
    duty.raises("a", "red", hours=False)
    duty.advance(to="2024-03-05 08:59")
    assert duty.paged() == []
    duty.advance(to="2024-03-05 09:00")
    assert duty.paged() == ["甲"]
    duty.advance(minutes=59)
    assert duty.paged() == ["乙", "丙"]
    duty.advance(minutes=1)
    assert len(duty.drafts) == 1
    assert duty.record().level == 4


def test_an_orange_alert_climbs_in_hours() -> None:
    """0, 30 min, 4 h, then a draft after a day."""
    duty = desk()
    duty.raises("a", "orange")
    duty.advance(minutes=10)
    duty.advance(minutes=29)
    assert duty.paged() == ["甲"]
    duty.advance(minutes=1)
    assert duty.paged() == ["乙"]
    duty.advance(hours=3, minutes=30)
    assert duty.paged() == ["丙"]
    duty.advance(hours=20)
    assert len(duty.drafts) == 1


def test_a_yellow_alert_pages_nobody_and_stands_in_the_next_digest() -> None:
    """P3: 08:30 and 14:00."""
    duty = desk()
    duty.raises("a", "yellow", hours=False)
    duty.advance(to="2024-03-05 13:59")
    assert duty.paged() == []
    duty.advance(to="2024-03-05 14:01")
    assert duty.paged() == ["甲"]
    digest = duty.last("digest")
    assert digest.target == f"desk/{BASIC}"
    assert [item["alert"] for item in digest.detail["items"]] == [duty.id("a")]
    duty.advance(days=2)
    assert duty.paged() == []


def test_what_ended_before_the_digest_is_not_in_it() -> None:
    """Nothing waiting, nobody is told."""
    duty = desk()
    duty.raises("a", "yellow")
    duty.raises("b", "yellow", subject="case-2")
    duty.advance(hours=1)
    duty.ends("a")
    duty.advance(to="2024-03-04 14:00")
    assert [item["alert"] for item in duty.last("digest").detail["items"]] == [duty.id("b")]
    duty.raises("c", "yellow", subject="case-3")
    duty.advance(hours=1)
    duty.ends("c")
    duty.paged()
    duty.advance(to="2024-03-05 09:00")
    assert duty.paged() == []


def test_a_digest_names_two_hundred_and_counts_the_rest() -> None:
    """However many there are, a desk's record stays small."""
    duty = desk()
    for number in range(230):
        duty.raises(f"y{number}", "yellow", subject=f"case-{number}")
    duty.advance(to="2024-03-04 14:00")
    digest = duty.last("digest").detail
    assert (len(digest["items"]), digest["total"]) == (200, 230)
    assert duty.record(f"desk/{BASIC}").waiting == {}


def test_a_desk_without_a_roster_keeps_no_digest_for_ever() -> None:
    """Its alerts stand in the queue; that nobody was there is said."""
    duty = Script()
    duty.raises("a", "yellow")
    duty.advance(to="2024-03-04 14:00")
    assert duty.last("nobody_on_call").detail["uncovered"]
    duty.advance(days=2)
    assert duty.said(f"desk/{BASIC}") == ["nobody_on_call"]


def test_an_alert_that_ends_during_its_hold_pages_nobody() -> None:
    """It no longer stands."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(minutes=5)
    duty.ends("a")
    duty.advance(hours=3)
    assert duty.paged() == []
    assert duty.record().state == "resolved"


def test_an_acknowledgement_stops_the_ladder() -> None:
    """The current step's owner has it."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(minutes=12)
    assert duty.does("甲", c.Acknowledge).outcome == "accepted"
    duty.paged()
    duty.advance(minutes=29)
    assert duty.paged() == []
    assert (duty.record().state, duty.record().owner) == ("acked", "甲")


def test_an_acknowledgement_expires_and_pages_the_same_level_again() -> None:
    """P1: 30 minutes; the level stays, the ladder goes on from there."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(minutes=15)
    assert duty.paged() == ["甲", "乙"]
    duty.does("乙", c.Acknowledge)
    level = duty.record().level
    duty.advance(minutes=30)
    assert duty.record().state == "firing"
    assert duty.record().level == level
    assert duty.paged() == ["乙"]
    duty.advance(minutes=10)  # as long as from the B post to the leader
    assert duty.paged() == ["丙"]


def test_orange_and_yellow_acknowledgements_expire_in_hours_and_days() -> None:
    """P2: 4 h, P3: 2 d."""
    for severity, hours in (("orange", 4), ("yellow", 48)):
        duty = desk()
        duty.raises("a", severity)
        duty.advance(minutes=10)
        duty.does("甲", c.Acknowledge)
        duty.advance(hours=hours, minutes=-1)
        assert duty.record().state == "acked"
        duty.advance(minutes=1)
        assert duty.record().state == "firing"


def test_an_empty_step_is_passed_over_at_once_and_the_leader_told() -> None:
    """Nobody on call delays nothing, and is a decision of its own; the level rises once for each step."""
    duty = Script()
    duty.roster(BASIC, officer="甲", technician="技", leader="丙")
    duty.raises("a", "orange")
    duty.advance(minutes=10)
    assert duty.paged() == ["甲"]
    duty.advance(minutes=30)
    assert duty.paged() == ["丙"]
    empty = duty.last("step_empty")
    assert list(empty.detail["asked"]) == [f"{BASIC}/officer_b"]
    assert duty.record().level == 3
    assert [one for one in duty.said() if one in {"paged", "step_empty", "escalated"}] == ["paged", "step_empty", "escalated"]


def test_the_leader_is_told_of_an_empty_step_while_the_next_one_is_taken() -> None:
    """No officer: the B post at once, and the leader, who is not yet asked to take it, knows; the minutes run on from there."""
    duty = Script()
    duty.roster(BASIC, officer_b="乙", technician="技", leader="丙")
    duty.raises("a", "red", hours=False, hold="10 minutes")
    duty.advance(minutes=10)
    assert duty.paged() == ["丙", "乙"]
    assert [page["why"] for page in duty.pages()] == ["empty_step", "step"]
    duty.advance(minutes=9)
    assert duty.paged() == []
    duty.advance(minutes=1)  # as long as from the B post to the leader
    assert duty.paged() == ["丙"]


def test_a_desk_without_a_roster_is_nobodys_and_its_day_limits_reach_nobody_above() -> None:
    """The record says that it is uncovered."""
    duty = Script()
    duty.roster(MIDDLE, officer="丁", leader="戊")
    duty.raises("a", "red", hours=False)
    duty.advance(to="2024-03-05 09:30")
    assert duty.paged() == []
    assert duty.record().uncovered
    duty.raises("b", "red", hours=True)
    duty.advance(minutes=10)
    assert duty.paged() == ["丁"]  # at once: there was nobody to wait for
    assert duty.record("b").level == 4


def test_the_ladder_of_a_desk_without_a_roster_does_not_begin_again() -> None:
    """Three times nobody would only fill the log; with a roster in the meantime it does."""
    duty = Script()
    duty.raises("a", "red", hours=False, hold="10 minutes")
    duty.advance(days=1)
    assert [one for one in duty.said() if one in {"step_empty", "escalated"}] == ["step_empty"] * 3 + ["escalated"]
    assert duty.record().step_at is None
    duty.raises("b", "red", hours=False, hold="10 minutes", subject="case-2")
    duty.advance(minutes=30)
    duty.roster(BASIC, officer="甲")
    duty.advance(hours=2)
    assert "甲" in duty.paged()


def test_the_ladder_begins_again_while_nobody_acknowledges_and_levels_go_on_rising() -> None:
    """Three repeats of a red alert, then no more."""
    duty = desk()
    duty.raises("a", "red", hours=False, hold="10 minutes")
    duty.advance(hours=8)
    assert duty.paged() == ["甲", "乙", "丙"] * 4
    assert duty.record().level == 16
    assert len(duty.drafts) == 1


def test_ticks_that_jump_hours_take_every_step_in_the_order_of_its_instant() -> None:
    """Two alerts, one tick: B post and leader of both, by the instants at which they were due."""
    duty = desk()
    duty.raises("a", "red", hours=False, hold="10 minutes")
    duty.advance(minutes=7)
    duty.raises("b", "red", hours=False, hold="10 minutes", subject="case-2")
    duty.advance(minutes=10)
    assert duty.paged() == ["甲", "乙", "甲"]
    duty.advance(hours=2, jump=True)
    steps = [one for one in duty.decisions if one.what == "escalated"][1:]
    names = {duty.id("a"): "a", duty.id("b"): "b"}
    assert [(names[one.target], one.detail["step"]) for one in steps] == [("b", 2), ("a", 3), ("b", 3), ("a", 4), ("b", 4)]


def test_a_clock_that_stood_still_shortens_nobodys_time_to_answer() -> None:
    """The first page is made at the tick, and the minutes run from there."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(hours=3, jump=True)
    assert duty.paged() == ["甲"]
    duty.advance(minutes=5)
    assert duty.paged() == ["乙"]


def test_a_step_that_each_must_acknowledge_waits_for_all() -> None:
    """Require = all."""
    policies = Script().policies
    red = policies.policies[0]
    first = msgspec.structs.replace(red.steps[0], require="all")
    red = msgspec.structs.replace(red, steps=(first, *red.steps[1:]))
    duty = Script(policies=msgspec.structs.replace(policies, policies=(red, *policies.policies[1:])))
    duty.roster(BASIC, officer="甲,己", officer_b="乙", leader="丙")
    duty.raises("a", "red")
    duty.advance(minutes=10)
    assert duty.paged() == ["甲", "己"]
    one = duty.does("甲", c.Acknowledge)
    assert (one.what, one.detail["waiting_for"]) == ("acknowledged_one", ["己"])
    assert duty.record().state == "firing"
    duty.does("己", c.Acknowledge)
    assert duty.record().state == "acked"


def test_a_policy_that_changes_does_not_change_a_running_ladder() -> None:
    """The set that held when the ladder began holds for it."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(minutes=10)
    red = msgspec.structs.replace(duty.policies.policies[0], steps=duty.policies.policies[0].steps[:1])
    duty.broadcast(policies=msgspec.structs.replace(duty.policies, version="2", policies=(red, *duty.policies.policies[1:])))
    duty.raises("b", "red", subject="case-2")
    duty.paged()
    duty.advance(minutes=5)
    assert duty.paged() == ["乙"]
    duty.advance(minutes=6)
    assert duty.paged() == ["甲"]
    duty.advance(minutes=8)
    assert duty.paged() == ["丙"]  # of a; b has one step and repeats after a quarter of an hour


def test_a_hold_of_the_rule_is_kept() -> None:
    """As packs write it."""
    for hold, first in (
        ("45 minutes", "2024-03-04 10:45"),
        ("3 hours", "2024-03-04 13:00"),
        ("4 working_hours", "2024-03-04 15:30"),
        ("1 working_days", "2024-03-05 09:00"),
        ("2 calendar_days", "2024-03-06 09:00"),
    ):
        duty = desk()
        duty.raises("a", "red", hold=hold)
        assert duty.record().page_at == clock(first), hold


def test_the_morning_after_a_holiday_is_the_next_working_day() -> None:
    """清明 2024: Thursday to Saturday; Sunday is worked."""
    duty = desk()
    duty.advance(to="2024-04-03 16:00", jump=True)
    duty.raises("a", "orange", hours=False)
    assert duty.record().page_at == clock("2024-04-07 09:00")


def test_up_the_court_tree_by_working_days_whatever_is_acknowledged() -> None:
    """Orange five working days, red two; only the court's events end it."""
    duty = desk()
    duty.raises("a", "orange", hours=False)
    duty.advance(to="2024-03-05 09:10")
    duty.does("甲", c.Acknowledge)
    duty.advance(to="2024-03-11 23:59")
    assert duty.record().tree_level == 0
    duty.advance(to="2024-03-12 00:00")
    assert duty.record().tree_level == 1
    assert duty.record().desks == (BASIC, MIDDLE)
    assert duty.last("escalated_up").detail["court"] == MIDDLE
    duty.advance(to="2024-03-19 00:00")
    assert duty.record().desks == (BASIC, MIDDLE, "京")
    duty.ends("a")
    duty.advance(days=20)
    assert duty.record().tree_level == 2


def test_a_red_alert_goes_up_after_two_working_days_to_the_supreme_court_and_no_further() -> None:
    """本院 → 上一级 → 高院 → 最高法."""
    duty = desk()
    duty.raises("a", "red", hours=False)
    duty.advance(days=30)
    assert duty.record().desks == (BASIC, MIDDLE, "京", "最高法")
    assert duty.record().tree_at is None


def test_the_desk_above_hears_of_what_came_up_in_its_digest_not_by_a_page() -> None:
    """A page above is for hour limits alone."""
    duty = desk()
    duty.raises("a", "orange", hours=False)
    duty.advance(to="2024-03-12 08:29")
    assert "丁" not in duty.paged()
    duty.advance(to="2024-03-12 08:31")
    assert duty.paged() == ["丁"]
    assert duty.last("digest").target == f"desk/{MIDDLE}"


def test_a_rule_that_the_court_above_must_react_to_pages_its_desk() -> None:
    """React = up1."""
    duty = desk()
    duty.raises("a", "red", react=("up1", "high"))
    duty.advance(minutes=10)
    assert duty.paged() == ["丁"]
    assert duty.record().desks == (MIDDLE,)


def test_a_rule_may_propose_a_directive_which_is_drafted_with_the_first_page() -> None:
    """A person issues it."""
    duty = desk()
    duty.raises("a", "red", propose="督促执行令")
    assert duty.drafts == []
    duty.advance(minutes=10)
    assert [draft.directive_kind for draft in duty.drafts] == ["督促执行令"]
    assert duty.drafts[0].alert_ids == (duty.id("a"),)


def test_a_rise_of_severity_calls_duty_again_and_ends_the_acknowledgement() -> None:
    """A level that was newly reached has a ladder of its own; the same one never pages twice."""
    duty = desk()
    duty.raises("a", "orange")
    duty.advance(minutes=10)
    duty.does("甲", c.Acknowledge)
    duty.paged()
    duty.tells("a", "severity", severity="red")
    assert duty.record().state == "firing"
    duty.advance(minutes=10)
    assert duty.paged() == ["甲"]
    duty.does("甲", c.Acknowledge)
    duty.tells("a", "severity", severity="orange")
    duty.tells("a", "severity", severity="red")
    duty.paged()
    duty.advance(minutes=20)
    assert duty.paged() == []


def test_a_fall_of_severity_goes_on_by_the_minutes_of_the_milder_policy() -> None:
    """From red to orange after the first page: the B post after half an hour."""
    duty = desk()
    duty.raises("a", "orange")
    duty.advance(minutes=10)
    duty.tells("a", "severity", severity="red")
    duty.advance(minutes=10)
    duty.paged()
    duty.tells("a", "severity", severity="orange")
    duty.advance(minutes=29)
    assert duty.paged() == []
    duty.advance(minutes=1)
    assert duty.paged() == ["乙"]


def test_a_maintenance_window_holds_pages_and_one_digest_tells_of_them() -> None:
    """Alerts are made nevertheless; after the window the ladder goes on."""
    duty = desk()
    duty.window(hours=2)
    duty.raises("a", "red")
    duty.raises("b", "red", subject="case-2")
    duty.advance(minutes=119)
    assert duty.paged() == []
    assert duty.record().state == "firing"
    duty.advance(minutes=3)
    assert duty.paged() == ["甲"]
    assert duty.last("digest").detail["total"] == 2
    duty.advance(minutes=4)
    assert duty.paged() == ["乙", "乙"]


def test_a_window_of_a_rule_holds_no_other() -> None:
    """Court and rule."""
    duty = desk()
    duty.window(hours=2, rule="R-X")
    duty.raises("a", "red")
    duty.advance(minutes=10)
    assert duty.paged() == ["甲"]


def test_in_a_flood_orange_pages_are_put_together_by_rule_and_red_ones_are_not() -> None:
    """More than ten in ten minutes."""
    duty = desk()
    for number in range(12):
        duty.raises(f"a{number}", "orange", subject=f"case-{number}")
    duty.advance(minutes=5)
    for number in range(20):
        duty.raises(f"b{number}", "orange", subject=f"case-b{number}", rule=f"R-OBJ-0{1 + number % 2}.a")
    duty.raises("r", "red", subject="case-r")
    duty.advance(minutes=5)
    assert "flood_began" in duty.said(f"desk/{BASIC}")
    duty.paged()
    duty.advance(minutes=5)
    assert duty.paged() == ["甲", "甲", "甲"]  # one for each of two rules, and the red one
    assert sorted(one.detail["rule"] for one in duty.decisions if one.what == "flood") == ["R-OBJ-01.a", "R-OBJ-02.a"]
    duty.advance(minutes=11)
    assert duty.last("flood_ended").detail["together"] == {"R-OBJ-01.a": 10, "R-OBJ-02.a": 10}
    assert duty.last("digest").detail["total"] == 20
    duty.paged()
    duty.raises("z", "orange", subject="case-z")
    duty.advance(minutes=10)
    assert "甲" in duty.paged()


def test_who_is_on_call_is_asked_when_the_page_is_made() -> None:
    """An override counts from its start."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(minutes=9)
    duty.override("officer", "辛", hours=1)
    duty.advance(minutes=1)
    assert duty.paged() == ["辛"]


def test_due_timers_of_an_alert_come_before_a_command_upon_it() -> None:
    """A late tick doesn't undo a step whose time had come."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(minutes=10)
    duty.paged()
    duty.now += timedelta(minutes=6, seconds=30)
    duty.does("甲", c.Acknowledge)
    assert duty.paged() == ["乙"]
    assert duty.record().state == "acked"
