"""What the wall keeps for alarm quality gives the same figures as the whole log, and says from when on it knows all."""

from datetime import timedelta

import msgspec
from duty_script import BASIC, Script

from contract.duty import commands as c
from contract.duty import decisions
from contract.duty.alerts import AlertDuty
from contract.duty.measures import measure, trimmed
from dashboards.duty_recent import Recent, unpacked


def lived() -> Script:
    """Alerts that were paged, answered, climbed, and ended."""
    duty = Script()
    duty.roster(BASIC, officer="甲", officer_b="乙", technician="技", leader="丙")
    for number in range(4):
        duty.raises(f"a{number}", "red", subject=f"case-{number}")
    duty.advance(minutes=12)
    duty.does("甲", c.Acknowledge, "a0")
    duty.advance(minutes=10)
    duty.ends("a1")
    return duty


def recent_of(duty: Script, kept: int = 50_000) -> Recent:
    """What a wall keeps of a script's decisions, by their bytes."""
    recent = Recent(kept)
    for one in duty.decisions:
        recent.apply(decisions.encode(one))
    return recent


def test_the_figures_are_those_of_the_whole_log() -> None:
    """Loads, chatter and times by rule and court."""
    duty = lived()
    end = duty.now
    start, packed = recent_of(duty).since(end)
    records = {one.target: one.record for one in duty.decisions if one.record is not None and "thread" in one.record}
    alerts = [msgspec.convert(record, AlertDuty) for record in records.values()]
    found = measure(unpacked(packed), alerts, start, end)
    assert found == measure(map(trimmed, duty.decisions), alerts, start, end)
    assert found.loads
    assert found.to_acknowledge
    assert found.to_cure
    assert len(packed) < len(duty.decisions)


def test_what_is_not_kept_shortens_the_span() -> None:
    """The span begins with the first decision that is still there."""
    duty = lived()
    whole, _ = recent_of(duty).since(duty.now)
    start, packed = recent_of(duty, kept=3).since(duty.now)
    assert whole == duty.now - timedelta(days=30)
    assert len(packed) == 3
    assert start == decisions.decode(packed[0]).at
