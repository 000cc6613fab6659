"""Panels about petitions: what they are about, whether they come again, how long they are pending."""

from typing import Final

from dashboards.grafana import indicator_sql as sql
from dashboards.grafana import rows_links
from dashboards.grafana.day_classes import AHEAD, ages, classed, edge
from dashboards.grafana.kind_panels import came_in
from dashboards.grafana.model import Ceiling, Panel, Question
from dashboards.grafana.standing import LEFT_TABLES, STOCK_TABLES, came, left, sums_of_measures

_CAME: Final = {"petitions_received": "收到", "petitions_repeated": "其中重复"}
_LEFT: Final = "登记未办结"
_AGES: Final = ages((15, 30), ("登记 ≤ 15 天", "16–30 天", "> 30 天"))


def by_theme() -> Panel:
    """What petitions are about: received and come again in the range, pending how long."""
    some = " OR ".join(f"`{name}` != 0" for name in (*_CAME.values(), _LEFT))
    pending = ", ".join(f"sumIf(value, {one.test()} AND measure = 'petitions_left') AS `{one.name}`" for one in _AGES)
    text = (
        f"WITH {sql.DAYS}\nSELECT if(kind = '', '（未说明）', kind) AS `反映问题`, {sums_of_measures(_CAME)},"
        f" sumIf(value, measure = 'petitions_left') AS `{_LEFT}`, {pending}, {rows_links.asked_kind('toString(kind)')}\n"
        f"FROM (SELECT measure, kind, value, {AHEAD} FROM (\n"
        f"    SELECT measure, kind, day, value FROM {came(tuple(_CAME))}\n"
        f"    UNION ALL SELECT measure, kind, day, value FROM {left(('petitions_left',), edge(_AGES))}))\n"
        f"GROUP BY kind HAVING {some} ORDER BY kind"
    )
    return Panel(
        title="信访：按反映问题（分段为管理参数）",
        about="Petitions received in the range, those of them in a case that had one before, and those registered and not yet "
        "resolved by the days since, as known at the end of the day. Thirty days is the term from registration.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling((*LEFT_TABLES, *STOCK_TABLES)),
        columns=(
            *came_in(_CAME),
            rows_links.counted(_LEFT, rows_links.of_measure("petitions_left", of_row=True, then=True)),
            *classed("petitions_left", _AGES, of_row=True),
            rows_links.HIDDEN_KIND,
        ),
        width=24,
    )
