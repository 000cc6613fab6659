"""Values of the panels' SQL are those of the API, to the unit: the two are written apart from one definition."""

from datetime import date, timedelta

import pytest
from grafana_queries import EVERYTHING
from simulated_tables import Nation

from contract.indicators.catalogue import INDICATORS
from contract.times import civil_date
from dashboards.figures import Question, with_comparisons
from dashboards.grafana import indicator_sql as sql
from dashboards.grafana.macros import Window, expand

pytestmark = pytest.mark.timeout(900)  # the first waits for the lives
TOLD = [one for one in INDICATORS.values() if not one.missing]


@pytest.mark.parametrize(("days", "court", "known"), [(322, "最高法", "now"), (245, "最高法", "then"), (322, "粤", "now")])
def test_every_indicator_now_a_year_ago_and_a_period_ago(lives: Nation, days: int, court: str, known: str) -> None:
    """All of them at once, for the nation and a province, as known now and as known then."""
    end = lives.until - timedelta(days)
    as_of: date = civil_date(end)
    columns = {
        "now": [sql.value(one, sql.AS_OF) for one in TOLD],
        "year_before": [sql.value(one, sql.year_before()) for one in TOLD],
        "one_before": [sql.value(one, sql.before(one)) for one in TOLD],
    }
    values = ", ".join(f"[{', '.join(found)}] AS {name}" for name, found in columns.items())
    text = f"WITH {sql.DAYS}\nSELECT {values} FROM subtree_days FINAL\n{sql.of_court(TOLD)}"
    (row,) = lives.clickhouse.query_rows(
        expand(text, Window(end - timedelta(365), end), EVERYTHING | {"court": court, "known": known})
    )
    question = Question(court, as_of, as_of if known == "then" else None)
    api = with_comparisons(lives.clickhouse, TOLD, question)
    for name, found in zip(columns, row, strict=True):
        mine = dict(zip((one.id for one in TOLD), found, strict=True))
        theirs = {one.id: api[one.id][name].value for one in TOLD}
        assert {key for key, value in mine.items() if value is None} == {key for key, value in theirs.items() if value is None}
        for key, value in theirs.items():
            assert mine[key] == (None if value is None else pytest.approx(value)), (name, key)
