"""A row that a measure counts."""

from datetime import date
from typing import NamedTuple


class Row(NamedTuple):
    """One row: a flow counts on `day`; a stock on every day from `day` on, up to but without `end` (None: it has none)."""

    measure: str
    court: str
    kind: str
    day: date
    amount: int = 1
    end: date | None = None

    def stands(self, day: date) -> bool:
        """Whether a stock row stands at the end of a day."""
        return self.day <= day and (self.end is None or day < self.end)
