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
