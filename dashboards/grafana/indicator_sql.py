"""SQL of an indicator, made from its one definition: sums over `subtree_days` and months, and the division last.

A stock is kept as what came and went on each day, so its value at the end of a day is the sum of all days up to it. A value is
an expression over the names of its sums (`sums.Sums`); ``at`` is the SQL of the day as of which it is asked.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from contract.indicators.catalogue import INDICATORS, MEASURES
from contract.indicators.model import Indicator, Term, Window
from dashboards.grafana.sums import Sums

TZ: Final = "Asia/Shanghai"
AS_OF: Final = "as_of"
END_OF_QUARTER: Final = "addDays(addMonths(toStartOfQuarter({at}), 3), -1)"
_BACK_MONTHS: Final[dict[Window, int]] = {"rolling_3m": 3, "quarter": 3}
PERIODS: Final = {"now": "截至所选时间", "month": "截至上月末", "quarter": "截至上季末", "year": "截至上年末"}

DAYS: Final = f"""toDate32(toDate($__toTime, '{TZ}')) AS picked,
    multiIf(
        ${{period:singlequote}} = 'month', addDays(toStartOfMonth(picked), -1),
        ${{period:singlequote}} = 'quarter', addDays(toStartOfQuarter(picked), -1),
        ${{period:singlequote}} = 'year', addDays(toStartOfYear(picked), -1),
        picked) AS as_of"""
"""The day as of which a dashboard is asked: the end of the time picker, or the period's end before it."""
FIRST: Final = f"toDate32(toDate($__fromTime, '{TZ}'))"
"""The first day of the range."""
ENDS: Final = f"""{FIRST} AS first, {DAYS},
    arrayMap(i -> least(toLastDayOfMonth(addMonths(first, i)), as_of),
        range(0, 1 + toUInt32(greatest(0, dateDiff('month', first, as_of))))) AS ends"""
"""``ends``: each month's end in the range up to ``as_of``, and that day, in order; after WITH, instead of DAYS."""
IN_RANGE: Final = f"day >= {FIRST} AND day <= as_of"
"""The days of the range up to that as of which is asked; after WITH DAYS."""
IN_COURT: Final = "court = ${court:singlequote}"
KIND: Final = "$__conditionalAll(kind IN (${case_type:singlequote}), $case_type)"
KIND_AND_MORE: Final = "$__conditionalAll(splitByChar(' ', toString(kind))[1] IN (${case_type:singlequote}), $case_type)"
"""The same of kinds that begin with the type of case and a space: with days, or a stage."""
_CHOSEN: Final = {"case_type": KIND, "case_type_days": KIND_AND_MORE}
COURTS_IN_SCOPE: Final = (
    "(SELECT count() FROM courts FINAL WHERE code = ${court:singlequote} OR has(above, ${court:singlequote}))"
)


def value(one: Indicator, at: str, sums: Sums) -> str:
    """The indicator's value as of a day: a Nullable(Float64)."""
    return _made_of(one, lambda leaf: _leaf(leaf, at, sums))


def _leaf(one: Indicator, at: str, sums: Sums) -> str:
    if one.whole_court:
        at = END_OF_QUARTER.format(at=at)  # told of whole quarters only
    num = _sum(one.num, one.window, at, sums)
    if one.whole_court:  # nor as known then: between two days of knowledge a single record would show
        num = f"if(${{known:singlequote}} = 'then', NULL, {num})"
    if one.suppressed_below:
        num = f"if({num} > 0 AND {num} < {one.suppressed_below}, NULL, {num})"
    if not one.den and not one.courts:
        return f"CAST({num} AS Nullable(Float64))"
    den = COURTS_IN_SCOPE if one.courts else _sum(one.den, one.window, at, sums)
    return f"CAST({num} AS Nullable(Float64)) / nullIf({den}, 0)"


def leaves(indicators: Iterable[Indicator]) -> dict[str, Indicator]:
    """Those among them, and among what they are composed of, that have terms of their own: id → indicator."""
    found: dict[str, Indicator] = {}
    for one in indicators:
        found |= leaves(INDICATORS[part] for part in one.of) if one.compose is not None else {one.id: one}
    return found


def of_leaves(one: Indicator) -> str:
    """The indicator's value, where columns called by the ids of its `leaves` have theirs."""
    return _made_of(one, lambda leaf: f"`{leaf.id}`")


def _made_of(one: Indicator, told: Callable[[Indicator], str]) -> str:
    """The indicator's value, of values of its leaves as they are told."""
    if one.compose is None:
        return told(one)
    return _composed(one, [_made_of(INDICATORS[part], told) for part in one.of])


def before(one: Indicator, at: str = AS_OF) -> str:
    """环比: the day as of which the window before is taken; from a month's last day it leads to a month's last day."""
    if one.window == "rolling_30d":
        return f"addDays({at}, -30)"
    back = f"addMonths({at}, -{_BACK_MONTHS.get(one.window, 1)})"
    return f"if({at} = toLastDayOfMonth({at}), toLastDayOfMonth({back}), {back})"


def year_before(at: str = AS_OF) -> str:
    """同比: the same day of last year; 29 February is compared with the 28th."""
    return f"addMonths({at}, -12)"


def shown(number: str, unit: str = "unit") -> str:
    """A value as text with its unit, — where there is none. Both are SQL: of a column, or of a text."""
    forms = (
        f"{unit} = 'ratio', concat(toString(round(100 * {number}, 2)), '%')",
        f"{unit} = 'fen' AND abs({number}) >= 1e10, concat(toString(round({number} / 1e10, 2)), '亿元')",
        f"{unit} = 'fen', concat(toString(round({number} / 1e6, 2)), '万元')",
        f"{unit} = 'days', concat(toString(round({number}, 1)), '天')",
        f"{unit} = 'count', toString(toInt64({number}))",
    )
    return f"ifNull(multiIf({', '.join(forms)}, toString(round({number}, 2))), '—')"


def verdict(number: str, low: str = "low", high: str = "high") -> str:
    """Whether a value lies in its interval, in words and with a shape, never by colour alone. An end that is NULL is open."""
    return (
        f"multiIf({low} IS NULL AND {high} IS NULL, '未设区间', {number} IS NULL, '—', {number} < {low}, '▼ 低于区间',"
        f" {number} > {high}, '▲ 高于区间', '● 区间内')"
    )


def bounds(one: Indicator) -> tuple[str, str]:
    """SQL of both ends of an indicator's interval."""
    low, high = (
        f"CAST({'NULL' if end is None else end} AS Nullable(Float64))" for end in (one.interval.low, one.interval.high)
    )
    return low, high


def interval_words(one: Indicator) -> str:
    """The interval in words, and whether it is an official target or a parameter of ours."""
    low, high = one.interval.low, one.interval.high
    if low is None and high is None:
        return "未设"
    percent = one.unit == "ratio"
    bounds = [
        f"{sign} {bound:.0%}" if percent else f"{sign} {bound:g}"
        for sign, bound in (("≥", low), ("≤", high))
        if bound is not None
    ]
    return f"{' 且 '.join(bounds)}（{'官方目标' if one.interval.verified else '管理参数'}）"


def basis_words(one: Indicator) -> str:
    """Provenance of the formula, as every screen says it."""
    return {"✔": "公开口径", "○": "通行口径", "◆": "管理参数"}[one.mark]


def _composed(one: Indicator, parts: Sequence[str]) -> str:
    """Mean and least leave out what has no value; a weighted sum has none then. Never below 0 where weighted."""
    told = f"arrayFilter(v -> v IS NOT NULL, [{', '.join(parts)}])"
    if one.compose == "weighted":
        total = " + ".join(f"{weight} * ({part})" for weight, part in zip(one.weights, parts, strict=True))
        return f"if(({total}) IS NULL, NULL, greatest(0, 1 - ({total})))"  # greatest() passes over NULL
    reduce = "arrayAvg" if one.compose == "mean" else "arrayMin"
    return f"if(notEmpty({told}), {reduce}(arrayMap(v -> assumeNotNull(v), {told})), NULL)"


def by_days(one: Indicator) -> str:
    """The condition on rows that what an indicator has a median of is counted by days, of its types of cases, on any day."""
    term = one.by_days()
    return " AND ".join((f"measure = '{term.measure}'", *_kinds(term)))


def _sum(terms: Sequence[Term], window: Window, at: str, sums: Sums) -> str:
    return "(" + " + ".join(sums.term(term, window, at, _kinds(term)) for term in terms) + ")"


def _kinds(term: Term) -> list[str]:
    """Conditions on the kind: the term's own, and the dashboard's case type where the measure is split by it."""
    plain = [kind for kind in term.kinds if not kind.endswith("*")]
    own = [f"kind IN ({', '.join(map(quoted, plain))})"] if plain else []
    own += [f"startsWith(kind, {quoted(kind[:-1])})" for kind in term.kinds if kind.endswith("*")]
    found = [f"({' OR '.join(own)})"] if own else []
    return found + [_CHOSEN[split] for split in (MEASURES[term.measure].split,) if split in _CHOSEN]


def quoted(text: str) -> str:
    """SQL of a text."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
