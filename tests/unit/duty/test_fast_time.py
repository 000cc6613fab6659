"""A simulated line runs 3,600 times as fast: an hour a tick. Channels and people live on the wall's time all the same."""

from datetime import timedelta

import pytest
from duty_script import BASIC, Script

from contract.duty import commands as c
from contract.duty.people import part_of_system
from streams.duty.audit import audit

HOUR = timedelta(hours=1)
"""Of the line: one second of the wall."""


@pytest.fixture(params=["plain", "restarts"])
def duty(request: pytest.FixtureRequest) -> Script:
    """A red alert that was paged; ticks come once an hour."""
    script = Script(restarts=request.param == "restarts", speed=3600)
    script.roster(BASIC, officer="甲", leader="丙")
    script.raises("a", "red", hours=False, hold="10 minutes")
    seconds(script, 1)
    return script


def seconds(duty: Script, count: int) -> None:
    """So many seconds of the wall pass."""
    for _ in range(count):
        duty.now += HOUR
        duty.tick()


def state(duty: Script) -> str:
    """The state of the page that was made first."""
    return str(duty.pages()[0].get("state", "due"))


def test_a_claimed_page_is_given_two_minutes_of_the_wall_before_it_is_unknown(duty: Script) -> None:
    """Not until the next tick, an hour later on the line."""
    page, channel = duty.pages()[0]["id"], duty.pages()[0]["channel"]
    seconds(duty, 100)
    assert "page_late" not in duty.said()
    assert duty.notifier(c.PageClaim, page, channel=channel).outcome == "accepted"
    seconds(duty, 110)
    assert state(duty) == "claimed"
    duty.notifier(c.PageResult, page, channel=channel, result="sent")
    seconds(duty, 290)
    assert state(duty) == "sent"
    seconds(duty, 15)
    assert (state(duty), duty.pages()[0]["channel"] != channel) == ("due", True)  # no receipt in five minutes


def test_a_claim_asked_again_gets_its_answer_for_ten_minutes_of_the_wall(duty: Script) -> None:
    """A notifier asks again after twenty seconds: under the same id it is the same claim."""
    page = duty.pages()[0]
    claim = c.PageClaim(
        id="claim", target=duty.id("a"), principal=part_of_system("notifier"), at=duty.now, page=page["id"],
        channel=page["channel"],
    )  # fmt: skip
    assert duty.put(claim).outcome == "accepted"
    seconds(duty, 60)
    assert duty.put(claim).outcome == "accepted"


def test_who_acknowledges_has_it_for_half_an_hour_of_the_wall(duty: Script) -> None:
    """On the line that is seventy-five days."""
    duty.does("甲", c.Acknowledge)
    seconds(duty, 29 * 60)
    assert duty.record().state == "acked"
    seconds(duty, 61)
    assert duty.record().state == "firing"


def test_the_auditor_finds_nothing_late_between_two_ticks(duty: Script) -> None:
    """An hour of the line is a second."""
    seconds(duty, 30)
    late = [one for one in audit([], duty.decisions, [duty.policies], duty.now, 3600) if one.kind != "page"]
    assert late == []
    assert audit([], duty.decisions, [duty.policies], duty.now)  # it would, by the wall's two minutes
