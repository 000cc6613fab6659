"""What retention drops and what it leaves, on the real engine: by the line's clock, and never what an answer needs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from simulated_tables import Nation, simulated_nation

from infra.clickhouse.client import ClickHouse
from infra.clickhouse.ingested import reaches
from infra.clickhouse.retention import FILE, RetentionError, clock, drop_old, fold_ledger, load_limits
from yipanqi.__main__ import cli

pytestmark = pytest.mark.timeout(600)  # the first waits for the lives
_LIMITS = {**load_limits(), "cases": 200, "watermarks": 35}
_HELD = """
SELECT subject, court, stage, open, position, id FROM cases FINAL WHERE known_from <= %(then)s
ORDER BY subject, position DESC, log_offset DESC LIMIT 1 BY subject
"""
_OTHERS = (
    "SELECT count(), sum(cityHash64(*)) FROM counted FINAL",
    "SELECT count(), sum(cityHash64(*)) FROM subtree_days FINAL",
    "SELECT count(), sum(cityHash64(*)) FROM subtree_months FINAL",
    "SELECT count(), sum(cityHash64(*)) FROM chain_events FINAL",
    "SELECT count(), sum(cityHash64(*)) FROM events FINAL",
    "SELECT count(), sum(cityHash64(*)) FROM alerts FINAL",
    "SELECT count(), sum(cityHash64(*)) FROM log FINAL",
    "SELECT subject, position, open FROM cases_now ORDER BY subject",
    "SELECT partition, max(tick) FROM watermarks GROUP BY partition",
)


@pytest.fixture
def lives(clickhouse_front: Any) -> Iterator[Nation]:
    """Some lives over two years."""
    with simulated_nation(clickhouse_front.port, 11, 30) as made:
        yield made


def rows(clickhouse: ClickHouse, table: str) -> int:
    """How many there are, repeated ones too."""
    return int(clickhouse.query_rows(f"SELECT count() FROM {table}")[0][0])


def test_what_was_replaced_before_the_cut_goes_and_no_answer_changes(lives: Nation) -> None:
    """A dry run counts the same rows and leaves them; each day since the cut is answered as before; a second run finds none."""
    client = lives.clickhouse
    client.execute(
        "INSERT INTO watermarks SELECT partition, position - 1, concat(id, '-'), tick - 60, control, log_partition, log_offset"
        " FROM watermarks"  # so that a day has two ticks
    )
    now = clock(client)
    assert now is not None
    assert now > lives.until - timedelta(2)
    days = [now - timedelta(_LIMITS["cases"]) + timedelta(20 * number) for number in range(11)]
    held = [client.query_rows(_HELD, {"then": day}) for day in days]
    others = [client.query_rows(sql) for sql in _OTHERS]
    before = {table: rows(client, table) for table in ("cases", "watermarks")}
    told = drop_old(client, _LIMITS, dry_run=True)
    assert {table: rows(client, table) for table in before} == before
    assert drop_old(client, _LIMITS) == told
    assert {one.table: (one.of, one.of - one.rows) for one in told} == {
        table: (number, rows(client, table)) for table, number in before.items()
    }
    assert all(one.rows > one.of // 10 for one in told)
    assert [client.query_rows(_HELD, {"then": day}) for day in days] == held
    assert [client.query_rows(sql) for sql in _OTHERS] == others
    assert [one.rows for one in drop_old(client, _LIMITS)] == [0, 0]


def test_of_a_repeated_version_none_counts_as_replaced_by_its_twin(lives: Nation) -> None:
    """Rows that were written twice and not merged yet are one version."""
    client = lives.clickhouse
    client.execute("ALTER TABLE cases MODIFY SETTING max_bytes_to_merge_at_max_space_in_pool = 1")
    once = rows(client, "cases")
    client.execute("INSERT INTO cases SELECT * FROM cases")
    assert rows(client, "cases") == 2 * once
    now = client.query_rows("SELECT subject, position FROM cases_now ORDER BY subject")
    drop_old(client, {**_LIMITS, "cases": 1})
    assert client.query_rows("SELECT subject, position FROM cases_now ORDER BY subject") == now


def test_tables_of_a_rebuild_are_cut_before_they_are_exchanged(lives: Nation) -> None:
    """What a rebuild has read again from the log's beginning goes by the same clock; the live tables aren't touched."""
    client = lives.clickhouse
    beside = f"{client.database}_rebuild"
    client.execute(f"CREATE DATABASE {beside}")
    for table in ("cases", "watermarks"):
        client.execute(f"CREATE TABLE {beside}.{table} AS {table}")
        client.execute(f"INSERT INTO {beside}.{table} SELECT * FROM {table}")
    before = rows(client, "cases")
    told = {one.table: one.rows for one in drop_old(client, _LIMITS, database=beside)}
    assert told["cases"] > 0
    assert rows(client, f"{beside}.cases") == before - told["cases"]
    assert rows(client, "cases") == before
    client.execute(f"DROP DATABASE {beside}")


def test_dropped_rows_give_their_disk_back(lives: Nation) -> None:
    """Once a tenth of a table is marked, the parts hold no dropped row any more."""
    client = lives.clickhouse
    drop_old(client, _LIMITS)
    sql = "SELECT sum(rows) FROM system.parts WHERE active AND database = currentDatabase() AND table = 'cases'"
    assert client.query_rows(sql) == [(rows(client, "cases"),)]


def test_time_is_the_lines_and_without_it_nothing_is_old(clickhouse: ClickHouse) -> None:
    """Rows of 1999 stay while no tick is known, whatever the wall clock says; the slowest partition tells the time."""
    old = datetime(1999, 1, 1, tzinfo=UTC)
    columns = {"subject": ["c", "c"], "position": [1, 2], "id": ["a", "b"], "known_from": [old, old + timedelta(1)]}
    clickhouse.insert_columns("cases", columns)
    assert drop_old(clickhouse, _LIMITS) == []
    marks = {"partition": [0, 1], "position": [5, 6], "id": ["x", "y"], "tick": [old + timedelta(9000), old + timedelta(100)]}
    clickhouse.insert_columns("watermarks", marks)
    assert [one.rows for one in drop_old(clickhouse, _LIMITS)] == [0, 0]
    later = {"partition": [1], "position": [7], "id": ["z"], "tick": [old + timedelta(9000)]}
    clickhouse.insert_columns("watermarks", later)
    assert {one.table: one.rows for one in drop_old(clickhouse, _LIMITS)} == {"cases": 1, "watermarks": 0}
    assert clickhouse.query_rows("SELECT id FROM cases") == [("b",)]


def test_the_ledger_is_folded_and_reads_the_same(clickhouse: ClickHouse) -> None:
    """One batch for each unbroken run; a hole stays a hole, what is young stays, and where to go on is the same."""
    now = datetime(2026, 1, 31, tzinfo=UTC)
    generation = "11111111-1111-1111-1111-111111111111"
    runs = [(0, 4), (5, 9), (5, 12), (13, 20), (25, 30), (31, 40)]
    for number, (first, last) in enumerate([*runs, (41, 50)]):
        at = now - timedelta(10 if number < len(runs) else 1)
        for topic in ("court.events.v1", "supervision.alerts.v1"):
            row = {"table": ["log"], "generation": [generation], "topic": [topic], "partition": [0]}
            clickhouse.insert_columns("ingested", {**row, "first": [first], "last": [last], "rows": [1], "at": [at]})
    before = reaches(clickhouse, {"log": generation})
    assert set(before.values()) == {20}
    told = fold_ledger(clickhouse, 7, now, dry_run=True)
    assert rows(clickhouse, "ingested") == 14
    assert fold_ledger(clickhouse, 7, now) == told
    left = clickhouse.query_rows("SELECT first, last, rows FROM ingested FINAL WHERE topic = 'court.events.v1' ORDER BY first")
    assert left == [(0, 20, 4), (25, 40, 2), (41, 50, 1)]
    assert told[0].rows == 12
    assert reaches(clickhouse, {"log": generation}) == before
    assert fold_ledger(clickhouse, 7, now)[0].rows == 0
    hole = {"table": ["log"], "generation": [generation], "topic": ["court.events.v1"], "partition": [0]}
    clickhouse.insert_columns("ingested", {**hole, "first": [21], "last": [24], "rows": [4], "at": [now]})
    assert reaches(clickhouse, {"log": generation})["log", "court.events.v1", 0] == 50


def test_the_command_says_what_it_dropped(lives: Nation, tmp_path: Path) -> None:
    """With a file of one's own; the dry run and the run tell the same numbers."""
    path = tmp_path / "retention.toml"
    path.write_text(FILE.read_text(encoding="utf-8").replace("cases = 400", "cases = 200"), encoding="utf-8")
    client = lives.clickhouse
    place = ["retain", "--clickhouse", f"{client.host}:{client.port}", "--database", client.database, "--retention", str(path)]
    dry = CliRunner().invoke(cli, [*place, "--dry-run"], catch_exceptions=False)
    done = CliRunner().invoke(cli, place, catch_exceptions=False)
    assert dry.exit_code == done.exit_code == 0
    assert dry.output.count("would be dropped") == 3
    cut = [line.rsplit(" rows ", 1)[0] for line in dry.output.splitlines()]
    assert [line.rsplit(" rows ", 1)[0] for line in done.output.splitlines()] == cut
    assert cut[0].startswith("cases: ")
    assert not cut[0].startswith("cases: 0 ")


def test_every_table_has_its_limit(clickhouse: ClickHouse) -> None:
    """The declared limits name each table that the migrations make."""
    sql = "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
    assert {name for (name,) in clickhouse.query_rows(sql)} == load_limits().keys()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('log = "keep" ', "log = 30"), 'log must be "keep"; days are for cases, watermarks, ingested only'),
        (("cases = 400", "cases = 0"), "cases = 0: write days, 1 or more"),
        (("cases = 400", "cases = true"), "cases = True: write days"),
        (("cases = 400", ""), r"wrong: cases"),
        (("cases = 400", "cases = 400\nothers = 3"), "wrong: others"),
        (("[days]", "[weeks]"), r"a table \[days\] is missing"),
        (("cases = 400", "cases = "), "retention.toml: "),
    ],
)
def test_limits_that_cannot_be_used_are_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    """Each mistake is named with the file and what may stand there."""
    path = tmp_path / "retention.toml"
    path.write_text(FILE.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(RetentionError, match=said):
        load_limits(path)
