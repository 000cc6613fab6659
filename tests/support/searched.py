"""Everything that a running system keeps, for tests that search it for what must not be there."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from kafka import KafkaConsumer, TopicPartition
from running import Up

from infra.clickhouse.client import ClickHouse


@contextmanager
def _reader(up: Up, topics: Iterable[str]) -> Iterator[tuple[KafkaConsumer, list[TopicPartition]]]:
    consumer = KafkaConsumer(bootstrap_servers=f"127.0.0.1:{up.ports['kafka']}", consumer_timeout_ms=3000)
    try:
        parts = [TopicPartition(topic, n) for topic in topics for n in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(parts)
        yield consumer, parts
    finally:
        consumer.close()


def records(up: Up, topics: Iterable[str], newest: int | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield (topic, key + headers + value) of every record that the log has now, or of the newest in each partition."""
    with _reader(up, topics) as (consumer, parts):
        ends = consumer.end_offsets(parts)
        for part, first in consumer.beginning_offsets(parts).items():
            consumer.seek(part, first if newest is None else max(first, ends[part] - newest))
        wanted = {part for part in parts if consumer.position(part) < ends[part]}
        while wanted:
            for batch in consumer.poll(timeout_ms=1000, max_records=5000).values():
                for record in batch:
                    headers = b" ".join(name.encode() + b"=" + value for name, value in record.headers)
                    yield record.topic, b" ".join((record.key or b"", headers, record.value or b""))
            wanted = {part for part in wanted if consumer.position(part) < ends[part]}


def stored(up: Up, database: str, pattern: str) -> Iterator[tuple[str, str]]:
    """Yield (table.column, text) of everything in a database of ClickHouse that matches a pattern."""
    client = ClickHouse(port=up.ports["clickhouse"], database=database)
    columns = client.query_rows(
        "SELECT table, name FROM system.columns WHERE database = %(name)s AND table IN"
        " (SELECT name FROM system.tables WHERE database = %(name)s AND engine LIKE '%%MergeTree%%')"
        " AND type LIKE '%%String%%'",
        {"name": database},
    )
    assert len(columns) > 30
    for table, column in columns:
        sql = f"SELECT toString({column}) AS text FROM {table} WHERE match(text, %(mark)s) LIMIT 3"
        for (text,) in client.query_rows(sql, {"mark": pattern}):
            yield f"{table}.{column}", text
    client.close()
