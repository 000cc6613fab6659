"""The sums that values are made of, and the rows that they are sums of.

There are two ways. `Days` names each sum where it stands, over rows of `subtree_days`: the shortest text, which is what a
question of few numbers costs most by. `Months` is for many numbers or many courts, where the rows are what costs: it looks at
few rows, and at each once.

From the inside out, `Months` adds up rows over stretches of days by measure and kind, then those few lines to the terms, each a
column with a name. Whole months come from `subtree_months`, in which a month is one row for each kind; days come from
`subtree_days` only for the months in which a stretch begins or ends within the month. As known then, everything comes from the
days, for only they say when something was known.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

from contract.indicators.model import Term, Window

OF_MONTH: Final[dict[Window, str]] = {
    "year": "toStartOfYear({at})",
    "month": "toStartOfMonth({at})",
    "quarter": "toStartOfQuarter({at})",
}
"""First day of the windows that begin with a month."""
WITHIN: Final[dict[Window, str]] = {
    "rolling_3y": "addDays(addMonths({at}, -36), 1)",
    "rolling_3m": "addDays(addMonths({at}, -3), 1)",
    "rolling_30d": "addDays({at}, -29)",
    "day": "{at}",
}
"""First day of those that begin anywhere."""
KNOWN: Final = "(${known:singlequote} = 'now' OR known_on <= as_of)"
THEN: Final = "(${known:singlequote} != 'now')"
"""Whether it is asked as known then."""
TABLES: Final = ("subtree_days", "subtree_months")


def first_day(window: Window, at: str) -> str:
    """The first day of a window that ends with a day."""
    return (OF_MONTH | WITHIN)[window].format(at=at)


class Sums(ABC):
    """Collects the terms of one question, then tells the rows that they are sums of."""

    def __init__(self) -> None:
        self._days: dict[str, None] = {}
        self._since: dict[str, dict[str, None]] = {}  # measure → first days of its windows; "" of a stock

    def term(self, term: Term, window: Window, at: str, kinds: Sequence[str]) -> str:
        """SQL of a term over an indicator's window as of a day; ``kinds``: conditions on the kind."""
        first = first_day(window, at)
        self._days[at] = None
        since = self._since.setdefault(term.measure, {})
        since["" if term.when != "window" else first] = None
        days = {"window": f"day >= {first} AND day <= {at}", "end": f"day <= {at}", "begin": f"day < {first}"}[term.when]
        return self._sum(days, [f"measure = '{term.measure}'", *kinds])

    @abstractmethod
    def _sum(self, days: str, tests: Sequence[str]) -> str: ...

    def _measures(self, day: str, each: str) -> str:
        """The condition on days up to the last, and on measures: of those that are no stock, from their earliest window on."""
        alike: dict[tuple[str, ...], list[str]] = {}
        for measure, firsts in sorted(self._since.items()):
            alike.setdefault(() if "" in firsts else tuple(firsts), []).append(measure)
        found = []
        for begins, measures in alike.items():
            since = f" AND {day} >= toStartOfMonth({_end_of('min', begins, each)})" if begins else ""
            found.append("(measure IN (" + ", ".join(f"'{one}'" for one in measures) + f"){since})")
        return f"({' OR '.join(found)}) AND {day} <= {_end_of('max', tuple(self._days), each)}"


class Days(Sums):
    """Each sum where it stands, over the rows of the days."""

    def _sum(self, days: str, tests: Sequence[str]) -> str:
        return f"sumIf(value, {' AND '.join((*tests[:1], days, *tests[1:]))})"

    def rows(self, court: str) -> str:
        """What comes after FROM: of courts, all in one row."""
        return f"subtree_days FINAL\nWHERE {self._measures('day', '')} AND {court} AND {KNOWN}"

    def rows_at(self, court: str, each: str) -> str:
        """The same for each of the days ``d`` of a subquery, with a row even where nothing is counted."""
        return (
            f"(SELECT measure, kind, day, value FROM subtree_days FINAL\n"
            f"    WHERE {self._measures('day', each)} AND {court} AND {KNOWN}\n"
            f"    UNION ALL SELECT '', '', as_of, toInt64(0)) AS counted_days\n"
            f"CROSS JOIN {each} AS at_days\nGROUP BY d ORDER BY d"
        )


class Months(Sums):
    """Each sum a column with a name, over whole months and the days at the edges."""

    def __init__(self) -> None:
        super().__init__()
        self._stretches: dict[str, str] = {}
        self._terms: dict[str, str] = {}
        self._begins: dict[str, None] = {}
        self._ends: dict[str, None] = {}

    def term(self, term: Term, window: Window, at: str, kinds: Sequence[str]) -> str:
        """See `Sums`."""
        if term.when != "end" and window in WITHIN:
            self._begins[first_day(window, at)] = None
        if term.when != "begin":
            self._ends[at] = None
        return super().term(term, window, at, kinds)

    def _sum(self, days: str, tests: Sequence[str]) -> str:
        stretch = self._stretches.setdefault(days, f"d{len(self._stretches)}")
        return self._terms.setdefault(f"sumIf({stretch}, {' AND '.join(tests)})", f"s{len(self._terms)}")

    def rows(self, court: str, *, by_court: bool = False) -> str:
        """A subquery with a column for each term: one row; or one for each court, with the column ``court``."""
        key = "court, " if by_court else ""
        months = self._months()
        columns = f"{key}measure, kind"
        counted = (
            f"(SELECT {columns}, day, value FROM subtree_days FINAL WHERE {self._measures('day', '')} AND {court}\n"
            f"        AND if({THEN}, known_on <= as_of, toStartOfMonth(day) IN {months})\n"
            f"    UNION ALL SELECT {columns}, month, value FROM subtree_months FINAL\n"
            f"        WHERE {self._measures('month', '')} AND {court}\n"
            f"        AND NOT {THEN} AND toStartOfMonth(month) NOT IN {months}) AS counted_days"
        )
        days = ",\n        ".join(f"sumIf(value, {days}) AS {name}" for days, name in self._stretches.items())
        terms = ",\n    ".join(f"{text} AS {name}" for text, name in self._terms.items())
        grouped = "\nGROUP BY court" if by_court else ""
        return (
            f"(SELECT {key}{terms}\nFROM (SELECT {key}measure, kind, {days}\n    FROM {counted}\n"
            f"    GROUP BY {key}measure, kind){grouped})"
        )

    def _months(self) -> str:
        """A subquery: first days of the months in which a stretch begins after the first day or ends before the last."""
        within = [
            f"arrayFilter(e -> e != {edge}(e), [{', '.join(days)}])"
            for edge, days in (("toStartOfMonth", self._begins), ("toLastDayOfMonth", self._ends))
            if days
        ]
        return f"(SELECT toStartOfMonth(arrayJoin(arrayConcat({', '.join(within)}))))"


def _end_of(reduce: str, days: tuple[str, ...], each: str) -> str:
    """SQL of the least or the last of days."""
    found = days[0] if len(days) == 1 else f"array{reduce.title()}([{', '.join(days)}])"
    return f"(SELECT {reduce}({found}) FROM {each} AS at_days)" if each else found
