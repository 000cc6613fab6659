"""What is changed more than once, told in the wrong order, or still open when it ends."""

from typing import Any

import pytest


@pytest.fixture(scope="module")
def plain(lab: Any) -> Any:
    """x.b within ten days of x.a."""
    return lab.pack('id = "P"')


def test_the_lesser_body_may_be_of_another_case(lab: Any, plain: Any) -> None:
    """Of two bodies under one name only the lesser leaves a trace, in both orders, whatever case each is of."""
    late = lab.event("x.a", "2024-03-01 10:00", id="e", case="c1", recorded="2024-03-02 10:00")
    lesser = lab.event("x.a", "2024-03-01 10:00", id="e", case="c2", recorded="2024-03-01 10:00")
    for order in ((late, lesser), (lesser, late)):
        assert lab.Run(plain).take(*order).tick("2024-03-20").alert.subject == "c2"


def test_a_second_extension_moves_levels_from_where_the_first_had_put_them(lab: Any) -> None:
    """The warning thirty days before the due day, put off by the first extension, was not reached when the second came."""
    pack = lab.pack(
        """
        within = "6 months"
        extend = ["x.e:until_on"]
        levels = [{ severity = "yellow", at = "-30 calendar_days" }, { severity = "orange", at = "100%" }]
        """
    )
    run = lab.Run(pack).take(
        lab.event("x.a", "2024-03-01 10:00"),
        lab.event("x.e", "2024-07-01 10:00", {"until_on": "2024-12-01"}),
        lab.event("x.e", "2024-10-01 10:00", {"until_on": "2025-03-01"}),
    )
    assert run.tick("2025-01-30").alerts == []
    assert lab.beijing(run.tick("2025-01-31").alert.raised_at) == "2025-01-31 00:00:00"


@pytest.mark.parametrize(("paused", "breach"), [("2024-03-06 10:00", 0), ("2024-03-14 10:00", 9)])
def test_days_of_an_open_pause_are_no_breach(lab: Any, paused: str, breach: int) -> None:
    """Fulfilled while a pause stands that began in time: only warned. A pause after the due day changes nothing."""
    pack = lab.pack(
        """
        pause = [{ from = "x.c", to = "x.d" }]
        levels = [{ severity = "yellow", at = "3 calendar_days" }, { severity = "orange", at = "100%" }]
        """
    )
    run = lab.Run(pack).take(
        lab.event("x.a", "2024-03-01 10:00"), lab.event("x.c", paused), lab.event("x.b", "2024-03-20 10:00")
    )
    assert (run.alert.end_reason, run.alert.breach_days) == ("cured", breach)


def test_a_start_without_key_is_reported_also_when_it_comes_late(lab: Any) -> None:
    """It arms nothing; whoever sent it should know, whatever came before it."""
    run = lab.Run(lab.pack('key = ["k"]'))
    run.take(lab.event("x.a", "2024-03-02 10:00"))
    run.take(lab.event("x.a", "2024-03-01 10:00", recorded="2024-03-03 10:00"))
    assert [remark.what for remark in run.core.take_remarks()] == ["no_key", "no_key"]


@pytest.mark.parametrize(("foo", "alerts"), [(1, 0), (2, 1)])
def test_a_field_that_only_a_condition_in_a_call_reads_is_kept(lab: Any, foo: int, alerts: int) -> None:
    """`seen('x.c if event.data.foo == 1')` finds foo, also after a restart."""
    run = lab.Run(lab.pack("when = \"!seen('x.c if event.data.foo == 1')\""))
    run.take(lab.event("x.c", "2024-03-01 10:00", {"foo": foo})).restart()
    assert len(run.take(lab.event("x.a", "2024-03-02 10:00")).tick("2024-03-31").alerts) == alerts


def test_elements_that_are_instants_are_told_as_text(lab: Any) -> None:
    """CEL may give instants as elements; an alert names them as the contract writes them."""
    run = lab.Run(lab.pack('each = "[start.time]"'))
    assert run.take(lab.event("x.a", "2024-03-01 10:00")).tick("2024-03-31").alert.element == "2024-03-01T02:00:00Z"
