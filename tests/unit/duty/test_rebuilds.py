"""What a rebuild finds: it stands in the queue, nobody is paged, and each desk hears of it in one digest, once."""

from typing import Any

import pytest
from duty_script import BASIC, MIDDLE, Script

from contract.duty.commands import PageClaim
from contract.duty.decisions import Decision
from streams.duty.board import Board


@pytest.fixture(params=["plain", "restarts", "twice"])
def duty(request: pytest.FixtureRequest) -> Script:
    """A desk with an officer, and that of the court above; also with every record twice, and a restart after each."""
    script = Script(restarts=request.param == "restarts", twice=request.param == "twice")
    script.roster(BASIC, officer="甲", leader="丙")
    script.roster(MIDDLE, officer="丁", leader="戊")
    return script


def found(duty: Script, name: str, rebuild: str = "r1", **more: Any) -> None:
    """A rebuild finds an alert."""
    duty.raises(name, more.pop("severity", "red"), reason="recomputed", rebuild=rebuild, subject=f"case-{name}", **more)


def digests(duty: Script, court: str = BASIC) -> list[Decision]:
    """The digests of rebuilds that a desk has."""
    return [one for one in duty.decisions if one.what == "rebuild_digest" and one.target == f"desk/{court}"]


def test_a_desk_hears_of_all_that_a_rebuild_found_in_one_digest_of_its_group(duty: Script) -> None:
    """At the next time of day; no person is named, and what the notifier sends says how many came in."""
    for number in range(230):
        found(duty, f"n{number}", severity="red" if number < 30 else "orange")
    duty.advance(to="2024-03-04 13:59")
    assert digests(duty) == []
    duty.advance(to="2024-03-05 09:00")
    (digest,) = digests(duty)
    assert (digest.detail["total"], len(digest.detail["items"])) == (230, 200)
    assert digest.detail["counts"] == {"red": 30, "orange": 170}
    assert [(page["account"], page["why"], page["desk"]) for page in digest.detail["pages"]] == [("", "digest", BASIC)]
    assert not [one for one in duty.decisions if one.what in {"paged", "escalated", "digest"}]
    assert {one["account"] for decision in duty.decisions for one in decision.detail.get("pages", ())} == {""}
    board = Board()
    board.take(digest)
    (page,) = board.due()
    assert page.title.endswith("230 件")
    assert not page.urgent


def test_each_rebuild_has_a_digest_of_its_own_and_none_twice(duty: Script) -> None:
    """What comes late of one that was told of stands in the desk's next digest."""
    found(duty, "a")
    found(duty, "b", "r2")
    duty.advance(to="2024-03-04 14:01")
    assert [one.detail["rebuild"] for one in digests(duty)] == ["r1", "r2"]
    found(duty, "c")
    duty.advance(to="2024-03-05 08:31")
    assert len(digests(duty)) == 2
    assert [(one["alert"], one["why"]) for one in duty.last("digest").detail["items"]] == [(duty.id("c"), "recomputed")]


def test_a_digest_waits_until_nothing_more_of_the_rebuild_comes(duty: Script) -> None:
    """A rebuild that sends while the time of day comes isn't told of in two halves."""
    found(duty, "a")
    duty.advance(to="2024-03-04 13:55")
    found(duty, "b")
    duty.advance(to="2024-03-04 14:04")
    assert digests(duty) == []
    duty.advance(to="2024-03-04 14:05")
    assert digests(duty)[0].detail["total"] == 2


def test_every_desk_that_must_react_hears_of_it_and_of_what_ended_meanwhile_none(duty: Script) -> None:
    """The court above has its own digest; what ended before the digest isn't in it."""
    found(duty, "a", react=("own+up1",))
    found(duty, "b")
    duty.ends("b")
    duty.advance(to="2024-03-04 14:00")
    assert [one.detail["total"] for one in digests(duty)] == [1]
    assert [one.detail["total"] for one in digests(duty, MIDDLE)] == [1]


def test_a_desk_without_a_roster_has_it_in_the_log_and_nothing_is_sent() -> None:
    """It is nobody's desk."""
    duty = Script()
    found(duty, "a")
    duty.advance(to="2024-03-05 09:00")
    assert [one.detail.get("pages") for one in digests(duty)] == [None]


def test_what_a_rebuild_takes_back_is_told_where_somebody_was_paged(duty: Script) -> None:
    """Nobody is paged for that either."""
    duty.raises("a", "red")
    duty.advance(minutes=10)
    page = duty.last("paged").detail["pages"][0]["id"]
    duty.notifier(PageClaim, page, channel=duty.pages()[0]["channel"])
    duty.paged()
    duty.tells("a", "retracted", "recomputed", rebuild="r1", end_reason="retracted")
    duty.advance(to="2024-03-04 14:00")
    assert [(one["alert"], one["why"]) for one in digests(duty)[0].detail["items"]] == [(duty.id("a"), "retracted")]
    assert duty.paged() == [""]


def test_a_level_that_the_engine_reaches_afterwards_pages(duty: Script) -> None:
    """Quiet is only what the rebuild itself said."""
    found(duty, "a", severity="orange")
    duty.tells("a", "severity", "clock", severity="red")
    duty.advance(minutes=10)
    assert duty.paged() == ["甲"]
