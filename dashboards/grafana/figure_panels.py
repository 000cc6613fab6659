"""Panels about indicators: their values, their course, and those of the courts right below."""

from collections.abc import Sequence

import msgspec

from contract.indicators.catalogue import INDICATORS
from contract.indicators.model import Indicator
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana import rows_links
from dashboards.grafana.model import Ceiling, Column, Panel, Question
from dashboards.grafana.sums import TABLES, Sums
from dashboards.grafana.values import FOUND, Values

_READS = Ceiling((*TABLES, "courts"))
_UNITS = {"ratio": "percentunit", "fen": "none", "days": "d", "index": "none", "per_person": "none", "count": "none"}
_STATE = (("● 区间内", "green"), ("▼ 低于区间", "orange"), ("▲ 高于区间", "orange"), ("未设区间", "text"))
_PATH = "${__data.fields.path}"
_POINTS = tuple(dict.fromkeys((sql.AS_OF, sql.year_before(), *(sql.before(one) for one in INDICATORS.values()))))
"""The days of which `overview` tells values."""
DOWN_LINK = "/d/${__dashboard.uid}?var-court=${__data.fields.code}&var-period=${period}&var-known=${known}&${__url_time_range}"


def tile(one: Indicator, *, width: int = 4) -> Panel:
    """The value of one indicator, coloured where it lies outside its interval."""
    sums = Sums()
    shown = f"{sql.value(one, sql.AS_OF, sums)}{_scale(one)}"
    text = f"WITH {sql.DAYS}\nSELECT {shown} AS `{one.name.zh}`\nFROM {sums.rows(sql.IN_COURT)}"
    return Panel(
        title=f"{one.name.zh}{'（管理参数）' if one.is_parameter else ''}",
        about=about(one),
        look="stat",
        asks=(Question(text=text),),
        ceiling=_READS,
        columns=(rows_links.opening(one),),
        unit=unit(one),
        indicator=one,
        width=width,
        height=4,
    )


def overview(indicators: Sequence[Indicator]) -> Panel:
    """A table of indicators: value now, a year ago, a period ago, interval and whether it lies inside.

    An indicator's window says which day its window before ends with.
    """
    values = Values(indicators)
    lines = ", ".join(_line(one) for one in indicators)
    names = "id, zh, unit, least, most, bounds, basis, path"
    parts = ", ".join(f"line.{at} AS {name}" for at, name in enumerate(names.split(", "), 1))
    text = (
        f"WITH {sql.DAYS},\n    {values.withs(_POINTS)}\n"
        f"SELECT id, zh AS `指标`, said[1] AS `本期`, said[2] AS `同期`, said[3] AS `上期`, bounds AS `区间`,"
        f" {sql.verdict('now')} AS `状态`, basis AS `口径`, as_of AS `截至`, path\n"
        f"FROM (SELECT {parts}, toFloat64OrNull(least) AS low, toFloat64OrNull(most) AS high, at_points[1] AS now,\n"
        f"        arrayMap(v -> {sql.shown('v')}, [now, at_points[2], at_points[line.9]]) AS said\n"
        f"    FROM (SELECT {FOUND}, [{lines}] AS lines\n    FROM {values.rows()})\n"
        f"    ARRAY JOIN lines AS line, arrayMap(l -> {FOUND}[l.1], lines) AS at_points)"
    )
    return Panel(
        title="指标一览：本期、同期、上期",
        about="Value as of the day, the same window a year ago (同比) and the window before (环比). 管理参数 = a parameter "
        "of ours, never law. An indicator opens the rows that it counted. Not sorted by value: courts are not ranked.",
        look="table",
        asks=(Question(text=text),),
        ceiling=_READS,
        columns=(
            rows_links.opening_line(_PATH, "id", width=80),
            rows_links.opening_line(_PATH, "本期"),
            rows_links.opening_line(_PATH, "同期", "&before=year"),
            rows_links.opening_line(_PATH, "上期", "&before=one"),
            Column(name="path", hidden=True),
            Column(name="状态", says=_STATE),
        ),
        width=24,
        height=min(4 + len(indicators), 16),
    )


def course(indicators: Sequence[Indicator], title: str, *, width: int = 12) -> Panel:
    """How indicators of one unit went, at the end of each month in the range and at its last day."""
    sums = Sums()
    leaves = _leaves(indicators, "d", sums)
    text = (
        f"WITH {sql.ENDS}\n"
        f"SELECT toDateTime(d, '{sql.TZ}') AS time, {_named(indicators)}\n"
        f"FROM (SELECT d,\n    {leaves}\n    FROM {sums.rows_at(sql.IN_COURT)})\nORDER BY d"
    )
    return Panel(
        title=title,
        about="At each month's end, each over its own window: " + "; ".join(one.name.en for one in indicators) + ".",
        look="lines",
        asks=(Question(text=text),),
        ceiling=_READS,
        columns=tuple(rows_links.opening(one, point=True) for one in indicators),
        unit=unit(indicators[0]),
        indicator=indicators[0] if len(indicators) == 1 else None,
        width=width,
    )


def below(indicators: Sequence[Indicator], *, width: int = 24) -> Panel:
    """The courts right below, in the order of the court tree, each with its indicators; a row leads down to it."""
    sums = Sums()
    leaves = _leaves(indicators, sql.AS_OF, sums)
    text = (
        f"WITH {sql.DAYS}\nSELECT code, name AS `法院`, {_named(indicators)}\n"
        f"FROM (SELECT court AS code, max(name) AS name,\n    {leaves}\n"
        f"    FROM {sums.rows_of('courts FINAL WHERE parent = ${court:singlequote}')})\nORDER BY code"
    )
    return Panel(
        title="下级法院：是否在区间内（按法院代字排列，不排名）",
        about="Every court right below the chosen one, by code and never by value. Orange = outside the interval. "
        "A row leads down the tree; the lowest court leads to its cases.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling((*TABLES, "courts", "courts", "courts")),
        columns=(
            Column(name="code", hidden=True),
            Column(name="法院", link=DOWN_LINK, link_title="下钻到该院", width=260),
            *(
                msgspec.structs.replace(rows_links.opening(one, rows_links.CHILD), unit=unit(one), indicator=one)
                for one in indicators
            ),
        ),
        width=width,
        height=10,
    )


def _leaves(indicators: Sequence[Indicator], at: str, sums: Sums) -> str:
    """Columns of the values as of a day that those of indicators are made of."""
    return ",\n    ".join(f"{sql.value(one, at, sums)} AS `{name}`" for name, one in sql.leaves(indicators).items())


def _named(indicators: Sequence[Indicator]) -> str:
    """Columns of their values, over those of their leaves."""
    return ", ".join(f"{sql.of_leaves(one)}{_scale(one)} AS `{one.name.zh}`" for one in indicators)


def about(one: Indicator) -> str:
    """What an indicator is, in English, with everything that a reader must know beside the number."""
    said = [one.name.en]
    if one.num_words is not None:
        said.append(f"numerator: {one.num_words.en}")
    if one.den_words is not None:
        said.append(f"denominator: {one.den_words.en}")
    said.append(f"interval: {sql.interval_words(one)}; {sql.basis_words(one)}; source: {one.citation}")
    if one.proxy:
        said.append(f"代用：{one.proxy}")
    return f"{one.id} " + ". ".join(said) + "."


def unit(one: Indicator) -> str:
    """Grafana's unit; money is told in 万元."""
    return "suffix:万元" if one.unit == "fen" else _UNITS[one.unit]


def _scale(one: Indicator) -> str:
    return " / 1e6" if one.unit == "fen" else ""


def _line(one: Indicator) -> str:
    """What `overview` makes a line of, as a tuple."""
    ends = ("" if end is None else str(end) for end in (one.interval.low, one.interval.high))
    texts = (one.id, one.name.zh, one.unit, *ends, sql.interval_words(one), sql.basis_words(one), rows_links.path_of(one))
    return f"({', '.join(map(sql.quoted, texts))}, {_POINTS.index(sql.before(one)) + 1})"
