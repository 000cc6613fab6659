"""What a seat's user sees: run on the real engine as a copy of the tables with its columns and rows alone."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from grafana_queries import ASKED, EVERYTHING, run, window
from simulated_tables import Nation

from contract.courts import COURTS, SPC
from contract.duty.scope import courts_seen
from contract.indicators.catalogue import CLOSED_MEASURES
from dashboards.grafana.board import annotations
from dashboards.grafana.macros import expand
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.rights import GRANTS, ROLE, condition, policies, seats
from infra.clickhouse.sql import split_statements

pytestmark = pytest.mark.timeout(900)  # each runs hundreds of queries, and the first waits for the lives


@contextmanager
def seen(lives: Nation, court: str) -> Iterator[ClickHouse]:
    """A database that holds what the user of a court may read, and nothing else."""
    whole = lives.clickhouse
    name = f"seat_{uuid.uuid4().hex[:12]}"
    whole.execute(f"CREATE DATABASE {name}")
    for table, (columns, _) in GRANTS.items():
        kinds = dict(
            whole.query_rows(
                "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = %(t)s", {"t": table}
            )
        )
        ((engine,),) = whole.query_rows(
            "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = %(t)s", {"t": table}
        )
        names = columns.split()
        held = ", ".join(f"{column} {kinds[column]}" for column in names)
        whole.execute(f"CREATE TABLE {name}.{table} ({held}) ENGINE = {engine}")
        where = condition(table, courts_seen(ROLE, court))
        whole.execute(f"INSERT INTO {name}.{table} SELECT {', '.join(names)} FROM {table} WHERE {where}")
    with ClickHouse(whole.host, whole.port, database=name) as client:
        yield client
        client.execute(f"DROP DATABASE {name}")


def test_panels_and_annotations_need_no_more_than_is_granted(lives: Nation) -> None:
    """Every query runs with the granted columns alone; the national overview is what the whole warehouse gives."""
    with seen(lives, SPC) as client:
        for one in ASKED:
            sql = expand(one.sql, window(lives), EVERYTHING)
            found = run(client, sql)
            if one.board.uid == "yipanqi-national":
                assert found == run(lives.clickhouse, sql), one.panel.title
        for mark in annotations():
            run(client, expand(mark.query.sql, window(lives), EVERYTHING))


@pytest.mark.parametrize("court", ["粤", "兵"])
def test_a_province_sees_its_courts_and_no_other(lives: Nation, court: str) -> None:
    """Rows of its courts are all there, those of others are not, and its panels run."""
    scope = courts_seen(ROLE, court)
    with seen(lives, court) as client:
        for table, (_, column) in GRANTS.items():
            if column in ("court", "code"):
                counts = dict(lives.clickhouse.query_rows(f"SELECT {column}, count() FROM {table} GROUP BY {column}"))
                wanted = {code: number for code, number in counts.items() if code in scope}
                assert dict(client.query_rows(f"SELECT {column}, count() FROM {table} GROUP BY {column}")) == wanted, table
        ((courts,),) = client.query_rows("SELECT count() FROM courts FINAL")
        assert courts == len(scope.courts()) == sum(COURTS.within(one.code, court) for one in COURTS)
        for one in ASKED:
            if one.board.uid in ("yipanqi-national", "yipanqi-w06"):
                run(client, expand(one.sql, window(lives), EVERYTHING | {"court": court}))


def test_conditions_and_scope_are_one_function() -> None:
    """The text names exactly the courts that the function of role and court gives."""
    for court in seats():
        scope = courts_seen(ROLE, court.code)
        text = condition("subtree_days", scope)
        assert text == "1" if scope.whole else set(re.findall(r"'([^']+)'", text)) == scope.courts()
        for table in ("counted", "court_days"):
            alone = condition(table, scope).removeprefix("" if scope.whole else f"{text} AND ")
            assert re.fullmatch(r"measure NOT IN \(.*\)", alone)
            assert set(re.findall(r"'([^']+)'", alone)) == CLOSED_MEASURES >= {"interference", "quarter_reports"}


def test_the_script_is_sql_to_the_engine(lives: Nation) -> None:
    """The embedded engine has no users, but its parser reads every statement; nobody without a policy is shut out."""
    statements = split_statements(policies())
    for statement in statements:
        lives.clickhouse.query_rows("SELECT formatQuerySingleLine(%(sql)s)", {"sql": statement})
    for table in GRANTS:
        (rest,) = [one for one in statements if "everybody_else" in one and f".{table} " in one]
        assert rest.endswith(
            "TO ALL EXCEPT "
            + ", ".join(re.findall(rf"ON yipanqi\.{table} USING .* TO (grafana\w*)$", "\n".join(statements), re.MULTILINE))
        )
