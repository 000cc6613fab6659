"""Rules that read the alerts of others: in an order that there is, from where they may, and in confidence."""

from pathlib import Path

import pytest
from refusals import refused, write

from streams.rules.load import load_packs

CIRCLES = [
    ("\"alert.raised if event.data.rule == 'B'\"", "[\"alert.ended if event.data.rule in ['A', 'C']\"]"),
    (
        "\"alert.raised if event.data.severity == 'red' && event.data.rule != 'A'\"",
        "[\"obligation.fulfilled if 'A' == event.data.rule\"]",
    ),
    ("\"alert.* if event.data.rule.startsWith('B')\"", "[\"case.closed if case.alerts['A'].severity == 'red'\"]"),
    ("\"case.filed if 'B' in case.alerts\"", '["case.closed if seen(\'alert.raised if event.data.rule == \\"A\\"\')"]'),
]


@pytest.mark.parametrize(("start", "cancel"), CIRCLES)
def test_a_circle_of_rules_reading_alerts_is_refused(tmp_path: Path, start: str, cancel: str) -> None:
    """Rules that wait for each other's alerts could never be put in an order, whichever way they read them."""
    one, other = {"id": '"A"', "start": start}, {"id": '"B"', "cancel": cancel}
    assert "circle of rules reading alerts: A reads B reads A" in refused(write(tmp_path, one, other)).message


def test_a_rule_that_reads_all_alerts_reads_its_own(tmp_path: Path) -> None:
    """Whoever counts all alerts must leave its own out."""
    error = refused(write(tmp_path, {"cancel": '["alert.raised"]'}))
    assert error.field == "cancel[0]"
    assert error.message.startswith("circle of rules reading alerts: T1 reads T1; say in a condition which it means")
    assert load_packs([write(tmp_path, {"cancel": "[\"alert.raised if event.data.rule != 'T1'\"]"})])


def test_a_case_never_reads_the_alerts_of_a_group(tmp_path: Path) -> None:
    """A case would have to wait for the courts of the whole country."""
    group = {"id": '"G"', "scope": '"court"'}
    error = refused(write(tmp_path, group, {"start": "\"alert.raised if event.data.rule == 'G'\""}))
    assert (error.rule, error.field) == ("T1", "start[0]")
    assert "a case never reads a group" in error.message
    wide = {"start": "\"alert.raised if event.data.rule != 'T1'\""}
    assert load_packs([write(tmp_path, group, wide)])


def test_what_is_told_in_confidence_is_read_by_restricted_rules_only(tmp_path: Path) -> None:
    """Interference is recorded in confidence: no common alert tells of it, not even by way of another alert."""
    error = refused(write(tmp_path, {"when": "\"seen('pers.interference_recorded')\""}))
    assert (error.rule, error.field) == ("T1", "when")
    assert "only a rule with restricted = true reads it" in error.message
    kept = {
        "id": '"S"',
        "restricted": "true",
        "start": '"pers.interference_recorded"',
        "stop": '["pers.interference_reported"]',
    }
    assert load_packs([write(tmp_path, kept)])
    error = refused(write(tmp_path, kept, {"cancel": "[\"alert.raised if event.data.rule == 'S'\"]"}))
    assert (error.rule, error.field) == ("T1", "cancel[0]")
    assert "which are restricted" in error.message


def test_a_rule_may_read_the_alerts_of_another(tmp_path: Path) -> None:
    """Without a circle there is an order in which they are judged."""
    (pack,) = load_packs([write(tmp_path, {}, {"id": '"T2"', "start": "\"alert.raised if event.data.rule == 'T1'\""})])
    assert pack.rule("T2").start == ("alert.raised if event.data.rule == 'T1'",)
