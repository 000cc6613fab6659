"""The sums that the values of few indicators are made of, and the rows that they are sums of.

Each sum is named where it stands, over rows of `subtree_days`: the shortest text, which is what a question of few numbers costs
most by. Values of many indicators or many courts are made in `values`.
"""

from collections.abc import Sequence
from typing import Final

from contract.indicators.model import Term, Window

_FIRST: Final[dict[Window, str]] = {
    "year": "toStartOfYear({at})",
    "month": "toStartOfMonth({at})",
    "quarter": "toStartOfQuarter({at})",
    "rolling_3y": "addDays(addMonths({at}, -36), 1)",
    "rolling_3m": "addDays(addMonths({at}, -3), 1)",
    "rolling_30d": "addDays({at}, -29)",
    "day": "{at}",
}
KNOWN: Final = "(${known:singlequote} = 'now' OR known_on <= as_of)"
THEN: Final = "(${known:singlequote} != 'now')"
"""Whether it is asked as known then."""
TABLES: Final = ("subtree_days", "subtree_months")


def first_day(window: Window, at: str) -> str:
    """The first day of a window that ends with a day."""
    return _FIRST[window].format(at=at)


class Sums:
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
        return f"sumIf(value, {' AND '.join((f'measure = {term.measure!r}', days, *kinds))})"

    def rows(self, court: str) -> str:
        """What comes after FROM: of courts, all in one row."""
        return f"subtree_days FINAL\nWHERE {self._measures('')} AND {court} AND {KNOWN}"

    def rows_at(self, court: str, each: str) -> str:
        """The same for each of the days ``d`` of a subquery, with a row even where nothing is counted."""
        return (
            f"(SELECT measure, kind, day, value FROM subtree_days FINAL\n"
            f"    WHERE {self._measures(each)} AND {court} AND {KNOWN}\n"
            f"    UNION ALL SELECT '', '', as_of, toInt64(0)) AS counted_days\n"
            f"CROSS JOIN {each} AS at_days\nGROUP BY d ORDER BY d"
        )

    def _measures(self, each: str) -> str:
        """The condition on days up to the last, and on measures: of those that are no stock, from their earliest window on."""
        alike: dict[tuple[str, ...], list[str]] = {}
        for measure, firsts in sorted(self._since.items()):
            alike.setdefault(() if "" in firsts else tuple(firsts), []).append(measure)
        found = []
        for begins, measures in alike.items():
            since = f" AND day >= toStartOfMonth({_end_of('min', begins, each)})" if begins else ""
            found.append("(measure IN (" + ", ".join(f"'{one}'" for one in measures) + f"){since})")
        return f"({' OR '.join(found)}) AND day <= {_end_of('max', tuple(self._days), each)}"


def _end_of(reduce: str, days: tuple[str, ...], each: str) -> str:
    """SQL of the least or the last of days."""
    found = days[0] if len(days) == 1 else f"array{reduce.title()}([{', '.join(days)}])"
    return f"(SELECT {reduce}({found}) FROM {each} AS at_days)" if each else found
