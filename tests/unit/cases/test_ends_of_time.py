"""Dates at the end of the calendar are valid and must not stop a worker."""

from typing import Any

RULE = """
pause = [{ from = "x.d:on", to = ["x.e:on", "from:until_on"] }]
extend = ["x.c:until_on"]
cancel = []
effective = { to = 9999-12-31 }
"""


def test_a_pause_until_the_last_day_there_is_stays_open(lab: Any) -> None:
    """Its day is never over."""
    run = lab.Run(lab.pack(RULE, pack_id="end")).take(
        lab.event("x.a", "2024-03-01"), lab.event("x.d", "2024-03-05", {"on": "2024-03-05", "until_on": "9999-12-31"})
    )
    assert run.tick("2090-01-01").alerts == []


def test_an_extension_to_the_last_day_there_is_never_falls_due(lab: Any) -> None:
    """Nor does anything break on the way."""
    run = lab.Run(lab.pack(RULE, pack_id="far")).take(
        lab.event("x.a", "2024-03-01"), lab.event("x.c", "2024-03-05", {"until_on": "9999-12-31"})
    )
    assert run.tick("2090-01-01").alerts == []
