"""The strip at the head of every board: how old its figures are, how whole, and whether they are simulated."""

from typing import Final

from dashboards.grafana.indicator_sql import TZ
from dashboards.grafana.model import Ceiling, Panel, Question
from dashboards.grafana.standing import STOCK_TABLES

_WEEK: Final = "tick <= $__toTime AND tick >= addDays($__toTime, -7)"
_SUPERVISED: Final = (
    "SELECT if(count() = 0, '—', formatDateTime(min(reached), '%Y-%m-%d %H:%i:%S', 'Asia/Shanghai')) AS `预警数据截至`\n"
    f"FROM (SELECT partition, max(tick) AS reached FROM watermarks WHERE {_WEEK} GROUP BY partition)"
)
_BEHIND: Final = (
    "SELECT dateDiff('second', min(reached), $__toTime) AS `延迟`\n"
    f"FROM (SELECT partition, max(tick) AS reached FROM watermarks WHERE {_WEEK} GROUP BY partition)"
)
_COUNTED: Final = (
    "SELECT if(count() = 0, '—', formatDateTime(max(at), '%Y-%m-%d %H:%i:%S', 'Asia/Shanghai')) AS `指标计算于`\n"
    "FROM figured FINAL WHERE at <= greatest($__toTime, now())"
)
_SILENT: Final = (
    "measure = 'alerts_open' AND startsWith(kind, 'R-DATA-01.a:')"
    " AND court IN (SELECT code FROM courts FINAL WHERE parent NOT IN (SELECT code FROM courts FINAL))"
)
"""Open alerts of silence under the highest courts that the reader sees; a court has at most one, so their sum counts courts."""
_WHOLE: Final = (
    f"WITH toDate32(toDate($__toTime, '{TZ}')) AS as_of\n"
    "SELECT 1 - silent / nullIf(courts, 0) AS `数据完整度` FROM\n"
    "(SELECT sum(value) AS silent FROM (\n"
    f"    SELECT value FROM subtree_days FINAL WHERE {_SILENT} AND day <= as_of AND day >= toStartOfMonth(as_of)\n"
    f"    UNION ALL SELECT value FROM subtree_months FINAL WHERE {_SILENT} AND month < toStartOfMonth(as_of))) AS a,\n"
    "(SELECT count() AS courts FROM courts FINAL) AS b"
)
_LINE: Final = (
    "SELECT if(countIf(JSONExtractString(data, 'line') = 'simulated') > 0, '◆ 模拟数据', '实际数据') AS `数据性质`\n"
    "FROM events FINAL WHERE source = '/sys/clock' AND startsWith(id, 'sys.line_') AND time <= $__toTime"
)
STRIP: Final = (
    Panel(
        title="预警数据截至",
        about="Up to this instant every partition of the engine has said everything. Lists of alerts are as of then.",
        look="stat",
        asks=(Question(text=_SUPERVISED),),
        ceiling=Ceiling(("watermarks",)),
        width=6,
        height=3,
    ),
    Panel(
        title="预警数据延迟",
        about="Seconds from then to the end of the range; over 60 the figures are stale.",
        look="stat",
        asks=(Question(text=_BEHIND),),
        ceiling=Ceiling(("watermarks",)),
        unit="s",
        orange_above=60,
        width=4,
        height=3,
    ),
    Panel(
        title="指标计算于",
        about="When the sums of this board, of indicators and of alerts, were last computed from the log.",
        look="stat",
        asks=(Question(text=_COUNTED),),
        ceiling=Ceiling(("figured",)),
        width=6,
        height=3,
    ),
    Panel(
        title="数据完整度",
        about="Share of the reader's courts whose feed isn't silent (R-DATA-01.a) at the end of the day, as known now. A "
        "silent court's figures are unknown, not 0.",
        look="stat",
        asks=(Question(text=_WHOLE),),
        ceiling=Ceiling((*STOCK_TABLES, *("courts",) * 5)),
        unit="percentunit",
        width=4,
        height=3,
    ),
    Panel(
        title="数据性质",
        about="Whether the figures come from a simulator.",
        look="stat",
        asks=(Question(text=_LINE),),
        ceiling=Ceiling(("events",)),
        width=4,
        height=3,
    ),
)
