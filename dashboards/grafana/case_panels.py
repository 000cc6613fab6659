"""Panels about cases: what came in and went out, where cases stand, what is due, and the open ones by themselves."""

from typing import Final

from dashboards.grafana import indicator_sql as sql
from dashboards.grafana.first_rows import IN_SCOPE, TABLES, first_rows
from dashboards.grafana.model import Ceiling, Column, Panel, Question
from dashboards.grafana.sums import KNOWN
from infra.clickhouse.subjects import IS_CASE

_FIGURES: Final = Ceiling(("subtree_days",))
_STAGES: Final = {
    "RECEIVED": "收到申请",
    "FILED": "立案",
    "ASSIGNED": "分案",
    "NOTIFIED": "通知",
    "INVESTIGATING": "查控",
    "CONTROLLED": "已控制",
    "DISPOSING": "处置",
    "DISTRIBUTING": "发放",
}
_AGES: Final = ("open", "open_over_6m", "open_over_12m", "open_over_18m", "open_over_36m")
_AGES_ZH: Final = ("未结", "超六个月", "超十二个月", "超十八个月", "超三十六个月")


def flow() -> Panel:
    """Filed and closed a day."""
    text = (
        f"WITH {sql.DAYS}\nSELECT toDateTime(day, '{sql.TZ}') AS time, sumIf(value, measure = 'filed') AS `新收`,"
        " sumIf(value, measure = 'closed') AS `结案`\n"
        f"FROM subtree_days FINAL WHERE measure IN ('filed', 'closed') AND {sql.IN_COURT}"
        f" AND {sql.IN_RANGE} AND {KNOWN}"
        f" AND {sql.KIND}\nGROUP BY day ORDER BY day"
    )
    return Panel(
        title="每日新收与结案",
        about="Proceedings filed and closed on each civil day, by the chosen court and all below it.",
        look="bars",
        asks=(Question(text=text),),
        ceiling=_FIGURES,
        width=24,
    )


def backlog() -> Panel:
    """Open cases by age, at each month's end."""
    ages = ", ".join(f"sumIf(value, measure = '{one}' AND day <= d) AS `{zh}`" for one, zh in zip(_AGES, _AGES_ZH, strict=True))
    measures = ", ".join(f"'{one}'" for one in _AGES)
    text = (
        f"WITH {sql.FIRST} AS first, {sql.DAYS},\n"
        f"    {sql.MONTH_ENDS}\n"
        f"SELECT toDateTime(d, '{sql.TZ}') AS time, {ages}\n"
        f"FROM (SELECT measure, day, value FROM subtree_days FINAL WHERE measure IN ({measures}) AND {sql.IN_COURT}"
        f" AND day <= as_of AND {KNOWN} AND {sql.KIND}\n    UNION ALL SELECT '', as_of, toInt64(0)) AS counted_days\n"
        f"{sql.AT_EACH}\nGROUP BY d ORDER BY d"
    )
    return Panel(
        title="存案结构：按未结时长",
        about="Open proceedings, and those of them open over 6, 12, 18 and 36 months, at each month's end.",
        look="lines",
        asks=(Question(text=text),),
        ceiling=_FIGURES,
        width=24,
    )


def stages() -> Panel:
    """Open cases by the stage that their events have reached."""
    names = ", ".join(f"'{name}'" for name in _STAGES)
    words = ", ".join(f"'{word}'" for word in _STAGES.values())
    text = (
        f"SELECT transform(stage, [{names}], [{words}], stage) AS `节点`, count() AS `未结件数`, countIf(last_event_at <"
        " addDays($__toTime, -90)) AS `九十日无动作`\n"
        "FROM (SELECT subject, court, stage, open, case_type, last_event_at, position, log_offset FROM cases\n"
        "    WHERE known_from <= $__toTime ORDER BY subject, position DESC, log_offset DESC LIMIT 1 BY subject)\n"
        f"WHERE open AND {IS_CASE} AND {IN_SCOPE}"
        " AND $__conditionalAll(case_type IN (${case_type:singlequote}), $case_type)\n"
        f"GROUP BY stage ORDER BY indexOf([{names}], stage)"
    )
    return Panel(
        title="节点分布：未结案件",
        about="Open cases by the stage that their events have reached, and those without any event for 90 days.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling(("cases", "courts")),
        width=12,
    )


def inquiries() -> Panel:
    """Feedback of institutions a day: asked, answered well, with hits."""
    text = (
        f"WITH {sql.DAYS}\nSELECT kind AS `机构类别`, sumIf(value, measure = 'feedback') AS `反馈`,"
        " sumIf(value, measure = 'feedback_good') AS `有效`, sumIf(value, measure = 'feedback_hits') AS `命中`\n"
        f"FROM subtree_days FINAL WHERE measure IN ('feedback', 'feedback_good', 'feedback_hits') AND {sql.IN_COURT}"
        f" AND {sql.IN_RANGE} AND {KNOWN}\nGROUP BY kind ORDER BY kind"
    )
    return Panel(
        title="查控反馈：按机构类别",
        about="Answers to online inquiries in the range, by kind of institution.",
        look="table",
        asks=(Question(text=text),),
        ceiling=_FIGURES,
        width=24,
    )


def open_cases() -> Panel:
    """The open cases of a court and below, longest first."""
    first = first_rows("unended", f" AND {sql.KIND}", 200, "court, day, kind, subject, ref")
    text = (
        f"WITH {sql.DAYS}\nSELECT subject, court, if(name = '', court, name) AS `法院`, kind AS `类型`, day AS `立案日`,"
        " dateDiff('day', day, as_of) AS `未结天数`, '打开案件' AS `案件`\n"
        f"FROM ({first}) AS found\n"
        "LEFT JOIN (SELECT code, name FROM courts FINAL) AS tree ON found.court = tree.code\n"
        "ORDER BY day, court, subject LIMIT 200"
    )
    return Panel(
        title="未结案件：未结最久的 200 件",
        about="Open proceedings as known at the end of the day, longest first. Numbers and parties are not "
        "shown here: a case opens in the console by role.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling((*TABLES, "courts")),
        columns=(
            Column(name="subject", hidden=True),
            Column(name="court", hidden=True),
            Column(name="案件", link="${console}/case/${__data.fields.subject:percentencode}", link_title="打开案件页"),
        ),
        width=24,
        height=12,
    )
