"""What is entered late enters a past that later events saw: they are judged again, whatever in that past it changes."""

from typing import Any

import pytest

FILED = {"case_no": "(2024)京0105执1号", "claim_fen": 10_000_00, "fee_fen": 0, "perform_by_on": "2024-01-01"}


@pytest.mark.parametrize("recorded", ["2024-03-03 09:00", "2024-03-06 09:00"])
def test_interest_of_another_case_runs_to_its_last_event_before_a_start(recorded: str, lab: Any) -> None:
    """What a case of the chain owes is reckoned up to its last event, of whatever type; one entered late moves it on."""
    pack = lab.pack('scope = "chain"\nwhen = "chain.cases.exists(one, one.id == \'c2\' && one.owed_fen > 1000000)"')
    filed = lab.event("case.filed", "2024-01-01 09:00", FILED, case="c2")
    start = lab.event("x.a", "2024-03-05 09:00")
    other = lab.event("x.c", "2024-03-03 09:00", case="c2", recorded=recorded)
    assert lab.Run(pack).take(filed, start).tick("2024-03-31").alerts == []
    run = lab.Run(pack).take(filed, *sorted((start, other), key=lambda one: one.recordedtime))
    assert [alert.subject for alert in run.tick("2024-03-31").alerts] == ["chain"]
