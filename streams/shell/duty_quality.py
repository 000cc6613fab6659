"""Alarm quality read off the log of decisions: what each desk was asked in the last days, and what became of it."""

from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from contract.duty import decisions, quality
from contract.duty.alerts import AlertDuty, Severity
from contract.duty.decisions import Decision
from contract.topics import DECISIONS
from streams.shell.log_ends import ends
from streams.shell.replay import replay

_KEPT = ("rule", "court", "owner", "end_reason", "raised_at", "ended_at")
"""Fields of a record that the figures read; a decision is kept with no others."""


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


def read_quality(bootstrap: str, days: int) -> Quality | None:
    """The quality of the last ``days`` of the log's own time; None if nothing was decided yet.

    Raises:
        ReplayStalled: The broker gives nothing any more.
        KafkaError: It is gone.
    """
    found: dict[str, Decision] = {}
    records: dict[str, AlertDuty] = {}
    for _, _, batch in replay(bootstrap, {}, ends(bootstrap, [DECISIONS])):
        for record in batch:
            one = decisions.decode(record.value or b"")
            if one.record is not None and "thread" in one.record:
                records[one.target] = msgspec.convert(one.record, AlertDuty)
            found[one.id] = _trimmed(one)
    if not found:
        return None
    end = max(one.at for one in found.values())
    start = end - timedelta(days=days)
    last = end + timedelta(microseconds=1)
    said = sorted((one for one in found.values() if one.at >= start), key=lambda one: one.at)
    raised = [one for one in records.values() if one.raised_at >= start]
    return Quality(
        start,
        end,
        quality.loads(quality.asked(said), start, last),
        quality.chattering(said),
        quality.stale(records.values(), end),
        quality.mix(raised),
        quality.uncovered(records.values()),
        quality.time_to_acknowledge(said),
        quality.time_to_cure(said),
    )


def _trimmed(one: Decision) -> Decision:
    record = one.record or {}
    return msgspec.structs.replace(one, record={name: record[name] for name in _KEPT if name in record})
