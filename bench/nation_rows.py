"""Rows of every table that panels, wall and case page read, as so many events would have left them: made by the engine itself.

A table `made_cases` comes first, one row a case in the order of courts; all else is read off it, so that rows come sorted and
little is left to merge. Rates are the simulated nation's: 55 events a case, 50 versions of it, 5 alerts of 2 transitions.
What a reading weighs is real: lengths of ids and of events' JSON, digests that don't compress. Only the records of alerts are
short: no panel reads them.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from contract.catalogue import EVENT_TYPES
from contract.courts import COURTS
from infra.clickhouse.client import ClickHouse
from streams.rules.load import load_packs

EVENTS_A_CASE: Final = 55
VERSIONS_A_CASE: Final = 50
ALERTS_A_CASE: Final = 5
PARTITIONS: Final = 4
TICK_DAYS: Final = 35
TICK_S: Final = 10
"""How often the clock of a wall line ticks, and for how many days its ticks are kept (infra/clickhouse/retention.toml)."""
RULES: Final = tuple(rule.id for pack in load_packs() for rule in pack.rules)
_STAGES: Final = ("RECEIVED", "FILED", "ASSIGNED", "NOTIFIED", "INVESTIGATING", "CONTROLLED", "DISPOSING", "DISTRIBUTING")
_DAY_US: Final = 86_400_000_000

_CASES: Final = """
INSERT INTO made_cases
SELECT
    rowNumberInAllBlocks() AS number, court, concat('/court/', court, '/sim') AS source,
    concat('case-', leftPad(toString(number), 9, '0')) AS subject,
    toUnixTimestamp64Micro(toDateTime64(%(first)s, 6, 'UTC')) + toInt64(cityHash64(n, 'd') %% %(days)s) * {day} AS opened,
    (20 + cityHash64(n, 'l') %% 160) * {day} AS life,
    n %% 10 < 9 AND opened + life < toUnixTimestamp64Micro(toDateTime64(%(last)s, 6, 'UTC')) AS ended,
    ['执', '执', '执', '执', '执恢', '执保'][1 + cityHash64(n, 'k') %% 6] AS case_type,
    toInt64(exp(15.6 + 1.2 * randNormal(0, 1, 2))) AS claim
FROM
(
    SELECT
        number AS n,
        -- the tenth part of the courts with the most cases has about 40 %% of them
        %(courts)s[1 + toUInt32(pow(cityHash64(n) %% 1000000 / 1000000, 2.5) * length(%(courts)s))] AS court
    FROM numbers(%(cases)s)
    ORDER BY court, n
)
"""
_EVENTS: Final = """
INSERT INTO events
SELECT
    source, concat(subject, '.', leftPad(toString(i), 2, '0')) AS id, %(types)s[1 + cityHash64(number, i) %% length(%(types)s)],
    subject, subject AS rootid, fromUnixTimestamp64Micro(at, 'UTC'), fromUnixTimestamp64Micro(recorded, 'UTC'),
    fromUnixTimestamp64Micro(received, 'UTC'), i, court, '',
    concat('{{"on":"', toString(toDate(fromUnixTimestamp64Micro(at, 'UTC'))), '","amount_fen":', toString(h %% 10000000),
        ',"party_ref":"', lower(hex(h)), '","asset_id":"', subject, '-z', toString(i %% 9), '","method":"网络查控"}}'),
    concat(reinterpretAsFixedString(byteSwap(d)), reinterpretAsFixedString(rand64(3)), reinterpretAsFixedString(rand64(4)),
        reinterpretAsFixedString(rand64(5))),
    number %% {partitions}, toUInt64(intDiv(received, 1000000) * 3 + i) AS offset,
    reinterpretAsUInt256(concat(
        reinterpretAsFixedString(bitNot(bitOr(bitShiftLeft(toUInt64(number %% {partitions}), 48), offset))),
        reinterpretAsFixedString(bitNot(toUInt64(received + 62135596800000000))), reinterpretAsFixedString(bitNot(d)),
        reinterpretAsFixedString(bitNot(toUInt64(recorded + 62135596800000000)))))
FROM
(
    SELECT
        *, arrayJoin(range(toUInt8({events}))) AS i, cityHash64(number, i, 'h') AS h, rand64(2) AS d,
        opened + intDiv(life * i, {events}) + h %% 3600000000 AS at,
        at + if(h %% 20 = 0, h %% 9 * {day}, h %% 7200000000) AS recorded, recorded + h %% 3000000 AS received
    FROM made_cases
)
"""
_TICKS: Final = """
INSERT INTO events
SELECT
    '/sys/clock', if(number %% 40000 = 39999, concat('sys.pack_activated:', toString(number)),
        concat('sys.ticked:', toString(number))) AS id,
    splitByChar(':', id)[1], '/sys/clock', '/sys/clock', at, at, at, -1, '', '', '{{"at":"2025-12-01T00:00:00Z"}}',
    randomFixedString(32), 0, number, number
FROM (SELECT number, addSeconds(toDateTime64(%(ticks)s, 6, 'UTC'), {tick_s} * number) AS at FROM numbers({ticks}))
UNION ALL
SELECT '/sys/clock', 'sys.line_started:0', 'sys.line_started', '/sys/clock', '/sys/clock', at, at, at, -1, '', '',
    '{{"line":"simulated"}}', randomFixedString(32), 0, 0, 0
FROM (SELECT toDateTime64(%(first)s, 6, 'UTC') AS at)
"""
_CHAINS: Final = """
INSERT INTO chain_events
SELECT rootid, source, id, type, subject, time, recordedtime, receivedtime, sequence, court, correction_of, data, partition,
    offset, rank
FROM events WHERE source != '/sys/clock'
"""
_CAMPAIGNS: Final = """
INSERT INTO chain_events
SELECT concat('court/', court), concat('/court/', court, '/sim'), concat('campaign-', toString(i)),
    if(i %% 2 = 0, 'sup.campaign_started', 'sup.campaign_closed'), concat('court/', court), at, at, at, i, court, '',
    '{{"name":"春雷行动"}}', 0, i, i
FROM
(
    SELECT arrayJoin(%(courts)s) AS court, arrayJoin(range(8)) AS i,
        addDays(toDateTime64(%(first)s, 6, 'UTC'), 120 * i + cityHash64(court) %% 60) AS at
)
"""
_VERSIONS: Final = """
INSERT INTO cases
SELECT
    subject, toUInt64(intDiv(known, 1000000) * 3 + i) AS position, lower(hex(sipHash128(number, i))),
    number %% {partitions}, fromUnixTimestamp64Micro(known, 'UTC'), subject, court,
    concat('（2024）', court, '执', toString(number %% 10000), '号'), case_type, stage, if(closed, '执行完毕', ''),
    toDate32(fromUnixTimestamp64Micro(opened, 'UTC')), if(closed, toDate32(fromUnixTimestamp64Micro(known, 'UTC')), NULL),
    claim, if(i > 35, intDiv(claim, 2), 0), '民间借贷', [], i > 0, NOT closed, fromUnixTimestamp64Micro(known, 'UTC'),
    %(types)s[1 + cityHash64(number, i) %% length(%(types)s)], number %% {partitions}, position, {most} - position
FROM
(
    SELECT
        *, arrayJoin(range(toUInt8({versions}))) AS i,
        opened + intDiv(life * i, {versions}) + cityHash64(number, i) %% 7200000000
        AS known, ended AND i = {versions} - 1 AS closed,
        if(closed, 'CLOSED', {stages}[1 + intDiv(i * 8, {versions})]) AS stage
    FROM made_cases
)
"""
_MADE_ALERTS: Final = """
INSERT INTO made_alerts
SELECT
    lower(hex(sipHash128(number, a))) AS id, number, subject, court,
    %(rules)s[1 + cityHash64(number, a, 'r') %% length(%(rules)s)],
    opened + toInt64(cityHash64(number, a) %% toUInt64(life)) AS raised,
    if(cityHash64(id) %% 100 = 0, 0, raised + (1 + cityHash64(id, 'e') %% 40) * {day}) AS until,
    if(until < toUnixTimestamp64Micro(toDateTime64(%(last)s, 6, 'UTC')), until, 0) AS ended,
    ['yellow', 'yellow', 'orange', 'red'][1 + cityHash64(id, 's') %% 4]
FROM (SELECT *, arrayJoin(range(toUInt8({alerts}))) AS a FROM made_cases)
WHERE raised < toUnixTimestamp64Micro(toDateTime64(%(last)s, 6, 'UTC'))
ORDER BY id
"""
_ALERTS: Final = """
INSERT INTO alerts
WITH
    fromUnixTimestamp64Micro(raised, 'UTC') AS raised_time,
    if(v = 'ended', fromUnixTimestamp64Micro(ended, 'UTC'), NULL) AS ended_time,
    fromUnixTimestamp64Micro(multiIf(v = 'ended', ended, v = 'raised', raised, raised + 43200000000), 'UTC') AS known,
    formatDateTime(raised_time, '%%Y-%%m-%%dT%%H:%%i:%%SZ') AS said
SELECT
    id, toUInt64(toUnixTimestamp(known)) * 3 AS position, lower(hex(sipHash128(id, v))), number %% {partitions}, known, v,
    if(v = 'severity', '"yellow"', 'null'), if(v = 'ended', '"cured"', concat('"', severity, '"')), '/sys/clock',
    concat('sys.ticked:', toString(position)), 'clock', subject, rule, 'cn@1', 'case', subject, [], 'null', court,
    severity, if(cityHash64(rule) %% 2 = 0, 'statutory', 'management'), '[]', raised_time, raised_time, raised_time, ended_time,
    if(v = 'ended', 'cured', ''), if(v = 'ended', toInt32(dateDiff('day', raised_time, ended_time)), NULL),
    concat('[{{"severity":"', severity, '","at":"', said, '","reached_at":"', said, '"}}]') AS levels, '[]', '[]', '[]', false,
    concat('{{"id":"', id, '","rule":"', rule, '","subject":"', subject, '","court":"', court, '","raised_at":"', said, '"}}'),
    number %% {partitions}, position + (v = 'ended'), {most} - position
FROM
(
    SELECT *, arrayJoin(arrayFilter(t -> (t != 'severity' OR cityHash64(id, 'v') %% 6 = 0) AND (t != 'ended' OR ended > 0),
        ['raised', 'severity', 'ended'])) AS v
    FROM made_alerts
)
"""
_CHAIN_ALERTS: Final = """
INSERT INTO chain_alerts
SELECT rootid, id, position, transition_id, known_from, transition, rule, subject, court, armed_at, due_at, raised_at,
    ended_at, end_reason, levels, log_partition, log_offset, rank
FROM alerts
"""
_WATERMARKS: Final = """
INSERT INTO watermarks
SELECT p, number * 60 AS position, lower(hex(sipHash128(p, number))),
    addSeconds(toDateTime64(%(ticks)s, 6, 'UTC'), {tick_s} * number), 1, p, number
FROM (SELECT arrayJoin(range(toUInt32({partitions}))) AS p, number FROM numbers({ticks}))
"""
_FIGURED: Final = """
INSERT INTO figured
SELECT arrayJoin(['court.events.v1', 'supervision.alerts.v1']), arrayJoin(range(toUInt32({partitions}))), 1,
    toDateTime64(%(last)s, 6, 'UTC')
"""
_MADE: Final = (
    "CREATE TABLE IF NOT EXISTS made (what String) ENGINE = MergeTree ORDER BY what",
    (
        "CREATE TABLE IF NOT EXISTS made_cases (number UInt64, court LowCardinality(String), source LowCardinality(String),"
        " subject String, opened Int64, life Int64, ended Bool, case_type LowCardinality(String), claim Int64)"
        " ENGINE = MergeTree ORDER BY number"
    ),
    (
        "CREATE TABLE IF NOT EXISTS made_alerts (id String, number UInt64, subject String, court LowCardinality(String),"
        " rule LowCardinality(String), raised Int64, until Int64, ended Int64, severity LowCardinality(String))"
        " ENGINE = MergeTree ORDER BY id"
    ),
)
TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "made_cases": (_CASES,),
    "made_alerts": (_MADE_ALERTS,),
    "figured": (_FIGURED,),
    "watermarks": (_WATERMARKS,),
    "alerts": (_ALERTS,),
    "cases": (_VERSIONS,),
}
"""Table → the statements that fill it, in this order."""
EVENT_TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "events": (_EVENTS, _TICKS),
    "chain_events": (_CHAINS, _CAMPAIGNS),
    "chain_alerts": (_CHAIN_ALERTS,),
}
"""The same of the tables that nothing but a case's page, annotations and counting read."""
_SETTINGS: Final = {"max_insert_threads": 4, "max_threads": 4, "max_block_size": 16384}


def fill_tables(
    client: ClickHouse,
    tables: Mapping[str, tuple[str, ...]],
    events: int,
    days: tuple[date, date],
    told: Callable[[str], None],
) -> None:
    """Fill each of the tables that is not whole; `told` hears of each that was filled. `days`: the first and the last."""
    first, last = days
    params: dict[str, Any] = {
        "first": f"{first} 00:00:00",
        "last": f"{last} 23:59:59",
        "days": (last - first).days,
        # the line's clock ends with the last day of the courts' own calendar: a board of that day is asked of all that is known
        "ticks": f"{date.fromordinal(last.toordinal() - TICK_DAYS)} 16:00:00",
        "cases": events // EVENTS_A_CASE,
        "courts": [court.code for court in COURTS if court.tier == "BASIC"],
        "types": [short for short in EVENT_TYPES if not short.startswith("sys.")],
        "rules": list(RULES),
    }
    words = {
        "day": _DAY_US,
        "events": EVENTS_A_CASE,
        "versions": VERSIONS_A_CASE,
        "alerts": ALERTS_A_CASE,
        "partitions": PARTITIONS,
        "ticks": TICK_DAYS * 86_400 // TICK_S,
        "tick_s": TICK_S,
        "stages": list(_STAGES),
        "most": "18446744073709551615",
    }
    for statement in _MADE:
        client.execute(statement)
    for table, statements in tables.items():
        if client.query_rows("SELECT count() FROM made WHERE what = %(table)s", {"table": table}) != [(0,)]:
            continue
        client.execute(f"TRUNCATE TABLE {table}")
        for statement in statements:
            text = statement.format(**words)
            client.execute(text, {name: value for name, value in params.items() if f"%({name})s" in text}, settings=_SETTINGS)
        client.execute("INSERT INTO made VALUES (%(table)s)", {"table": table})
        told(table)
