"""Reading indicators: sums of `subtree_days` for a court and all below it, and the rows of `counted` that they are sums of.

A court that is asked for alone (as a role does that doesn't see below its own) is read from `court_days`. Everything is a plain
sum over days and days of knowledge, see docs/warehouse.md.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

import msgspec

from contract.courts import COURTS
from contract.indicators.catalogue import INDICATORS
from contract.indicators.model import Indicator, Part
from contract.indicators.windows import days_of, months_from, one_before, year_before
from dashboards import alone, counted
from dashboards.counted import Opened
from dashboards.question import EVER, Kinds, Question, Sum
from infra.clickhouse.client import ClickHouse


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One value.

    Attributes:
        first: First day of the window.
        last: Its last.
        num: Above the line; None of a composite, and where it isn't told.
        den: Below; None where there is none.
        value: None where there is nothing to divide by, or it isn't told.
        suppressed: Whether it isn't told, since it, or what is left when it is taken from another, could point at somebody.
        parts: Values of what a composite is made of.
    """

    first: date
    last: date
    num: int | None = None
    den: int | None = None
    value: float | None = None
    suppressed: bool = False
    parts: dict[str, float | None] | None = None


def window_of(indicator: Indicator, as_of: date) -> tuple[date, date]:
    """First and last day of an indicator's window; of one that is told of whole quarters only, always the whole quarter."""
    first, last = days_of(indicator.window, as_of)
    if indicator.whole_court:
        last = months_from(first, 3) - timedelta(1)
    return first, last


def read(client: ClickHouse, indicators: Iterable[Indicator], question: Question) -> dict[str, Reading]:
    """Values of indicators; what a composite is made of is read with it."""
    wanted = list(indicators)
    found = _read(client, [(one, question.as_of) for one in wanted], question)
    return {one.id: found[one.id, question.as_of] for one in wanted}


def with_comparisons(client: ClickHouse, indicators: Iterable[Indicator], question: Question) -> dict[str, dict[str, Reading]]:
    """{indicator: {now, year_before, one_before}}, one query for all."""
    wanted = list(indicators)
    days = {one.id: (question.as_of, year_before(question.as_of), one_before(one.window, question.as_of)) for one in wanted}
    found = _read(client, [(one, day) for one in wanted for day in days[one.id]], question)
    names = ("now", "year_before", "one_before")
    return {one.id: {name: found[one.id, day] for name, day in zip(names, days[one.id], strict=True)} for one in wanted}


def spread(client: ClickHouse, indicator: Indicator, question: Question) -> tuple[int, int] | None:
    """Median and P90 of the days that an indicator is the mean of: those of rows ceil(n / 2) and ceil(0.9 n) in their order.

    None where nothing is counted. Read from sums by days, so that a nation is read as quickly as a court.
    """
    (part,) = sums_of(indicator, question, "days")
    counts = sorted((int(kind.rpartition(" ")[2]), count) for kind, count in _by_kind(client, part, question))
    upto = list(accumulate(count for _, count in counts))
    if not upto:
        return None
    median, p90 = (counts[bisect_left(upto, row)][0] for row in (-(-upto[-1] // 2), -(-9 * upto[-1] // 10)))
    return median, p90


def rows(
    client: ClickHouse,
    indicator: Indicator,
    question: Question,
    *,
    of: Part,
    limit: int,
    offset: int,
    days: tuple[int | None, int | None] = (None, None),
) -> Opened:
    """The rows of a part; those of ``days`` in the order of days. ``days``: only those that took so many, see `Kinds`."""
    order = counted.BY_DAYS if of == "days" else counted.IN_ORDER
    sums = [part._replace(kinds=part.kinds._replace(days=days)) for part in sums_of(indicator, question, of)]
    return counted.rows(client, sums, question, limit=limit, offset=offset, order=order)


def sums_of(indicator: Indicator, question: Question, of: Part) -> list[Sum]:
    """The sums that a part is made of, each over days of its own: of the window, or of all that stands before or at its end."""
    first, last = window_of(indicator, question.as_of)
    days = {"window": (first, last), "end": (EVER, last), "begin": (EVER, first - timedelta(1))}
    return [Sum(term, *days[term.when], Kinds(question.case_types)) for term in indicator.part(of)]


def _needed(indicators: Iterable[Indicator]) -> list[Indicator]:
    """Those indicators and what they are made of, parts first, each once."""
    needed: dict[str, Indicator] = {}
    for one in indicators:
        for part in (*_needed(INDICATORS[name] for name in one.of), one):
            needed.setdefault(part.id, part)
    return list(needed.values())


def _by_kind(client: ClickHouse, part: Sum, question: Question) -> list[tuple[str, int]]:
    """A sum apart by kind: (kind, sum), those of 0 left out."""
    params: dict[str, Any] = {}
    sql = (
        f"SELECT kind, sum(value) AS total FROM {_of(question, params)} AND {part.condition(params)}"
        " GROUP BY kind HAVING total != 0"
    )
    return client.query_rows(sql, params)


def _of(question: Question, params: dict[str, Any]) -> str:
    """The table of sums with the conditions on its courts and on what was known."""
    known = question.known(params)
    if not question.below:
        return f"court_days FINAL WHERE {alone.condition(question.court, params)}{known}"
    params["court"] = question.court
    return f"subtree_days FINAL WHERE court = %(court)s{known}"


def _totals(client: ClickHouse, sums: Iterable[Sum], question: Question) -> dict[Sum, int]:
    """Each of the sums. The engine adds up each measure and kind over each stretch of days; kinds are chosen here."""
    asked = list(dict.fromkeys(sums))
    if not asked:
        return {}
    stretches = list(dict.fromkeys((part.first, part.last) for part in asked))
    params: dict[str, Any] = {"last": max(last for _, last in stretches)}
    params["measures"] = sorted({part.term.measure for part in asked})
    for number, (first, last) in enumerate(stretches):
        params |= {f"f{number}": first, f"l{number}": last}
    columns = ", ".join(f"sumIf(value, day BETWEEN %(f{number})s AND %(l{number})s)" for number in range(len(stretches)))
    sql = (
        f"SELECT measure, kind, {columns} FROM {_of(question, params)}"
        f" AND measure IN %(measures)s AND day <= %(last)s GROUP BY measure, kind"
    )
    totals = dict.fromkeys(asked, 0)
    for measure, kind, *values in client.query_rows(sql, params):
        found = dict(zip(stretches, values, strict=True))
        for part in asked:
            if part.term.measure == measure and part.takes(kind):
                totals[part] += int(found[part.first, part.last])
    return totals


def _read(client: ClickHouse, asked: Iterable[tuple[Indicator, date]], question: Question) -> dict[tuple[str, date], Reading]:
    needed = list(dict.fromkeys((part.id, day) for one, day in asked for part in _needed([one])))  # parts before their whole
    sums = {(name, day): _both(INDICATORS[name], question._replace(as_of=day)) for name, day in needed}
    totals = _totals(client, [part for num, den in sums.values() for part in (*num, *den)], question)
    readings: dict[tuple[str, date], Reading] = {}
    for name, day in needed:
        num, den = (sum(totals[part] for part in parts) for parts in sums[name, day])
        parts = {part: readings[part, day].value for part in INDICATORS[name].of}
        readings[name, day] = _reading(INDICATORS[name], question._replace(as_of=day), num, den, parts)
    return readings


def _both(one: Indicator, question: Question) -> tuple[list[Sum], list[Sum]]:
    return sums_of(one, question, "num"), sums_of(one, question, "den")


def _reading(one: Indicator, question: Question, num: int, den: int, parts: Mapping[str, float | None]) -> Reading:
    first, last = window_of(one, question.as_of)
    if one.missing:
        return Reading(first=first, last=last)
    if one.of:
        return Reading(first=first, last=last, value=composed(one, parts), parts=dict(parts))
    if 0 < num < one.suppressed_below or (one.whole_court and (question.known_on is not None or question.apart)):
        return Reading(first=first, last=last, suppressed=True)
    below = _courts(question) if one.courts else den if one.den else None
    return Reading(first=first, last=last, num=num, den=below, value=one.value(num, below))


def composed(one: Indicator, parts: Mapping[str, float | None]) -> float | None:
    """The value of a composite of the values of its parts."""
    told = [value for value in parts.values() if value is not None]
    if one.compose == "weighted":
        if len(told) < len(parts):
            return None
        return max(0.0, 1 - sum(weight * value for weight, value in zip(one.weights, told, strict=True)))
    if not told:
        return None
    return min(told) if one.compose == "least" else sum(told) / len(told)


def _courts(question: Question) -> int:
    return len(COURTS.subtree(question.court)) if question.below else 1
