"""Panels about cases: what came in and went out, where cases stand, and the open ones by themselves."""

from typing import Final

from dashboards.grafana import indicator_sql as sql
from dashboards.grafana import rows_links
from dashboards.grafana.alert_panels import SEVERITIES, kinds, of_rules
from dashboards.grafana.daily_panels import daily
from dashboards.grafana.first_rows import TABLES, first_rows
from dashboards.grafana.model import Ceiling, Column, Panel, Question
from dashboards.grafana.standing import STOCK_TABLES, stock
from dashboards.grafana.sums import AT_EACH, KNOWN, of_measures
from dashboards.wall.labels import STAGES

_FIGURES: Final = Ceiling(("subtree_days",))
_NODES: Final = STAGES | {"TERM": "全程：期限与顺序"}
"""The stages of a case, and what runs through all of them."""
_WATCHED: Final = {
    "RECEIVED": ("R-INIT-01",),
    "FILED": ("R-INIT-03", "R-PRES"),
    "INVESTIGATING": ("R-CTRL-01", "R-ASST"),
    "CONTROLLED": ("R-CTRL-02", "R-CTRL-03", "R-CTRL-04", "R-DISP"),
    "DISPOSING": ("R-AUC",),
    "DISTRIBUTING": ("R-FUND", "R-LEDG"),
    "TERM": ("R-TIME", "R-SEQ"),
}
"""Stage → beginnings of the rules that watch what has to be done there: our choice."""
_STAGE: Final = "${__data.fields.stage}"
_AGES: Final = ("open", "open_over_6m", "open_over_12m", "open_over_18m", "open_over_36m")
_AGES_ZH: Final = ("未结", "超六个月", "超十二个月", "超十八个月", "超三十六个月")


def flow() -> Panel:
    """Filed and closed a day."""
    return daily(
        {"filed": "新收", "closed": "结案"},
        "每日新收与结案",
        "Proceedings filed and closed on each civil day, by the chosen court and all below it.",
        typed=True,
    )


def backlog() -> Panel:
    """Open cases by age, at each month's end."""
    ages = ", ".join(f"sumIf(value, measure = '{one}' AND day <= d) AS `{zh}`" for one, zh in zip(_AGES, _AGES_ZH, strict=True))
    text = (
        f"WITH {sql.ENDS}\n"
        f"SELECT toDateTime(d, '{sql.TZ}') AS time, {ages}\n"
        f"FROM (SELECT measure, day, value FROM subtree_days FINAL WHERE {of_measures(_AGES)} AND {sql.IN_COURT}"
        f" AND day <= as_of AND {KNOWN} AND {sql.KIND}\n    UNION ALL SELECT '', as_of, toInt64(0)) AS counted_days\n"
        f"{AT_EACH}\nGROUP BY d ORDER BY d"
    )
    return Panel(
        title="存案结构：按未结时长",
        about="Open proceedings, and those of them open over 6, 12, 18 and 36 months, at each month's end.",
        look="lines",
        asks=(Question(text=text),),
        ceiling=_FIGURES,
        columns=tuple(
            rows_links.counted(zh, rows_links.of_measure(one, point=True, typed=True))
            for one, zh in zip(_AGES, _AGES_ZH, strict=True)
        ),
        width=24,
    )


def nodes() -> Panel:
    """Open cases by the stage that their events have reached, and the open alerts of the rules that watch each."""
    words = ", ".join(f"'{word}'" for word in _NODES.values())
    names = ", ".join(f"'{name}'" for name in _NODES)
    watched = ", ".join(f"{of_rules(rules)[5:]}, '{stage}'" for stage, rules in _WATCHED.items())
    every = [rule for rules in _WATCHED.values() for rule in rules]
    found = stock(
        ("open_at", "idle_at", "alerts_open"),
        f" AND (measure = 'alerts_open'{of_rules(every)} OR measure != 'alerts_open' AND {sql.KIND_AND_MORE})",
    )
    alerts = ", ".join(
        f"sumIf(value, measure = 'alerts_open' AND endsWith(kind, ':{one}')) AS `{mark}`" for one, mark in SEVERITIES.items()
    )
    opened = ", ".join(f"{_watching(severity)} AS {severity}" for severity in SEVERITIES)
    text = (
        f"WITH {sql.DAYS}\nSELECT transform(stage, [{names}], [{words}], stage) AS `节点`, sumIf(value, measure = 'open_at') AS"
        f" `未结件数`, sumIf(value, measure = 'idle_at') AS `九十日无动作`, {alerts}, stage, {opened}\n"
        f"FROM (SELECT measure, kind, value, if(measure = 'alerts_open', multiIf({watched}, ''),"
        f" splitByChar(' ', toString(kind))[-1]) AS stage\n    FROM {found})\n"
        f"GROUP BY stage ORDER BY indexOf([{names}], stage)"
    )
    return Panel(
        title="节点监管：未结案件与未结预警（规则归节点为管理参数）",
        about="Open proceedings by the stage that their events have reached, those of them without an event for 90 days "
        "(管理参数), and the open alerts of the rules that watch that stage. The last line: terms that run through all.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling(STOCK_TABLES),
        columns=(
            rows_links.counted("未结件数", rows_links.of_measure("open_at", step=_STAGE, typed=True)),
            rows_links.counted("九十日无动作", rows_links.of_measure("idle_at", step=_STAGE, typed=True)),
            *(Column(name=name, hidden=True) for name in ("stage", *SEVERITIES)),
            *(
                rows_links.counted(mark, rows_links.of_measure("alerts_open") + f"${{__data.fields.{one}:raw}}")
                for one, mark in SEVERITIES.items()
            ),
        ),
        width=24,
    )


def _watching(severity: str) -> str:
    """SQL of the alerts of one severity that watch a stage, as a link says them; where none do, no alert's kind."""
    asked = {stage: "".join(f"&kind={kind}" for kind in kinds(rules, severity)) for stage, rules in _WATCHED.items()}
    return f"transform(stage, {list(asked)}, {list(asked.values())}, '&kind=')"


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
