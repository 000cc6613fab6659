"""How long tables keep their rows: the declared limits, and dropping what is older.

Time is the line's own: the tick that every partition of the engine is through with, so that a line that runs fast, or stood
still, loses no more than one on the wall clock would. Nothing that an answer as of the last days of a limit needs is dropped:
of what is replaced the version that held at the cut stays. A run that was cut off is simply done again.
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from infra.clickhouse.client import ClickHouse
from infra.clickhouse.errors import ClickHouseError

FILE: Final = Path(__file__).parent / "retention.toml"
MOST: Final = 5_000_000
"""Rows of a table that are looked through at once for those to drop: the names of these are held in memory."""
_SHARE: Final = 0.1
"""From this share of rows on that are marked as dropped, the parts that hold them are written anew."""
_CLOCK: Final = "SELECT count(), min(reached) FROM (SELECT partition, max(tick) AS reached FROM {table} GROUP BY partition)"
_OLD: Final[Mapping[str, str]] = {
    # The position is the log's order within a partition, and a case lies in one: the next version is the one that replaced it.
    "cases": """
        SELECT subject, position, id
        FROM
        (
            SELECT subject, position, id, known_from,
                leadInFrame(known_from, 1, toDateTime64('2200-01-01', 6, 'UTC')) OVER (
                    PARTITION BY subject ORDER BY position, log_offset ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
                ) AS replaced_from
            FROM {table} FINAL
            WHERE cityHash64(subject) %% %(slices)s = %(slice)s
        )
        WHERE known_from < %(cut)s AND replaced_from < %(cut)s""",
    "watermarks": """
        SELECT partition, position, id
        FROM
        (
            SELECT partition, position, id, tick,
                max(position) OVER (PARTITION BY partition, toDate(tick, 'Asia/Shanghai')) AS last
            FROM {table}
            WHERE partition %% %(slices)s = %(slice)s
        )
        WHERE tick < %(cut)s AND position < last""",
}
_KEYS: Final[Mapping[str, str]] = {"cases": "subject, position, id", "watermarks": "partition, position, id"}
# The unbroken run of each place among old batches, as the ledger's reader sees it, told again as one batch.
_RUNS: Final = """
SELECT table, generation, topic, partition, min(first) AS first, max(last) AS last, sum(rows) AS rows, max(at) AS at
FROM
(
    SELECT *, sum(breaks) OVER (PARTITION BY table, generation, topic, partition ORDER BY first, last) AS hole
    FROM
    (
        SELECT *, row_number() OVER place > 1 AND toInt64(first) > 1 + max(toInt64(last)) OVER earlier AS breaks
        FROM ingested FINAL
        WHERE at < %(cut)s
        WINDOW
            place AS (PARTITION BY table, generation, topic, partition ORDER BY first, last ROWS UNBOUNDED PRECEDING),
            earlier AS (
                PARTITION BY table, generation, topic, partition ORDER BY first, last
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            )
    )
)
GROUP BY table, generation, topic, partition, hole
HAVING count() > 1
"""
_COVERED: Final = """
SELECT b.table, b.generation, b.topic, b.partition, b.first, b.last
FROM (SELECT * FROM ingested FINAL WHERE at < %(cut)s) AS b
INNER JOIN ({runs}) AS run USING (table, generation, topic, partition)
WHERE b.first >= run.first AND b.last <= run.last AND (b.first, b.last) != (run.first, run.last)
"""


class RetentionError(ClickHouseError):
    """Limits that can't be used."""


class Dropped(msgspec.Struct, frozen=True):
    """What was, or would be, dropped of a table: rows of so many, all those from before `cut`."""

    table: str
    cut: datetime
    rows: int
    of: int


def load_limits(path: Path = FILE) -> dict[str, int | None]:
    """Read the file: {table: days, None = for ever}.

    Raises:
        RetentionError: It can't be read, names other tables than there are, or limits one that must keep every row.
    """
    declared = _days(FILE)
    limits = declared if path == FILE else _days(path)
    if wrong := declared.keys() ^ limits.keys():
        raise RetentionError(f"{path}: [days] must name each table once, and no other; wrong: {', '.join(sorted(wrong))}")
    for table, days in limits.items():
        if days is not None and table not in (*_OLD, "ingested"):
            may = ", ".join((*_OLD, "ingested"))
            raise RetentionError(f'{path}: {table} must be "keep"; days are for {may} only')
    return limits


def clock(clickhouse: ClickHouse, database: str = "") -> datetime | None:
    """The line's clock: up to where every partition has said everything; None where nothing was said yet."""
    ((partitions, reached),) = clickhouse.query_rows(_CLOCK.format(table=_place(database, "watermarks")))
    return reached if partitions else None


def drop_old(
    clickhouse: ClickHouse, limits: Mapping[str, int | None], *, database: str = "", dry_run: bool = False
) -> list[Dropped]:
    """Drop what is older than the limits; returns what, of each table that has one. Without a clock nothing is old.

    Args:
        clickhouse: In the live database.
        limits: {table: days}, as of `load_limits`.
        database: Where the tables stand that are meant, if not in the live one: those of a rebuild.
        dry_run: Count and change nothing.
    """
    now = clock(clickhouse, database)
    if now is None:
        return []
    cuts = {table: now - timedelta(days) for table in _OLD if (days := limits[table]) is not None}
    return [_drop(clickhouse, table, _place(database, table), cut, dry_run=dry_run) for table, cut in cuts.items()]


def fold_ledger(clickhouse: ClickHouse, days: int | None, now: datetime, *, dry_run: bool = False) -> list[Dropped]:
    """Tell batches that were written so many days before ``now``, on the wall clock, as one for each unbroken run.

    The ledger is about writing and no part of the line; what is read from it, the end of the unbroken run, stays the same.
    """
    if days is None:
        return []
    cut = now - timedelta(days)
    params = {"cut": cut}
    covered = f"({_COVERED.format(runs=_RUNS)})"
    ((rows, of),) = clickhouse.query_rows(f"SELECT (SELECT count() FROM {covered}), (SELECT count() FROM ingested)", params)
    if rows and not dry_run:
        names = "table, generation, topic, partition, first, last"
        clickhouse.execute(f"INSERT INTO ingested ({names}, rows, at) {_RUNS}", params)
        clickhouse.execute(f"DELETE FROM ingested WHERE ({names}) IN {covered}", params)
        _free(clickhouse, "ingested")
    return [Dropped("ingested", cut, int(rows), int(of))]


def _drop(clickhouse: ClickHouse, table: str, place: str, cut: datetime, *, dry_run: bool) -> Dropped:
    ((of,),) = clickhouse.query_rows(f"SELECT count() FROM {place}")
    slices, rows = 1 + of // MOST, 0
    for number in range(slices):
        params = {"cut": cut, "slices": slices, "slice": number}
        old = f"({_OLD[table].format(table=place)})"
        ((here,),) = clickhouse.query_rows(f"SELECT count() FROM {old}", params)
        rows += here
        if here and not dry_run:
            clickhouse.execute(f"DELETE FROM {place} WHERE ({_KEYS[table]}) IN {old}", params)
    if rows and not dry_run:
        _free(clickhouse, place)
    return Dropped(table, cut, int(rows), int(of))


def _free(clickhouse: ClickHouse, place: str) -> None:
    """Give the disk back once enough of a table is marked as dropped; a merge does it too, but old parts seldom merge."""
    database, _, table = place.rpartition(".")
    sql = (
        "SELECT sum(rows) FROM system.parts WHERE active AND table = %(table)s AND database ="
        " if(%(database)s = '', currentDatabase(), %(database)s)"
    )
    ((stored,),) = clickhouse.query_rows(sql, {"table": table, "database": database})
    ((seen,),) = clickhouse.query_rows(f"SELECT count() FROM {place}")
    if stored - seen >= _SHARE * stored:
        clickhouse.execute(f"ALTER TABLE {place} APPLY DELETED MASK", settings={"mutations_sync": 1})


def _place(database: str, table: str) -> str:
    return f"{database}.{table}" if database else table


def _days(path: Path) -> dict[str, int | None]:
    try:
        days = tomllib.loads(path.read_text(encoding="utf-8"))["days"]
        found = {table: _limit(table, value) for table, value in days.items()}
    except KeyError:
        raise RetentionError(f"{path}: a table [days] is missing") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError) as error:
        raise RetentionError(f"{path}: {error}") from None
    return found


def _limit(table: str, value: object) -> int | None:
    if value == "keep":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f'{table} = {value!r}: write days, 1 or more, or "keep"')
    return value
