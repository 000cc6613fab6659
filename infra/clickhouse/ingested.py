"""The ledger `ingested`: how far each table has every record of a partition.

Who writes a table goes on from there, and who reads it knows which positions it stands at.
"""

from collections.abc import Mapping

from infra.clickhouse.client import ClickHouse

_RUNS = """
SELECT
    table, topic, partition,
    if(countIf(first > before + 1) > 0, minIf(before, first > before + 1), max(toInt64(last))) AS reach
FROM
(
    SELECT
        table, topic, partition, first, last,
        if(row_number() OVER place = 1, -1, max(toInt64(last)) OVER earlier) AS before
    FROM ingested
    WHERE (table, generation) IN %(generations)s
    WINDOW
        place AS (PARTITION BY table, topic, partition ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
        earlier AS (PARTITION BY table, topic, partition ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
GROUP BY table, topic, partition
"""

_ADOPT = """
INSERT INTO ingested (table, generation, topic, partition, first, last, rows, at)
SELECT table, toUUID(%(uuid)s), topic, partition, first, last, rows, at FROM ingested FINAL
WHERE table = %(table)s AND generation = toUUID(%(generation)s)
"""

_GENERATIONS = "SELECT name, toString(uuid) FROM system.tables WHERE database = %(database)s AND name IN %(names)s"


def reaches(clickhouse: ClickHouse, generations: Mapping[str, str]) -> dict[tuple[str, str, int], int]:
    """Return {(table, topic, partition): last offset of its unbroken run} for the given {table: UUID}."""
    rows = clickhouse.query_rows(_RUNS, {"generations": list(generations.items())}) if generations else []
    return {(table, topic, partition): int(reach) for table, topic, partition, reach in rows}


def resume_offsets(clickhouse: ClickHouse, table: str, topic: str) -> dict[int, int]:
    """Return {partition: offset after the unbroken run} of one live table; nothing for a partition that it has nothing of."""
    rows = clickhouse.query_rows(_GENERATIONS, {"database": clickhouse.database, "names": [table]})
    found = reaches(clickhouse, dict(rows))
    return {partition: reach + 1 for (_, from_topic, partition), reach in found.items() if from_topic == topic}


def adopt(clickhouse: ClickHouse) -> list[str]:
    """Take restored tables for what their ledger says they hold, though they are new ones by their UUID; returns which.

    A table that has a run of its own already is left as it is: it was not restored, or its worker has begun. The backup must
    have been taken while nothing was written, or the ledger may tell of rows that the backup lacks.
    """
    uuids = clickhouse.query_rows("SELECT name, uuid FROM system.tables WHERE database = currentDatabase()")
    latest = dict(clickhouse.query_rows("SELECT table, argMax(generation, at) FROM ingested FINAL GROUP BY table"))
    known = set(clickhouse.query_rows("SELECT DISTINCT table, generation FROM ingested FINAL"))
    adopted = [(name, uuid) for name, uuid in sorted(uuids) if name in latest and (name, uuid) not in known]
    for name, uuid in adopted:
        clickhouse.execute(_ADOPT, {"table": name, "uuid": str(uuid), "generation": str(latest[name])})
    return [name for name, _ in adopted]
