"""Rules without a clock, each sentence of the rule format as a short story: judged at events, they need no tick."""

from typing import Any

import pytest

SEQUENCE = 'kind = "sequence"\nbefore = ["x.b"]\nafter = ["x.a"]'
LEDGER = 'kind = "ledger"\nat = ["x.a"]\nbalance = "event.data.fen"'


def test_nothing_earlier_is_told_at_the_event_itself(lab: Any) -> None:
    """raised_at and due_at are the instant of the point; what should stand earlier is told."""
    run = lab.Run(lab.pack(SEQUENCE)).take(lab.event("x.a", "2024-03-01 09:00"))
    alert = run.alert
    assert {lab.beijing(at) for at in (alert.armed_at, alert.due_at, alert.raised_at)} == {"2024-03-01 09:00:00"}
    assert (alert.severity, alert.ended_at, alert.breach_days, alert.checks) == ("orange", None, None, ())
    assert [(step.do, step.what) for step in alert.arithmetic] == [("judge", ""), ("missing", "x.b")]
    assert alert.evidence == ((lab.SOURCE, "x.a@2024-03-01 09:00"),)


@pytest.mark.parametrize(("name", "at", "alerts"), [("0", "09:00", 0), ("2", "09:00", 1), ("0", "09:01", 1), ("2", "08:59", 0)])
def test_the_order_of_a_sequence_is_strict(lab: Any, name: str, at: str, alerts: int) -> None:
    """At one instant the order of history decides; the point has the id 1."""
    run = lab.Run(lab.pack(SEQUENCE))
    run.take(lab.event("x.b", f"2024-03-01 {at}", id=name), lab.event("x.a", "2024-03-01 09:00", id="1"))
    assert len(run.alerts) == alerts


@pytest.mark.parametrize(("arms", "raised"), [("every", ["01", "09"]), ("first", ["01"])])
def test_a_balance_is_judged_again_at_each_point(lab: Any, arms: str, raised: list[str]) -> None:
    """Off on the 1st and 3rd, even on the 5th: cured there. Off again on the 9th: a new alert, or the one is open again."""
    run = lab.Run(lab.pack(f'{LEDGER}\narms = "{arms}"', pack_id=f"ledger{arms}"))
    for day, fen in (("01", 5), ("03", -7), ("05", 0)):
        run.take(lab.event("x.a", f"2024-03-{day}", {"fen": fen}))
    assert (run.alert.end_reason, run.alert.breach_days, lab.beijing(run.alert.ended_at)) == ("cured", 4, "2024-03-05 00:00:00")
    run.take(lab.event("x.a", "2024-03-09", {"fen": 2}))
    assert sorted(lab.beijing(alert.raised_at)[8:10] for alert in run.alerts) == raised
    assert ("reopened" in run.steps) == (arms == "first")


@pytest.mark.parametrize(("more", "fen", "alerts"), [("tolerance = 5", -5, 0), ("tolerance = 5", 6, 1), ("sign = true", 6, 0)])
def test_how_far_a_balance_may_be_off(lab: Any, more: str, fen: int, alerts: int) -> None:
    """By the tolerance either way; with `sign` above 0 as far as it likes."""
    run = lab.Run(lab.pack(f"{LEDGER}\n{more}", pack_id="tolerance")).take(lab.event("x.a", "2024-03-01", {"fen": fen}))
    assert len(run.alerts) == alerts


def test_one_alert_lists_every_check_that_fails(lab: Any) -> None:
    """The highest of their severities is the alert's; a correction that mends all of them retracts it."""
    checks = """
    kind = "forbidden"
    at = ["x.a"]
    checks = [
      { id = "one", name = { zh = "一", en = "one" }, fail = "event.data.a", severity = "yellow" },
      { id = "two", name = { zh = "二", en = "two" }, fail = "event.data.b", severity = "red" },
      { id = "three", name = { zh = "三", en = "three" }, fail = "event.data.missing", severity = "red" },
    ]
    """
    wrong = lab.event("x.a", "2024-03-01", {"a": True, "b": True}, id="w")
    run = lab.Run(lab.pack(checks, pack_id="checks")).take(wrong)
    assert (run.alert.checks, run.alert.severity) == (("one", "two"), "red")
    run.take(lab.event("x.a", "2024-03-01", {"a": False, "b": False}, recorded="2024-03-02", correctionof=wrong.ref))
    assert (run.alerts, run.steps, run.journal[-1].reason) == ([], ["raised", "retracted"], "correction")


def test_what_clears_cures_and_what_cancels_closes(lab: Any) -> None:
    """Neither is the point itself."""
    rule = 'kind = "forbidden"\nat = ["x.a"]\nwhen = "true"\narms = "every"\nclears = ["x.b"]\ncancel = ["x.c"]'
    for name, reason in (("x.b", "cured"), ("x.c", "closed"), ("x.end", "closed")):
        run = lab.Run(lab.pack(rule, pack_id="clears")).take(lab.event("x.a", "2024-03-01"), lab.event(name, "2024-03-04"))
        assert (run.alert.end_reason, run.alert.breach_days) == (reason, 3 if reason == "cured" else None)
