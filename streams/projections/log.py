"""The table ``log``: one row for each offset, whatever the record carries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from contract.deadletter import DeadLetter
from contract.envelope import Event, short_type
from streams.projections.messages import CaseSnapshot, GroupControl, GroupFact, Transition, Watermark
from streams.projections.record import Entry


class LogRow(NamedTuple):
    """One row; the DDL says what the columns mean."""

    topic: str
    partition: int
    offset: int
    append_time: datetime
    key: str
    headers: str
    value: str
    kind: str
    id: str
    digest: bytes
    size: int
    error: str


def project(entry: Entry) -> LogRow:
    """Return the row of a record. Personal data is left out; a record that cannot be read leaves no value and no headers."""
    record, content = entry.record, entry.content
    value = record.value or b""
    kind, name = _named(content)
    return LogRow(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        append_time=entry.append_time,
        key=(record.key or b"").decode(errors="replace"),
        headers=_headers(entry),
        value=_value(content, value),
        kind=kind,
        id=name,
        digest=entry.digest,
        size=len(value),
        error=entry.error,
    )


def data_text(event: Event) -> str:
    """Return the payload as JSON without ``pii``; empty for a withdrawal."""
    if event.data is None:
        return ""
    return _json({name: item for name, item in event.data.items() if name != "pii"})


def _headers(entry: Entry) -> str:
    """Headers that were read; any other may hold whatever."""
    match entry.content:
        case Event():
            prefix = "ce_"
        case DeadLetter():
            prefix = "dl_"
        case _:
            return "{}"
    return _json({name: raw.decode() for name, raw in entry.record.headers if name.startswith(prefix) and raw is not None})


def _value(content: Any, value: bytes) -> str:
    match content:
        case Event():
            return data_text(content)
        case Transition() | CaseSnapshot() | Watermark() | GroupControl():
            return value.decode()
        case Mapping():
            return _json({**content, **_data(content)})
        case _:
            return ""  # unreadable, a tombstone, the sealed body of a dead letter, or a fact of an event that is there already


def _data(content: Mapping[str, Any]) -> dict[str, Any]:
    data = content.get("data")
    if not isinstance(data, Mapping):
        return {}
    return {"data": {name: item for name, item in data.items() if name != "pii"}}


def _named(content: Any) -> tuple[str, str]:
    """(kind, id) of what a record says; two empty texts if it says nothing."""
    match content:
        case Event():
            named = content.short, " ".join(content.ref)
        case Transition():
            named = content.transition, content.id
        case CaseSnapshot() | Watermark() | GroupFact() | GroupControl():
            named = str(content.__struct_config__.tag), content.id
        case DeadLetter():
            named = content.reason, content.id
        case Mapping():
            # Commands have a kind, decisions what happened, anything else maybe a CloudEvents type.
            named = (
                short_type(str(content.get("kind") or content.get("what") or content.get("type", ""))),
                str(content.get("id", "")),
            )
        case _:
            named = "", ""
    return named


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
