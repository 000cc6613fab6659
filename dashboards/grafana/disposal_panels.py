"""Panels about the disposal of assets: where they stand between control and money, and when control of them lapses."""

from typing import Final

from dashboards.grafana import clock_panels as clocks
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana import rows_links
from dashboards.grafana.model import Ceiling, Panel, Question
from dashboards.grafana.standing import STOCK_TABLES, stock

_STEPS: Final = ("已控制", "定价中", "已定价", "已公告", "流拍", "已成交", "已付清")


def panels() -> tuple[Panel, ...]:
    """All of them."""
    return (
        _pipeline(),
        clocks.calendar(
            ("R-CTRL-04",), "查封到期日历", "Control of assets that lapses within 90 days unless it is renewed, or has lapsed."
        ),
    )


def _pipeline() -> Panel:
    steps = ", ".join(f"'{step}'" for step in _STEPS)
    text = (
        f"WITH {sql.DAYS}\nSELECT step AS `环节`, sum(value) AS `财产数`, {rows_links.asked_kind('step')}\n"
        f"FROM (SELECT arrayJoin([{steps}]) AS step) AS steps "
        f"LEFT JOIN {stock(('assets_at',))} AS found ON steps.step = found.kind\n"
        f"GROUP BY step ORDER BY indexOf([{steps}], step)"
    )
    return Panel(
        title="处置流程：财产所处环节",
        about="Assets by the step that their own events have reached, from control over price and auction to payment; what was "
        "delivered, taken in kind, paid over or released is out of it.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling(STOCK_TABLES),
        columns=(
            rows_links.counted("财产数", rows_links.of_measure("assets_at", of_row=True)),
            rows_links.HIDDEN_KIND,
        ),
        width=24,
    )
