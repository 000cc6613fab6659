"""Classes of days: how long something stands, or when something is due. Their bounds are ours, and titles say so: 管理参数."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from contract.times import LAST_DAY
from dashboards.grafana import rows_links
from dashboards.grafana.model import Column

FAR: Final = f"toDate32('{LAST_DAY}')"
"""However late."""


class DayClass(NamedTuple):
    """A column of days from the first to the last, in days after the board's (before it where negative); None = open."""

    name: str
    first: int | None
    last: int | None

    def test(self) -> str:
        """SQL of whether a day ``ahead`` so many days after the board's lies in it."""
        if self.first is None:
            return f"ahead <= {self.last}"
        return f"ahead >= {self.first}" if self.last is None else f"ahead BETWEEN {self.first} AND {self.last}"

    @property
    def until(self) -> int | str:
        """The last day as a link says it."""
        return "" if self.last is None else self.last


AHEAD: Final = "dateDiff('day', as_of, day) AS ahead"


def ages(bounds: Sequence[int], names: Sequence[str] = ()) -> tuple[DayClass, ...]:
    """Of what stands: up to each bound of days, and beyond the last. ``names``: if not told in days."""
    told = names or (
        f"≤ {bounds[0]} 天",
        *(f"{low + 1}–{high} 天" for low, high in pairwise(bounds)),
        f"> {bounds[-1]} 天",
    )
    lows = (-1, *bounds)
    spans = [(-high, -low - 1) for low, high in zip(lows, bounds, strict=False)]
    return tuple(DayClass(name, *span) for name, span in zip(told, (*spans, (None, -bounds[-1] - 1)), strict=True))


def edge(classes: Sequence[DayClass]) -> str:
    """SQL of the first day that isn't in the class that is open to the past: before it days needn't be told apart."""
    (oldest,) = (one.last for one in classes if one.first is None and one.last is not None)
    return f"addDays(as_of, {oldest + 1})"


def sums_of(classes: Sequence[DayClass], scale: str = "") -> list[tuple[str, str]]:
    """(name, SQL of its sum) of each; ``scale``: SQL after each sum."""
    return [(one.name, f"sumIf(value, {one.test()}){scale}") for one in classes]


def sums(classes: Sequence[DayClass]) -> str:
    """A column for each."""
    return ", ".join(f"{total} AS `{name}`" for name, total in sums_of(classes))


def classed(measure: str, classes: Sequence[DayClass], *, unit: str = "", **more: Any) -> tuple[Column, ...]:
    """The columns, which open the rows of a measure whose day lies in the class; ``more``: see `rows_links.of_measure`."""
    return tuple(
        rows_links.counted(
            one.name, rows_links.of_measure(measure, first=one.first, last=one.until, then=True, **more), unit=unit
        )
        for one in classes
    )
