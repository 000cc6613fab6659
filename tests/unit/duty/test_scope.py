"""Scope: one function of role and court, against the tree."""

from typing import get_args

import pytest

from contract.courts import COURTS
from contract.duty.people import Principal, Role
from contract.duty.rights import RIGHTS, sees
from contract.duty.scope import READS, Reads, alert_seen, courts_seen, directive_courts

ALERT = {"id": "a", "rule": "R-OBJ-01.a", "court": "京0105", "severity": "red", "subject": "c-1", "key": ["o1"], "evidence": []}


def test_a_scope_is_the_subtree_of_its_court_and_nothing_beside() -> None:
    """Counted by walking the tree down; what no court owns belongs to the Supreme People's Court alone."""
    for code in ("最高法", "京", "京03", "京0105", "粤"):
        below, waiting = set(), [code]
        while waiting:
            below.add(one := waiting.pop())
            waiting += [court.code for court in COURTS.children(one)]
        scope = courts_seen("director", code)
        assert scope.courts() == below
        assert ("-" in scope) == ("外9" in scope) == (code == "最高法")
    assert courts_seen("case_officer", "京").courts() == {"京"}
    assert "京0105" not in courts_seen("director", "外9")
    assert "外9" in courts_seen("director", "外9")


def test_a_draft_is_its_givers_and_a_directive_both_courts() -> None:
    """Also one that was withdrawn before its issue; one that a court's own system answered to first is no draft."""
    for state, issued, courts in (
        ("", None, ("京",)),
        ("drafted", None, ("京",)),
        ("withdrawn", None, ("京",)),
        ("withdrawn", "2024-03-01T01:00:00Z", ("京", "京0105")),
        ("issued", "2024-03-01T01:00:00Z", ("京", "京0105")),
        ("unknown", None, ("京", "京0105")),
    ):
        assert directive_courts("京", "京0105", state, issued) == courts


def test_every_role_has_its_line() -> None:
    """A role that the table lacks would be a fault at the first request."""
    assert set(READS) == set(get_args(Role))


@pytest.mark.parametrize("role", get_args(Role))
def test_who_sees_no_case_by_right_reads_none(role: Role) -> None:
    """The table of resources allows no more than the rights of single cases."""
    principal = Principal(account="u-1", role=role, court="京0105", via="system" if role == "system" else "session")
    if not sees(principal, "京0105"):
        assert "cases" not in READS[role].resources


def test_who_may_act_on_an_alert_reads_it() -> None:
    """Nobody is asked to answer what he may not see."""
    for name, right in RIGHTS.items():
        if name.startswith("alert.") and name != "alert.told":
            for role in right.roles:
                assert {"alerts", "duty"} <= READS[role].resources or role == "system", (name, role)


def test_a_masked_alert_names_no_case() -> None:
    """Whole for those whose rules it is of, masked for others, nothing outside the scope or for who reads figures alone."""
    scope = courts_seen("director", "京")
    assert alert_seen(READS["director"], scope, ALERT) is ALERT
    shown = alert_seen(READS["technician"], scope, ALERT)
    assert shown == {"id": "a", "rule": "R-OBJ-01.a", "court": "京0105", "severity": "red", "masked": True}
    assert alert_seen(READS["technician"], scope, ALERT | {"rule": "R-DATA-01.a"}) == ALERT | {"rule": "R-DATA-01.a"}
    assert alert_seen(READS["reader"], scope, ALERT) is None
    assert alert_seen(READS["director"], courts_seen("director", "粤"), ALERT) is None
    assert not Reads().whole("R-OBJ-01.a")
