"""Panels about matters entrusted between courts: who asks whom, what is overdue, what was sent back."""

from typing import Final

import msgspec

from contract.courts import PROVINCES
from dashboards.grafana import below, rows_links
from dashboards.grafana import kind_panels as kinds
from dashboards.grafana.day_classes import FAR
from dashboards.grafana.model import Ceiling, Panel, Question
from dashboards.grafana.standing import LEFT_TABLES, STOCK_TABLES, came, left

_SENDERS: Final = tuple(one.char for one in PROVINCES if one.has_courts)


def panels() -> tuple[Panel, ...]:
    """All of them."""
    return (
        _matrix(),
        _received(),
        kinds.left_over(
            "entrusted_left",
            "委托省份",
            "受托未办结：按委托省份",
            "Matters that the chosen court and those below it were entrusted with and haven't answered, by who asked.",
        ),
    )


def _matrix() -> Panel:
    named = [(one, f"sumIf(value, kind = '{one}')") for one in _SENDERS]
    rows = came(("entrusted",), below.COURTS)
    return Panel(
        title="委托矩阵：受托法院（行）× 委托省份（列）",
        about="Matters entrusted in the range: of each court right below with all below it those that came from each province.",
        look="table",
        asks=(Question(text=below.by_court(named, rows)),),
        ceiling=Ceiling((*STOCK_TABLES, "courts", "courts", "courts")),
        columns=(
            *(msgspec.structs.replace(one, width=180 if one.width else 0) for one in below.COLUMNS),
            *(rows_links.counted(one, _came("entrusted", one), width=46) for one in _SENDERS),
        ),
        width=24,
        height=12,
    )


def _came(measure: str, sender: str = "") -> str:
    kinds = (rows_links.text(sender),) if sender else ()
    return rows_links.of_measure(measure, kinds=kinds, first="from", court=below.ROW)


def _received() -> Panel:
    named = (
        ("收到", "sumIf(value, measure = 'entrusted')"),
        ("退回", "sumIf(value, measure = 'entrusted_returned')"),
        ("未办结", "sumIf(value, measure = 'entrusted_left')"),
        ("其中已逾期", "sumIf(value, measure = 'entrusted_left' AND day < as_of)"),
    )
    rows = (
        f"(SELECT measure, court, day, value FROM {came(('entrusted', 'entrusted_returned'), below.COURTS)}\n"
        f"    UNION ALL SELECT measure, court, day, value FROM "
        f"{left(('entrusted_left',), 'as_of', FAR, court=below.COURTS)})"
    )
    return Panel(
        title="受托事项：收到、退回、逾期",
        about="Matters that came in and were sent back in the range; and those not answered, as known at the end of the day.",
        look="table",
        asks=(Question(text=below.by_court(named, rows)),),
        ceiling=Ceiling((*LEFT_TABLES, *STOCK_TABLES, *("courts",) * 5)),
        columns=(
            *below.COLUMNS,
            rows_links.counted("收到", _came("entrusted")),
            rows_links.counted("退回", _came("entrusted_returned")),
            *(
                rows_links.counted(name, rows_links.of_measure("entrusted_left", last=last, then=True, court=below.ROW))
                for name, last in (("未办结", ""), ("其中已逾期", -1))
            ),
        ),
        width=12,
    )
