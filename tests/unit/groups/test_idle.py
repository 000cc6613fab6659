"""Months of a court in which nothing can be found are left out: whatever comes in whatever order, what is said is the same."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.control import ticked
from contract.envelope import Event
from streams.groups.events import made
from streams.offline import Supervision

RULES = '''
[[rule]]
id = "PILE"
name = { zh = "积", en = "pile" }
family = "inaction"
kind = "forbidden"
scope = "court"
at = ["@month"]
when = """
last('sup.campaign_closed').time >= last('sup.campaign_started').time
&& count('case.filed', last('sup.campaign_started').time) > 0"""
holds = true
arms = "every"
outlives = true
levels = [{ severity = "red" }]

[[rule]]
id = "BULLETIN"
name = { zh = "通报", en = "bulletin" }
family = "inaction"
kind = "deadline"
scope = "court"
start = "@quarter"
arms = "every"
when = "event.courtcode == '京0105'"
stop = ["sup.campaign_closed"]
within = "10 calendar_days"
outlives = true
levels = [{ severity = "orange", at = "100%" }]

[[rule]]
id = "BOTH"
name = { zh = "月季", en = "months and quarters" }
family = "inaction"
kind = "forbidden"
scope = "court"
at = ["@month if event.courtcode == '粤0604'", "@quarter if seen('case.filed')"]
when = "!seen('sup.campaign_closed')"
arms = "every"
outlives = true
levels = [{ severity = "yellow" }]
'''


@st.composite
def told(draw: st.DrawFn, kit: Any) -> list[Event]:
    """Campaigns and cases of two courts, some entered late, some withdrawn."""
    events: list[Event] = []
    for number in range(draw(st.integers(0, 7))):
        days = draw(st.integers(0, 300))
        received = days + draw(st.sampled_from([0, 0, 1, 40, 200]))
        court = draw(st.sampled_from(["京0105", "粤0604"]))
        more = {"case": f"c{number}", "court": court, "received": received, "id": f"e{number}"}
        kind = draw(st.sampled_from(["case.filed", "sup.campaign_started", "sup.campaign_closed"]))
        if kind == "case.filed":
            event = kit.filed(more.pop("case"), days, **more)
        else:
            event = kit.happened(kind, days, {"campaign_id": "k"}, **more)
        events.append(event)
        if draw(st.integers(0, 4)) == 0:
            gone = kit.at(received + draw(st.integers(1, 90)))
            changes = {"id": f"w{number}", "data": None, "correctionof": event.ref, "recordedtime": gone, "receivedtime": gone}
            events.append(kit.replace(event, **changes))
    return events


def said(packs: Sequence[Any], events: Sequence[Event], ticks: Sequence[datetime]) -> tuple[list[Any], list[Any]]:
    """The alerts, and every transition with the alert in it."""
    lines = [*events, *(ticked(number, tick) for number, tick in enumerate(ticks))]
    lines.sort(key=lambda event: (event.receivedtime or event.time, event.short == "sys.ticked"))
    supervision = Supervision(packs)
    steps = [step for number, event in enumerate(lines, 1) for step in supervision.read(number, event)]
    assert not supervision.refusals, supervision.refusals
    assert len({step.id for step in steps}) == len(steps)
    return supervision.alerts(), steps


@pytest.mark.usefixtures("few_courts")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), step=st.sampled_from([1, 20, 70]))
def test_months_left_out_change_nothing(kit: Any, monkeypatch: pytest.MonkeyPatch, data: st.DataObject, step: int) -> None:
    """Beside an engine that begins every month in every court: the same alerts and the same transitions, byte by byte."""
    packs, events = kit.pack(RULES), data.draw(told(kit))
    ticks = [kit.at(0) + timedelta(days=days) for days in range(3, 560, step)]
    lazy = said(packs, events, ticks)
    with monkeypatch.context() as eager:
        eager.setattr("streams.groups.group.is_idle", lambda *_: False)
        assert said(packs, events, ticks) == lazy


def test_a_court_without_campaigns_has_no_months(kit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 3,500 courts one is looked at each month: the one that has both events of a campaign."""
    begun: list[str] = []
    monkeypatch.setattr("streams.groups.periods.made", lambda *given: begun.append(given[3]) or made(*given))
    rules = RULES[: RULES.index('[[rule]]\nid = "BOTH"')]
    events = [
        kit.happened(f"sup.campaign_{what}", 40 + n, {"campaign_id": "k"}, case="k", court="沪01")
        for n, what in enumerate(("started", "closed"))
    ]
    alerts, _ = said(kit.pack(rules), events, [kit.at(days) for days in (0, 30, 60, 90, 120)])
    assert set(begun) == {"沪01", "京0105"}
    assert alerts


@pytest.mark.usefixtures("few_courts")
def test_a_gap_found_at_the_tick_of_a_month_stands_before_the_month(kit: Any) -> None:
    """What was missing when the month began is known before the month is judged: nothing is raised and taken back at once."""
    rules = """
[[rule]]
id = "WHOLE"
name = { zh = "全", en = "whole" }
family = "data"
kind = "forbidden"
scope = "court"
at = ["@month"]
when = "seen('case.filed') && !seen('sys.gap_opened')"
arms = "every"
outlives = true
levels = [{ severity = "yellow" }]
"""
    events = [kit.filed("a", 29, sequence=1), kit.filed("b", 30, sequence=3)]
    _, steps = said(kit.pack(rules), events, [kit.at(0), kit.at(28), kit.at(32)])
    assert steps == []
