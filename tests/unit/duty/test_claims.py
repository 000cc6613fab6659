"""What a notifier has claimed and not heard of."""

import msgspec

from infra.channels.mail import Mail
from infra.channels.robots import WeCom
from streams.duty.board import DuePage
from streams.shell.claims import CLAIM_S, FORGET_S, Claims
from streams.shell.notifier import _cannot, _without_address

PAGE = DuePage(id="p", target="t", channel="sms", account="u-1", desk="京0105", title="", lines=(), urgent=True)


def test_a_claim_that_waits_is_asked_again_under_its_own_id() -> None:
    """The room answers both alike; under another id the second would be refused, and the page go out by nobody."""
    claims = Claims()
    name = claims.ask(PAGE, 0.0)
    assert name is not None
    assert claims.ask(PAGE, CLAIM_S - 1) is None
    assert claims.ask(PAGE, CLAIM_S) == name
    assert claims.waits(PAGE)
    assert claims.answered(name) == PAGE
    assert claims.answered(name) is None
    assert not claims.waits(PAGE)


def test_the_next_channel_and_another_notifier_claim_under_ids_of_their_own() -> None:
    """One answer is for one channel and one notifier."""
    first, other = Claims(), Claims()
    names = {first.ask(PAGE, 0.0), first.ask(msgspec.structs.replace(PAGE, channel="robot"), 0.0), other.ask(PAGE, 0.0)}
    assert len(names) == 3
    assert first.answered("something else") is None
    assert first.answered(None) is None


def test_a_claim_that_never_gets_an_answer_takes_no_place_for_ever() -> None:
    """However often it was asked again."""
    claims = Claims()
    for now in range(0, int(FORGET_S), int(CLAIM_S)):
        claims.ask(PAGE, float(now))
    claims.forget(FORGET_S - 1)
    assert claims.pages() == [PAGE]
    claims.forget(FORGET_S)
    assert claims.pages() == []


def test_the_log_never_has_where_a_person_is_reached() -> None:
    """A mail server repeats the mailbox that it refuses."""
    assert _without_address("Rejected: SMTP 550: <wang@court.example> unknown", "wang@court.example") == (
        "Rejected: SMTP 550: <…> unknown"
    )
    assert _without_address("Throttled: 429", "") == "Throttled: 429"


def test_a_page_goes_to_an_address_or_to_a_group_that_the_channel_has() -> None:
    """A mail server refuses a message to nobody; a robot has its group."""
    mail, robot = Mail("信", "127.0.0.1", 1, "yipanqi@court.example"), WeCom("群", "http://127.0.0.1:1")
    group = msgspec.structs.replace(PAGE, account="", channel="mail")
    assert "a desk's group has no address for mail" in str(_cannot(group, mail, ""))
    assert "the person has no address for mail" in str(_cannot(msgspec.structs.replace(group, account="u-1"), mail, ""))
    assert "no channel of kind sms" in str(_cannot(PAGE, None, "13800000000"))
    assert _cannot(group, mail, "desk@court.example") is None
    assert _cannot(msgspec.structs.replace(group, channel="robot"), robot, "") is None
