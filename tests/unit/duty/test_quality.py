"""Alarm quality: what is asked of each desk, against the limits of EEMUA 191 and ISA-18.2."""

from datetime import timedelta

from duty_script import BASIC, MIDDLE, Script, clock

from contract.duty import commands as c
from contract.duty import quality
from contract.duty.alerts import AlertDuty


def desk() -> Script:
    """A desk and the one above."""
    script = Script()
    script.roster(BASIC, officer="甲", officer_b="乙", technician="技", leader="丙")
    script.roster(MIDDLE, officer="丁", leader="戊")
    return script


def records(script: Script) -> list[AlertDuty]:
    """The records of all alerts."""
    return [script.record(name) for name in script.facts]


def test_the_load_of_a_desk_counts_what_it_was_asked() -> None:
    """Every page once, by desk; the superior's page is the superior's."""
    duty = desk()
    duty.raises("a", "red")
    duty.advance(hours=1)
    loads = quality.loads(quality.asked(duty.decisions), clock("2024-03-04 00:00"), clock("2024-03-05 00:00"))
    assert {name: load.count for name, load in loads.items()} == {BASIC: 3, MIDDLE: 1}
    assert loads[BASIC].worst_hour == 3
    assert loads[BASIC].over == ()


def test_a_flood_is_more_than_ten_in_ten_minutes() -> None:
    """Ten are none; eleven are one."""
    start = clock("2024-03-04 10:00")
    assert quality.floods_of([start + timedelta(seconds=50 * n) for n in range(10)]) == []
    (flood,) = quality.floods_of([start + timedelta(seconds=50 * n) for n in range(14)])
    assert (flood.begin, flood.end, flood.alarms) == (start, start + timedelta(seconds=650), 14)
    assert quality.floods_of([start + timedelta(minutes=n) for n in range(30)]) == []


def test_limits_that_are_passed_are_named() -> None:
    """Peaks of the minute, the hour and the day."""
    duty = desk()
    for number in range(12):
        duty.raises(f"a{number}", "red", subject=f"case-{number}")
    duty.advance(minutes=10)
    loads = quality.loads(quality.asked(duty.decisions), clock("2024-03-04 00:00"), clock("2024-03-05 00:00"))
    assert loads[BASIC].over == ("worst_minute", "worst_ten_minutes")
    short = quality.loads(quality.asked(duty.decisions), clock("2024-03-04 10:00"), clock("2024-03-04 10:30"))
    assert "ceiling_per_day" in short[BASIC].over


def test_most_in_a_half_open_span() -> None:
    """A span of a minute holds its first instant and not its last."""
    start = clock("2024-03-04 10:00")
    minute = timedelta(minutes=1)
    assert quality.most_in([start, start + minute], minute) == 1
    assert quality.most_in([start, start + minute - timedelta(microseconds=1)], minute) == 2
    assert quality.most_in([], minute) == 0


def test_an_alert_that_changes_three_times_in_a_minute_chatters() -> None:
    """Twice is no chatter."""
    duty = desk()
    duty.raises("a", "red")
    duty.ends("a")
    assert quality.chattering(duty.decisions) == {}
    duty.reopens("a")
    assert quality.chattering(duty.decisions) == {duty.id("a"): 3}


def test_stale_is_what_stands_for_more_than_a_day() -> None:
    """Resolved ones don't count."""
    duty = desk()
    duty.raises("a", "orange")
    duty.raises("b", "orange", subject="case-2")
    duty.ends("b")
    duty.advance(hours=24)
    assert quality.stale(records(duty), duty.now) == []
    duty.advance(minutes=1)
    assert quality.stale(records(duty), duty.now) == [duty.id("a")]


def test_the_mix_of_priorities() -> None:
    """In basis points."""
    duty = desk()
    for number, severity in enumerate(["red", "orange", "yellow", "yellow"]):
        duty.raises(f"a{number}", severity, subject=f"case-{number}")
    assert quality.mix(records(duty)) == {"red": 2500, "orange": 2500, "yellow": 5000}
    assert quality.mix([]) == {}


def test_time_to_acknowledge_and_to_cure_by_rule_and_court() -> None:
    """From the first page, and from the raising."""
    duty = desk()
    duty.raises("a", "red")
    duty.raises("b", "red", subject="case-2")
    duty.advance(minutes=12)
    duty.does("甲", c.Acknowledge, "a")
    duty.advance(minutes=6)
    duty.does("乙", c.Acknowledge, "b")
    duty.does("丙", c.Acknowledge, "b")  # a takeover counts no second time
    duty.advance(minutes=2)
    duty.ends("a")
    place = ("R-OBJ-01.a", BASIC)
    found = quality.time_to_acknowledge(duty.decisions)
    assert list(found) == [place]
    assert (found[place].times, found[place].median_s, found[place].p90_s) == (2, 120, 480)
    assert quality.time_to_cure(duty.decisions) == {place: quality.Spread(1, 1200, 1200)}


def test_alerts_of_desks_without_a_roster_are_counted_by_court() -> None:
    """Nobody was there to be asked."""
    duty = Script()
    duty.raises("a", "red")
    duty.advance(minutes=10)
    assert quality.uncovered(records(duty)) == {BASIC: 1}
