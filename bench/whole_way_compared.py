"""What was simulated, what the log has and what ClickHouse has, side by side; and the standing alerts beside the truth."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from kafka import KafkaConsumer
from simulated_days import Kind, Made
from whole_way_seen import Stages, places

from contract.envelope import short_type
from contract.times import format_instant
from contract.topics import EVENTS, REJECTED, RESTRICTED, RESTRICTED_REJECTED
from infra.clickhouse.client import ClickHouse
from infra.settings import HOST, Settings
from streams.shell.audit import audit
from streams.shell.log_ends import ends
from streams.shell.sides import APART, COMMON

Line = dict[str, Any]
FIELDS = ("rule", "subject", "key", "element", "severity", "due_at", "raised_at", "end_reason", "breach_days")
OTHER_TERMS = ("R-DATA-01.a", "R-DATA-01.c")
"""What the truth states by the national terms and the simulated nation judges by its own."""

_TIMEOUT_S = 3600.0
_EXAMPLES = 3
_ENGINE = "concat(source, ' ', id)"
_KINDS = f"""
SELECT type, count(), groupBitXor(reinterpretAsUInt64(substring(SHA256({_ENGINE}), 1, 8)))
FROM events FINAL WHERE NOT startsWith(source, '/sys/') GROUP BY type
"""
# `alerts_now` for the alerts whose id begins so: the key of the table is their id, so that little is read at a time.
_STANDING = f"""
SELECT {", ".join(FIELDS)}
FROM (SELECT * FROM alerts FINAL WHERE startsWith(id, %(begin)s) ORDER BY id, position DESC, log_offset DESC LIMIT 1 BY id)
WHERE transition != 'retracted' AND end_reason NOT IN ('retracted', 'superseded') AND rule NOT IN %(not)s
"""
_BEGINNINGS = [f"{number:02x}" for number in range(256)]


def compared(folder: Path, made: Made, settings: Settings, stages: Stages) -> Iterator[Line]:
    """Lines that each say what was compared, what came out, and whether it ``holds``."""
    yield {"checked": "every group has committed the end of what it reads", "behind": (behind := stages.look())} | {
        "holds": not any(behind.values())
    }
    refused = {str(tp): end for tp, end in ends(settings.kafka, (REJECTED, RESTRICTED_REJECTED)).items() if end}
    yield {"checked": "dead letters", "found": refused, "holds": not refused}
    repeats, logged = log_kinds(settings.kafka)
    common, apart = (
        ClickHouse(HOST, settings.clickhouse_port, database=side.database, timeout_s=_TIMEOUT_S) for side in (COMMON, APART)
    )
    with common, apart:
        stored = table_kinds(common) | table_kinds(apart)
        yield _same("types of events in the log", made.kinds, logged) | {"sent_again": repeats}
        yield _same("types of events in ClickHouse", made.kinds, stored)
        yield from _alerts(folder / "truth.jsonl", [*standing(common), *standing(apart)])
        for client, side in ((common, COMMON), (apart, APART)):
            found = audit(client, settings.kafka, side=side)
            findings = [f"{one.what}: {one.count}" for one in found.findings]
            rows = sum(part.rows for part in found.coverage)
            name = f"verify of {side.database}"
            yield {"checked": name, "rows_in_log": rows, "findings": findings, "repeats": found.repeats, "holds": not findings}


def log_kinds(kafka: str) -> tuple[int, dict[str, Kind]]:
    """Read the whole log: (events that it has more than once, the distinct ones by type)."""
    found: dict[str, Kind] = {}
    seen: set[int] = set()
    repeats = 0
    consumer = KafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        asked = [place for topic in (EVENTS, RESTRICTED) for place in places(topic)]
        consumer.assign(asked)
        until = consumer.end_offsets(asked)
        while any(consumer.position(place) < end for place, end in until.items()):
            for records in consumer.poll(timeout_ms=1000, max_records=5000).values():
                for record in records:
                    named = {name: value.decode() for name, value in record.headers if name.startswith("ce_")}
                    if named["ce_source"].startswith("/sys/"):  # the clock's, not a court's
                        continue
                    one = Kind()
                    one.add(named["ce_source"], named["ce_id"])
                    if one.names in seen:
                        repeats += 1
                        continue
                    seen.add(one.names)
                    found.setdefault(short_type(named["ce_type"]), Kind()).join(one)
    finally:
        consumer.close()
    return repeats, found


def table_kinds(client: ClickHouse) -> dict[str, Kind]:
    """The events of the table by type."""
    return {kind: Kind(int(count), int(names)) for kind, count, names in client.query_rows(_KINDS)}


def standing(client: ClickHouse) -> Iterator[bytes]:
    """Every standing alert that the truth states too, in its fields."""
    for begin in _BEGINNINGS:
        for row in client.query_rows(_STANDING, {"begin": begin, "not": OTHER_TERMS}):
            alert = dict(zip(FIELDS, row, strict=True))
            alert |= {name: format_instant(alert[name]) if alert[name] else None for name in ("due_at", "raised_at")}
            alert |= {"element": msgspec.json.decode(alert["element"] or "null"), "end_reason": alert["end_reason"] or None}
            yield _plain(alert)


def _plain(alert: Line) -> bytes:
    return msgspec.json.encode([alert[field] for field in FIELDS])


def _alerts(truth: Path, stood: Iterable[bytes]) -> Iterator[Line]:
    with truth.open("rb") as lines:
        missing = Counter(_plain(msgspec.json.decode(line)) for line in lines)
    wanted = missing.total()
    surplus: Counter[bytes] = Counter()
    for one in stood:
        if missing[one] > 0:
            missing[one] -= 1
        else:
            surplus[one] += 1
    lacking = +missing
    differ = {"lacking": lacking.total(), "surplus": surplus.total()}
    examples = {
        name: [one.decode() for one in list(found)[:_EXAMPLES]] for name, found in (("lacks", lacking), ("has", surplus))
    }
    by_rule = Counter(msgspec.json.decode(one)[0] for found in (lacking, surplus) for one in found.elements())
    stands = wanted - differ["lacking"] + differ["surplus"]
    checked = {
        "checked": "standing alerts in ClickHouse against the truth",
        "without": OTHER_TERMS,
        "must": wanted,
        "stand": stands,
    }
    yield checked | differ | {"by_rule": dict(by_rule.most_common(20)), "examples": examples, "holds": not any(differ.values())}


def _same(what: str, mine: dict[str, Kind], theirs: dict[str, Kind]) -> Line:
    kinds = {kind: (mine.get(kind, Kind()), theirs.get(kind, Kind())) for kind in sorted(mine.keys() | theirs.keys())}
    differ = {kind: [one.count, other.count] for kind, (one, other) in kinds.items() if one != other}
    events = sum(kind.count for kind in theirs.values())
    return {"checked": what, "types": len(theirs), "events": events, "differ": differ, "holds": not differ}
