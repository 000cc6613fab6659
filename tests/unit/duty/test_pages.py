"""Pages: claimed once, sent, delivered or not; the next channel; what is named because nobody can say that it arrived."""

import pytest
from duty_script import BASIC, MIDDLE, Script

from contract.duty import commands as c
from contract.duty.decisions import encode
from contract.duty.people import part_of_system
from streams.duty.pages import reconcile


@pytest.fixture
def duty() -> Script:
    """A red alert that paged 甲 at 10:10 by call, then sms, then robot."""
    script = Script()
    script.roster(BASIC, officer="甲", leader="丙")
    script.roster(MIDDLE, officer="丁")
    script.raises("a", "red", hours=False, hold="10 minutes")
    script.advance(minutes=10)
    return script


def page(duty: Script) -> str:
    """The id of 甲's page."""
    return next(one["id"] for one in duty.pages() if one["account"] == "甲")


def state(duty: Script) -> tuple[str, str]:
    """State and channel of 甲's page."""
    found = next(one for one in duty.pages() if one["account"] == "甲")
    return found.get("state", "due"), found["channel"]


def test_only_the_first_claim_is_accepted(duty: Script) -> None:
    """So that nobody is paged twice for one step, however many notifiers there are."""
    assert duty.notifier(c.PageClaim, page(duty), channel="call").outcome == "accepted"
    second = duty.notifier(c.PageClaim, page(duty), channel="call")
    assert (second.outcome, second.code) == ("refused", "already_claimed")


def test_a_page_that_is_delivered_is_done(duty: Script) -> None:
    """Claimed → sent → delivered."""
    duty.notifier(c.PageClaim, page(duty), channel="call")
    duty.notifier(c.PageResult, page(duty), channel="call", result="sent", provider_id="p-1")
    assert state(duty) == ("sent", "call")
    duty.notifier(c.PageResult, page(duty), channel="call", result="delivered")
    assert state(duty) == ("delivered", "call")
    duty.advance(minutes=4)
    assert state(duty) == ("delivered", "call")
    assert [one for one in reconcile([duty.record()]) if one.account == "甲"] == []


def test_a_failed_page_goes_by_the_next_channel_at_once(duty: Script) -> None:
    """Call → sms → robot → named."""
    for channel in ("call", "sms", "robot"):
        assert state(duty) == ("due", channel)
        assert duty.notifier(c.PageClaim, page(duty), channel=channel).outcome == "accepted"
        duty.notifier(c.PageResult, page(duty), channel=channel, result="failed", error="40013")
    assert state(duty) == ("failed", "robot")
    assert duty.last("page_failed").detail["error"] == "40013"
    assert [(one.account, one.state) for one in reconcile([duty.record()])] == [("甲", "failed")]


def test_a_claimed_page_of_which_nothing_is_heard_goes_by_the_next_channel(duty: Script) -> None:
    """It may have left: it isn't sent by that channel again, and the log says so."""
    duty.notifier(c.PageClaim, page(duty), channel="call")
    duty.advance(minutes=2)
    assert state(duty) == ("due", "sms")
    assert duty.last("page_next_channel").detail["because"] == "unknown"
    assert duty.notifier(c.PageClaim, page(duty), channel="call").code == "other_channel"


def test_a_sent_page_needs_a_receipt_or_an_answer_within_five_minutes(duty: Script) -> None:
    """Else the next channel."""
    duty.notifier(c.PageClaim, page(duty), channel="call")
    duty.notifier(c.PageResult, page(duty), channel="call", result="sent")
    duty.advance(minutes=4)
    assert state(duty) == ("sent", "call")
    duty.advance(minutes=1)
    assert state(duty) == ("due", "sms")


def test_a_late_receipt_ends_the_page_before_it_goes_by_another_channel(duty: Script) -> None:
    """The person has it."""
    duty.notifier(c.PageClaim, page(duty), channel="call")
    duty.advance(minutes=2)
    duty.notifier(c.PageResult, page(duty), channel="call", result="delivered")
    assert state(duty) == ("delivered", "call")
    assert duty.notifier(c.PageClaim, page(duty), channel="sms").code == "already_claimed"


def test_a_late_failure_of_a_channel_that_was_given_up_changes_nothing(duty: Script) -> None:
    """The page is with the next one."""
    duty.notifier(c.PageClaim, page(duty), channel="call")
    duty.advance(minutes=2)
    duty.notifier(c.PageClaim, page(duty), channel="sms")
    duty.notifier(c.PageResult, page(duty), channel="call", result="failed")
    assert state(duty) == ("claimed", "sms")


def test_a_page_that_nobody_claims_is_named_and_stays_due(duty: Script) -> None:
    """The notifier is away: the ladder goes on, and the page may still go."""
    duty.advance(minutes=2)
    assert duty.last("page_late").detail["account"] == "甲"
    assert [(one.account, one.state) for one in reconcile([duty.record()])] == [("甲", "late")]
    assert duty.notifier(c.PageClaim, page(duty), channel="call").outcome == "accepted"


def test_what_somebody_answered_needs_no_further_page(duty: Script) -> None:
    """Due ones are dropped; whoever answered has had it."""
    duty.notifier(c.PageClaim, page(duty), channel="call")
    duty.advance(minutes=1)
    duty.does("甲", c.Acknowledge)
    assert state(duty) == ("delivered", "call")
    duty.raises("b", "red", subject="case-2", hours=True)
    duty.advance(minutes=10)
    mine = next(one["id"] for one in duty.pages("b") if one["account"] == "甲")
    duty.does("甲", c.Acknowledge, "b")
    assert duty.notifier(c.PageClaim, mine, "b", channel="call").code == "no_longer_due"


def test_pages_of_a_desk_are_claimed_like_others(duty: Script) -> None:
    """A digest is a page of the desk."""
    duty.raises("y", "yellow", subject="case-3", hours=True)
    duty.advance(to="2024-03-04 14:00")
    digest = duty.last("digest").detail["pages"][0]
    target = f"desk/{BASIC}"
    assert duty.notifier(c.PageClaim, digest["id"], target, channel="robot").outcome == "accepted"
    assert duty.notifier(c.PageClaim, digest["id"], target, channel="robot").code == "already_claimed"
    assert duty.does("甲", c.PageClaim, target, page=digest["id"], channel="robot").outcome == "refused"


def test_a_repeated_claim_gets_the_same_answer(duty: Script) -> None:
    """What the log holds twice is one claim."""
    claim = c.PageClaim(
        id="c" * 32, target=duty.id("a"), principal=part_of_system("notifier"), at=duty.now, page=page(duty), channel="call"
    )
    first = encode(duty.put(claim))
    assert encode(duty.put(claim)) == first


def test_answers_are_forgotten_in_time(duty: Script) -> None:
    """A notifier's after ten minutes, a person's after two days: the state doesn't grow with what was asked."""
    duty.notifier(c.PageClaim, page(duty), channel="call")
    duty.does("甲", c.Acknowledge)
    (room,) = [room for room in duty.rooms if room.record(duty.id("a"))]
    assert len(room._answers._packed) == 2
    duty.advance(minutes=10)
    assert len(room._answers._packed) == 1
    duty.advance(days=2)
    assert len(room._answers._packed) == 0
    assert None in room.drain_dirty().values()


def test_a_page_that_was_never_made_is_refused(duty: Script) -> None:
    """There is none of that id."""
    assert duty.notifier(c.PageClaim, "0" * 32, channel="call").code == "unknown_page"
    assert duty.notifier(c.PageResult, "0" * 32, channel="call", result="sent").code == "unknown_page"
