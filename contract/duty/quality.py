"""Alarm quality about ourselves: how much we ask of each desk, and what becomes of it. Pure, over decisions and records.

Limits are those of EEMUA 191 and ISA-18.2: at most one alarm in ten minutes (150 a day; 300 is the ceiling), peaks of at most
15 an hour and 2 a minute, a flood is more than 10 in ten minutes and may take 1 % of the time, priorities lie near 5/15/80 %,
the ten loudest rules make up 5 % of the load, an alarm that stands for more than 24 hours is stale, one that changes three
times in a minute chatters. They are a yardstick for the system, never for a person.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from contract.duty.alerts import AlertDuty, Severity
from contract.duty.decisions import Decision
from contract.times import parse_instant

TEN_MINUTES = timedelta(minutes=10)
PER_DAY, CEILING_PER_DAY = 150, 300
PER_HOUR, PER_MINUTE = 15, 2
FLOOD_MORE_THAN = 10
FLOOD_TIME_BP = 100
TOP_TEN_BP = 500
MIX_BP: Mapping[Severity, int] = {"red": 500, "orange": 1500, "yellow": 8000}
STALE_AFTER = timedelta(hours=24)
CHATTERS_AT = 3
_TRANSITIONS = frozenset({"raised", "reopened", "severity_rose", "severity_fell", "resolved", "retracted"})
_ANSWERS = frozenset({"acknowledged", "taken_over"})
READ = _TRANSITIONS | _ANSWERS | {"paged", "obligation_ended"}
"""What of the decisions the measures here read, beside every one that makes pages."""


class Asked(NamedTuple):
    """One time that a desk was asked for attention: by a page, a digest, or what was put together in a flood."""

    at: datetime
    desk: str
    target: str
    rule: str


def asked(decisions: Iterable[Decision]) -> list[Asked]:
    """Every time that somebody was paged, once for each decision and desk; a page's next channel asks nothing new."""
    found: list[Asked] = []
    for one in decisions:
        if one.what == "page_next_channel":
            continue
        rule = str((one.record or {}).get("rule") or one.detail.get("rule", ""))
        desks = dict.fromkeys(page["desk"] for page in one.detail.get("pages", ()))
        found += [Asked(one.at, desk, one.target, rule) for desk in desks]
    return sorted(found)


class Flood(NamedTuple):
    """A span in which more than ten came in ten minutes."""

    begin: datetime
    end: datetime
    alarms: int


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What one desk was asked in a span.

    Attributes:
        desk: Code of the court.
        count: How often.
        per_day: The same for a day, rounded up.
        worst_minute, worst_ten_minutes, worst_hour: The most in such a span.
        floods: When there was a flood. ``flood_bp``: its share of the time, in basis points.
        top_ten_bp: Share of the ten loudest rules.
        over: Names of the limits that were passed.
    """

    desk: str
    count: int
    per_day: int
    worst_minute: int
    worst_ten_minutes: int
    worst_hour: int
    floods: tuple[Flood, ...]
    flood_bp: int
    top_ten_bp: int
    over: tuple[str, ...]


def loads(times: Sequence[Asked], start: datetime, end: datetime) -> dict[str, Load]:
    """The load of each desk that was asked something in [start, end), by code."""
    by_desk: dict[str, list[Asked]] = defaultdict(list)
    for one in times:
        if start <= one.at < end:
            by_desk[one.desk].append(one)
    return {desk: _load(desk, found, end - start) for desk, found in sorted(by_desk.items())}


def _load(desk: str, found: Sequence[Asked], span: timedelta) -> Load:
    instants = [one.at for one in found]
    floods = floods_of(instants)
    flooded = sum((flood.end - flood.begin for flood in floods), timedelta())
    rules = Counter(one.rule for one in found)
    figures = {
        "count": len(found),
        "per_day": -(-len(found) * timedelta(days=1) // span),
        "worst_minute": most_in(instants, timedelta(minutes=1)),
        "worst_ten_minutes": most_in(instants, TEN_MINUTES),
        "worst_hour": most_in(instants, timedelta(hours=1)),
        "flood_bp": min(10_000, flooded * 10_000 // span),
        "top_ten_bp": sum(count for _, count in rules.most_common(10)) * 10_000 // len(found),
    }
    return Load(desk=desk, floods=tuple(floods), over=_over(figures, len(rules)), **figures)


def _over(figures: Mapping[str, int], rules: int) -> tuple[str, ...]:
    """Which limits are passed; the ten loudest rules say something only where there are many more."""
    limits = {
        "per_day": PER_DAY,
        "worst_minute": PER_MINUTE,
        "worst_ten_minutes": FLOOD_MORE_THAN,
        "worst_hour": PER_HOUR,
        "flood_bp": FLOOD_TIME_BP,
    }
    over = [name for name, most in limits.items() if figures[name] > most]
    if figures["per_day"] > CEILING_PER_DAY:
        over.append("ceiling_per_day")
    if rules > 20 and figures["top_ten_bp"] > TOP_TEN_BP:
        over.append("top_ten_bp")
    return tuple(over)


def most_in(instants: Sequence[datetime], span: timedelta) -> int:
    """The most instants in any half-open span of that length; they are in order."""
    most = first = 0
    for last, at in enumerate(instants):
        while instants[first] <= at - span:
            first += 1
        most = max(most, last - first + 1)
    return most


def floods_of(instants: Sequence[datetime]) -> list[Flood]:
    """Spans in which more than ten came in ten minutes, joined where they touch; instants are in order."""
    spans: list[tuple[int, int]] = []
    for last in range(FLOOD_MORE_THAN, len(instants)):
        first = last - FLOOD_MORE_THAN
        if instants[last] - instants[first] >= TEN_MINUTES:
            continue
        if spans and first <= spans[-1][1]:
            first = spans.pop()[0]
        spans.append((first, last))
    return [Flood(instants[first], instants[last], last - first + 1) for first, last in spans]


def chattering(decisions: Iterable[Decision]) -> dict[str, int]:
    """Alerts that changed three times or more in some minute, and the most that they did."""
    times: dict[str, list[datetime]] = defaultdict(list)
    for one in decisions:
        if one.what in _TRANSITIONS and one.outcome == "happened":
            times[one.target].append(one.at)
    most = {target: most_in(sorted(found), timedelta(minutes=1)) for target, found in times.items()}
    return {target: count for target, count in sorted(most.items()) if count >= CHATTERS_AT}


def stale(records: Iterable[AlertDuty], now: datetime) -> list[str]:
    """Alerts on which somebody should have done something for more than a day, by id."""
    return sorted(one.id for one in records if one.is_open and now - one.raised_at > STALE_AFTER)


def mix(records: Iterable[AlertDuty]) -> dict[Severity, int]:
    """The share of each severity in basis points; nothing of nothing. The yardstick is `MIX_BP`."""
    counts = Counter(one.severity for one in records)
    total = sum(counts.values())
    return {severity: counts[severity] * 10_000 // total for severity in MIX_BP} if total else {}


def uncovered(records: Iterable[AlertDuty]) -> dict[str, int]:
    """Open alerts of desks without a roster, by court: nobody was there to be asked."""
    return dict(sorted(Counter(one.home for one in records if one.is_open and one.uncovered).items()))


class Spread(NamedTuple):
    """How long something took: how many times it was seen, the median and the ninth decile in seconds."""

    times: int
    median_s: int
    p90_s: int


def spread(spans: Iterable[timedelta]) -> Spread:
    """The spread of at least one span."""
    seconds = sorted(int(one.total_seconds()) for one in spans)
    number = len(seconds)
    return Spread(number, seconds[-(-number // 2) - 1], seconds[-(-9 * number // 10) - 1])


Place = tuple[str, str]
"""(rule, court)."""


def time_to_acknowledge(decisions: Iterable[Decision]) -> dict[Place, Spread]:
    """From the first page to the first acknowledgement, by rule and court; each calling of duty counts once."""
    waiting: dict[str, datetime] = {}
    spans: dict[Place, list[timedelta]] = defaultdict(list)
    for one in decisions:
        if one.record is None or one.outcome == "refused" or "rule" not in one.record:
            continue
        if one.what == "paged" and one.detail.get("pages") and not one.record.get("owner"):
            waiting.setdefault(one.target, one.at)
        elif one.what in _ANSWERS and one.target in waiting:
            spans[_place(one.record)].append(one.at - waiting.pop(one.target))
        elif one.what in {"resolved", "retracted"}:
            waiting.pop(one.target, None)
    return {place: spread(found) for place, found in sorted(spans.items())}


def time_to_cure(decisions: Iterable[Decision]) -> dict[Place, Spread]:
    """From an alert's being raised to the court's event that fulfilled its obligation, by rule and court."""
    spans: dict[Place, list[timedelta]] = defaultdict(list)
    for one in decisions:
        if one.what in {"resolved", "obligation_ended"} and one.record is not None and one.record.get("end_reason") == "cured":
            raised, ended = (_instant(one.record[name]) for name in ("raised_at", "ended_at"))
            spans[_place(one.record)].append(ended - raised)
    return {place: spread(found) for place, found in sorted(spans.items())}


def _place(record: Mapping[str, Any]) -> Place:
    return record["rule"], record["court"]


def _instant(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else parse_instant(value)
