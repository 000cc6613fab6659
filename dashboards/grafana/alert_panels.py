"""Panels about alerts: how many stand, of which rules, where, and the list that leads to the console.

An alert is told by rule, court, severity and days, never whose case it is; the console shows that to who may see it.
"""

from collections.abc import Sequence
from typing import Final

from dashboards.grafana import indicator_sql as sql
from dashboards.grafana.model import Ceiling, Column, Panel, Question

SEVERITIES: Final = {"red": "▲ 特急", "orange": "◆ 紧急", "yellow": "● 一般"}
_SAYS: Final = (("▲ 特急", "red"), ("◆ 紧急", "orange"), ("● 一般", "blue"))
_LINES: Final = {"red": "red", "orange": "orange", "yellow": "blue"}
_COLUMNS: Final = (
    "id, rule, court, severity, basis, due_at, raised_at, ended_at, end_reason, transition, incomplete, position, log_offset"
)
STANDS: Final = "transition != 'retracted' AND end_reason NOT IN ('retracted', 'superseded')"
"""Whether an alert stands, ended or not, by its last version."""
OPEN: Final = f"{STANDS} AND ended_at IS NULL"
IN_SCOPE: Final = (
    "(${court:singlequote} = '最高法' OR court IN"
    " (SELECT code FROM courts FINAL WHERE code = ${court:singlequote} OR has(above, ${court:singlequote})))"
)
_READS: Final = Ceiling(("alerts", "courts"))
_COUNTS: Final = ", ".join(f"countIf(severity = '{one}') AS `{mark}`" for one, mark in SEVERITIES.items())
_MARK: Final = "transform(severity, ['red', 'orange', 'yellow'], ['▲ 特急', '◆ 紧急', '● 一般'], severity)"


def standing(rules: Sequence[str]) -> str:
    """A subquery: the standing alerts of rules that begin so (all without), as known at the end of the range."""
    own = f" AND ({' OR '.join(f'startsWith(rule, {one!r})' for one in rules)})" if rules else ""
    return (
        f"(SELECT {_COLUMNS} FROM alerts WHERE known_from <= $__toTime{own}\n"
        "    ORDER BY id, position DESC, log_offset DESC LIMIT 1 BY id)"
    )


def _still_open(rules: Sequence[str]) -> str:
    return f"FROM {standing(rules)}\nWHERE {OPEN} AND {IN_SCOPE}"


def counters(rules: Sequence[str]) -> tuple[Panel, ...]:
    """How many alerts of each severity are open."""
    return tuple(
        Panel(
            title=f"未结预警 {mark}",
            about=f"Open alerts of severity {severity} in the chosen court and below, as known at the end of the range.",
            look="stat",
            asks=(Question(text=f"SELECT countIf(severity = '{severity}') AS `{mark}`\n{_still_open(rules)}"),),
            ceiling=_READS,
            red_above=0 if severity == "red" else None,
            orange_above=0 if severity == "orange" else None,
            width=4,
            height=4,
        )
        for severity, mark in SEVERITIES.items()
    )


def raised(rules: Sequence[str], *, width: int = 12) -> Panel:
    """Alerts raised a day, by severity."""
    text = (
        f"SELECT toStartOfDay(assumeNotNull(raised_at), '{sql.TZ}') AS time, {_COUNTS}\nFROM {standing(rules)}\n"
        f"WHERE {STANDS} AND $__timeFilter(raised_at) AND {IN_SCOPE}\nGROUP BY time ORDER BY time"
    )
    return Panel(
        title="每日新增预警",
        about="Standing alerts by the civil day on which they were raised (Asia/Shanghai).",
        look="bars",
        asks=(Question(text=text),),
        ceiling=_READS,
        columns=tuple(Column(name=mark, colour=_LINES[one]) for one, mark in SEVERITIES.items()),
        width=width,
        stacked=True,
    )


def by_rule(rules: Sequence[str], *, width: int = 12) -> Panel:
    """Open alerts by rule."""
    text = (
        "SELECT rule AS `规则`, if(any(basis) = 'statutory', '法定期限', '管理参数') AS `依据`,"
        f" {_COUNTS},"
        f" toDate(min(raised_at), '{sql.TZ}') AS `最早`\n{_still_open(rules)}\nGROUP BY rule ORDER BY rule"
    )
    return Panel(
        title="未结预警：按规则",
        about="Open alerts by rule. 管理参数 marks rules whose limit is a parameter of ours and not law.",
        look="table",
        asks=(Question(text=text),),
        ceiling=_READS,
        columns=(Column(name="规则", width=280), Column(name="依据", says=(("管理参数", "purple"),))),
        width=width,
    )


def by_court(rules: Sequence[str], *, width: int = 12) -> Panel:
    """Open alerts of the courts right below, each with all below it."""
    tree = (
        "(SELECT code, indexOf(above, ${court:singlequote}) AS place, if(place <= 1, code, above[place - 1]) AS child"
        " FROM courts FINAL WHERE code = ${court:singlequote} OR has(above, ${court:singlequote}))"
    )
    text = (
        "SELECT child AS code, any(name) AS `法院`,"
        f" {_COUNTS}\nFROM (SELECT court, severity {_still_open(rules)}) AS found\n"
        f"INNER JOIN {tree} AS tree ON found.court = tree.code\n"
        "INNER JOIN (SELECT code, name FROM courts FINAL) AS names ON tree.child = names.code\nGROUP BY child ORDER BY child"
    )
    return Panel(
        title="未结预警：下级法院（按法院代字排列，不排名）",
        about="Open alerts of the courts right below with all below them, by code and never by number.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling(("alerts", "courts", "courts", "courts")),
        columns=(
            Column(name="code", hidden=True),
            Column(
                name="法院",
                link="/d/${__dashboard.uid}?var-court=${__data.fields.code}&${__url_time_range}",
                link_title="下钻到该院",
                width=260,
            ),
        ),
        width=width,
    )


def longest(rules: Sequence[str], *, width: int = 24) -> Panel:
    """The open alerts that are longest over their limit, gravest first; each leads to the console."""
    text = (
        f"SELECT id, {_MARK} AS `级别`, rule AS `规则`, court, if(name = '', court, name) AS `法院`, due_at AS `期限`,"
        " raised_at AS `发生`, dateDiff('day', raised_at, $__toTime) AS `已持续天数`,"
        " if(basis = 'statutory', '法定期限', '管理参数') AS `依据`, if(incomplete, '◆ 可能不完整', '') AS `完整性`\n"
        f"FROM (SELECT * {_still_open(rules)}) AS found\n"
        "LEFT JOIN (SELECT code, name FROM courts FINAL) AS tree ON found.court = tree.code\n"
        "ORDER BY indexOf(['red', 'orange', 'yellow'], severity), raised_at LIMIT 50"
    )
    return Panel(
        title="未结预警：最紧急的 50 条",
        about="Gravest and longest first. An alert opens in the console, which shows its case to whoever may see it.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling(("alerts", "courts", "courts")),
        columns=(
            Column(name="id", hidden=True),
            Column(name="court", hidden=True),
            Column(
                name="级别", says=_SAYS, link="${console}/duty/alert/${__data.fields.id}", link_title="在值班台打开", width=90
            ),
            Column(name="规则", width=280),
            Column(name="法院", link="${console}/court/${__data.fields.court:percentencode}", link_title="法院页"),
            Column(name="完整性", says=(("◆ 可能不完整", "orange"),)),
        ),
        width=width,
        height=10,
    )
