"""SQL of the values of many indicators, of many days or of many courts, made from data instead of text.

The engine takes longer over a long question than over the rows that it reads, so nothing is said here twice: the terms of all
indicators are one literal array, which the rows are joined with, and one expression makes the values of all of them.

From the inside out: whole months come from `subtree_months`, in which a month is one row for each kind, and days from
`subtree_days` only for the months in which a stretch of days begins or ends within the month; as known then everything comes
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
from dashboards.grafana.sums import ALWAYS, THEN, first_day, since

FOUND: Final = "found"
"""The column of values: a map from an indicator's id to its values, Array(Nullable(Float64)), one for each point."""
_BY_PLACE: Final = "mapFromArrays(groupArray(place), groupArray(added))"
_COMPOSED: Final = {
    "weighted": "if(length({told}) < length(c.3), NULL, greatest(0, 1 - arraySum((v, w) -> v * w, {told}, c.4)))",
    "mean": "if(empty({told}), NULL, arrayAvg({told}))",
    "least": "if(empty({told}), NULL, arrayMin({told}))",
}
"""Mean and least leave out what has no value; a weighted sum has none then. Never below 0 where weighted."""
_Literal = str | int | float | Sequence["_Literal"]


class Values:
    """Collects indicators, then tells the SQL of their values.

    ``courts``: SQL of the number of courts in scope.
    """

    def __init__(self, indicators: Sequence[Indicator], *, courts: str = sql.COURTS_IN_SCOPE) -> None:
        self._courts = courts
        self._leaves: dict[str, Indicator] = {}
        self._levels: list[dict[str, Indicator]] = []
        for one in indicators:
            self._add(one)
        self._stretches: dict[str, None] = {}
        self._begins: dict[str, dict[str, None]] = {}
        self._terms = [
            self._term(term, one, 2 * at + below)
            for at, one in enumerate(self._leaves.values(), 1)
            for below, terms in enumerate((one.num, one.den))
            for term in terms
        ]

    def withs(self, points: Sequence[str] | str) -> str:
        """What goes after WITH ``as_of``: ``points`` and what is told of them once. SQL of days, or of an array of them."""
        days = points if isinstance(points, str) else f"[{', '.join(points)}]"
        stretches = ", ".join(f"arrayMap(p -> {one}, points)" for one in self._stretches)
        last = _last("arrayMax(points)", whole_court=any(one.whole_court for one in self._leaves.values()))
        return (
            f"{days} AS points, arrayMin(points) AS earliest, {last} AS latest,\n"
            f"    [{stretches}] AS stretches, arrayFlatten(stretches) AS edges,\n"
            "    arrayDistinct(arrayMap(e -> toStartOfMonth(e), arrayConcat(\n"
            "        arrayFilter(e -> e != toStartOfMonth(e), edges.1),\n"
            "        arrayFilter(e -> e != toLastDayOfMonth(e), edges.2)))) AS months,\n"
            f"    arraySort(arrayDistinct(arrayConcat([toInt32({ALWAYS})],\n"
            "        arrayMap(e -> toInt32(e), edges.1), arrayMap(e -> toInt32(e) + 1, edges.2)))) AS steps"
        )

    def rows(self) -> str:
        """A subquery of one row with the column `FOUND`: of the chosen court."""
        sums = f"SELECT {_BY_PLACE} AS sums FROM {self._sums(sql.IN_COURT, '')}"
        return self._values(f"({sums})", "")

    def rows_of(self, courts: str) -> str:
        """A subquery with the columns ``code``, ``name`` and `FOUND`: a row for each of courts (SQL of what is after FROM)."""
        sums = self._sums(f"court IN (SELECT code FROM {courts})", "court, ")
        added = f"SELECT court, {_BY_PLACE} AS sums FROM {sums} GROUP BY court"
        tree = f"(SELECT code, name FROM {courts}) AS tree LEFT JOIN ({added}) AS added ON tree.code = added.court"
        return self._values(tree, "code, name, ")

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
        first = first_day(one.window, last)
        stretch = {
            "window": f"({first}, {last})",
            "end": f"({ALWAYS}, {last})",
            "begin": f"({ALWAYS}, addDays({first}, -1))",
        }[term.when]
        self._stretches[stretch] = None
        begin = first_day(one.window, _last("earliest", whole_court=one.whole_court)) if term.when == "window" else ALWAYS
        self._begins.setdefault(term.measure, {})[begin] = None
        kinds = [_like(kind) for kind in term.kinds or ("*",)]
        number = list(self._stretches).index(stretch) + 1
        return (place, term.measure, number, kinds, int(MEASURES[term.measure].split == "case_type"))

    def _values(self, sums: str, key: str) -> str:
        """Values of rows with the columns ``key`` and ``sums``, those of composites level by level."""
        leaves = _literal([(one.id, _below(one), one.suppressed_below, int(one.whole_court)) for one in self._leaves.values()])
        made = f"arrayMap((l, n) -> arrayMap(p -> {self._value()}, arrayEnumerate(points)), leaves, arrayEnumerate(leaves))"
        found = (
            f"SELECT {key}mapFromArrays(leaves.1, {made}) AS {FOUND}\nFROM (SELECT {key}sums, {leaves} AS leaves FROM {sums})"
        )
        for level in self._levels:
            parts = [(one.id, one.compose or "", list(one.of), list(one.weights) or [0.0]) for one in level.values()]
            found = (
                f"SELECT {key}mapConcat({FOUND}, {_composed(level)}) AS {FOUND}\n"
                f"FROM (SELECT *, {_literal(parts)} AS composed FROM ({found}))"
            )
        return f"({found})"

    def _value(self) -> str:
        """The value of leaf ``l``, number n, at point p. Its sums are at places 2n, above the line, and 2n + 1, below it."""
        leaves = self._leaves.values()
        below = {1: "nullIf(sums[2 * n + 1][p], 0)", 2: self._courts}
        den = "".join(f"l.2 = {kind}, {below[kind]}, " for kind in sorted({_below(one) for one in leaves} - {0}))
        value = "CAST(sums[2 * n][p] AS Nullable(Float64))" + (f" / multiIf({den}1)" if den else "")
        if any(one.suppressed_below for one in leaves):
            value = f"if(sums[2 * n][p] > 0 AND sums[2 * n][p] < l.3, NULL, {value})"
        # nor as known then: between two days of knowledge a single record would show
        if any(one.whole_court for one in leaves):
            value = f"if(l.4 AND {THEN}, NULL, {value})"
        return value

    def _sums(self, court: str, key: str) -> str:
        """Each term's sums at all points: (court where asked by court, place, added)."""
        return (
            f"(SELECT {key}toInt64(term.1) AS place,\n"
            "        sumForEach(arrayMap(s -> if(step >= toInt32(s.1) AND step <= toInt32(s.2), value, 0),"
            " stretches[term.3])) AS added\n"
            f"    FROM (SELECT {key}measure, kind, roundDown(toInt32(day), steps) AS step, sum(value) AS value\n"
            f"    FROM {self._counted(court, key)}\n    GROUP BY {key}measure, kind, step) AS summed\n"
            f"    INNER JOIN (SELECT arrayJoin({_literal(self._terms)}) AS term, term.2 AS named) AS asked ON measure = named\n"
            f"    WHERE arrayExists(like -> kind LIKE like, term.4) AND (term.5 = 0 OR {sql.KIND})\n    GROUP BY {key}place)"
        )

    def _counted(self, court: str, key: str) -> str:
        """The rows that are added up: (court where asked by court, measure, kind, day, value)."""
        columns = f"{key}measure, kind"
        return (
            f"(SELECT {columns}, day, value FROM subtree_days FINAL\n        WHERE {self._measures('day')} AND {court}\n"
            f"        AND if({THEN}, known_on <= as_of, toStartOfMonth(day) IN (SELECT arrayJoin(months)))\n"
            f"    UNION ALL SELECT {columns}, month, value FROM subtree_months FINAL\n"
            f"        WHERE {self._measures('month')} AND {court} AND NOT {THEN} AND month NOT IN months)"
        )

    def _measures(self, day: str) -> str:
        """The condition on measures, those of flows from the earliest of their windows on, and on days up to the latest."""
        found = since(self._begins, day, lambda firsts: f"least({', '.join(firsts)})" if len(firsts) > 1 else firsts[0])
        return f"({found}) AND {day} <= latest"


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
