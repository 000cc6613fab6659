"""Panels about alerts: how many stand, of which rules, where, and the list that leads to the console.

An alert is told by rule, court, severity and days, never whose case it is; the console shows that to who may see it. Numbers
are sums of the measures of alerts, by civil day; their kinds are `<rule>:<severity>`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import msgspec

from dashboards.grafana import below, rows_links
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana.first_rows import TABLES, first_rows
from dashboards.grafana.model import Ceiling, Column, Panel, Question
from dashboards.grafana.rule_basis import MANAGEMENT, STATUTORY
from dashboards.grafana.standing import STOCK_TABLES, stock
from dashboards.grafana.sums import KNOWN

SEVERITIES: Final = {"red": "▲ 特急", "orange": "◆ 紧急", "yellow": "● 一般"}
_SAYS: Final = (("▲ 特急", "red"), ("◆ 紧急", "orange"), ("● 一般", "blue"))
LINES: Final = {"red": "red", "orange": "orange", "yellow": "blue"}
_COLUMNS: Final = (
    "id, rule, court, severity, basis, due_at, raised_at, ended_at, end_reason, transition, incomplete, position, log_offset"
)
OPEN: Final = "transition != 'retracted' AND end_reason NOT IN ('retracted', 'superseded') AND ended_at IS NULL"
"""Whether an alert is open, by its last version."""
_SUMS: Final = Ceiling(STOCK_TABLES)
RULE: Final = "splitByChar(':', toString(kind))[1]"
"""The rule of a kind."""
_SEVERITY: Final = "splitByChar(':', toString(kind))[2]"
_GRAVITY: Final = "indexOf(['red', 'orange', 'yellow'], {severity})"
COUNTS: Final = ", ".join(f"sumIf(value, endsWith(kind, ':{one}')) AS `{mark}`" for one, mark in SEVERITIES.items())
"""A column for each severity."""
_END: Final = f"toDateTime(addDays(as_of, 1), '{sql.TZ}')"
_MARK: Final = "transform(severity, ['red', 'orange', 'yellow'], ['▲ 特急', '◆ 紧急', '● 一般'], severity)"
BASIS: Final = f"multiIf(has({list(STATUTORY)}, `规则`), '法定期限', has({list(MANAGEMENT)}, `规则`), '管理参数', '—')"

"""What the rule in the column 规则 rests on."""
RULE_OF_ROW: Final = "${__data.fields.规则:percentencode}"
RULE_COLUMNS: Final = (Column(name="规则", width=280), Column(name="依据", says=(("管理参数", "purple"),)))


def of_rules(rules: Sequence[str]) -> str:
    """A condition on kinds: those of rules that begin so; empty = all."""
    return f" AND ({' OR '.join(f'startsWith(kind, {one!r})' for one in rules)})" if rules else ""


def kinds(rules: Sequence[str], severity: str = "*") -> tuple[str, ...]:
    """The same as a link says it, of one severity."""
    return tuple(f"{rule}*:{severity}" for rule in (rules or ("",))) if rules or severity != "*" else ()


def by_severity(measure: str, kinds_of: Callable[[str], Sequence[str]], **more: Any) -> tuple[Column, ...]:
    """The columns of `COUNTS`; ``kinds_of``: severity → kinds, as a link says them; ``more``: see `rows_links.of_measure`."""
    return tuple(
        rows_links.counted(mark, rows_links.of_measure(measure, kinds=kinds_of(one), **more))
        for one, mark in SEVERITIES.items()
    )


def coloured(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Lines and bars in the colours of severities, in their order."""
    return tuple(msgspec.structs.replace(one, colour=colour) for one, colour in zip(columns, LINES.values(), strict=True))


def _open(rules: Sequence[str], court: str = sql.IN_COURT, severity: str = "") -> str:
    """A subquery of rows (court, kind, value) that open alerts are sums of; after WITH DAYS."""
    return stock(("alerts_open",), of_rules(rules) + (f" AND endsWith(kind, ':{severity}')" if severity else ""), court)


def counters(rules: Sequence[str]) -> tuple[Panel, ...]:
    """How many alerts of each severity are open."""
    return tuple(
        Panel(
            title=f"未结预警 {mark}",
            about=f"Open alerts of severity {severity} in the chosen court and below, at the end of the day (Asia/Shanghai).",
            look="stat",
            asks=(Question(text=f"WITH {sql.DAYS}\nSELECT sum(value) AS `{mark}`\nFROM {_open(rules, severity=severity)}"),),
            ceiling=_SUMS,
            columns=(rows_links.counted(mark, rows_links.of_measure("alerts_open", kinds=kinds(rules, severity))),),
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
        f"WITH {sql.DAYS}\nSELECT toDateTime(day, '{sql.TZ}') AS time, {COUNTS}\nFROM subtree_days FINAL\n"
        f"WHERE measure = 'alerts_raised' AND {sql.IN_COURT} AND {sql.IN_RANGE} AND {KNOWN}{of_rules(rules)}\n"
        "GROUP BY day ORDER BY day"
    )
    return Panel(
        title="每日新增预警",
        about="Standing alerts by the civil day on which they were raised (Asia/Shanghai) and their severity at its end.",
        look="bars",
        asks=(Question(text=text),),
        ceiling=_SUMS,
        columns=coloured(by_severity("alerts_raised", partial(kinds, rules), point=True)),
        width=width,
        stacked=True,
    )


def by_rule(rules: Sequence[str], *, width: int = 12) -> Panel:
    """Open alerts by rule."""
    text = (
        f"WITH {sql.DAYS}\nSELECT {RULE} AS `规则`, {BASIS} AS `依据`, {COUNTS}\n"
        f"FROM (SELECT kind, sum(value) AS value FROM {_open(rules)} GROUP BY kind HAVING value != 0)\n"
        "GROUP BY `规则` ORDER BY `规则`"
    )
    return Panel(
        title="未结预警：按规则",
        about="Open alerts by rule, at the end of the day. 管理参数 marks rules whose limit is a parameter of ours, not law.",
        look="table",
        asks=(Question(text=text),),
        ceiling=_SUMS,
        columns=(*RULE_COLUMNS, *by_severity("alerts_open", lambda one: (f"{RULE_OF_ROW}:{one}",))),
        width=width,
    )


def by_court(rules: Sequence[str], title: str = "未结预警", *, width: int = 12) -> Panel:
    """Open alerts of the courts right below, each with all below it; and of the court itself those of no court below."""
    counts = [(mark, f"sumIf(value, endsWith(kind, ':{one}'))") for one, mark in SEVERITIES.items()]
    return Panel(
        title=f"{title}：下级法院（按法院代字排列，不排名）",
        about="Open alerts of the courts right below with all below them, at the end of the day, by code and never by number; "
        "of the chosen court those of its own.",
        look="table",
        asks=(Question(text=below.by_court(counts, _open(rules, below.COURTS))),),
        ceiling=Ceiling((*STOCK_TABLES, "courts", "courts", "courts")),
        columns=(*below.COLUMNS, *by_severity("alerts_open", partial(kinds, rules), court=below.ROW)),
        width=width,
    )


def _gravest(rules: Sequence[str]) -> str:
    """Ids of the gravest and oldest 50 of the alerts that had not ended, and their like."""
    return first_rows("alerts_unended", of_rules(rules), 50, "ref", _GRAVITY.format(severity=_SEVERITY))


def longest(rules: Sequence[str], *, width: int = 24) -> Panel:
    """The open alerts that are longest over their limit, gravest first; each leads to the console."""
    text = (
        f"WITH {sql.DAYS}\nSELECT id, {_MARK} AS `级别`, rule AS `规则`, court, if(name = '', court, name) AS `法院`,"
        f" due_at AS `期限`, raised_at AS `发生`, dateDiff('day', raised_at, {_END}) AS `已持续天数`,"
        " if(basis = 'statutory', '法定期限', '管理参数') AS `依据`, if(incomplete, '◆ 可能不完整', '') AS `完整性`\n"
        f"FROM (SELECT {_COLUMNS} FROM alerts WHERE id IN ({_gravest(rules)})\n"
        f"    AND known_from < {_END}\n"
        "    ORDER BY id, position DESC, log_offset DESC LIMIT 1 BY id) AS found\n"
        "LEFT JOIN (SELECT code, name FROM courts FINAL) AS tree ON found.court = tree.code\n"
        f"WHERE {OPEN} ORDER BY {_GRAVITY.format(severity='severity')}, raised_at LIMIT 50"
    )
    return Panel(
        title="未结预警：最紧急的 50 条",
        about="Gravest and longest first, as known at the end of the day. An alert opens in the console, which "
        "shows its case to whoever may see it.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling((*TABLES, "alerts", "courts")),
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
