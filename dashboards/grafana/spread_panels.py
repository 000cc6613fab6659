"""Panels about how long things took: median, P90 and how many took how long.

They read sums of things counted by days: what is added up over days and courts is how many took so many days, never a median.
Row number n of all, in the order of days, is then found by counting on.
"""

from collections.abc import Sequence
from typing import Final

from contract.indicators.model import Indicator
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana import rows_links
from dashboards.grafana.day_classes import ages
from dashboards.grafana.model import Ceiling, Column, Panel, Question
from dashboards.grafana.sums import AT_EACH, KNOWN, first_day

_READS: Final = Ceiling(("subtree_days",))
_DAYS: Final = "toInt64(splitByChar(' ', toString(kind))[-1])"
_BOUNDS: Final = (30, 60, 90, 180, 365)
_STEPS: Final = "arraySort(groupArray((days, n))) AS steps, arrayCumSum(s -> s.2, steps) AS of_days"
"""(days, how many) in the order of days, and how many up to each."""
MEDIAN: Final = "中位天数"
P90: Final = "P90 天数"


def middles(indicators: Sequence[Indicator]) -> Panel:
    """A table: of each indicator how many things, their mean, median and P90; it opens the very rows, in the order of days."""
    named = ", ".join(f"('{one.id}', '{one.name.zh}', '{one.median}')" for one in indicators)
    text = (
        f"WITH {sql.DAYS}\nSELECT one.1 AS id, one.2 AS `指标`, of_days[-1] AS `件数`,"
        f" round(arraySum(s -> s.1 * s.2, steps) / nullIf(`件数`, 0), 1) AS `平均天数`,\n"
        f"    {_row('1', '2')} AS `{MEDIAN}`, {_row('9', '10')} AS `{P90}`, as_of AS `截至`\n"
        f"FROM (SELECT arrayJoin([{named}]) AS one) AS asked\n"
        f"LEFT JOIN (SELECT measure, {_STEPS}\n"
        f"    FROM ({_counts(indicators)}) AS counts GROUP BY measure) AS found ON one.3 = found.measure\nORDER BY id"
    )
    link = rows_links.of_indicator("${__data.fields.id}/rows", of="days")
    return Panel(
        title="用时分布：中位数与 P90",
        about="How many things there are, their mean, and the days of row ⌈n/2⌉ and ⌈0.9 n⌉ in the order of days. An indicator "
        "opens these rows. Medians are never added up or averaged: what is added up is how many took so many days.",
        look="table",
        asks=(Question(text=text),),
        ceiling=_READS,
        columns=(
            *(rows_links.counted(name, link) for name in ("件数", "平均天数", MEDIAN, P90)),
            rows_links.counted("id", link, width=80),
        ),
        width=12,
    )


def classes(one: Indicator) -> Panel:
    """How many things took how long, in classes of days."""
    place = "multiIf(" + ", ".join(f"days <= {bound}, {at}" for at, bound in enumerate(_BOUNDS, 1)) + f", {len(_BOUNDS) + 1})"
    listed = ", ".join(f"'{one.name}'" for one in ages(_BOUNDS))
    bounds = ", ".join(f"'{_took(low, high)}'" for low, high in zip((-1, *_BOUNDS), (*_BOUNDS, None), strict=True))
    link = rows_links.of_indicator(f"{one.id}/rows", of="days", more="${__data.fields.took:raw}")
    text = (
        f"WITH {sql.DAYS}, (SELECT sum(n) FROM ({_counts([one])}) AS counts) AS total\n"
        f"SELECT [{listed}][{place}] AS `用时`, sum(n) AS `件数`, `件数` / total AS `占比`, [{bounds}][{place}] AS took\n"
        f"FROM ({_counts([one])}) AS counts\nGROUP BY {place} AS class ORDER BY class"
    )
    return Panel(
        title=f"用时分段：{one.name.zh}",
        about=f"How many took how long: {one.name.en}, over its own window up to the day.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling(("subtree_days", "subtree_days")),
        columns=(
            rows_links.counted("件数", link),
            rows_links.counted("占比", link, unit="percentunit"),
            Column(name="took", hidden=True),
        ),
        width=12,
        height=8,
    )


def course(one: Indicator) -> Panel:
    """Median and P90 at the end of each month in the range and on its last day."""
    first = first_day(one.window, "d")
    text = (
        f"WITH {sql.ENDS}\n"
        f"SELECT toDateTime(d, '{sql.TZ}') AS time, {_row('1', '2')} AS `{MEDIAN}`, {_row('9', '10')} AS `{P90}`\n"
        f"FROM (SELECT d, {_STEPS}\n"
        f"    FROM (SELECT toStartOfMonth(day) AS month, {_DAYS} AS days, sum(value) AS n FROM subtree_days FINAL\n"
        f"        WHERE {sql.by_days(one)} AND {sql.IN_COURT} AND day >= {first_day(one.window, 'ends[1]')} AND day <= as_of"
        f" AND {KNOWN}\n        GROUP BY month, days) AS counts\n"
        f"    {AT_EACH}\n"
        f"    WHERE month >= {first} AND month <= d GROUP BY d) AS found\nORDER BY d"
    )
    link = rows_links.of_indicator(f"{one.id}/rows", of="days", more=rows_links.POINT)
    return Panel(
        title=f"走势：{one.name.zh}的中位数与 P90",
        about=f"At each month's end, over the window that ends with it: median and P90 of {one.name.en}.",
        look="lines",
        asks=(Question(text=text),),
        ceiling=_READS,
        columns=tuple(rows_links.counted(name, link) for name in (MEDIAN, P90)),
        unit="d",
        width=24,
    )


def _took(low: int, high: int | None) -> str:
    """Least and most days of a class, as a link says them."""
    return ("" if low < 0 else f"&min_days={low + 1}") + ("" if high is None else f"&max_days={high}")


def _row(times: str, of: str) -> str:
    """The days of row ⌈n × times / of⌉; NULL of none."""
    wanted = f"intDiv({times} * of_days[-1] + {of} - 1, {of})"
    return f"arrayElementOrNull(steps.1, arrayFirstIndex(upto -> upto >= {wanted}, of_days))"


def _counts(indicators: Sequence[Indicator]) -> str:
    """How many took how many days, of each measure over the window of its indicator: (measure, days, n)."""
    asked = " OR ".join(f"({sql.by_days(one)} AND day >= {first_day(one.window, sql.AS_OF)})" for one in indicators)
    return (
        f"SELECT measure, {_DAYS} AS days, sum(value) AS n FROM subtree_days FINAL\n"
        f"    WHERE ({asked}) AND {sql.IN_COURT} AND day <= as_of AND {KNOWN} GROUP BY measure, days HAVING n != 0"
    )
