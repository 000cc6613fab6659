"""Building the warehouse anew from the log, beside the live tables, while everything runs.

New tables are filled in a database of their own, up to the ends of the log, then exchanged with the live ones, one atomic
exchange each. Whatever the projections worker wrote meanwhile lies below the ends read after the last exchange, and that rest
is read into the tables that are live now. Rows that the worker writes too are the same rows. A table that was exchanged is a
new generation, so its resume is its own, and a crash at any moment leaves tables that are each whole as far as they say.
"""

from collections.abc import Mapping
from typing import Any

from contract.errors import YipanqiError
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.retention import drop_old
from streams.projections.tables import TABLES
from streams.shell.figures import forget
from streams.shell.log_ends import ends
from streams.shell.progress import Progress
from streams.shell.replay import replay
from streams.shell.seam import TP
from streams.shell.sides import COMMON, Side
from streams.shell.warehouse import Batch, Warehouse

BATCH_RECORDS = 50_000
_CLOSE_ENOUGH = 10_000  # records behind the end of the log at which the exchange begins


class RebuildRunning(YipanqiError):
    """The tables of another rebuild are there: it runs, or was cut off."""


def rebuild_tables(
    clickhouse: ClickHouse,
    bootstrap: str,
    progress: Progress,
    *,
    side: Side = COMMON,
    discard: bool = False,
    limits: Mapping[str, int | None] | None = None,
) -> dict[str, int]:
    """Replace every table of a side by one built from its log; returns the rows of each new table.

    Args:
        clickhouse: In the live database.
        bootstrap: Broker.
        progress: Called now and then.
        side: The one whose tables these are.
        discard: Drop what an earlier rebuild left.
        limits: How many days tables keep their rows: what is older is dropped from the new tables before anybody sees them.

    Raises:
        RebuildRunning: Something is left, and not `discard`.
    """
    beside = f"{clickhouse.database}_rebuild"
    _prepare(clickhouse, beside, discard=discard)
    names = {table.name: f"{beside}.{table.name}" for table in TABLES}
    fresh = Warehouse(clickhouse, names)
    done: Mapping[TP, int] = {}
    while True:
        until = ends(bootstrap, side.fed)
        _copy(fresh, bootstrap, done, until, progress, "building")
        done = until
        if sum(ends(bootstrap, side.fed).values()) - sum(until.values()) < _CLOSE_ENOUGH:
            break
    if limits is not None:
        drop_old(clickhouse, limits, database=beside)
    for table in TABLES:
        clickhouse.execute(f"EXCHANGE TABLES {table.name} AND {names[table.name]}")
    live = Warehouse(clickhouse)
    _copy(live, bootstrap, done, ends(bootstrap, side.fed), progress, "closing up")
    clickhouse.execute(f"DROP DATABASE {beside} SYNC")
    generations = tuple(live.generations().values())
    clickhouse.execute("DELETE FROM ingested WHERE toString(generation) NOT IN %(generations)s", {"generations": generations})
    forget(clickhouse)
    return {table.name: _count(clickhouse, table.name) for table in TABLES}


def _prepare(clickhouse: ClickHouse, beside: str, *, discard: bool) -> None:
    left = clickhouse.query_rows("SELECT count() FROM system.databases WHERE name = %(name)s", {"name": beside})
    if left != [(0,)] and not discard:
        raise RebuildRunning(f"the database {beside} is there: another rebuild runs, or was cut off (then use --discard)")
    clickhouse.execute(f"DROP DATABASE IF EXISTS {beside} SYNC")
    clickhouse.execute(f"CREATE DATABASE {beside}")
    for table in TABLES:
        clickhouse.execute(f"CREATE TABLE {beside}.{table.name} AS {clickhouse.database}.{table.name}")


def _copy(
    warehouse: Warehouse, bootstrap: str, start: Mapping[TP, int], until: Mapping[TP, int], progress: Progress, what: str
) -> None:
    total = sum(end - start.get(tp, 0) for tp, end in until.items())
    batch, done = Batch(), 0
    for stretch in replay(bootstrap, start, until):
        batch.add(*stretch)
        if batch.records >= BATCH_RECORDS:
            warehouse.write(batch)
            done += batch.records
            batch = Batch()
            progress(what, done, total)
    if batch.records:
        warehouse.write(batch)
    progress(what, total, total)


def _count(clickhouse: ClickHouse, table: str) -> int:
    rows: list[tuple[Any, ...]] = clickhouse.query_rows(f"SELECT count() FROM {table} FINAL")
    return int(rows[0][0])
