"""An alert as the engine's record has it, for what is told to the duty room and to the wall."""

from datetime import datetime
from typing import Any

from contract.times import format_instant

PROOF: dict[str, Any] = {"levels": [], "evidence": [], "citation": [], "arithmetic": [], "incomplete": False}
"""What stands beside the facts in the engine's own topic."""


def alert_record(
    name: str, court: str, subject: str, *, armed_at: datetime, due_at: datetime, raised_at: datetime, **changes: Any
) -> dict[str, Any]:
    """An open alert of the rule of objections that were not filed.

    Args:
        name: Its id, 32 hexadecimal digits.
        court: Code of the court that it is of.
        subject: Its case.
        armed_at: Aware, like the other instants.
        due_at: When the limit ran out or will.
        raised_at: When it was raised.
        changes: Other fields, or these in other words: ``rule``, ``severity``, ``ended_at``, …
    """
    return {
        "id": name,
        "rule": "R-OBJ-01.a",
        "version": "cn@1",
        "scope": "case",
        "subject": subject,
        "key": [],
        "element": None,
        "court": court,
        "severity": "red",
        "basis": "statutory",
        "armed_at": format_instant(armed_at),
        "due_at": format_instant(due_at),
        "raised_at": format_instant(raised_at),
        "ended_at": None,
        "end_reason": None,
        "breach_days": None,
    } | changes
