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
