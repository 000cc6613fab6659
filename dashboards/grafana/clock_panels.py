"""Panels about the clocks of alerts: how long those that haven't ended are open, and which limits end when.

Their bounds in days are ours, and every title says so: 管理参数.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from dashboards.grafana import below
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana.alert_panels import BASIS, COUNTS, LINES, RULE, RULE_COLUMNS, SEVERITIES, of_rules
from dashboards.grafana.model import Ceiling, Column, Panel, Question
from dashboards.grafana.standing import LEFT_TABLES, STOCK_TABLES, left, stock

_READS: Final = Ceiling(LEFT_TABLES)
_AGES: Final = (7, 30, 90)
_AHEAD: Final = 90
CALENDAR: Final = (
    ("已逾期 > 90 天", "ahead < -90"),
    ("已逾期 31–90 天", "ahead BETWEEN -90 AND -31"),
    ("已逾期 8–30 天", "ahead BETWEEN -30 AND -8"),
    ("已逾期 ≤ 7 天", "ahead BETWEEN -7 AND -1"),
    ("7 日内到期", "ahead BETWEEN 0 AND 7"),
    ("8–30 日到期", "ahead BETWEEN 8 AND 30"),
    ("31–90 日到期", "ahead > 30"),
)
"""Classes of days ahead, each with its condition; a limit of today ends today and isn't over yet."""


def classes(bounds: Sequence[int], days: str = "days") -> tuple[tuple[str, str], ...]:
    """Names of classes of days up to each bound and beyond the last, each with its condition on ``days``."""
    first, last = bounds[0], bounds[-1]
    between = [(f"{low + 1}–{high} 天", f"{days} BETWEEN {low + 1} AND {high}") for low, high in pairwise(bounds)]
    return ((f"≤ {first} 天", f"{days} <= {first}"), *between, (f"> {last} 天", f"{days} > {last}"))


def sums(named: Sequence[tuple[str, str]]) -> str:
    """A column for each (name, condition)."""
    return ", ".join(f"sumIf(value, {test}) AS `{name}`" for name, test in named)


def ages(rules: Sequence[str], *, width: int = 12) -> Panel:
    """Open alerts by rule and by how long ago they were raised."""
    found = left(("alerts_unended",), f"addDays(as_of, -{_AGES[-1]})", kinds=of_rules(rules))
    text = (
        f"WITH {sql.DAYS}\nSELECT {RULE} AS `规则`, {BASIS} AS `依据`, {sums(classes(_AGES))}, sum(value) AS `合计`\n"
        f"FROM (SELECT kind, value, dateDiff('day', day, as_of) AS days FROM {found})\n"
        "GROUP BY `规则` HAVING `合计` != 0 ORDER BY `规则`"
    )
    return Panel(
        title="未结预警：按已持续天数（分段为管理参数）",
        about="Open alerts by rule and by the days since they were raised, as known at the end of the day: what is long in the "
        "last classes is where nobody answers.",
        look="table",
        asks=(Question(text=text),),
        ceiling=_READS,
        columns=RULE_COLUMNS,
        width=width,
    )


def due_soon(rules: Sequence[str], *, width: int = 12) -> Panel:
    """Open alerts whose limit ends within seven days, by severity."""
    text = (
        f"WITH {sql.DAYS}\nSELECT toDateTime(at, '{sql.TZ}') AS time, {COUNTS}, sum(value) AS `到期`\n"
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
        columns=tuple(Column(name=mark, colour=LINES[one]) for one, mark in SEVERITIES.items()),
        width=width,
    )


def calendar(rules: Sequence[str], title: str, about: str, *, width: int = 24) -> Panel:
    """When limits end of alerts that are raised before them: by the courts right below, overdue and up to 90 days ahead."""
    found = left(
        ("alerts_due",), f"addDays(as_of, -{_AHEAD})", f"addDays(as_of, {_AHEAD})", kinds=of_rules(rules), court=below.COURTS
    )
    rows = f"(SELECT court, value, dateDiff('day', as_of, day) AS ahead FROM {found})"
    named = [(name, f"sumIf(value, {test})") for name, test in CALENDAR]
    return Panel(
        title=f"{title}（分段为管理参数）",
        about=f"{about} By code, never by number; as known at the end of the day.",
        look="table",
        asks=(Question(text=below.by_court(named, rows)),),
        ceiling=Ceiling((*LEFT_TABLES, "courts", "courts", "courts")),
        columns=below.COLUMNS,
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
        red_above=0,
        width=width,
        height=4,
    )
