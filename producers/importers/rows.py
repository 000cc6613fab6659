"""What a reader finds in a log: rows, and places that cannot be read. A reader yields both in document order."""

from typing import Any

import msgspec

CASE_PREFIX = "case:"
"""Attributes of the trace are named ``case:<key>``, as pm4py names them; those of the event keep their own key."""


class Row(msgspec.Struct, frozen=True):
    """One event of a log as it stands in the file.

    Attributes:
        number: Its place among all events of the file, from 1; refused ones count.
        line: The line of the file where it stands.
        attributes: Its own attributes, as JSON values.
        case: The attributes of its trace, each under ``case:<key>``; empty for a table, whose columns are all its own.
    """

    number: int
    line: int
    attributes: dict[str, Any]
    case: dict[str, Any]

    def get(self, name: str) -> Any:
        """The attribute of the event, else that of its trace, else None."""
        return self.attributes.get(name, self.case.get(name))


class Refused(msgspec.Struct, frozen=True):
    """A place that cannot be read.

    Attributes:
        number: The event's place among all events of the file; None where the place is no event.
        line: The line of the file.
        reason: What is wrong, and what to do about it.
    """

    number: int | None
    line: int
    reason: str

    def __str__(self) -> str:
        return self.reason if self.number is None else f"event {self.number}: {self.reason}"
