"""Sums of alerts are what single alerts say: panels against the versions of all alerts as they stood at a day's end."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from grafana_queries import EVERYTHING, run
from simulated_tables import Nation

from contract.courts import COURTS, SPC
from contract.times import civil_date, day_start
from dashboards.grafana import alert_panels as alerts
from dashboards.grafana import clock_panels as clocks
from dashboards.grafana.day_classes import DayClass, ages
from dashboards.grafana.freshness import STRIP
from dashboards.grafana.macros import Window, expand
from dashboards.grafana.model import Panel

pytestmark = pytest.mark.timeout(900)  # the first waits for the lives
RULES = ((), ("R-TIME",), ("R-PET", "R-TIME-03"))
CASES = [(322, SPC), (245, "粤"), (60, SPC)]
DUE = [(165, SPC), (170, SPC)]
"""Days on which limits of open alerts end: on the day itself, and within the week after it."""
ENDED = (240, SPC, "then")
"""A day on which an alert has ended that is of the court, day, rule and severity of an open one."""
SHARED = (60, "赣", "then")
"""A province of which open alerts are like those of others: of the same day, rule and severity."""
_VERSIONS = """
SELECT id, rule, court, severity, raised_at, due_at FROM (
    SELECT * FROM alerts WHERE known_from < fromUnixTimestamp(%(end)s)
    ORDER BY id, position DESC, log_offset DESC LIMIT 1 BY id)
WHERE transition != 'retracted' AND end_reason NOT IN ('retracted', 'superseded') AND ended_at IS NULL
"""


def standing(lives: Nation, end: datetime, court: str, rules: tuple[str, ...]) -> list[dict[str, Any]]:
    """The open alerts of a court and below, by the versions known before the end of a day."""
    until = day_start(civil_date(end) + timedelta(1))
    columns = lives.clickhouse.query_columns(_VERSIONS, {"end": int(until.timestamp())})
    found = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return [
        one
        for one in found
        if (court == SPC or (one["court"] in COURTS and COURTS.within(one["court"], court)))
        and (not rules or one["rule"].startswith(rules))
    ]


def shown(lives: Nation, panel: Panel, end: datetime, court: str, known: str = "then") -> list[dict[str, Any]]:
    """The rows of a panel's one query."""
    (ask,) = panel.asks
    chosen = EVERYTHING | {"court": court, "known": known}
    columns, rows = run(lives.clickhouse, expand(ask.text, Window(end - timedelta(365), end, 86_400), chosen))
    return [dict(zip(columns, row, strict=True)) for row in rows]


@pytest.mark.parametrize("rules", RULES, ids=str)
@pytest.mark.parametrize(("days", "court"), CASES)
def test_sums_are_those_of_the_alerts(lives: Nation, days: int, court: str, rules: tuple[str, ...]) -> None:
    """By severity, by rule and by court right below."""
    end = lives.until - timedelta(days)
    open_ones = standing(lives, end, court, rules)
    marks = alerts.SEVERITIES
    counted = [shown(lives, panel, end, court)[0] for panel in alerts.counters(rules)]
    assert [value for row in counted for value in row.values()] == [
        sum(one["severity"] == severity for one in open_ones) for severity in marks
    ]
    by_rule = {
        (row["规则"], mark): row[mark] for row in shown(lives, alerts.by_rule(rules), end, court) for mark in marks.values()
    }
    assert +Counter(by_rule) == Counter((one["rule"], marks[one["severity"]]) for one in open_ones)
    line = {one["court"]: [one["court"], *(above.code for above in COURTS.ancestors(one["court"]))] for one in open_ones}
    below = Counter(
        (places[max(places.index(court) - 1, 0)], marks[one["severity"]])
        for one in open_ones
        for places in [line[one["court"]]]
    )
    by_court = {
        (row["code"], mark): row[mark] for row in shown(lives, alerts.by_court(rules), end, court) for mark in marks.values()
    }
    assert +Counter(by_court) == below


@pytest.mark.parametrize(
    ("days", "court", "known"), [*((days, court, "then") for days, court in CASES + DUE), (-1, SPC, "now")]
)
def test_clocks_are_those_of_the_alerts(lives: Nation, days: int, court: str, known: str) -> None:
    """How long open alerts are open by rule, what ends within seven days, and by when by court, all as known then."""
    end = lives.until - timedelta(days)
    today, open_ones = civil_date(end), standing(lives, end, court, ())
    aged = {(row["规则"], one.name): row[one.name] for row in shown(lives, clocks.ages(()), end, court, known) for one in AGES}
    assert +Counter(aged) == Counter(
        (one["rule"], age((today - civil_date(one["raised_at"])).days, (7, 30, 90), AGES)) for one in open_ones
    )
    ahead = [(one, (civil_date(one["due_at"]) - today).days) for one in open_ones if warns(one)]
    soon = {civil_date(row["time"]): row["到期"] for row in shown(lives, clocks.due_soon(()), end, court, known)}
    assert len(soon) == 7
    assert +Counter(soon) == Counter(today + timedelta(left) for _, left in ahead if 1 <= left <= 7)
    panel = clocks.calendar(("R-TERM-07", "R-CTRL-04"), "到期", "x")
    names = [one.name for one in clocks.CALENDAR]
    found = Counter[str]()
    for row in shown(lives, panel, end, court, known):
        found.update({name: row[name] for name in names})
    assert (days, court) not in DUE or (+Counter(soon) and found["7 日内到期"])
    assert +found == Counter(
        age(left, (-91, -31, -8, -1, 7, 30), clocks.CALENDAR)
        for one, left in ahead
        if one["rule"] in ("R-TERM-07", "R-CTRL-04") and left <= 90
    )
    silent = [one["court"] for one in standing(lives, end, SPC, ("R-DATA-01.a",))]
    assert len(silent) == len(set(silent))


AGES = ages((7, 30, 90))


def age(days: int, bounds: Sequence[int], named: Sequence[DayClass]) -> str:
    """The class that so many days lie in."""
    return named[bisect_left(bounds, days)].name


def warns(alert: dict[str, Any]) -> bool:
    """Whether its limit ends on the day on which it was raised, or later."""
    return civil_date(alert["due_at"]) >= civil_date(alert["raised_at"])


@pytest.mark.parametrize("days", [-1, 60, 322])
def test_completeness_is_the_share_of_courts_that_are_not_silent(lives: Nation, days: int) -> None:
    """By the open alerts of silence as known now, on the strip of every board."""
    end = lives.until - timedelta(days)
    until = day_start(civil_date(end) + timedelta(1))
    silent = lives.clickhouse.query_rows(
        "SELECT uniqExact(court) FROM alerts_now WHERE rule = 'R-DATA-01.a' AND raised_at < fromUnixTimestamp(%(end)s)"
        " AND (ended_at IS NULL OR ended_at >= fromUnixTimestamp(%(end)s))",
        {"end": int(until.timestamp())},
    )
    (panel,) = [one for one in STRIP if one.title == "数据完整度"]
    (row,) = shown(lives, panel, end, SPC)
    assert days > 0 or silent[0][0] > 0
    assert row["数据完整度"] == pytest.approx(1 - silent[0][0] / len(COURTS))


@pytest.mark.parametrize(("days", "court"), CASES)
def test_as_known_now_months_say_what_their_days_say(lives: Nation, days: int, court: str) -> None:
    """Whole months are read as one row each, the last one by its days."""
    end = lives.until - timedelta(days)
    sql = (
        "SELECT kind, sum(value) FROM subtree_days FINAL WHERE measure = 'alerts_open' AND court = %(court)s AND day <= %(day)s"
        " GROUP BY kind"
    )
    by_days = Counter[str]()
    for kind, value in lives.clickhouse.query_rows(sql, {"court": court, "day": civil_date(end)}):
        by_days[kind.rpartition(":")[2]] += value
    counted = [shown(lives, panel, end, court, "now")[0] for panel in alerts.counters(())]
    assert [value for row in counted for value in row.values()] == [by_days[severity] for severity in alerts.SEVERITIES]


@pytest.mark.parametrize("rules", RULES, ids=str)
@pytest.mark.parametrize(
    ("days", "court", "known"),
    [*((days, court, "then") for days, court in CASES), SHARED, ENDED, (-1, SPC, "now"), (150, SPC, "now")],
)
def test_the_most_urgent_are_the_gravest_and_oldest(
    lives: Nation, days: int, court: str, known: str, rules: tuple[str, ...]
) -> None:
    """Severity, then the instant at which it was raised; of a day's like all are looked at."""
    end = lives.until - timedelta(days)
    order = list(alerts.SEVERITIES)
    wanted = sorted((order.index(one["severity"]), one["raised_at"]) for one in standing(lives, end, court, rules))[:50]
    found = shown(lives, alerts.longest(rules), end, court, known)
    marks = list(alerts.SEVERITIES.values())
    assert [(marks.index(row["级别"]), row["发生"]) for row in found] == wanted
