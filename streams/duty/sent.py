"""What a directive sends: the courts' own events of what was done here, links to its alerts.

Events go under the case's subject and rootid with ids made of the directive's, so that R-DIR-* judge what was done here as they
judge what courts tell of themselves, and a repeat after a crash is the same event.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from contract import codec
from contract.canonical import short_id
from contract.duty.commands import LinkTold, told_id
from contract.duty.directives import Act, DirectiveRecord
from contract.duty.people import Principal
from contract.envelope import Event, Ref, full_type
from contract.errors import InvalidEvent
from contract.registry import validate
from contract.times import civil_date
from streams.duty.acts import source_of
from streams.duty.drafts import DUTY

_MOMENT = timedelta(microseconds=1)


def act(record: DirectiveRecord, kind: str, principal: Principal, now: datetime, data: dict[str, Any]) -> tuple[Act, Event]:
    """What somebody did about a directive: as its record keeps it, and as the court's own event of ``court.events.v1``.

    ``data``: the payload without ``directive_id``; a ``text`` is kept in the record only, the event has no field for it.
    """
    now = _after_the_last(record, now)
    first = kind == "sup.directive_issued"
    name = record.id if first else short_id("directive_act", record.id, kind, len(record.acts))
    ref = (source_of(principal.court), name)
    payload = {"directive_id": record.name or record.id} | {field: value for field, value in data.items() if field != "text"}
    event = _event(record, ref, kind, now, payload)
    return Act(ref=ref, type=kind, court=principal.court, time=now, by=principal.account, data=data), event


def issue_data(record: DirectiveRecord, due_on: str) -> dict[str, Any]:
    """The payload of the event of an issue."""
    said: dict[str, Any] = {
        "kind": record.kind,
        "from_court": record.from_court,
        "to_court": record.to_court,
        "case_no": record.case_no,
        "alert_ids": list(record.alert_ids),
        "due_on": due_on,
        "legal_basis": record.legal_basis,
    }
    return {field: value for field, value in said.items() if value}


def not_sendable(record: DirectiveRecord, principal: Principal, now: datetime) -> str | None:
    """Why the event of an issue would break the contract, None if it wouldn't. Nobody would ever judge such a one."""
    _, event = act(record, "sup.directive_issued", principal, now, issue_data(record, today(now)))
    try:
        _, value, headers = codec.to_kafka(event)
        errors = validate(codec.from_kafka(value, headers))
    except InvalidEvent as error:
        errors = list(error.errors)
    return str(errors[0]) if errors else None


def withdrawal(record: DirectiveRecord, principal: Principal, now: datetime) -> tuple[Act, Event]:
    """Take back the issue, so that nothing falls due by it: as the record keeps it, and as the court's own event."""
    issued = next(one for one in record.acts if one.type == "sup.directive_issued" and not one.withdraws)
    now = _after_the_last(record, now)
    ref = (source_of(principal.court), short_id("directive_withdrawn", record.id, len(record.acts)))
    act = Act(
        ref=ref,
        type=issued.type,
        court=principal.court,
        time=now,
        by=principal.account,
        correctionof=issued.ref,
        withdraws=True,
    )
    return act, _event(record, ref, issued.type, now, None, issued.ref)


def _after_the_last(record: DirectiveRecord, now: datetime) -> datetime:
    """The room's clock may stand still between two acts; their events must not: history is in the order of their time."""
    last = max((act.time for act in record.acts), default=now - _MOMENT)
    return max(now, last + _MOMENT)


def _event(
    record: DirectiveRecord, ref: Ref, kind: str, now: datetime, data: dict[str, Any] | None, correction: Ref | None = None
) -> Event:
    return Event(
        id=ref[1],
        source=ref[0],
        type=full_type(kind),
        subject=record.subject,
        rootid=record.rootid,
        time=now,
        recordedtime=now,
        receivedtime=now,
        correctionof=correction,
        data=data,
    )


def today(now: datetime) -> str:
    """The civil day of an instant, as payloads carry it."""
    return civil_date(now).isoformat()


Word = Literal["drafted", "issued", "closed", "withdrawn"]


def links(record: DirectiveRecord, what: Word, now: datetime, alerts: Iterable[str] | None = None) -> tuple[LinkTold, ...]:
    """Tell the alerts that a directive names what became of it; the alerts tell back when they end, or that they have."""
    detail = {"kind": record.kind, "from_court": record.from_court, "to_court": record.to_court}
    return tuple(
        LinkTold(
            id=told_id("link", record.id, alert, what, record.version),
            target=alert,
            principal=DUTY,
            at=now,
            source=record.id,
            what=what,
            detail=detail,
        )
        for alert in (record.alert_ids if alerts is None else alerts)
    )
