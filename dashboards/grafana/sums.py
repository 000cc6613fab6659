"""The sums that values of indicators are made of, and the rows that they are sums of.

Each sum is named where it stands: the shortest text, which is what a question of few numbers costs most by. Values of many
indicators at several days are made in `values`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
WITHIN_MONTHS: Final[frozenset[Window]] = frozenset({"rolling_3y", "rolling_3m", "rolling_30d", "day"})
"""Windows that begin within a month."""
AT_EACH: Final = "ARRAY JOIN ends AS d"
"""Each row beside each day ``d`` of the array ``ends``."""
TABLES: Final = ("subtree_days", "subtree_months")


def first_day(window: Window, at: str) -> str:
    """The first day of a window that ends with a day."""
    return _FIRST[window].format(at=at)


def of_measures(measures: Iterable[str]) -> str:
    """The condition on measures."""
    return f"measure IN ({', '.join(f'{one!r}' for one in measures)})"


def since(begins: Mapping[str, Collection[str]], day: str, least: Callable[[tuple[str, ...]], str]) -> str:
    """The condition on measures, each from the month of the ``least`` of the first days of its windows on.

    ``begins``: measure → these days; `ALWAYS` of a stock. ``day``: the column of days, or of first days of months.
    """
    alike: dict[tuple[str, ...], list[str]] = {}
    for measure, firsts in sorted(begins.items()):
        alike.setdefault(() if ALWAYS in firsts else tuple(firsts), []).append(measure)
    found = []
    for same, measures in alike.items():
        named = of_measures(measures)
        found.append(f"({named} AND {day} >= toStartOfMonth({least(same)}))" if same else f"({named})")
    return " OR ".join(found)


class Edges:
    """Where the stretches of days begin and end that terms are added up over, as SQL of days.

    Attributes:
        days: First days, and the days after the last ones.
        within: First days that may lie within a month.
    """

    def __init__(self) -> None:
        self.days: dict[str, None] = {}
        self.within: dict[str, None] = {}

    def add(self, term: Term, window: Window, last: str) -> str:
        """Take in a term over the window that ends with a day; returns the window's first."""
        first = first_day(window, last)
        if term.when != "end":
            self.days[first] = None
            if window in WITHIN_MONTHS:
                self.within[first] = None
        if term.when != "begin":
            self.days[f"addDays({last}, 1)"] = None
        return first


class Sums:
    """Collects the terms of one question, then tells the rows that they are sums of."""

    def __init__(self) -> None:
        self._days: dict[str, None] = {}
        self._since: dict[str, dict[str, None]] = {}  # measure → first days of its windows
        self._edges = Edges()

    def term(self, term: Term, window: Window, at: str, kinds: Sequence[str]) -> str:
        """SQL of a term over an indicator's window as of a day; ``kinds``: conditions on the kind."""
        first = self._edges.add(term, window, at)
        self._days[at] = None
        self._since.setdefault(term.measure, {})[first if term.when == "window" else ALWAYS] = None
        days = {"window": f"day >= {first} AND day <= {at}", "end": f"day <= {at}", "begin": f"day < {first}"}[term.when]
        return f"sumIf(value, {' AND '.join((f'measure = {term.measure!r}', days, *kinds))})"

    def rows(self, court: str) -> str:
        """What comes after FROM: of courts, all in one row."""
        return f"subtree_days FINAL\nWHERE {self._measures('')} AND {court} AND {KNOWN}"

    def rows_at(self, court: str) -> str:
        """The same for each day ``d`` of the array ``ends``, with a row even where nothing is counted.

        Rows meet every one of these days, so they are added up before by the steps between the days at which a window begins or
        has ended: all of a step have its first day.
        """
        edges = ", ".join(f"toInt32({day})" for day in self._edges.days)
        steps = f"arrayFlatten(arrayMap(d -> [toInt32({ALWAYS}), {edges}], ends))"
        return (
            "(SELECT '' AS measure, '' AS kind, as_of AS day, toInt64(0) AS value\n"
            f"    UNION ALL SELECT measure, kind, CAST(roundDown(toInt32(day), {steps}) AS Date32), sum(value)\n"
            f"    FROM subtree_days FINAL WHERE {self._measures('ends')} AND {court} AND {KNOWN}\n"
            "    GROUP BY 1, 2, 3) AS counted_days\n"
            f"{AT_EACH}\nGROUP BY d"
        )

    def rows_of(self, courts: str) -> str:
        """The same of each of courts (SQL of what is after FROM) as of ``as_of``, with the columns ``court`` and ``name``.

        Whole months come from `subtree_months`, but that of this day and those in which a window may begin within the month; as
        known then everything comes from the days. Every court has a row.
        """
        latest = _end_of("Max", tuple(self._days), "")
        begun = self._begun("")
        same = f"{of_measures(sorted(self._since))} AND court IN (SELECT code FROM {courts})"
        by_days, by_months = "day >= toStartOfMonth(as_of)", "month < toStartOfMonth(as_of)"
        if self._edges.within or latest != "as_of":
            months = f"[{', '.join(f'toStartOfMonth({day})' for day in ('as_of', *self._edges.within))}]"
            by_days = f"toStartOfMonth(day) IN (SELECT arrayJoin({months}))"
            by_months = f"month <= {latest} AND month NOT IN {months}"
        return (
            f"(SELECT court, '' AS name, measure, kind, day, value FROM subtree_days FINAL\n"
            f"        WHERE {same} AND day <= {latest} AND if({THEN}, known_on <= as_of AND ({begun}), {by_days})\n"
            f"    UNION ALL SELECT court, '', measure, kind, month, value FROM subtree_months FINAL\n"
            f"        WHERE {same} AND NOT {THEN} AND {by_months}\n"
            f"    UNION ALL SELECT code, name, '', '', as_of, toInt64(0) FROM {courts}) AS counted_days\nGROUP BY court"
        )

    def _measures(self, ends: str) -> str:
        """The condition on days up to the last, and on measures: of those that are no stock, from their earliest window on."""
        return f"({self._begun(ends)}) AND day <= {_end_of('Max', tuple(self._days), ends)}"

    def _begun(self, ends: str) -> str:
        return since(self._since, "day", lambda firsts: _end_of("Min", firsts, ends))


def _end_of(reduce: str, days: tuple[str, ...], ends: str) -> str:
    """SQL of the least or the last of days, each told of every day ``d`` of an array if there is one."""
    found = days[0] if len(days) == 1 else f"array{reduce}([{', '.join(days)}])"
    return f"array{reduce}(arrayMap(d -> {found}, {ends}))" if ends else found
