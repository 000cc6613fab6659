"""Panels of what stands by how long it has stood: money that wasn't paid out, terminations. By the courts right below.

What is added up is how much is left of each day, so that classes of days can be any; their bounds are ours: 管理参数.
"""

from collections.abc import Sequence
from typing import Final

from dashboards.grafana import below
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana.clock_panels import classes
from dashboards.grafana.model import Ceiling, Column, Panel, Question
from dashboards.grafana.standing import LEFT_TABLES, left

_READS: Final = Ceiling((*LEFT_TABLES, "courts", "courts", "courts"))
_MONEY: Final = (30, 60, 90, 180, 365)
_TERMINATIONS: Final = (183, 365, 730, 1095, 1826)
_YEARS: Final = ("≤ 半年", "半年–1 年", "1–2 年", "2–3 年", "3–5 年", "> 5 年")


def money() -> Panel:
    """Money that wasn't paid out, by the days since it came."""
    named = [(name, f"sumIf(value, {test}) / 1e6") for name, test in classes(_MONEY)]
    return _by_age(
        "left_fen",
        named,
        _MONEY[-1],
        "未发放案款：按到账后天数（分段为管理参数）",
        "What is left of each receipt, by the days since it came in. Thirty days is the term of payment, from the notice "
        "to the officer; deferred money is in it too.",
        unit="suffix:万元",
    )


def terminations() -> Panel:
    """Terminations that stand, by their age."""
    named = [(name, f"sumIf(value, {test})") for name, (_, test) in zip(_YEARS, classes(_TERMINATIONS), strict=True)]
    return _by_age(
        "terminated_left",
        named,
        _TERMINATIONS[-1],
        "终本库存：按库龄（分段为管理参数）",
        "Terminations that stand, by the days since they were closed (a year is 365): with five years half-yearly queries end.",
        kinds=f" AND {sql.KIND}",
    )


def _by_age(
    measure: str, named: Sequence[tuple[str, str]], oldest: int, title: str, about: str, *, kinds: str = "", unit: str = ""
) -> Panel:
    found = left((measure,), f"addDays(as_of, -{oldest})", kinds=kinds, court=below.COURTS)
    rows = f"(SELECT court, value, dateDiff('day', day, as_of) AS days FROM {found})"
    return Panel(
        title=title,
        about=f"{about} As known at the end of the day; courts by code, never by number.",
        look="table",
        asks=(Question(text=below.by_court(named, rows)),),
        ceiling=_READS,
        columns=(*below.COLUMNS, *(Column(name=name, unit=unit) for name, _ in named if unit)),
        width=24,
    )
