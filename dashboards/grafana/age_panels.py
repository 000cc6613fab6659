"""Panels of what stands by how long it has stood: money that wasn't paid out, terminations. By the courts right below.

What is added up is how much is left of each day, so that classes of days can be any; their bounds are ours: 管理参数.
"""

from collections.abc import Sequence
from typing import Final

from dashboards.grafana import below
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana.day_classes import AHEAD, DayClass, ages, classed, edge, sums_of
from dashboards.grafana.model import Ceiling, Panel, Question
from dashboards.grafana.standing import LEFT_TABLES, left

_READS: Final = Ceiling((*LEFT_TABLES, "courts", "courts", "courts"))
_MONEY: Final = (30, 60, 90, 180, 365)
_TERMINATIONS: Final = (183, 365, 730, 1095, 1826)
_YEARS: Final = ("≤ 半年", "半年–1 年", "1–2 年", "2–3 年", "3–5 年", "> 5 年")


def money() -> Panel:
    """Money that wasn't paid out, by the days since it came."""
    return _by_age(
        "left_fen",
        ages(_MONEY),
        "未发放案款：按到账后天数（分段为管理参数）",
        "What is left of each receipt, by the days since it came in. Thirty days is the term of payment, from the notice "
        "to the officer; deferred money is in it too.",
        scale=" / 1e6",
        unit="suffix:万元",
    )


def terminations() -> Panel:
    """Terminations that stand, by their age."""
    return _by_age(
        "terminated_left",
        ages(_TERMINATIONS, _YEARS),
        "终本库存：按库龄（分段为管理参数）",
        "Terminations that stand, by the days since they were closed (a year is 365): with five years half-yearly queries end.",
        typed=True,
    )


def _by_age(
    measure: str,
    classes: Sequence[DayClass],
    title: str,
    about: str,
    *,
    typed: bool = False,
    scale: str = "",
    unit: str = "",
) -> Panel:
    kinds = f" AND {sql.KIND}" if typed else ""
    found = left((measure,), edge(classes), kinds=kinds, court=below.COURTS)
    return Panel(
        title=title,
        about=f"{about} As known at the end of the day; courts by code, never by number.",
        look="table",
        asks=(Question(text=below.by_court(sums_of(classes, scale), f"(SELECT court, value, {AHEAD} FROM {found})")),),
        ceiling=_READS,
        columns=(*below.COLUMNS, *classed(measure, classes, court=below.ROW, typed=typed, unit=unit)),
        width=24,
    )
