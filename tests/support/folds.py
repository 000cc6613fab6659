"""Facts of one case and the state that they make."""

from datetime import datetime
from typing import Any

from contract.envelope import court_of_source
from contract.times import parse_instant
from streams.cases.facts import Fact
from streams.cases.state import CaseState

DAY = "2024-03-04"
SOURCE = "/court/京0105/test"


def instant(text: str) -> datetime:
    """The wall clock in Beijing, as ``2024-03-01`` or ``2024-03-01 09:00``."""
    day, _, clock = text.partition(" ")
    return parse_instant(f"{day}T{clock or '00:00'}:00+08:00")


def fact(name: str, data: dict[str, Any] | None = None, at: str = DAY, *, case: str = "c1", source: str = SOURCE) -> Fact:
    """A fact with all its fields."""
    time = instant(at)
    return Fact(source, f"{name}@{at}", name, case, time, time, time, -1, court_of_source(source), None, b"", data)


def state(*facts: Fact) -> dict[str, Any]:
    """The state of a case after some facts."""
    found = CaseState("c1", "chain")
    for one in facts:
        found.apply(one)
    return found.view()
