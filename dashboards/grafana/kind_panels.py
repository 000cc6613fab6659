"""Tables of what measures are split by: how many of each kind came in the range, stand at its end, or are left to be done."""

from collections.abc import Mapping, Sequence
from typing import Final

from dashboards.grafana import indicator_sql as sql
from dashboards.grafana.clock_panels import sums
from dashboards.grafana.model import Ceiling, Column, Panel, Question
from dashboards.grafana.standing import LEFT_TABLES, STOCK_TABLES, came, left, stock

OVERDUE: Final = (
    ("已逾期 > 30 天", "ahead < -30"),
    ("已逾期 8–30 天", "ahead BETWEEN -30 AND -8"),
    ("已逾期 ≤ 7 天", "ahead BETWEEN -7 AND -1"),
    ("7 日内到期", "ahead BETWEEN 0 AND 7"),
    ("其后到期", "ahead > 7"),
)
"""Classes of days ahead, each with its condition; a due day that is today isn't over yet."""
_FAR: Final = "addYears(as_of, 10)"


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
    columns = [(name, f"measure = '{measure}'") for measure, name in named.items()]
    some = " OR ".join((*(f"`{name}` != 0" for name in named.values()), f"has({list(always)}, kind)" if always else "0"))
    rows = f"SELECT measure, toString(kind) AS kind, value FROM {came(list(named))}"
    if always:
        rows += f"\n    UNION ALL SELECT '', arrayJoin({list(always)}), toInt64(0)"
    text = (
        f"WITH {sql.DAYS}\nSELECT if(kind = '', '（未说明）', kind) AS `{kind}`, {sums(columns)}\n"
        f"FROM ({rows})\nGROUP BY kind HAVING {some} ORDER BY kind"
    )
    return Panel(
        title=title, about=about, look="table", asks=(Question(text=text),), ceiling=Ceiling(STOCK_TABLES), width=width
    )


def at_steps(measure: str, steps: tuple[str, ...], kind: str, title: str, about: str, *, width: int = 12) -> Panel:
    """Of each kind how many stand at each step at the end of the day; the measure's kind is the kind, a space, the step."""
    columns = [(step, f"step = '{step}'") for step in steps]
    text = (
        f"WITH {sql.DAYS}\nSELECT if(of = '', '（未说明）', of) AS `{kind}`, {sums(columns)}, sum(value) AS `合计`\n"
        "FROM (SELECT splitByChar(' ', toString(kind)) AS parts, arrayStringConcat(arrayPopBack(parts), ' ') AS of,"
        f" parts[-1] AS step, value\n    FROM {stock((measure,))}) GROUP BY of HAVING `合计` != 0 ORDER BY of"
    )
    return Panel(
        title=title, about=about, look="table", asks=(Question(text=text),), ceiling=Ceiling(STOCK_TABLES), width=width
    )


def left_over(measure: str, kind: str, title: str, about: str, *, width: int = 12) -> Panel:
    """Of each kind how many are left, by their due day: overdue how long, or due when; as known at the end of the day."""
    found = left((measure,), "addDays(as_of, -30)", _FAR)
    text = (
        f"WITH {sql.DAYS}\nSELECT if(kind = '', '（未说明）', kind) AS `{kind}`, {sums(OVERDUE)}, sum(value) AS `合计`\n"
        f"FROM (SELECT kind, value, dateDiff('day', as_of, day) AS ahead FROM {found})\n"
        "GROUP BY kind HAVING `合计` != 0 ORDER BY kind"
    )
    return Panel(
        title=f"{title}（分段为管理参数）",
        about=f"{about} As known at the end of the day.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling(LEFT_TABLES),
        columns=(Column(name=kind, width=160),),
        width=width,
    )
