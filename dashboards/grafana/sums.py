"""The sums that values are made of, as one subquery that looks at each row once however many indicators are asked.

From the inside out: rows are added up over stretches of days by measure and kind; those few lines are added up to the terms,
each a column with a name; a value is an expression over these names (`indicator_sql.value`).

Whole months come from `subtree_months`, in which a month is one row for each kind; days come from `subtree_days` only for the
months in which a stretch begins or ends within the month. As known then, everything comes from the days, for only they
say when something was known.
"""

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
TABLES: Final = ("subtree_days", "subtree_months")


def first_day(window: Window, at: str) -> str:
    """The first day of a window that ends with a day."""
    return (OF_MONTH | WITHIN)[window].format(at=at)


class Sums:
    """Collects terms, each named and computed once, then makes the subquery whose columns they are."""

    def __init__(self) -> None:
        self._stretches: dict[str, str] = {}
        self._terms: dict[str, str] = {}
        self._begins: dict[str, None] = {}
        self._ends: dict[str, None] = {}
        self._days: dict[str, None] = {}
        self._since: dict[str, dict[str, None]] = {}  # measure → first days of its windows; "" of a stock

    def term(self, term: Term, window: Window, at: str, kinds: Sequence[str]) -> str:
        """Name of a term over an indicator's window as of a day; ``kinds``: conditions on the kind."""
        first = first_day(window, at)
        days = {"window": f"day >= {first} AND day <= {at}", "end": f"day <= {at}", "begin": f"day < {first}"}[term.when]
        self._days[at] = None
        since = self._since.setdefault(term.measure, {})
        since["" if term.when != "window" else first] = None
        if term.when != "end" and window in WITHIN:
            self._begins[first] = None
        if term.when != "begin":
            self._ends[at] = None
        stretch = self._stretches.setdefault(days, f"d{len(self._stretches)}")
        tests = " AND ".join((f"measure = '{term.measure}'", *kinds))
        return self._terms.setdefault(f"sumIf({stretch}, {tests})", f"s{len(self._terms)}")

    def rows(self, court: str, *, by: str = "", each: str = "") -> str:
        """The subquery: a row for each value of the column ``by``; without it, one row.

        ``court``: condition on the court. ``each``: a subquery of days ``d`` as of each of which it is asked (``by`` is then
        "d"), for which there are rows even where nothing is counted.
        """
        key = f"{by}, " if by else ""
        own = key if not each else ""
        months = self._months(each)
        columns = f"{own}measure, kind"
        counted = (
            f"(SELECT {columns}, day, value FROM subtree_days FINAL WHERE {self._measures('day', each)} AND {court}\n"
            f"        AND if({{then}}, known_on <= as_of, toStartOfMonth(day) IN {months})\n"
            f"    UNION ALL SELECT {columns}, month, value FROM subtree_months FINAL\n"
            f"        WHERE {self._measures('month', each)} AND {court}\n"
            f"        AND NOT {{then}} AND toStartOfMonth(month) NOT IN {months}"
        ).replace("{then}", "(${known:singlequote} != 'now')")
        if each:
            counted += "\n    UNION ALL SELECT '', '', as_of, toInt64(0)"
        counted += ") AS counted_days" + (f"\n    CROSS JOIN {each} AS at_days" if each else "")
        days = ",\n        ".join(f"sumIf(value, {days}) AS {name}" for days, name in self._stretches.items())
        terms = ",\n    ".join(f"{text} AS {name}" for text, name in self._terms.items())
        grouped = f"\nGROUP BY {by}" if by else ""
        return (
            f"(SELECT {key}{terms}\nFROM (SELECT {key}measure, kind, {days}\n    FROM {counted}\n"
            f"    GROUP BY {key}measure, kind){grouped})"
        )

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

    def _months(self, each: str) -> str:
        """A subquery: first days of the months in which a stretch begins after the first day or ends before the last."""
        within = [
            f"arrayFilter(e -> e != {edge}(e), [{', '.join(days)}])"
            for edge, days in (("toStartOfMonth", self._begins), ("toLastDayOfMonth", self._ends))
            if days
        ]
        found = f"SELECT toStartOfMonth(arrayJoin(arrayConcat({', '.join(within)})))"
        return f"({found} FROM {each} AS at_days)" if each else f"({found})"


def _end_of(reduce: str, days: tuple[str, ...], each: str) -> str:
    """SQL of the least or the last of days."""
    found = days[0] if len(days) == 1 else f"array{reduce.title()}([{', '.join(days)}])"
    return f"(SELECT {reduce}({found}) FROM {each} AS at_days)" if each else found
