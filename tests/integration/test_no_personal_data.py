"""Nothing of personal data leaves its seal: the whole running system is searched for the marks that the simulator puts in it.

Every party.registered of the simulator carries a marked name and a number of a region that no place has. They are searched for
in every record of every topic, every column of every table, every log file, the metrics and the pages.
"""

import re
import urllib.error
from collections.abc import Iterator
from urllib.parse import quote

from kafka import KafkaConsumer, TopicPartition
from running import Up

from contract.topics import EVENTS, TOPICS
from infra.clickhouse.client import ClickHouse
from producers.simulator.marked import NAME_MARK, NUMBER_PATTERN

_LEAST = 1000
_PROCESSES = 8
_ESCAPED = "".join(f"\\\\u{ord(character):04x}" for character in NAME_MARK)
_MARK = re.compile(f"{NAME_MARK}|(?i:{_ESCAPED})|{NUMBER_PATTERN}")


def records(nation: Up) -> Iterator[tuple[str, bytes]]:
    """Yield (topic, key + headers + value) of every record that the log has now."""
    consumer = KafkaConsumer(bootstrap_servers=f"127.0.0.1:{nation.ports['kafka']}", consumer_timeout_ms=3000)
    try:
        parts = [TopicPartition(topic, n) for topic in TOPICS for n in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(parts)
        consumer.seek_to_beginning(*parts)
        ends = consumer.end_offsets(parts)
        wanted = {part for part in parts if ends[part] > 0}
        while wanted:
            for batch in consumer.poll(timeout_ms=1000, max_records=5000).values():
                for record in batch:
                    headers = b" ".join(name.encode() + b"=" + value for name, value in record.headers)
                    yield record.topic, b" ".join((record.key or b"", headers, record.value or b""))
            wanted = {part for part in wanted if consumer.position(part) < ends[part]}
    finally:
        consumer.close()


def stored(nation: Up) -> Iterator[tuple[str, str]]:
    """Yield (table.column, text that bears a mark) of everything that ClickHouse stores."""
    client = ClickHouse(port=nation.ports["clickhouse"], database="yipanqi")
    columns = client.query_rows(
        "SELECT table, name FROM system.columns WHERE database = 'yipanqi' AND table IN"
        " (SELECT name FROM system.tables WHERE database = 'yipanqi' AND engine LIKE '%MergeTree%')"
        " AND type LIKE '%String%'"
    )
    assert len(columns) > 30
    for table, column in columns:
        sql = f"SELECT toString({column}) AS text FROM {table} WHERE match(text, %(mark)s) LIMIT 3"
        for (text,) in client.query_rows(sql, {"mark": f"{NAME_MARK}|{NUMBER_PATTERN}"}):
            yield f"{table}.{column}", text
    client.close()


def test_no_mark_stands_outside_a_seal(nation: Up) -> None:
    """At least a thousand fields are sealed, and no topic, table, log, metric or page shows a name or a number."""
    sealed = 0
    for topic, content in records(nation):
        text = content.decode("utf-8", "replace")
        assert not _MARK.search(text), f"a record of {topic} shows personal data"
        sealed += topic == EVENTS and '"pii":{"sealed":"' in text
    assert sealed >= _LEAST
    assert dict(stored(nation)) == {}
    logs = sorted((nation.data / "logs").iterdir())
    assert len(logs) >= _PROCESSES
    for path in [*logs, nation.output]:
        assert not _MARK.search(path.read_text(errors="replace")), f"{path.name} shows personal data"
    assert not _MARK.search(nation.get(nation.ports["metrics"], "/metrics"))


def test_no_page_and_no_answer_shows_a_party(nation: Up) -> None:
    """The pages and answers of the gravest alerts' courts and cases show no name and no number."""
    alerts = nation.api("/api/v1/alerts?limit=20")["items"]
    paths = {"/", "/api/v1/alerts?limit=1000"}
    for alert in alerts:
        court, subject = quote(alert["court"]), quote(alert["subject"], safe="")
        paths |= {f"/court/{court}", f"/case/{subject}", f"/api/v1/cases/{subject}", f"/api/v1/courts/{court}"}
    registered = 0
    for path in sorted(paths):
        try:
            text = nation.get(nation.ports["wall"], path)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path} answers {error.code}") from error
        assert not _MARK.search(text), path
        registered += "party.registered" in text
    assert registered > 0, "no case among them has a registered party: the search would prove nothing"
