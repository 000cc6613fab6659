"""Every panel's query on the real engine, its macros expanded: it runs, returns rows, and reads no more than it may."""

from collections import Counter

import pytest
from grafana_queries import ASKED, EVERYTHING, run, window, windows
from simulated_tables import Nation

from contract.indicators.catalogue import INDICATORS
from dashboards.grafana.build import boards
from dashboards.grafana.macros import expand

_GRANULE = 8192

pytestmark = pytest.mark.timeout(900)  # each runs hundreds of queries, and the first waits for the lives


@pytest.mark.parametrize("uid", [one.uid for one in boards() if one.courts])
def test_every_query_runs_and_returns_rows(lives: Nation, uid: str) -> None:
    """On the simulated nation each query gives rows on some day."""
    empty = [
        one.panel.title
        for one in ASKED
        if one.board.uid == uid
        and not any(run(lives.clickhouse, expand(one.sql, each, EVERYTHING))[1] for each in windows(lives))
    ]
    assert empty == []


def test_a_query_reads_no_more_than_its_ceiling(lives: Nation) -> None:
    """By the engine's own estimate: no more rows than one pass over the tables that the panel names (and a block of each)."""
    rows = dict(
        lives.clickhouse.query_rows(
            "SELECT table, sum(rows) FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table"
        )
    )
    for one in ASKED:
        estimate = lives.clickhouse.query_rows(f"EXPLAIN ESTIMATE {expand(one.sql, window(lives), EVERYTHING)}")
        allowed = Counter(one.panel.ceiling.tables)
        for _, table, parts, read, _ in estimate:
            most = one.panel.ceiling.passes * allowed[table] * int(rows.get(table, 0)) + int(parts) * _GRANULE
            assert table in allowed, (one.board.uid, one.panel.title, table)
            assert int(read) <= most, (one.board.uid, one.panel.title, table, read, most)


def test_indicator_panels_read_sums_and_no_events() -> None:
    """What is shown for a whole country comes from roll-ups: no indicator panel names a table of events or cases."""
    for one in ASKED:
        if "subtree_days" in one.sql and "counted" not in one.panel.ceiling.tables:  # of a list, sums lead to its rows
            assert set(one.panel.ceiling.tables) <= {"subtree_days", "subtree_months", "courts", "watermarks"}, one.panel.title


def test_values_are_there_for_what_the_simulation_does(lives: Nation) -> None:
    """The overview of the court board has values for most indicators: SQL that always said nothing would be found."""
    (overview,) = [one for one in ASKED if one.board.uid == "yipanqi-court" and one.panel.title.startswith("指标一览")]
    columns, rows = run(lives.clickhouse, expand(overview.sql, window(lives), EVERYTHING))
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    assert [row["id"] for row in found] == [name for name, one in INDICATORS.items() if not one.missing]
    told = {row["id"] for row in found if row["本期"] != "—"}
    assert len(told) > 50, sorted({row["id"] for row in found} - told)
