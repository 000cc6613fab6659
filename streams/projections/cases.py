"""The table ``cases``: a row for each change of a case that the engine tells."""

from datetime import date, datetime
from typing import NamedTuple

from streams.projections.messages import CaseSnapshot, Position
from streams.projections.record import Entry

_MOST = 2**64 - 1


class CaseRow(NamedTuple):
    """One row; the DDL says what the columns mean."""

    subject: str
    position: int
    id: str
    partition: int
    known_from: datetime
    rootid: str
    court: str
    case_no: str
    case_type: str
    stage: str
    mode: str
    filed_on: date | None
    closed_on: date | None
    claim_fen: int | None
    paid_fen: int | None
    cause: str
    tags: list[str]
    opened: bool
    open: bool
    last_event_at: datetime | None
    last_type: str
    log_partition: int
    log_offset: int
    rank: int


def project(entry: Entry) -> list[CaseRow]:
    """Return the row of a case's change; nothing for a record that is none."""
    case = entry.content
    if not isinstance(case, CaseSnapshot):
        return []
    position = Position.parse(case.position)
    return [
        CaseRow(
            subject=case.subject,
            position=position.offset,
            id=case.id,
            partition=position.partition,
            known_from=case.known_from,
            rootid=case.rootid,
            court=case.court or "-",
            case_no=case.case_no or "",
            case_type=case.case_type or "",
            stage=case.stage or "",
            mode=case.mode or "",
            filed_on=case.filed_on,
            closed_on=case.closed_on,
            claim_fen=case.claim_fen,
            paid_fen=case.paid_fen,
            cause=case.cause or "",
            tags=case.tags,
            opened=case.opened,
            open=case.open,
            last_event_at=case.last_event_at,
            last_type=case.last_type or "",
            log_partition=entry.record.partition,
            log_offset=entry.record.offset,
            rank=_MOST - entry.record.offset,
        )
    ]
