"""Panels about the clocks of alerts: how long those that haven't ended are open, and which limits end when.

Their bounds in days are ours, and every title says so: 管理参数.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from dashboards.grafana import below, rows_links
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana.alert_panels import (
    BASIS,
    COUNTS,
    RULE,
    RULE_COLUMNS,
    RULE_OF_ROW,
    by_severity,
    coloured,
    kinds,
    of_rules,
)
from dashboards.grafana.day_classes import AHEAD, DayClass, classed, edge, sums, sums_of
from dashboards.grafana.day_classes import ages as classes
from dashboards.grafana.model import Ceiling, Column, Panel, Question
from dashboards.grafana.standing import LEFT_TABLES, STOCK_TABLES, left, stock

_READS: Final = Ceiling(LEFT_TABLES)
_CLASSES: Final = classes((7, 30, 90))
_AHEAD: Final = 90
CALENDAR: Final = (
    DayClass("已逾期 > 90 天", None, -91),
    DayClass("已逾期 31–90 天", -90, -31),
    DayClass("已逾期 8–30 天", -30, -8),
    DayClass("已逾期 ≤ 7 天", -7, -1),
    DayClass("7 日内到期", 0, 7),
    DayClass("8–30 日到期", 8, 30),
    DayClass("31–90 日到期", 31, _AHEAD),
)
"""A limit of today ends today and isn't over yet."""


_ON: Final = "${__data.fields.on}"
_ON_THE_DAY: Final[dict[str, Any]] = {"first": _ON, "last": _ON, "then": True}


def ages(rules: Sequence[str], *, width: int = 12) -> Panel:
    """Open alerts by rule and by how long ago they were raised."""
    found = left(("alerts_unended",), edge(_CLASSES), kinds=of_rules(rules))
    text = (
        f"WITH {sql.DAYS}\nSELECT {RULE} AS `规则`, {BASIS} AS `依据`, {sums(_CLASSES)}, sum(value) AS `合计`\n"
        f"FROM (SELECT kind, value, {AHEAD} FROM {found})\n"
        "GROUP BY `规则` HAVING `合计` != 0 ORDER BY `规则`"
    )
    return Panel(
        title="未结预警：按已持续天数（分段为管理参数）",
        about="Open alerts by rule and by the days since they were raised, as known at the end of the day: what is long in the "
        "last classes is where nobody answers.",
        look="table",
        asks=(Question(text=text),),
        ceiling=_READS,
        columns=(
            *RULE_COLUMNS,
            *classed("alerts_unended", _CLASSES, kinds=(f"{RULE_OF_ROW}:*",)),
            rows_links.counted("合计", rows_links.of_measure("alerts_unended", kinds=(f"{RULE_OF_ROW}:*",), then=True)),
        ),
        width=width,
    )


def due_soon(rules: Sequence[str], *, width: int = 12) -> Panel:
    """Open alerts whose limit ends within seven days, by severity."""
    text = (
        f"WITH {sql.DAYS}\nSELECT toDateTime(at, '{sql.TZ}') AS time, {COUNTS}, sum(value) AS `到期`, toString(at) AS on\n"
        "FROM (SELECT addDays(as_of, arrayJoin([1, 2, 3, 4, 5, 6, 7])) AS at) AS days LEFT JOIN (\n"
        f"    SELECT day, kind, value FROM subtree_days FINAL WHERE measure = 'alerts_due' AND {sql.IN_COURT}\n"
        f"    AND day > as_of AND day <= addDays(as_of, 7) AND known_on <= as_of{of_rules(rules)}\n"
        ") AS due ON days.at = due.day GROUP BY at ORDER BY at"
    )
    return Panel(
        title="未来七日到期（已预警事项）",
        about="Limits of open alerts that end on the seven days after the chosen one, as known at its end.",
        look="table",
        asks=(Question(text=text),),
        ceiling=Ceiling(("subtree_days",)),
        columns=(
            *coloured(by_severity("alerts_due", partial(kinds, rules), **_ON_THE_DAY)),
            rows_links.counted("到期", rows_links.of_measure("alerts_due", kinds=kinds(rules), **_ON_THE_DAY)),
            Column(name="on", hidden=True),
        ),
        width=width,
    )


def calendar(rules: Sequence[str], title: str, about: str, *, width: int = 24) -> Panel:
    """When limits end of alerts that are raised before them: by the courts right below, overdue and up to 90 days ahead."""
    found = left(("alerts_due",), edge(CALENDAR), f"addDays(as_of, {_AHEAD})", kinds=of_rules(rules), court=below.COURTS)
    return Panel(
        title=f"{title}（分段为管理参数）",
        about=f"{about} By code, never by number; as known at the end of the day.",
        look="table",
        asks=(Question(text=below.by_court(sums_of(CALENDAR), f"(SELECT court, value, {AHEAD} FROM {found})")),),
        ceiling=Ceiling((*LEFT_TABLES, "courts", "courts", "courts")),
        columns=(*below.COLUMNS, *classed("alerts_due", CALENDAR, kinds=kinds(rules), court=below.ROW)),
        width=width,
    )


def standing(rules: Sequence[str], title: str, about: str, *, width: int = 6) -> Panel:
    """How many alerts of some rules are open: a number that should be none, red where it isn't."""
    return Panel(
        title=title,
        about=f"{about} Open alerts of {', '.join(rules)} at the end of the day.",
        look="stat",
        asks=(
            Question(text=f"WITH {sql.DAYS}\nSELECT sum(value) AS `{title}`\nFROM {stock(('alerts_open',), of_rules(rules))}"),
        ),
        ceiling=Ceiling(STOCK_TABLES),
        columns=(rows_links.counted(title, rows_links.of_measure("alerts_open", kinds=kinds(rules))),),
        red_above=0,
        width=width,
        height=4,
    )
