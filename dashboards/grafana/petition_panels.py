"""Panels about petitions: what they are about, whether they come again, how long they are pending."""

from typing import Final

from dashboards.grafana import indicator_sql as sql
from dashboards.grafana.clock_panels import sums
from dashboards.grafana.model import Ceiling, Panel, Question
from dashboards.grafana.standing import LEFT_TABLES, STOCK_TABLES, came, left

_COLUMNS: Final = (
    ("收到", "measure = 'petitions_received'"),
    ("其中重复", "measure = 'petitions_repeated'"),
    ("登记未办结", "measure = 'petitions_left'"),
    ("登记 ≤ 15 天", "measure = 'petitions_left' AND days <= 15"),
    ("16–30 天", "measure = 'petitions_left' AND days BETWEEN 16 AND 30"),
    ("> 30 天", "measure = 'petitions_left' AND days > 30"),
)


def by_theme() -> Panel:
    """What petitions are about: received and come again in the range, pending how long."""
    some = " OR ".join(f"`{name}` != 0" for name, _ in _COLUMNS[:3])
    text = (
        f"WITH {sql.DAYS}\nSELECT if(kind = '', '（未说明）', kind) AS `反映问题`, {sums(_COLUMNS)}\n"
        "FROM (SELECT measure, kind, value, dateDiff('day', day, as_of) AS days FROM (\n"
        f"    SELECT measure, kind, day, value FROM {came(('petitions_received', 'petitions_repeated'))}\n"
        f"    UNION ALL SELECT measure, kind, day, value FROM {left(('petitions_left',), 'addDays(as_of, -30)')}))\n"
        f"GROUP BY kind HAVING {some} ORDER BY kind"
    )
    return Panel(
        title="信访：按反映问题（分段为管理参数）",
        about="Petitions received in the range, those of them in a case that had one before, and those registered and not yet "
        "resolved by the days since, as known at the end of the day. Thirty days is the term from registration.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling((*LEFT_TABLES, *STOCK_TABLES)),
        width=24,
    )
