"""Sums of alerts are what single alerts say: panels against the versions of all alerts as they stood at a day's end."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from grafana_queries import EVERYTHING, run
from simulated_tables import Nation

from contract.courts import COURTS, SPC
from contract.times import civil_date, day_start
from dashboards.grafana import alert_panels as alerts
from dashboards.grafana.macros import Window, expand
from dashboards.grafana.model import Panel

pytestmark = pytest.mark.timeout(900)  # the first waits for the lives
RULES = ((), ("R-TIME",), ("R-PET", "R-TIME-03"))
CASES = [(322, SPC), (245, "粤"), (60, SPC)]
_VERSIONS = """
SELECT id, rule, court, severity, raised_at FROM (
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
    ("days", "court", "known"), [*((days, court, "then") for days, court in CASES), (-1, SPC, "now"), (150, SPC, "now")]
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
