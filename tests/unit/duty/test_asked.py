"""From what comes in to the command of the log: what can't be asked is refused with everything that is wrong."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contract.duty.asked import ASKABLE, InvalidCommand, asked
from contract.duty.commands import Acknowledge, OverrideSet, Snooze, command_id
from contract.duty.people import Principal
from contract.duty.rights import RIGHTS

AT = datetime(2024, 3, 5, 1, tzinfo=UTC)
WANG = Principal(account="u-1", role="duty_officer", court="京0105")
TARGET = "0123456789abcdef0123456789abcdef"


def form(kind: str = "alert.acknowledge", **fields: Any) -> dict[str, Any]:
    """A good form."""
    return {"kind": kind, "target": TARGET, "idempotency_key": "k-1", **fields}


def codes(wrong: Any) -> set[tuple[str, str]]:
    """(field, code) of everything that is refused of a form."""
    with pytest.raises(InvalidCommand) as refused:
        asked(wrong, WANG, AT)
    return {(error.field, error.code) for error in refused.value.errors}


def test_a_command_bears_the_principal_of_the_pass_and_the_time_of_the_gateway() -> None:
    """Its id is that of account and key, so that the same is asked once."""
    command = asked(form(note="在办", expected=3), WANG, AT)
    assert command == Acknowledge(id=command_id("u-1", "k-1"), target=TARGET, principal=WANG, at=AT, expected=3, note="在办")
    snooze = asked(form("alert.snooze", until="2024-03-06T09:00:00+08:00", reason="等待"), WANG, AT)
    assert isinstance(snooze, Snooze)
    assert snooze.until == datetime(2024, 3, 6, 1, tzinfo=UTC)


def test_everything_wrong_is_found_at_once() -> None:
    """What only the gateway says, unknown fields, key and target together."""
    wrong = form(principal={}, at="x", id="y", colour="red") | {"idempotency_key": "a b", "target": "@duty"}
    assert codes(wrong) == {
        ("principal", "reserved"),
        ("at", "reserved"),
        ("id", "reserved"),
        ("colour", "unknown_field"),
        ("idempotency_key", "bad_key"),
        ("target", "bad_target"),
    }


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ([], ("", "not_an_object")),
        ({}, ("kind", "unknown_kind")),
        (form("tick"), ("kind", "unknown_kind")),
        (form("alert.told"), ("kind", "unknown_kind")),
        (form("page.claim"), ("kind", "unknown_kind")),
        (form("roster.sign_in", post="officer"), ("target", "bad_target")),
        (form("roster.sign_in", post="officer") | {"target": "roster/外9"}, ("target", "bad_target")),
        (form() | {"target": "roster/京0105"}, ("target", "bad_target")),
        (form("alert.snooze", reason="x"), ("until", "missing")),
        (form("alert.snooze", reason="x", until="2024-03-06T09:00:00"), ("until", "bad_instant")),
        (form("alert.snooze", reason=7, until="2024-03-06T09:00:00Z"), ("reason", "wrong_value")),
        (form(expected="3"), ("expected", "wrong_value")),
    ],
)
def test_what_is_no_command_is_refused(wrong: Any, expected: tuple[str, str]) -> None:
    """With the field and a stable code."""
    assert expected in codes(wrong)


def test_instants_inside_a_command_need_an_offset_too() -> None:
    """An override's span, for one."""
    override = {
        "id": TARGET,
        "rota": "京0105",
        "post": "officer",
        "start": "2024-03-06T09:00:00",
        "end": "2024-03-07T09:00:00Z",
    }
    wrong = form("roster.override", override=override) | {"target": "roster/京0105"}
    assert codes(wrong) == {("override.start", "bad_instant")}
    override["start"] = "2024-03-06T09:00:00Z"
    assert isinstance(asked(form("roster.override", override=override) | {"target": "roster/京0105"}, WANG, AT), OverrideSet)


@pytest.mark.parametrize("first_on", ["9999-12-31", "0001-01-01", "2035-01-01"])
def test_a_day_that_nobody_means_is_refused(first_on: str) -> None:
    """Whoever counts turns from it would count for ever, or beyond the last day that there is."""
    turn = {"post": "officer", "accounts": ["u-1"], "every": "working_day", "first_on": first_on}
    rota = {"id": "京0105", "court": "京0105", "from_on": "2024-03-06", "rotations": [turn]}
    wrong = form("roster.set", rota=rota) | {"target": "roster/京0105"}
    assert codes(wrong) == {("rota.rotations[0].first_on", "out_of_range")}
    far = form("roster.swap_ask", swap="s", post="officer", start="9999-12-31T20:00:00Z", end="9999-12-31T23:00:00Z", to="u-2")
    assert codes(far | {"target": "roster/京0105"}) == {("start", "out_of_range"), ("end", "out_of_range")}


def test_nobody_asks_what_parts_of_the_system_tell() -> None:
    """Each askable kind has a role beside the system's, and each such right its kind."""
    assert set(ASKABLE) == {name for name, right in RIGHTS.items() if set(right.roles) - {"system"}}
