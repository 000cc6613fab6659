"""The envelope of every event: CloudEvents 1.0 with the extensions of this contract, and no others."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from contract.canonical import digest
from contract.times import format_instant

TYPE_PREFIX = "cn.court.enforcement."
TYPE_SUFFIX = ".v1"
MAX_SUBJECT_BYTES = 128
WHOLE_COURT = "court/"
"""A subject that begins so is about a whole court (``court/<法院代字>``), and no case."""

_COURT_SOURCE = re.compile(r"/court/([^/\s]+)/[^/\s]+")

Ref = tuple[str, str]
"""(source, id): the name of an event."""


def full_type(name: str) -> str:
    """Widen a short type: ``case.filed`` → ``cn.court.enforcement.case.filed.v1``; full and foreign names stand as they are."""
    if name.startswith(("x.", TYPE_PREFIX)):
        return name
    return f"{TYPE_PREFIX}{name}{TYPE_SUFFIX}"


@lru_cache(maxsize=4096)
def short_type(name: str) -> str:
    """Shorten a full type; a foreign name (``x.…``), or one of another family, stands as it is."""
    if name.startswith(TYPE_PREFIX) and name.endswith(TYPE_SUFFIX):
        return name[len(TYPE_PREFIX) : -len(TYPE_SUFFIX)]
    return name


def court_of_source(source: str) -> str | None:
    """Return the court code in ``/court/<法院代字>/<system>``, or None for an import or a part of the system."""
    match = _COURT_SOURCE.fullmatch(source)
    return match.group(1) if match else None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event as it stands in the log. (source, id) names it.

    Attributes:
        id: The sender's id, unique in its source.
        source: ``/court/<法院代字>/<system>``, ``/import/<sha-256>`` or ``/sys/<name>``.
        type: Full type name.
        subject: The sender's stable case id, at most 128 bytes; or ``court/<code>`` and the like.
        time: When it happened (发生时间), UTC.
        recordedtime: When the court entered it (录入时间), the court's word, UTC.
        receivedtime: When the gateway took it (接收时间), UTC; None before the gateway.
        rootid: The chain of cases; the subject where the sender gave none.
        sequence: The sender's number, consecutive in its source; None = not watched.
        courtcode: The acting court where it isn't the one in ``source``.
        correctionof: The event that this one corrects; with no data it withdraws it.
        traceparent: W3C trace context.
        data: The payload, or None for a withdrawal.
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    recordedtime: datetime
    receivedtime: datetime | None = None
    rootid: str
    sequence: int | None = None
    courtcode: str | None = None
    correctionof: Ref | None = None
    traceparent: str | None = None
    data: dict[str, Any] | None = None

    @property
    def ref(self) -> Ref:
        """The name of the event."""
        return self.source, self.id

    @property
    def short(self) -> str:
        """The short type, as packs and texts write it."""
        return short_type(self.type)

    @property
    def court(self) -> str | None:
        """The acting court: ``courtcode``, else the court in ``source``, else None."""
        return self.courtcode or court_of_source(self.source)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the event as canonical JSON without ``receivedtime`` and ``traceparent`` (32 bytes)."""
        attributes = to_attributes(self)
        attributes.pop("receivedtime", None)
        attributes.pop("traceparent", None)
        return digest(attributes)


def order_key(event: Event) -> tuple[datetime, datetime, str, int, str]:
    """The order of history: (time, recordedtime, source, sequence, id); an absent sequence sorts first."""
    return event.time, event.recordedtime, event.source, -1 if event.sequence is None else event.sequence, event.id


def to_attributes(event: Event) -> dict[str, Any]:
    """Return the event as a structured CloudEvents object, defaults left out, instants in UTC.

    ``rootid`` equal to the subject and ``courtcode`` equal to the court in ``source`` are defaults: two events that
    differ in writing them out are the same event and have the same digest.
    """
    out: dict[str, Any] = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": format_instant(event.time),
        "recordedtime": format_instant(event.recordedtime),
    }
    if event.receivedtime is not None:
        out["receivedtime"] = format_instant(event.receivedtime)
    if event.rootid != event.subject:
        out["rootid"] = event.rootid
    if event.sequence is not None:
        out["sequence"] = str(event.sequence)
    if event.courtcode is not None and event.courtcode != court_of_source(event.source):
        out["courtcode"] = event.courtcode
    if event.correctionof is not None:
        out["correctionof"] = " ".join(event.correctionof)
    if event.traceparent is not None:
        out["traceparent"] = event.traceparent
    if event.data is not None:
        out["datacontenttype"] = "application/json"
        out["data"] = event.data
    return out
