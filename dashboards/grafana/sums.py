"""The sums that the values of few indicators are made of, and the rows that they are sums of.

Each sum is named where it stands, over rows of `subtree_days`: the shortest text, which is what a question of few numbers costs
most by. Values of many indicators or many courts are made in `values`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
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
ALWAYS: Final = "toDate32('1970-01-01')"
"""From when a stock is added up."""
TABLES: Final = ("subtree_days", "subtree_months")


def first_day(window: Window, at: str) -> str:
    """The first day of a window that ends with a day."""
    return _FIRST[window].format(at=at)


def since(begins: Mapping[str, Collection[str]], day: str, least: Callable[[tuple[str, ...]], str]) -> str:
    """The condition on measures, each from the month of the ``least`` of the first days of its windows on.

    ``begins``: measure → these days; `ALWAYS` of a stock. ``day``: the column of days, or of first days of months.
    """
    alike: dict[tuple[str, ...], list[str]] = {}
    for measure, firsts in sorted(begins.items()):
        alike.setdefault(() if ALWAYS in firsts else tuple(firsts), []).append(measure)
    found = []
    for same, measures in alike.items():
        named = "measure IN (" + ", ".join(f"'{one}'" for one in measures) + ")"
        found.append(f"({named} AND {day} >= toStartOfMonth({least(same)}))" if same else f"({named})")
    return " OR ".join(found)


class Sums:
    """Collects the terms of one question, then tells the rows that they are sums of."""

    def __init__(self) -> None:
        self._days: dict[str, None] = {}
        self._since: dict[str, dict[str, None]] = {}  # measure → first days of its windows

    def term(self, term: Term, window: Window, at: str, kinds: Sequence[str]) -> str:
        """SQL of a term over an indicator's window as of a day; ``kinds``: conditions on the kind."""
        first = first_day(window, at)
        self._days[at] = None
        self._since.setdefault(term.measure, {})[first if term.when == "window" else ALWAYS] = None
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
        found = since(self._since, "day", lambda firsts: _end_of("min", firsts, each))
        return f"({found}) AND day <= {_end_of('max', tuple(self._days), each)}"


def _end_of(reduce: str, days: tuple[str, ...], each: str) -> str:
    """SQL of the least or the last of days."""
    found = days[0] if len(days) == 1 else f"array{reduce.title()}([{', '.join(days)}])"
    return f"(SELECT {reduce}({found}) FROM {each} AS at_days)" if each else found
