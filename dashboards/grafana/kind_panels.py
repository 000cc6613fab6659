"""Tables of what measures are split by: how many of each kind came in the range, stand at its end, or are left to be done."""

from collections.abc import Mapping, Sequence
from typing import Final

from dashboards.grafana import indicator_sql as sql
from dashboards.grafana import rows_links
from dashboards.grafana.day_classes import AHEAD, FAR, DayClass, classed, edge, sums
from dashboards.grafana.model import Ceiling, Column, Panel, Question
from dashboards.grafana.standing import LEFT_TABLES, STOCK_TABLES, came, left, stock, sums_of_measures

OVERDUE: Final = (
    DayClass("已逾期 > 30 天", None, -31),
    DayClass("已逾期 8–30 天", -30, -8),
    DayClass("已逾期 ≤ 7 天", -7, -1),
    DayClass("7 日内到期", 0, 7),
    DayClass("其后到期", 8, None),
)
"""A due day that is today isn't over yet."""


def in_range(
    named: Mapping[str, str], kind: str, title: str, about: str, *, always: Sequence[str] = (), width: int = 12
) -> Panel:
    """How many of each kind came on the days of the range.

    Args:
        named: Measure → column.
        kind: What a kind is called.
        title: Of the panel.
        about: Of the panel.
        always: Kinds that are told though there are none.
        width: Of the panel.
    """
    some = " OR ".join((*(f"`{name}` != 0" for name in named.values()), f"has({list(always)}, kind)" if always else "0"))
    rows = f"SELECT measure, toString(kind) AS kind, value FROM {came(list(named))}"
    if always:
        rows += f"\n    UNION ALL SELECT '', arrayJoin({list(always)}), toInt64(0)"
    text = (
        f"WITH {sql.DAYS}\nSELECT if(kind = '', '（未说明）', kind) AS `{kind}`, {sums_of_measures(named)},"
        f" {rows_links.asked_kind('kind')}\n"
        f"FROM ({rows})\nGROUP BY kind HAVING {some} ORDER BY kind"
    )
    return _by_kind(title, about, text, came_in(named), width)


def came_in(named: Mapping[str, str]) -> tuple[Column, ...]:
    """The columns of measures (id → what it is called): what came of a row's kind on the days of the range."""
    return tuple(
        rows_links.counted(name, rows_links.of_measure(measure, of_row=True, first="from")) for measure, name in named.items()
    )


def at_steps(measure: str, steps: tuple[str, ...], kind: str, title: str, about: str, *, width: int = 12) -> Panel:
    """Of each kind how many stand at each step at the end of the day; the measure's kind is the kind, a space, the step."""
    columns = ", ".join(f"sumIf(value, step = '{step}') AS `{step}`" for step in steps)
    text = (
        f"WITH {sql.DAYS}\nSELECT if(of = '', '（未说明）', of) AS `{kind}`, {columns}, sum(value) AS `合计`,"
        f" {rows_links.asked_kind('of')}\n"
        "FROM (SELECT splitByChar(' ', toString(kind)) AS parts, arrayStringConcat(arrayPopBack(parts), ' ') AS of,"
        f" parts[-1] AS step, value\n    FROM {stock((measure,))}) GROUP BY of HAVING `合计` != 0 ORDER BY of"
    )
    links = [
        rows_links.counted(name, rows_links.of_measure(measure, of_row=True, step=step))
        for name, step in (*((step, rows_links.text(step)) for step in steps), ("合计", ""))
    ]
    return _by_kind(title, about, text, links, width)


def _by_kind(title: str, about: str, text: str, links: Sequence[Column], width: int) -> Panel:
    return Panel(
        title=title,
        about=about,
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling(STOCK_TABLES),
        columns=(*links, rows_links.HIDDEN_KIND),
        width=width,
    )


def left_over(measure: str, kind: str, title: str, about: str, *, width: int = 12) -> Panel:
    """Of each kind how many are left, by their due day: overdue how long, or due when; as known at the end of the day."""
    found = left((measure,), edge(OVERDUE), FAR)
    text = (
        f"WITH {sql.DAYS}\nSELECT if(kind = '', '（未说明）', kind) AS `{kind}`, {sums(OVERDUE)},"
        f" sum(value) AS `合计`, {rows_links.asked_kind('toString(kind)')}\n"
        f"FROM (SELECT kind, value, {AHEAD} FROM {found})\n"
        "GROUP BY kind HAVING `合计` != 0 ORDER BY kind"
    )
    return Panel(
        title=f"{title}（分段为管理参数）",
        about=f"{about} As known at the end of the day.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling(LEFT_TABLES),
        columns=(
            Column(name=kind, width=160),
            *classed(measure, OVERDUE, of_row=True),
            rows_links.counted("合计", rows_links.of_measure(measure, of_row=True, last="", then=True)),
            rows_links.HIDDEN_KIND,
        ),
        width=width,
    )
