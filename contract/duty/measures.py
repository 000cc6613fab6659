"""All figures of alarm quality of one span, from its decisions and the records that stand. One copy for command and page."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from contract.duty import quality
from contract.duty.alerts import AlertDuty, Severity
from contract.duty.decisions import Decision

_RECORD = ("rule", "court", "owner", "end_reason", "raised_at", "ended_at")


class Quality(NamedTuple):
    """The figures of a span that ends with the last decision; see ``contract.duty.quality``."""

    start: datetime
    end: datetime
    loads: dict[str, quality.Load]
    chattering: dict[str, int]
    stale: list[str]
    mix: dict[Severity, int]
    uncovered: dict[str, int]
    to_acknowledge: dict[quality.Place, quality.Spread]
    to_cure: dict[quality.Place, quality.Spread]


def measure(said: Iterable[Decision], records: Sequence[AlertDuty], start: datetime, end: datetime) -> Quality:
    """The figures of [start, end].

    Args:
        said: Decisions, in any order, each once; of those before ``start`` nothing is read.
        records: Alerts as they stand at ``end``.
        start: Aware.
        end: Aware.
    """
    within = sorted((one for one in said if one.at >= start), key=lambda one: one.at)
    return Quality(
        start,
        end,
        quality.loads(quality.asked(within), start, end + timedelta(microseconds=1)),
        quality.chattering(within),
        quality.stale(records, end),
        quality.mix(one for one in records if one.raised_at >= start),
        quality.uncovered(records),
        quality.time_to_acknowledge(within),
        quality.time_to_cure(within),
    )


def trimmed(one: Decision) -> Decision:
    """A decision with as much of its record and its pages as the figures read."""
    record = one.record or {}
    detail = {name: one.detail[name] for name in ("rule",) if name in one.detail}
    if pages := one.detail.get("pages"):
        detail["pages"] = [{"desk": page["desk"]} for page in pages]
    kept = {name: record[name] for name in _RECORD if name in record}
    return msgspec.structs.replace(one, record=kept, detail=detail)
