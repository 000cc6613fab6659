"""The table ``events``: one event for each (source, id)."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from contract.envelope import Event
from streams.projections.log import data_text
from streams.projections.record import Entry

_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOST = 2**64 - 1


class EventRow(NamedTuple):
    """One row; the DDL says what the columns mean."""

    source: str
    id: str
    type: str
    subject: str
    rootid: str
    time: datetime
    recordedtime: datetime
    receivedtime: datetime
    sequence: int
    court: str
    correction_of: str
    data: str
    digest: bytes
    partition: int
    offset: int
    rank: int


def project(entry: Entry) -> list[EventRow]:
    """Return the row of an event of the contract; nothing for a record that is none, or that the engine refuses."""
    event, digest = entry.content, entry.digest
    if not isinstance(event, Event) or entry.error:
        return []
    received = event.receivedtime or event.recordedtime
    record = entry.record
    return [
        EventRow(
            source=event.source,
            id=event.id,
            type=event.short,
            subject=event.subject,
            rootid=event.rootid,
            time=event.time,
            recordedtime=event.recordedtime,
            receivedtime=received,
            sequence=-1 if event.sequence is None else event.sequence,
            court=event.court or "",
            correction_of="" if event.correctionof is None else event.correctionof[1],
            data=data_text(event),
            digest=digest,
            partition=record.partition,
            offset=record.offset,
            rank=rank(event.recordedtime, digest, received, record.partition, record.offset),
        )
    ]


def rank(recordedtime: datetime, digest: bytes, receivedtime: datetime, partition: int, offset: int) -> int:
    """Return a 256-bit number that is greatest for the body that counts under one (source, id).

    The lesser by (recordedtime, digest) counts, then the earliest receivedtime, then the first place in the log, so that one
    body and one place win in every order of arrival. Eight bytes of the digest decide, as in the engine's packed history.
    """
    parts = (_micros(recordedtime), int.from_bytes(digest[:8], "big"), _micros(receivedtime), partition << 48 | offset)
    number = 0
    for part in parts:
        number = number << 64 | (_MOST - part)
    return number


def _micros(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND
