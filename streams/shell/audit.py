"""Whether the warehouse holds the log: no gap, no double, no repetition that says something else.

Everything is counted on ClickHouse's side; only an offset that is missing there is looked up in Kafka, since the marker of a
transaction takes an offset and is no record.
"""

from collections.abc import Mapping

import msgspec

from infra.clickhouse.client import ClickHouse
from streams.shell.log_ends import ends, holding
from streams.shell.seam import TP
from streams.shell.sides import COMMON, Side

GAP = "an offset of the log that is missing in log"
_EXAMPLES = 5
_SETTINGS = {"max_bytes_before_external_group_by": 2 * 1024**3}

_BREAKS = """
SELECT before + 1, toInt64(offset) - 1
FROM
(
    SELECT offset, lagInFrame(toInt64(offset), 1, -1) OVER (ORDER BY offset ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
    FROM (SELECT DISTINCT offset FROM log WHERE topic = %(topic)s AND partition = %(partition)s AND offset < %(end)s)
)
WHERE offset > before + 1
ORDER BY before
"""
_COUNTED = """
SELECT count(), max(toInt64(offset)) FROM log FINAL WHERE topic = %(topic)s AND partition = %(partition)s AND offset < %(end)s
"""
# Each must find nothing: what it would be, and the SELECT of one text for each case. What came after `until` is left out.
_CHECKS = {
    "two rows of one id in events": """
        SELECT source || ' ' || id FROM events FINAL GROUP BY source, id HAVING count() > 1""",
    "two rows of one transition in alerts": """
        SELECT transition_id FROM alerts FINAL GROUP BY transition_id HAVING count() > 1""",
    "a repeated output whose body differs": """
        SELECT topic || ' ' || id FROM log FINAL WHERE topic IN ({alerts}, {rejected}) AND id != ''
        GROUP BY topic, id HAVING uniqExact(digest) > 1""",
    "an event of the log that is missing in events": """
        SELECT DISTINCT id FROM log WHERE topic = {events} AND error = '' AND {events_covered}
        AND id NOT IN (SELECT source || ' ' || id FROM events)""",
    "a row in events that the log does not have": """
        SELECT DISTINCT source || ' ' || id AS name FROM events
        WHERE {events_covered} AND name NOT IN (SELECT id FROM log WHERE topic = {events} AND error = '')""",
    "a transition of the log that is missing in alerts": """
        SELECT DISTINCT id FROM log WHERE topic = {alerts} AND error = '' AND {alerts_covered}
        AND id NOT IN (SELECT transition_id FROM alerts)""",
    "a row in alerts that the log does not have": """
        SELECT DISTINCT transition_id FROM alerts
        WHERE {rows_covered} AND transition_id NOT IN (SELECT id FROM log WHERE topic = {alerts})""",
}
# What may happen, and is shown: what, and the SELECT of a number.
_REPEATS = {
    "events sent again, with an equal body": """
        SELECT sum(times - bodies)
        FROM
        (
            SELECT count() AS times, uniqExact(digest) AS bodies FROM log FINAL
            WHERE topic = {events} AND error = '' AND kind NOT LIKE 'sys.%' GROUP BY id
        )""",
    "ids under which two bodies were sent (the lesser counts)": """
        SELECT count()
        FROM (SELECT 1 FROM log FINAL WHERE topic = {events} AND error = '' GROUP BY id HAVING uniqExact(digest) > 1)""",
    "outputs repeated after a crash, with an equal body": """
        SELECT sum(times - 1)
        FROM
        (
            SELECT count() AS times FROM log FINAL WHERE topic IN ({alerts}, {rejected}) AND id != '' GROUP BY topic, id
        )""",
    "records that are no event or output of the contract": """
        SELECT count() FROM log FINAL WHERE error != ''""",
}


class Coverage(msgspec.Struct, frozen=True):
    """How much of one partition is in `log`.

    Attributes:
        tp: Topic and partition.
        end: End offset when the audit began.
        rows: Offsets below it that are in `log`.
        markers: Offsets without a record.
        gaps: Ranges (first, last) with a record that `log` lacks.
    """

    tp: TP
    end: int
    rows: int
    markers: int
    gaps: tuple[tuple[int, int], ...]


class Finding(msgspec.Struct, frozen=True):
    """Something that must not be: what, how often, and some examples."""

    what: str
    count: int
    examples: tuple[str, ...]


class Audit(msgspec.Struct, frozen=True):
    """The result: `findings` is empty when all is well; `repeats` are harmless and shown."""

    coverage: tuple[Coverage, ...]
    findings: tuple[Finding, ...]
    repeats: dict[str, int]


def audit(clickhouse: ClickHouse, bootstrap: str, until: Mapping[TP, int] | None = None, side: Side = COMMON) -> Audit:
    """Compare the warehouse with the log of a side up to `until` (default: the ends of its partitions now)."""
    logged = side.logged
    until = ends(bootstrap, logged) if until is None else until
    coverage = tuple(_coverage(clickhouse, bootstrap, tp, end) for tp, end in sorted(until.items()) if tp.topic in logged)
    findings = [_gap(part.tp, first, last) for part in coverage for first, last in part.gaps]
    words = _words(until, side)
    for what, sql in _CHECKS.items():
        found = f"SELECT count(), groupArray({_EXAMPLES})(name) FROM (SELECT name FROM ({sql.format(**words)}) AS found(name))"
        count, examples = clickhouse.query_rows(found, settings=_SETTINGS)[0]
        if count:
            findings.append(Finding(what, count, tuple(examples)))
    repeats = {
        what: int(clickhouse.query_rows(sql.format(**words), settings=_SETTINGS)[0][0]) for what, sql in _REPEATS.items()
    }
    return Audit(coverage, tuple(findings), repeats)


def _gap(tp: TP, first: int, last: int) -> Finding:
    place = f"{tp.topic}:{tp.partition}:{first}" + (f"-{last}" if last > first else "")
    return Finding(GAP, last - first + 1, (place,))


def _words(until: Mapping[TP, int], side: Side) -> dict[str, str]:
    """What the checks name: topics, and conditions that leave out what is written while the audit runs."""
    words = {"events": f"'{side.events}'", "alerts": f"'{side.alerts}'", "rejected": f"'{side.rejected}'"}
    for name, topic, prefix in (
        ("events_covered", side.events, ""),
        ("alerts_covered", side.alerts, ""),
        ("rows_covered", side.alerts, "log_"),
    ):
        limits = {tp.partition: end for tp, end in until.items() if tp.topic == topic}
        numbers = f"{list(limits)}, {list(limits.values())}" if limits else "[0], [0]"
        words[name] = f"{prefix}offset < transform({prefix}partition, {numbers}, 0)"
    return words


def _coverage(clickhouse: ClickHouse, bootstrap: str, tp: TP, end: int) -> Coverage:
    place = {"topic": tp.topic, "partition": tp.partition, "end": end}
    ((rows, last),) = clickhouse.query_rows(_COUNTED, place)
    if rows == end:
        return Coverage(tp, end, rows, 0, ())
    missing = [(int(first), int(to)) for first, to in clickhouse.query_rows(_BREAKS, place)]
    reached = last if rows else -1
    if reached < end - 1:
        missing.append((reached + 1, end - 1))
    gaps = tuple(holding(bootstrap, tp, missing))
    lacking = sum(last - first + 1 for first, last in gaps)
    return Coverage(tp, end, rows, end - rows - lacking, gaps)
