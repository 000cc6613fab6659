"""What a payload must be to be of its type: `validate` and `decode` against the catalogue.

A type that is not in the catalogue is refused by name; foreign types (``x.<name>``) are taken as they are.
"""

from functools import cache
from typing import Any

import msgspec

from contract.catalogue import CONTROL_TYPES, EVENT_TYPES, HEARTBEAT, RESTRICTED_TYPES, EventType
from contract.envelope import Event, full_type
from contract.errors import FieldError, InvalidEvent
from contract.events.fields import Payload
from contract.times import civil_date

__all__ = [
    "CONTROL_TYPES",
    "EVENT_TYPES",
    "HEARTBEAT",
    "RESTRICTED_TYPES",
    "EventType",
    "decode",
    "field_kinds",
    "validate",
]


def validate(event: Event) -> list[FieldError]:
    """Return everything that is wrong with the payload of an event; nothing for a withdrawal or a foreign type.

    Personal data must already be sealed or still be plain under ``data.pii``; both are accepted here.
    """
    if event.type.startswith("x."):
        return []
    kind = EVENT_TYPES.get(event.short)
    if kind is None or full_type(kind.name) != event.type:
        return [FieldError("type", "unknown_type", f"{event.type!r} is no type of this version")]
    if event.data is None:
        return []
    data = dict(event.data)
    pii = data.pop("pii", None)
    errors = _payload_errors(kind, data)
    if pii is not None:
        errors += _pii_errors(kind, pii)
    if kind.has_on and not errors:
        errors += _on_errors(event)
    return errors


def decode(event: Event) -> Payload | None:
    """Return the typed payload of an event of this contract; None for a withdrawal. ``pii`` is left out.

    Raises:
        InvalidEvent: The payload is not of its type.
    """
    kind = EVENT_TYPES.get(event.short)
    if kind is None:
        raise InvalidEvent((FieldError("type", "unknown_type", f"{event.type!r} is no type of this version"),))
    if event.data is None:
        return None
    try:
        return msgspec.convert({k: v for k, v in event.data.items() if k != "pii"}, kind.payload)
    except msgspec.ValidationError as error:
        raise InvalidEvent((_field_error("data", error),)) from None


@cache
def field_kinds(name: str) -> dict[str, str]:
    """Return {field: kind} of a type's payload; kind = day, instant, integer, boolean, text, list or object."""
    kinds: dict[str, str] = {}
    for field in msgspec.structs.fields(EVENT_TYPES[name].payload):
        kinds[field.encode_name] = _kind_of(msgspec.inspect.type_info(field.type))
    return kinds


_KINDS: dict[type[msgspec.inspect.Type], str] = {
    msgspec.inspect.DateType: "day",
    msgspec.inspect.DateTimeType: "instant",
    msgspec.inspect.IntType: "integer",
    msgspec.inspect.BoolType: "boolean",
    msgspec.inspect.StrType: "text",
    msgspec.inspect.LiteralType: "text",
    msgspec.inspect.ListType: "list",
    msgspec.inspect.StructType: "object",
}


def _kind_of(info: msgspec.inspect.Type) -> str:
    if isinstance(info, msgspec.inspect.UnionType):
        info = next(part for part in info.types if not isinstance(part, msgspec.inspect.NoneType))
    if isinstance(info, msgspec.inspect.Metadata):
        return _kind_of(info.type)
    return _KINDS[type(info)]


def _payload_errors(kind: EventType, data: dict[str, Any]) -> list[FieldError]:
    """Decode at once; if that fails field by field, so that every error is found and each has its place."""
    try:
        msgspec.convert(data, kind.payload)
    except msgspec.ValidationError:
        pass
    else:
        return []
    errors: list[FieldError] = []
    known = _fields(kind.payload)
    errors += [
        FieldError(f"data.{name}", "unknown_field", f"{kind.name} has no such field; remove it or check its spelling")
        for name in data
        if name not in known
    ]
    for name, field in known.items():
        if name not in data:
            if field.required:
                errors.append(FieldError(f"data.{name}", "missing", f"required in {kind.name}"))
            continue
        try:
            msgspec.convert(data[name], field.type)
        except msgspec.ValidationError as error:
            errors.append(_field_error(f"data.{name}", error))
    return errors


@cache
def _fields(payload: type[Payload]) -> dict[str, msgspec.structs.FieldInfo]:
    """Fields by their name in JSON; msgspec resolves annotations anew at each call, which would cost more than all checks."""
    return {field.encode_name: field for field in msgspec.structs.fields(payload)}


def _pii_errors(kind: EventType, pii: Any) -> list[FieldError]:
    if not kind.pii:
        return [FieldError("data.pii", "pii_not_allowed", f"{kind.name} carries no personal data; only types made for it do")]
    if isinstance(pii, dict) and set(pii) == {"sealed"}:
        return [] if isinstance(pii["sealed"], str) else [FieldError("data.pii.sealed", "not_text", "must be a string")]
    try:
        msgspec.convert(pii, _fields(kind.payload)["pii"].type)
    except msgspec.ValidationError as error:
        return [_field_error("data.pii", error)]
    return []


def _on_errors(event: Event) -> list[FieldError]:
    """``on``, where a payload has it, is the civil date of ``time`` (docs/catalogue.md)."""
    on = None if event.data is None else event.data.get("on")
    if on is not None and str(on) != civil_date(event.time).isoformat():
        day = civil_date(event.time).isoformat()
        return [FieldError("data.on", "on_is_not_time", f"{on} is not the civil date of time, {day}; correct one of them")]
    return []


def _field_error(path: str, error: msgspec.ValidationError) -> FieldError:
    """Turn msgspec's "… - at `$.x`" into a path of ours; the value itself is left out, so that no personal data leaks."""
    text, _, place = str(error).partition(" - at `$")
    if text.startswith("Invalid enum value"):
        text = "not one of the values that the schema of this type lists"
    return FieldError(path + place.rstrip("`"), "bad_value", text[:1].lower() + text[1:])
