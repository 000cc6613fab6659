"""The strip at the head of every board: how old its figures are, how whole, and whether they are simulated."""

from typing import Final

from dashboards.grafana.alert_panels import OPEN
from dashboards.grafana.model import Ceiling, Panel, Question

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
_WHOLE: Final = (
    "SELECT 1 - silent / nullIf(courts, 0) AS `数据完整度` FROM\n"
    "(SELECT uniqExact(court) AS silent FROM (SELECT id, court, ended_at, transition, end_reason FROM alerts\n"
    "    WHERE rule = 'R-DATA-01.a' AND known_from <= $__toTime\n"
    "    ORDER BY id, position DESC, log_offset DESC LIMIT 1 BY id)\n"
    f"    WHERE {OPEN}) AS a,\n"
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
        about="Share of the reader's courts whose feed isn't silent (R-DATA-01.a). A silent court's figures are "
        "unknown, not 0.",
        look="stat",
        asks=(Question(text=_WHOLE),),
        ceiling=Ceiling(("alerts", "courts")),
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
