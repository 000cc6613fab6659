"""The table ``dead_letters``: what was refused, and why."""

from datetime import datetime
from typing import NamedTuple

from contract.deadletter import DeadLetter
from streams.projections.record import Entry

_MOST = 2**64 - 1


class DeadLetterRow(NamedTuple):
    """One row; the DDL says what the columns mean."""

    id: str
    append_time: datetime
    reason: str
    error: str
    detail: str
    source: str
    event_id: str
    rootid: str
    attempts: int
    origin_topic: str
    origin_partition: int
    origin_offset: int
    log_partition: int
    log_offset: int
    rank: int


def project(entry: Entry) -> list[DeadLetterRow]:
    """Return the row of a dead letter; nothing for a record that is none."""
    letter = entry.content
    if not isinstance(letter, DeadLetter):
        return []
    return [
        DeadLetterRow(
            id=letter.id,
            append_time=entry.append_time,
            reason=letter.reason,
            error=letter.error,
            detail=letter.detail,
            source=letter.source,
            event_id=letter.event_id,
            rootid=letter.rootid,
            attempts=letter.attempts,
            origin_topic=letter.topic,
            origin_partition=letter.partition,
            origin_offset=letter.offset,
            log_partition=entry.record.partition,
            log_offset=entry.record.offset,
            rank=_MOST - entry.record.offset,
        )
    ]
