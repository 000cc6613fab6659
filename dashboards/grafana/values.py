"""SQL of the values of many indicators as of several days, made from data instead of text.

The engine takes longer over a long question than over the rows that it reads, so nothing is said here twice: the terms of all
indicators are one literal array, which the rows are joined with, and one expression makes the values of all of them.

From the inside out: whole months come from `subtree_months`, in which a month is one row for each kind, and days from
`subtree_days` only for the months in which a stretch of days may begin or end within the month; as known then everything comes
from the days, for only they say when something was known. They are added up by steps: from each day on which a stretch begins,
or the first after it, to the next such day. Each step meets the terms of its measure, which add it up over their stretches, one
for each of the points (the days as of which values are asked). Values are made of these sums, and composites of values, level
by level.
"""

import re
from collections.abc import Sequence
from typing import Final

from contract.indicators.catalogue import INDICATORS, MEASURES
from contract.indicators.model import Indicator, Term
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana.sums import ALWAYS, THEN, Edges, first_day, of_measures, since

FOUND: Final = "found"
"""The column of values: a map from an indicator's id to its values, Array(Nullable(Float64)), one for each point."""
_COMPOSED: Final = {
    "weighted": "if(length({told}) < length(c.3), NULL, greatest(0, 1 - arraySum((v, w) -> v * w, {told}, c.4)))",
    "mean": "if(empty({told}), NULL, arrayAvg({told}))",
    "least": "if(empty({told}), NULL, arrayMin({told}))",
}
"""Mean and least leave out what has no value; a weighted sum has none then. Never below 0 where weighted."""
_Literal = str | int | float | Sequence["_Literal"]


class Values:
    """Collects indicators, then tells the SQL of their values."""

    def __init__(self, indicators: Sequence[Indicator]) -> None:
        self._leaves: dict[str, Indicator] = {}
        self._levels: list[dict[str, Indicator]] = []
        for one in indicators:
            self._add(one)
        self._stretches: dict[tuple[str, str], None] = {}  # first and last day of each, as of the day ``p``
        self._edges = Edges()
        self._ends: dict[str, None] = {}  # last days that may lie within a month
        self._begins: dict[str, dict[str, None]] = {}  # measure → first days of its windows as of the earliest point
        self._terms = [
            self._term(term, one, 2 * at + below)
            for at, one in enumerate(self._leaves.values(), 1)
            for below, terms in enumerate((one.num, one.den))
            for term in terms
        ]

    def withs(self, points: Sequence[str]) -> str:
        """What goes after WITH ``as_of``: ``points`` (SQL of days, the latest ``as_of``) and what is told of them once."""
        stretches = ", ".join(f"arrayMap(p -> ({first}, {last}), points)" for first, last in self._stretches)
        whole = any(one.whole_court for one in self._leaves.values())
        months = [
            f"[toStartOfMonth({sql.AS_OF})]",
            *(f"arrayMap(p -> toStartOfMonth({day}), points)" for day in (*self._ends, *self._edges.within)),
        ]
        steps = [f"[toInt32({ALWAYS})]", *(f"arrayMap(p -> toInt32({day}), points)" for day in self._edges.days)]
        return (
            f"[{', '.join(points)}] AS points, arrayMin(points) AS earliest, {_last(sql.AS_OF, whole_court=whole)} AS latest,\n"
            f"    [{stretches}] AS stretches, arrayConcat({', '.join(months)}) AS months,\n"
            f"    arrayConcat({', '.join(steps)}) AS steps"
        )

    def rows(self) -> str:
        """A subquery of one row with the column `FOUND`: of the chosen court."""
        return self._values(f"(SELECT mapFromArrays(groupArray(place), groupArray(added)) AS sums FROM {self._sums()})")

    def _add(self, one: Indicator) -> int:
        """The level of an indicator: 0 where it has terms of its own, and one more than the highest of its parts'."""
        if one.compose is None:
            self._leaves[one.id] = one
            return 0
        level = 1 + max(self._add(INDICATORS[part]) for part in one.of)
        self._levels += [{} for _ in range(level - len(self._levels))]
        self._levels[level - 1][one.id] = one
        return level

    def _term(self, term: Term, one: Indicator, place: int) -> tuple[_Literal, ...]:
        """(place of the sum, measure, number of its stretch, patterns of kinds, whether it is split by case type)."""
        last = _last("p", whole_court=one.whole_court)
        first = self._edges.add(term, one.window, last)
        stretch = {"window": (first, last), "end": (ALWAYS, last), "begin": (ALWAYS, f"addDays({first}, -1)")}[term.when]
        self._stretches[stretch] = None
        if term.when != "begin" and not one.whole_court:
            self._ends[last] = None
        begin = first_day(one.window, _last("earliest", whole_court=one.whole_court)) if term.when == "window" else ALWAYS
        self._begins.setdefault(term.measure, {})[begin] = None
        kinds = [_like(kind) for kind in term.kinds or ("*",)]
        number = list(self._stretches).index(stretch) + 1
        return (place, term.measure, number, kinds, int(MEASURES[term.measure].split == "case_type"))

    def _values(self, sums: str) -> str:
        """Values of a row with the column ``sums``, those of composites level by level."""
        leaves = _literal([(one.id, _below(one), one.suppressed_below, int(one.whole_court)) for one in self._leaves.values()])
        made = f"arrayMap((l, n) -> arrayMap(p -> {self._value()}, arrayEnumerate(points)), leaves, arrayEnumerate(leaves))"
        found = f"SELECT mapFromArrays(leaves.1, {made}) AS {FOUND}\nFROM (SELECT sums, {leaves} AS leaves FROM {sums})"
        for level in self._levels:
            parts = [(one.id, one.compose or "", list(one.of), list(one.weights) or [0.0]) for one in level.values()]
            found = (
                f"SELECT mapConcat({FOUND}, {_composed(level)}) AS {FOUND}\n"
                f"FROM (SELECT *, {_literal(parts)} AS composed FROM ({found}))"
            )
        return f"({found})"

    def _value(self) -> str:
        """The value of leaf ``l``, number n, at point p. Its sums are at places 2n, above the line, and 2n + 1, below it."""
        leaves = self._leaves.values()
        below = {1: "nullIf(sums[2 * n + 1][p], 0)", 2: sql.COURTS_IN_SCOPE}
        den = "".join(f"l.2 = {kind}, {below[kind]}, " for kind in sorted({_below(one) for one in leaves} - {0}))
        value = "CAST(sums[2 * n][p] AS Nullable(Float64))" + (f" / multiIf({den}1)" if den else "")
        if any(one.suppressed_below for one in leaves):
            value = f"if(sums[2 * n][p] > 0 AND sums[2 * n][p] < l.3, NULL, {value})"
        # nor as known then: between two days of knowledge a single record would show
        if any(one.whole_court for one in leaves):
            value = f"if(l.4 AND {THEN}, NULL, {value})"
        return value

    def _sums(self) -> str:
        """Each term's sums at all points: (place, added)."""
        return (
            "(SELECT toInt64(term.1) AS place,\n"
            "        sumForEach(arrayMap(s -> if(step >= toInt32(s.1) AND step <= toInt32(s.2), value, 0),"
            " stretches[term.3])) AS added\n"
            "    FROM (SELECT measure, kind, roundDown(toInt32(day), steps) AS step, sum(value) AS value\n"
            f"    FROM {self._counted()}\n    GROUP BY measure, kind, step) AS summed\n"
            f"    INNER JOIN (SELECT arrayJoin({_literal(self._terms)}) AS term, term.2 AS named) AS asked ON measure = named\n"
            f"    WHERE arrayExists(like -> kind LIKE like, term.4) AND (term.5 = 0 OR {sql.KIND})\n    GROUP BY place)"
        )

    def _counted(self) -> str:
        """The rows that are added up: (measure, kind, day, value)."""
        same = f"{of_measures(sorted(self._begins))} AND {sql.IN_COURT}"
        begun = since(self._begins, "day", lambda firsts: f"least({', '.join(firsts)})" if len(firsts) > 1 else firsts[0])
        return (
            f"(SELECT measure, kind, day, value FROM subtree_days FINAL\n        WHERE {same} AND day <= latest\n"
            f"        AND if({THEN}, known_on <= as_of AND ({begun}), toStartOfMonth(day) IN (SELECT arrayJoin(months)))\n"
            f"    UNION ALL SELECT measure, kind, month, value FROM subtree_months FINAL\n"
            f"        WHERE {same} AND month <= latest AND NOT {THEN} AND month NOT IN months)"
        )


def _last(at: str, *, whole_court: bool) -> str:
    """The day up to which is counted; what is told of a court as a whole is told of whole quarters only."""
    return sql.END_OF_QUARTER.format(at=at) if whole_court else at


def _below(one: Indicator) -> int:
    """What is below the line: 0 nothing, 1 a sum, 2 the number of courts."""
    return 2 if one.courts else int(bool(one.den))


def _composed(level: dict[str, Indicator]) -> str:
    """The map of the composites of one level, at all points."""
    told = f"arrayMap(v -> assumeNotNull(v), arrayFilter(v -> v IS NOT NULL, arrayMap(part -> {FOUND}[part][p], c.3)))"
    kinds = sorted({one.compose for one in level.values() if one.compose})
    forms = [_COMPOSED[kind].format(told=told) for kind in kinds]
    value = forms[-1]
    for kind, form in zip(kinds[:-1], forms[:-1], strict=True):
        value = f"if(c.2 = '{kind}', {form}, {value})"
    return f"mapFromArrays(composed.1, arrayMap(c -> arrayMap(p -> {value}, arrayEnumerate(points)), composed))"


def _like(kind: str) -> str:
    """The pattern of LIKE for a kind, or for all that begin as one that ends with ``*``."""
    plain = re.sub(r"([\\%_])", r"\\\1", kind.removesuffix("*"))
    return f"{plain}%" if kind.endswith("*") else plain


def _literal(value: _Literal) -> str:
    """SQL of a literal: a text, a number, a list as an array, a tuple as a tuple."""
    if isinstance(value, str):
        return sql.quoted(value)
    if isinstance(value, int | float):
        return str(value)
    inner = ", ".join(map(_literal, value))
    return f"({inner})" if isinstance(value, tuple) else f"[{inner}]"
