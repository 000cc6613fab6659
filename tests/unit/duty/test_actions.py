"""What people do with an alert and what the engine tells of it: each action of the life of an alert, and each exception."""

from datetime import date, timedelta
from typing import Any

import pytest
from duty_script import BASIC, HIGH, MIDDLE, Script, clock

from contract.duty import commands as c
from contract.duty.decisions import encode
from contract.duty.people import Principal
from contract.duty.roster import Rota, Rotation
from contract.times import format_instant

EVIDENCE = (("/court/京0105/cms", "e1"),)


@pytest.fixture
def duty() -> Script:
    """A desk with an officer 甲, a B post 乙, a leader 丙; one above with 丁; an alert that paged 甲 at 10:10."""
    script = Script()
    script.roster(BASIC, officer="甲", officer_b="乙", technician="技", leader="丙")
    script.roster(MIDDLE, officer="丁", leader="戊")
    script.raises("a", "red")
    script.advance(minutes=10)
    script.paged()
    return script


# Fire.


def test_the_same_transition_told_twice_pages_once(duty: Script) -> None:
    """By its id, and by its place in the engine's log."""
    told = next(command for _, _, command in duty.log if isinstance(command, c.AlertTold))
    version = duty.record().version
    duty.put(told)
    duty.tells("a", "raised", "clock", position="0:1")
    duty.advance(minutes=4)
    assert duty.paged() == []
    assert duty.record().version == version


def test_an_alert_that_stands_again_pages_nobody_a_second_time_for_its_level(duty: Script) -> None:
    """Ended, then reopened by a correction: it stands in the queue and in the next digest."""
    duty.ends("a")
    duty.reopens("a")
    assert duty.record().state == "firing"
    duty.advance(to="2024-03-04 13:59")
    assert duty.paged() == []
    duty.advance(to="2024-03-04 14:00")
    assert duty.paged() == ["甲"]
    assert duty.last("digest").detail["items"][0]["why"] == "reopened"


def test_a_new_obligation_of_the_same_rule_subject_and_key_reopens_the_one_before(duty: Script) -> None:
    """A new alert with a link; it has pages of its own."""
    duty.ends("a")
    duty.raises("b", "red")
    assert duty.record("b").reopens == duty.id("a")
    duty.advance(minutes=10)
    assert duty.paged() == ["甲"]


def test_an_obligation_beside_one_that_stands_reopens_nothing(duty: Script) -> None:
    """The one before had not ended."""
    duty.raises("b", "red")
    assert duty.record("b").reopens == ""


def test_what_a_rebuild_finds_standing_again_stands_again_and_pages_nobody(duty: Script) -> None:
    """It is in the queue."""
    duty.ends("a")
    duty.tells("a", "reopened", "recomputed", ended_at=None, end_reason=None)
    assert duty.record().state == "firing"
    duty.advance(hours=8)
    assert duty.paged() == [""]  # no person: the desk's group, by the rebuild's digest at 14:00


def test_a_rebuild_pages_nobody_and_changes_no_past_decision(duty: Script) -> None:
    """Reason = recomputed."""
    before = list(duty.decisions)
    duty.raises("n", "red", reason="recomputed", subject="case-9")
    duty.tells("a", "severity", "recomputed", severity="orange")
    duty.advance(minutes=4)
    assert duty.paged() == []
    assert duty.record("n").quiet
    assert duty.decisions[: len(before)] == before
    duty.advance(days=2)
    assert duty.said("n")[0] == "raised"
    assert "paged" not in duty.said("n")


# Acknowledge.


def test_a_second_acknowledgement_by_another_person_is_a_takeover_and_both_are_told(duty: Script) -> None:
    """Both stand in the log."""
    duty.does("甲", c.Acknowledge)
    answer = duty.does("乙", c.Acknowledge)
    assert (answer.what, answer.detail["owner"], answer.detail["before"]) == ("taken_over", "乙", "甲")
    assert duty.record().owner == "乙"
    assert [one.by for one in duty.record().history if one.what in {"acknowledged", "taken_over"}] == ["甲", "乙"]


def test_acknowledging_again_begins_the_time_anew(duty: Script) -> None:
    """Another thirty minutes."""
    duty.does("甲", c.Acknowledge)
    duty.advance(minutes=20)
    duty.does("甲", c.Acknowledge)
    duty.advance(minutes=29)
    assert duty.record().state == "acked"
    duty.advance(minutes=1)
    assert duty.record().state == "firing"


def test_taking_over_needs_somebody_who_has_it(duty: Script) -> None:
    """Otherwise acknowledge."""
    assert duty.does("乙", c.TakeOver).code == "nobody_has_it"
    duty.does("甲", c.Acknowledge)
    assert duty.does("乙", c.TakeOver).what == "taken_over"


def test_an_acknowledgement_needs_a_named_person_of_the_court(duty: Script) -> None:
    """Neither the kiosk, nor a part of the system, nor another court."""
    assert duty.does("大屏", c.Acknowledge, role="kiosk").code == "kiosk_read_only"
    assert duty.does("庚", c.Acknowledge, court="沪0101").code == "not_your_court"
    me = Principal(account="/sys/duty", role="system", court="最高法", via="session")
    forged = c.Acknowledge(id="f" * 32, target=duty.id("a"), principal=me, at=duty.now)
    assert duty.put(forged).code == "forged_system"
    assert duty.record().state == "firing"


# Escalate.


def test_a_late_button_is_told_the_level_that_was_reached(duty: Script) -> None:
    """Level n + 1 exactly once."""
    duty.advance(minutes=5)
    duty.paged()
    answer = duty.does("甲", c.Escalate, from_level=1, expected=1)
    assert (answer.outcome, answer.code, answer.detail["level"]) == ("refused", "already_at_level", 2)
    assert "第2级" in answer.reason
    assert duty.paged() == []


def test_escalating_by_hand_takes_the_next_step_now_and_never_again(duty: Script) -> None:
    """The timer of that step finds it taken; those after it keep their instants."""
    answer = duty.does("甲", c.Escalate, from_level=1, reason="无法到场")
    assert answer.outcome == "accepted"
    assert duty.paged() == ["乙"]
    assert duty.record().level == 2
    duty.advance(minutes=14)
    assert duty.paged() == []
    duty.advance(minutes=1)
    assert duty.paged() == ["丙"]


def test_escalating_does_not_take_the_alert_from_whoever_has_it(duty: Script) -> None:
    """Help is asked for; the owner stays."""
    duty.does("甲", c.Acknowledge)
    duty.does("甲", c.Escalate, from_level=1)
    assert duty.paged() == ["乙"]
    assert (duty.record().state, duty.record().owner) == ("acked", "甲")
    duty.advance(minutes=29)
    assert duty.paged() == []


def test_above_the_last_step_there_is_no_other(duty: Script) -> None:
    """A request or a directive leads on."""
    duty.advance(minutes=60)
    assert duty.does("甲", c.Escalate, from_level=5).code == "top_of_ladder"
    assert duty.does("甲", c.Escalate, from_level=9).code == "no_such_level"


# Snooze.


def test_a_snooze_is_silent_and_wakes_where_it_was(duty: Script) -> None:
    """The step that was taken last is paged again."""
    until = duty.now + timedelta(hours=2)
    assert duty.does("甲", c.Snooze, until=until, reason="等待鉴定").outcome == "accepted"
    duty.advance(minutes=119)
    assert duty.paged() == []
    duty.advance(minutes=1)
    assert duty.paged() == ["甲"]
    assert duty.record().snoozes == 1
    duty.advance(minutes=5)
    assert duty.paged() == ["乙"]


def test_a_snooze_never_passes_the_legal_deadline_less_a_day(duty: Script) -> None:
    """Nor is it shorter than a quarter of an hour, nor without a reason."""
    latest = duty.record().due_at - timedelta(hours=24)
    refused = duty.does("甲", c.Snooze, until=latest + timedelta(seconds=1), reason="等")
    assert (refused.outcome, refused.code) == ("refused", "past_deadline")
    assert duty.does("甲", c.Snooze, until=latest, reason=" ").code == "no_reason"
    assert duty.does("甲", c.Snooze, until=duty.now + timedelta(minutes=14), reason="等").code == "too_short"
    assert duty.does("甲", c.Snooze, until=latest, reason="等").outcome == "accepted"


def test_a_rise_of_severity_wakes(duty: Script) -> None:
    """And calls duty for the level that was reached."""
    duty.raises("o", "orange", subject="case-2")
    duty.advance(minutes=10)
    duty.does("甲", c.Snooze, "o", until=duty.now + timedelta(days=3), reason="等待鉴定")
    duty.paged()
    duty.tells("o", "severity", severity="red")
    assert duty.record("o").snoozed_until is None
    duty.does("甲", c.Acknowledge)
    duty.paged()
    duty.advance(minutes=10)
    assert duty.paged() == ["甲"]


def test_a_breach_wakes(duty: Script) -> None:
    """A correction drew the deadline nearer than the snooze allowed for."""
    duty.does("甲", c.Snooze, until=duty.now + timedelta(days=3), reason="等待鉴定")
    duty.tells("a", "redated", "correction", due_at="2024-03-05T04:00:00Z")
    duty.advance(to="2024-03-05 11:59")
    assert duty.record().snoozed_until is not None
    duty.advance(to="2024-03-05 12:00")
    assert duty.record().snoozed_until is None
    assert duty.last("woken").detail["why"] == "breach"


def test_what_is_resolved_is_not_snoozed_and_a_snooze_may_be_ended(duty: Script) -> None:
    """Only firing and acknowledged alerts."""
    duty.does("甲", c.Acknowledge)
    duty.does("甲", c.Snooze, until=duty.now + timedelta(hours=1), reason="等")
    assert duty.does("甲", c.Wake).outcome == "accepted"
    assert duty.does("甲", c.Wake).code == "not_snoozed"
    assert duty.record().state == "acked"
    duty.ends("a")
    assert duty.does("甲", c.Snooze, until=duty.now + timedelta(hours=1), reason="等").code == "wrong_state"


# Merge.


def test_a_merged_alert_follows_its_root_and_unmerging_restores_it(duty: Script) -> None:
    """Its own evidence and version stay."""
    duty.raises("b", "red", subject="case-2")
    duty.advance(minutes=10)
    duty.does("甲", c.Acknowledge, "b")
    assert duty.does("甲", c.Merge, "b", into=duty.id("a"), into_court=BASIC).outcome == "accepted"
    assert duty.record("a").merged == (duty.id("b"),)
    assert duty.record("b").state == "firing"  # as its root
    duty.paged()
    duty.does("乙", c.Acknowledge, "a")
    assert (duty.record("b").state, duty.record("b").owner) == ("acked", "乙")
    duty.advance(minutes=29)
    assert duty.does("乙", c.Acknowledge, "b").code == "merged"
    assert duty.does("甲", c.Unmerge, "b").outcome == "accepted"
    assert (duty.record("b").state, duty.record("b").owner) == ("acked", "甲")
    assert duty.record("a").merged == ()


def test_a_merged_alert_pages_nobody_but_climbs_the_tree(duty: Script) -> None:
    """Only the court's events end the ladder up the tree."""
    duty.raises("b", "red", subject="case-2")
    duty.does("甲", c.Merge, "b", into=duty.id("a"), into_court=BASIC)
    duty.does("甲", c.Acknowledge, "a")
    duty.advance(days=3)
    assert "paged" not in duty.said("b")
    assert duty.record("b").tree_level == 1


def test_a_merged_alert_hears_that_its_roots_acknowledgement_expired_or_that_it_was_retracted(duty: Script) -> None:
    """It fires with its root; without one it stands by itself again."""
    duty.raises("b", "red", subject="case-2")
    duty.advance(minutes=10)
    duty.does("甲", c.Merge, "b", into=duty.id("a"), into_court=BASIC)
    duty.does("乙", c.Acknowledge, "a")
    duty.advance(minutes=30)
    assert duty.record("b").state == "firing"
    duty.paged()
    duty.retracts("a")
    assert (duty.record("b").merged_into, duty.record("b").state) == ("", "firing")
    assert "甲" in duty.paged()


def test_merging_has_one_depth_no_circle_and_one_court(duty: Script) -> None:
    """And needs a root that is there."""
    duty.raises("b", "red", subject="case-2")
    duty.raises("d", "red", subject="case-3")
    duty.raises("x", "red", subject="case-4", court="京0106")
    assert duty.does("甲", c.Merge, "a", into=duty.id("a"), into_court=BASIC).code == "circle"
    duty.does("甲", c.Merge, "b", into=duty.id("a"), into_court=BASIC)
    assert duty.does("甲", c.Merge, "a", into=duty.id("d"), into_court=BASIC).code == "has_children"
    assert duty.does("甲", c.Merge, "b", into=duty.id("d"), into_court=BASIC).code == "already_merged"
    duty.does("甲", c.Merge, "d", into=duty.id("b"), into_court=BASIC)
    assert duty.record("d").merged_into == ""  # b follows a itself: undone
    assert duty.last("merge_undone").detail["root"] == duty.id("b")
    duty.does("甲", c.Merge, "d", into="0" * 32, into_court=BASIC)
    assert duty.record("d").merged_into == ""
    duty.does("甲", c.Merge, "d", into=duty.id("x"), into_court=BASIC)
    assert duty.record("d").merged_into == ""  # x isn't of that court


@pytest.mark.parametrize("into", ["desk/京0105", "roster/京0105", "thread/x", "entrustment/x", "*", "", "d" * 32])
def test_nobody_silences_an_alert_by_merging_it_into_what_is_no_alert(duty: Script, into: str) -> None:
    """A desk, a directive: it hears that there is no such root, and its step is paged again."""
    boss = Principal(account="起", role="director", court=MIDDLE)
    draft = {"directive_kind": "督办", "from_court": MIDDLE, "to_court": BASIC, "text": "请办理"}
    duty.put(c.DirectiveDraft(id="e" * 32, target="d" * 32, principal=boss, at=duty.now, **draft))
    duty.does("甲", c.Merge, into=into, into_court=BASIC)
    assert duty.record().merged_into == ""
    assert duty.paged() == ["甲"]
    duty.advance(minutes=5)
    assert duty.paged() == ["乙"]


def test_across_courts_only_a_common_superior_merges(duty: Script) -> None:
    """Somebody of the intermediate court above both."""
    duty.raises("x", "red", subject="case-4", court="京0106")
    above = "京01" if duty.record("x").desks == () else HIGH
    assert duty.does("甲", c.Merge, "a", into=duty.id("x"), into_court="京0106").outcome == "refused"
    answer = duty.does("己", c.Merge, "a", into=duty.id("x"), into_court="京0106", role="director", court=above)
    assert answer.outcome == "accepted"
    assert duty.record("a").merged_into == duty.id("x")


def test_two_that_merge_into_each_other_at_once_are_both_undone(duty: Script) -> None:
    """The tellings cross."""
    duty.raises("b", "red", subject="case-2")
    people = Principal(account="甲", role="duty_officer", court=BASIC)
    commands = [
        c.Merge(id=key * 32, target=duty.id(one), principal=people, at=duty.now, into=duty.id(other), into_court=BASIC)
        for key, one, other in (("1", "a", "b"), ("2", "b", "a"))
    ]
    from contract.topics import partition_of  # noqa: PLC0415

    for command in commands:
        duty._put(partition_of(command.target, duty.count), command)
    duty._run()
    assert (duty.record("a").merged_into, duty.record("b").merged_into) == ("", "")


# Dispute.


def test_a_dispute_waits_five_working_days_and_stops_no_clock(duty: Script) -> None:
    """It freezes penalty statistics; ladders go on."""
    assert duty.does("承", c.Dispute, role="director", grounds="当日已告知").outcome == "accepted"
    assert duty.record().disputed_until == clock("2024-03-12 00:00")
    duty.advance(minutes=5)
    assert duty.paged() == ["乙"]
    assert duty.does("承", c.Dispute, role="director", grounds="再次").code == "already_disputed"
    duty.advance(to="2024-03-12 00:00")
    assert duty.record().dispute is not None
    assert duty.record().dispute.answer == "lapsed"


def test_the_court_above_answers_a_dispute(duty: Script) -> None:
    """With a reason; the obligation stands either way."""
    assert duty.does("戊", c.AnswerDispute, role="director", upheld=True, reason="属实").code == "not_disputed"
    duty.does("承", c.Dispute, role="director", grounds="当日已告知")
    assert duty.does("承", c.AnswerDispute, role="director", upheld=True, reason="属实").outcome == "refused"
    assert duty.does("戊", c.AnswerDispute, role="director", upheld=True, reason="属实").outcome == "accepted"
    assert duty.record().stands


# Resolve, close, retract.


def test_the_courts_event_resolves(duty: Script) -> None:
    """With the days by which it was late."""
    duty.ends("a", breach_days=3)
    record = duty.record()
    assert record.resolution is not None
    assert (record.state, record.resolution.how, record.breach_days) == ("resolved", "event", 3)
    duty.advance(hours=3)
    assert duty.paged() == []


def test_by_hand_it_takes_a_reason_and_evidence_and_ends_no_obligation(duty: Script) -> None:
    """The record keeps saying that the obligation stands, and the tree is climbed."""
    duty.raises("o", "orange", subject="case-2")
    ask = {"reason_code": "handled"}
    assert duty.does("甲", c.Resolve, "o", reason=" ", evidence=EVIDENCE, **ask).code == "no_reason"
    assert duty.does("甲", c.Resolve, "o", reason="已办", **ask).code == "no_evidence"
    answer = duty.does("甲", c.Resolve, "o", reason="已办", evidence=EVIDENCE, **ask)
    assert (answer.outcome, answer.detail["obligation_stands"]) == ("accepted", True)
    assert (duty.record("o").state, duty.record("o").stands) == ("resolved", True)
    duty.advance(days=7, minutes=-1)
    assert duty.record("o").tree_level == 0
    assert duty.record("o").state == "resolved"


def test_a_red_one_needs_a_second_different_person(duty: Script) -> None:
    """Until then the ladder goes on."""
    duty.does("甲", c.Resolve, reason_code="handled", reason="已办", evidence=EVIDENCE)
    assert duty.record().state == "firing"
    duty.advance(minutes=5)
    assert duty.paged() == ["乙"]
    assert duty.does("甲", c.Second, agreed=True, role="director").code == "self_approval"
    assert duty.does("丙", c.Second, agreed=False, reason="证据不足", role="director").outcome == "accepted"
    assert duty.record().pending is None
    assert duty.does("丙", c.Second, agreed=True, role="director").code == "nothing_pending"
    duty.does("甲", c.Resolve, reason_code="handled", reason="已办", evidence=EVIDENCE)
    duty.does("丙", c.Second, agreed=True, role="director")
    record = duty.record()
    assert record.resolution is not None
    assert (record.state, record.resolution.by, record.resolution.seconded_by) == ("resolved", "甲", "丙")


def test_it_closes_seven_days_after_and_changes_no_more(duty: Script) -> None:
    """Immutable afterwards, but for what the court's events say of the obligation."""
    duty.ends("a")
    duty.advance(days=7)
    assert duty.record().state == "closed"
    for kind, fields in ((c.Acknowledge, {}), (c.Assign, {"to": "甲"}), (c.Escalate, {"from_level": 1})):
        assert duty.does("甲", kind, **fields).code == "closed", kind


def test_closing_by_hand_stops_no_ladder_up_the_court_tree(duty: Script) -> None:
    """Only the court's events do: an alert that stands goes on climbing, though nobody is paged; one that ended doesn't."""
    duty.does("甲", c.Resolve, reason_code="handled", reason="已办理", evidence=EVIDENCE)
    duty.does("丙", c.Second, role="director", agreed=True)
    assert duty.does("丁", c.Close, role="director").outcome == "accepted"
    duty.paged()
    duty.advance(to="2024-03-07 00:01")
    assert (duty.record().state, duty.record().tree_level) == ("closed", 1)
    assert [draft.directive_kind for draft in duty.drafts] == ["督办"]
    duty.ends("a")
    duty.advance(days=20)
    assert (duty.record().state, duty.record().tree_level) == ("closed", 1)
    duty.reopens("a")
    duty.advance(days=3)
    assert duty.record().tree_level == 1  # closing ends duty: it begins anew only at a level that was never reached


def test_nothing_is_closed_while_a_dispute_waits_for_its_answer(duty: Script) -> None:
    """The right of reply isn't cut off, neither by a superior nor by time."""
    duty.raises("o", "orange", subject="case-2")
    duty.does("甲", c.Resolve, "o", reason_code="handled", reason="已办", evidence=EVIDENCE)
    duty.advance(days=6)
    duty.does("承", c.Dispute, "o", role="director", grounds="当日已告知")
    assert duty.does("戊", c.Close, "o", role="director").code == "dispute_open"
    duty.advance(days=3)
    assert duty.record("o").state == "resolved"
    duty.does("戊", c.AnswerDispute, "o", role="director", upheld=False, reason="不成立")
    duty.advance(minutes=1)
    assert duty.record("o").state == "closed"


def test_a_superior_closes_at_once(duty: Script) -> None:
    """Only what is resolved."""
    assert duty.does("戊", c.Close, role="director").code == "wrong_state"
    duty.ends("a")
    assert duty.does("丙", c.Close, role="director").outcome == "refused"
    assert duty.does("戊", c.Close, role="director").outcome == "accepted"
    assert duty.record().state == "closed"


def test_after_closing_only_a_newly_reached_level_calls_duty_again(duty: Script) -> None:
    """A later correction."""
    duty.raises("o", "orange", subject="case-2")
    duty.advance(minutes=10)
    duty.ends("o")
    duty.advance(days=7)
    duty.reopens("o")
    assert duty.record("o").state == "closed"
    duty.paged()
    duty.tells("o", "severity", "correction", severity="red")
    assert duty.record("o").state == "firing"
    duty.advance(minutes=10)
    assert "甲" in duty.paged()


def test_a_level_that_a_late_entry_shows_of_an_ended_obligation_pages_nobody(duty: Script) -> None:
    """There is nothing to do any more; the next digest tells of it."""
    duty.raises("o", "orange", subject="case-2")
    duty.advance(minutes=10)
    duty.ends("o")
    duty.paged()
    duty.tells("o", "severity", "late entry", severity="red")
    assert duty.record("o").state == "resolved"
    duty.advance(to="2024-03-04 13:59")
    assert duty.said("o").count("paged") == 1
    assert duty.said("o")[-1] == "listed"


def test_an_alert_that_is_told_together_with_its_end_pages_nobody(duty: Script) -> None:
    """Raised and ended by one event: both transitions carry the whole record after it."""
    ended = format_instant(duty.now)
    duty.raises("x", "red", subject="case-7")
    assert duty.record("x").page_at is not None
    duty.facts.pop("x")
    duty.raises("y", "red", subject="case-8", ended_at=ended, end_reason="cured")
    assert duty.record("y").page_at is None
    duty.tells("y", "ended")
    assert duty.record("y").state == "resolved"


def test_a_retraction_is_told_to_everybody_who_was_paged(duty: Script) -> None:
    """And to nobody else; a page that nobody claimed reached nobody."""
    page = duty.pages()[0]["id"]
    duty.notifier(c.PageClaim, page, channel="call")
    duty.notifier(c.PageResult, page, channel="call", result="delivered")
    duty.advance(minutes=5)
    assert duty.paged() == ["乙"]
    duty.retracts("a")
    assert duty.paged() == ["甲"]
    assert duty.last("recalled").detail["text"] == "此前预警已撤回，原因：correction"
    assert (duty.record().retracted, duty.record().state) == (True, "resolved")
    duty.advance(hours=2)
    assert duty.paged() == []


def test_a_retraction_is_told_by_digest_to_those_who_read_of_it_in_one(duty: Script) -> None:
    """One that was still waiting for its digest is simply not in it."""
    duty.raises("y", "yellow", subject="case-2")
    duty.raises("z", "yellow", subject="case-3")
    duty.advance(minutes=10)
    duty.retracts("z")
    duty.advance(to="2024-03-04 14:00")
    assert [item["alert"] for item in duty.last("digest").detail["items"]] == [duty.id("y")]
    duty.retracts("y")
    duty.advance(to="2024-03-05 08:30")
    assert [(item["alert"], item["why"]) for item in duty.last("digest").detail["items"]] == [(duty.id("y"), "retracted")]


def test_an_alert_that_moves_to_another_court_calls_that_courts_desk(duty: Script) -> None:
    """Its case was transferred: the desk that had it is no longer asked."""
    duty.roster("京0106", officer="壬", leader="癸")
    duty.does("甲", c.Acknowledge)
    duty.tells("a", "redated", court="京0106")
    assert duty.last("moved").detail == {"before": BASIC, "court": "京0106"}
    assert (duty.record().state, duty.record().home) == ("firing", "京0106")
    duty.paged()
    duty.advance(minutes=10)
    assert duty.paged() == ["壬"]


def test_the_level_reached_says_who_must_react(duty: Script) -> None:
    """Red may be the superior's where orange was the court's own."""
    duty.raises("o", "orange", subject="case-2")
    duty.advance(minutes=10)
    duty.does("甲", c.Acknowledge, "a")
    duty.paged()
    duty.tells("o", "severity", severity="red", react=("up1",))
    duty.advance(minutes=10)
    assert duty.record("o").desks == (MIDDLE, BASIC)
    assert duty.paged() == ["丁"]


def test_what_is_raised_again_after_a_retraction_pages_again(duty: Script) -> None:
    """Those who were paged had been told that it no longer held."""
    duty.retracts("a")
    duty.tells("a", "raised", "correction", end_reason=None)
    duty.advance(minutes=10)
    assert duty.paged() == ["甲"]


# Versions, repeats, assignments.


def test_a_stale_command_is_told_what_happened_since(duty: Script) -> None:
    """409: who did what."""
    seen = duty.record().version
    duty.does("甲", c.Acknowledge)
    answer = duty.does("乙", c.Resolve, expected=seen, reason_code="handled", reason="已办", evidence=EVIDENCE)
    assert (answer.outcome, answer.code) == ("refused", "stale_version")
    assert [(one["what"], one["by"]) for one in answer.detail["since"]] == [("acknowledged", "甲")]


def test_a_repeated_command_gets_the_same_answer_and_happens_once(duty: Script) -> None:
    """The same bytes, two days long; a refusal too."""
    first = encode(duty.does("甲", c.Escalate, from_level=1, key="a" * 32))
    level = duty.record().level
    duty.advance(minutes=1)
    assert encode(duty.does("甲", c.Escalate, from_level=1, key="a" * 32)) == first
    assert duty.record().level == level
    no = encode(duty.does("甲", c.TakeOver, key="b" * 32))
    duty.does("甲", c.Acknowledge)
    assert encode(duty.does("甲", c.TakeOver, key="b" * 32)) == no


def test_pages_and_remarks_make_no_command_stale(duty: Script) -> None:
    """The version counts what a person would want to know of."""
    seen = duty.record().version
    duty.notifier(c.PageClaim, duty.pages()[0]["id"], channel="call")
    duty.does("乙", c.Comment, text="已联系承办人")
    assert duty.does("甲", c.Acknowledge, expected=seen).outcome == "accepted"


def test_a_remark_stands_in_the_history_in_its_own_words(duty: Script) -> None:
    """It takes no version; a very long one is cut there, and whole in its decision."""
    seen = duty.record().version
    duty.does("乙", c.Comment, text=" 已联系承办人 ")
    said = duty.does("甲", c.Comment, text="长" * 900)
    short, long = duty.record().history[-2:]
    assert (short.what, short.by, short.text, short.version) == ("commented", "乙", "已联系承办人", seen)
    assert (len(long.text), long.text[-1], len(said.detail["text"])) == (500, "…", 900)


def test_an_alert_is_given_to_somebody_of_the_desk_who_is_paged(duty: Script) -> None:
    """Having it takes that person's own acknowledgement."""
    assert duty.does("丙", c.Assign, to="庚", role="director").code == "not_of_the_desk"
    assert duty.does("丙", c.Assign, to="乙", role="director").outcome == "accepted"
    assert duty.paged() == ["乙"]
    assert (duty.record().assigned, duty.record().owner) == ("乙", "")


def test_a_command_upon_an_unknown_alert_is_refused(duty: Script) -> None:
    """There is no such record."""
    assert duty.does("甲", c.Acknowledge, "nothing").code == "unknown_target"


def test_an_alert_and_the_directive_that_names_it_know_of_each_other(duty: Script) -> None:
    """The engine's draft, issued by a person above; closed only when the alert has ended."""
    duty.advance(minutes=60)
    (draft,) = duty.drafts
    assert duty.record().directives == (draft.target,)
    issued = duty.does("戊", c.DirectiveIssue, draft.target, role="director")
    assert issued.outcome == "accepted", issued.reason
    assert "directive_issued" in duty.said("a")
    duty.does("承", c.DirectiveReceive, draft.target, role="director")
    answer = {"result": "已纠正", "text": "已立案"}
    assert duty.does("承", c.DirectiveAnswer, draft.target, role="director", **answer).outcome == "accepted"
    verdict = duty.does("戊", c.DirectiveVerdict, draft.target, role="director", verdict="合格")
    assert verdict.outcome == "refused"
    duty.ends("a")
    verdict = duty.does("戊", c.DirectiveVerdict, draft.target, role="director", verdict="合格")
    assert verdict.outcome == "accepted", verdict.reason
    assert "directive_closed" in duty.said("a")


def test_a_roster_that_is_set_is_known_to_every_alert() -> None:
    """The desk's roster is one target; what it says goes into every partition."""
    script = Script()
    rota = Rota(
        id=BASIC,
        court=BASIC,
        from_on=date(2024, 3, 4),
        rotations=tuple(
            Rotation(post=post, accounts=(name,), every="week", first_on=date(2024, 3, 4), hand_over_at="00:00")
            for post, name in (("officer", "甲"), ("technician", "技"), ("leader", "丙"))
        ),
    )
    answer = script.does("丙", c.RotaSet, f"roster/{BASIC}", role="director", rota=rota)
    assert answer.outcome == "accepted", answer.reason
    script.raises("a", "red")
    script.advance(minutes=10)
    assert script.paged() == ["甲"]


@pytest.mark.parametrize("target", ["a", f"desk/{BASIC}", f"roster/{BASIC}", "thread/" + "0" * 32, "0" * 32])
def test_a_command_upon_what_doesnt_take_it_is_refused_and_changes_nothing(duty: Script, target: str) -> None:
    """An alert takes no verdict, a desk no acknowledgement."""
    before = duty.record()
    asked: list[tuple[type, dict[str, Any]]] = [
        (c.DirectiveIssue, {}),
        (c.DirectiveDraft, {"directive_kind": "督办", "from_court": MIDDLE, "to_court": BASIC}),
        (c.SignIn, {"post": "officer"}),
    ]
    if target != "a":
        asked.append((c.Acknowledge, {}))
    for kind, fields in asked:
        if (kind, target) in {(c.SignIn, f"roster/{BASIC}"), (c.DirectiveDraft, "0" * 32)}:
            continue
        answer = duty.does("甲", kind, target, role="director", **fields)
        assert answer.outcome == "refused", (kind, target)
    assert duty.record() == before
