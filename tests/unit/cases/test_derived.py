"""Rules that read what the engine adds: alerts and obligations of other rules, months and quarters."""

from typing import Any

import pytest

BASE = 'id = "BASE"\nkey = ["k"]\narms = "every"\noutlives = true'
AFTER = """
id = "AFTER"
kind = "deadline"
start = "alert.raised if event.data.rule == 'BASE'"
arms = "every"
stop = ["x.c if event.data.k == start.data.key[0]"]
cancel = ["alert.ended if event.data.rule == 'BASE' && event.data.key[0] == start.data.key[0]"]
within = "3 calendar_days"
levels = [{ severity = "red", at = "100%" }]
"""
LATE = """
id = "LATE"
kind = "forbidden"
at = ["obligation.fulfilled if event.data.rule == 'BASE'"]
when = "timestamp(event.data.received_at) > timestamp(event.data.due_at) && event.data.at <= event.data.due_at"
arms = "every"
"""
MONTHLY = (
    'id = "MONTHLY"\nkind = "deadline"\nstart = "@month"\narms = "every"\nstop = ["x.c"]\nwithin = "5 calendar_days"\n'
    'levels = [{ severity = "orange", at = "100%" }]'
)


@pytest.fixture(scope="module")
def pack(lab: Any) -> Any:
    """A deadline, what follows its alert, and a look at what fulfils it."""
    return lab.pack(AFTER, LATE, BASE, pack_id="derived")


def test_an_alert_arms_a_rule_at_the_instant_at_which_it_was_raised(lab: Any, pack: Any) -> None:
    """Raised on 12 March, three days from there; both are told at the position that brought the clock there."""
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01", {"k": "1"})).tick("2024-03-16")
    assert {alert.rule: lab.beijing(alert.armed_at) for alert in run.alerts} == {
        "BASE": "2024-03-01 00:00:00",
        "AFTER": "2024-03-12 00:00:00",
    }
    assert {(step.transition, step.position) for step in run.journal} == {("raised", "0:1")}


def test_the_clock_reaches_what_an_alert_armed(lab: Any, pack: Any) -> None:
    """The next due instant of a chain is also that of rules that read alerts."""
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01", {"k": "1"})).tick("2024-03-12")
    assert run.steps == ["raised"]
    assert run.tick("2024-03-15 23:59").steps == ["raised"]
    assert run.restart().tick("2024-03-16").steps == ["raised", "raised"]


def test_what_no_longer_stands_takes_along_what_followed_from_it(lab: Any, pack: Any) -> None:
    """A stop entered late retracts the alert, and with it the alert that it had armed; the event is the cause of both."""
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01", {"k": "1"})).tick("2024-03-20")
    run.take(lab.event("x.b", "2024-03-05", {"k": "1"}, recorded="2024-03-21"))
    assert sorted(run.steps[2:]) == ["raised", "retracted", "retracted"]  # and a rule finds the late entry itself
    assert {(step.reason, step.cause) for step in run.journal[2:]} == {("event", (lab.SOURCE, "x.b@2024-03-05"))}


def test_the_end_of_an_alert_is_an_event(lab: Any, pack: Any) -> None:
    """It cancels what the alert had armed."""
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01", {"k": "1"}), lab.event("x.b", "2024-03-18", {"k": "1"}))
    assert {alert.rule: (alert.end_reason, lab.beijing(alert.ended_at)) for alert in run.alerts} == {
        "BASE": ("cured", "2024-03-18 00:00:00"),
        "AFTER": ("closed", "2024-03-18 00:00:00"),
    }


@pytest.mark.parametrize(("received", "alerts"), [("2024-03-11 23:00", 0), ("2024-03-13", 1)])
def test_what_was_fulfilled_in_time_and_received_too_late(lab: Any, pack: Any, received: str, alerts: int) -> None:
    """A fulfilled obligation tells its due instant, when it was fulfilled and when that was received, warned or not."""
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01", {"k": "1"}))
    run.take(lab.event("x.b", "2024-03-11 22:00", {"k": "1"}, received=received)).tick("2024-04-01")
    assert [alert.rule for alert in run.alerts] == ["LATE"] * alerts


def test_alerts_of_a_case_as_its_state(lab: Any) -> None:
    """`case.alerts` holds the open ones by rule."""
    rule = """
    id = "READ"
    kind = "forbidden"
    at = ["x.c"]
    when = "'BASE' in case.alerts && case.alerts['BASE'].severity == 'orange'"
    arms = "every"
    """
    run = lab.Run(lab.pack(rule, BASE, pack_id="state")).take(lab.event("x.a", "2024-03-01", {"k": "1"}))
    run.take(*(lab.event("x.c", day) for day in ("2024-03-11 10:00", "2024-03-13", "2024-03-19")))
    run.take(lab.event("x.b", "2024-03-18", {"k": "1"}, recorded="2024-03-20"))
    assert [lab.beijing(alert.raised_at) for alert in run.alerts if alert.rule == "READ"] == ["2024-03-13 00:00:00"]


def test_months_begin_while_a_case_is_open(lab: Any) -> None:
    """At the first instant of each civil month; not any more once it is closed."""
    run = lab.Run(lab.pack(MONTHLY, pack_id="months")).take(lab.event("case.filed", "2024-01-10", {"case_no": "1"}))
    run.tick("2024-02-07").tick("2024-03-20")
    run.take(lab.event("case.closed", "2024-03-25", {"mode": "执行完毕"})).tick("2024-08-01")
    assert sorted(lab.beijing(alert.armed_at)[:10] for alert in run.alerts) == ["2024-02-01", "2024-03-01"]
    assert run.core._due == {}


@pytest.mark.parametrize(("filed", "months"), [("2024-02-01 00:00", 2), ("2024-02-01 00:01", 1)])
def test_a_case_that_begins_with_a_month_is_open_then(lab: Any, filed: str, months: int) -> None:
    """What happens at the first instant of a month counts at it, the first event of the case too."""
    run = lab.Run(lab.pack(MONTHLY, pack_id="months")).take(lab.event("case.filed", filed, {"case_no": "1"}))
    run.tick("2024-03-20")
    assert len(run.alerts) == months


def test_a_chain_reads_the_alerts_of_its_cases(lab: Any) -> None:
    """Two cases of one chain are in breach: the chain is told."""
    rule = """
    id = "TWICE"
    kind = "forbidden"
    scope = "chain"
    at = ["alert.raised if event.data.rule == 'BASE'"]
    when = '''count("alert.raised if event.data.rule == 'BASE'") >= 2'''
    """
    run = lab.Run(lab.pack(rule, BASE, pack_id="chainreads"))
    run.take(lab.event("x.a", "2024-03-01", {"k": "1"}), lab.event("x.a", "2024-03-03", {"k": "1"}, case="c2")).tick(
        "2024-03-20"
    )
    assert [(a.scope, a.subject, lab.beijing(a.raised_at)) for a in run.alerts if a.rule == "TWICE"] == [
        ("chain", "chain", "2024-03-14 00:00:00")
    ]
