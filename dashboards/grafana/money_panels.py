"""Panels about case money: what came in and went out, what lies how long, what belongs to no case."""

from typing import Final

from dashboards.grafana import age_panels as ages
from dashboards.grafana import clock_panels as clocks
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana import rows_links
from dashboards.grafana.daily_panels import daily
from dashboards.grafana.model import Ceiling, Panel, Question
from dashboards.grafana.standing import STOCK_TABLES, stock
from dashboards.grafana.sums import KNOWN

_DAYS: Final = Ceiling(("subtree_days",))
_FLOWS: Final = {"receipts_fen": "到账", "paid_out_fen": "发放、提存"}
_WAN: Final = "suffix:万元"
LEDGER: Final = ("R-LEDG",)
UNMATCHED: Final = ("R-FUND-03",)


def panels() -> tuple[Panel, ...]:
    """All of them."""
    return (
        *(_on_the_day(measure, name) for measure, name in _FLOWS.items()),
        clocks.standing(LEDGER, "账实不符（应为 0）", "Breaks of the ledger; none may stand.", width=5),
        clocks.standing(
            UNMATCHED, "不明款逾期未认领", "Money that no case was found for in three working days (管理参数).", width=5
        ),
        _unclaimed(),
        _flows(),
        ages.money(),
    )


def _on_the_day(measure: str, name: str) -> Panel:
    text = (
        f"WITH {sql.DAYS}\nSELECT sum(value) / 1e6 AS `{name}`\nFROM subtree_days FINAL"
        f" WHERE measure = '{measure}' AND {sql.IN_COURT} AND day = as_of AND {KNOWN}"
    )
    return Panel(
        title=f"当日{name}",
        about="Case money of the day as of which the board is asked, by the chosen court and all below it.",
        look="stat",
        asks=(Question(text=text),),
        ceiling=_DAYS,
        columns=(rows_links.counted(name, rows_links.of_measure(measure, first=0)),),
        unit=_WAN,
        width=5,
        height=4,
    )


def _unclaimed() -> Panel:
    text = f"WITH {sql.DAYS}\nSELECT sum(value) / 1e6 AS `不明款`\nFROM {stock(('unclaimed_fen',))}"
    return Panel(
        title="不明款余额",
        about="Money received without a case, less what was matched to one since, at the end of the day. Money that another "
        "court matched counts there as less, so a single court's may be below 0.",
        look="stat",
        asks=(Question(text=text),),
        ceiling=Ceiling(STOCK_TABLES),
        columns=(rows_links.counted("不明款", rows_links.of_measure("unclaimed_fen")),),
        unit=_WAN,
        width=4,
        height=4,
    )


def _flows() -> Panel:
    return daily(
        _FLOWS,
        "每日到账与发放",
        "Case money received, and paid out or placed in escrow, on each civil day.",
        scale=" / 1e6",
        unit=_WAN,
    )
