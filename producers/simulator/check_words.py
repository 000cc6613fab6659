"""Words that the tests of single facts share."""

from collections.abc import Callable
from datetime import date

from producers.simulator.days import day_of, number
from producers.simulator.parts import Severity
from producers.simulator.view import Told, View

Fails = Callable[[Told, View], Severity | None]


def fails_if(severity: Severity, *tests: Callable[[Told, View], bool]) -> Fails:
    """Whether a fact fails: fails if."""

    def fails(told: Told, view: View) -> Severity | None:
        return severity if any(test(told, view) for test in tests) else None

    return fails


def day_of_field(told: Told, field: str) -> int | None:
    """The civil day of a date or instant field."""
    at = told.instant(field)
    return None if at is None else day_of(at)


def day_number(text: str) -> int:
    """Whether a fact fails: day number."""
    return number(date.fromisoformat(text))
