"""Every error of an event at once, even where one hides others.

Decoding stops an event whose envelope is wrong before anything can look at its payload. So that a sender needn't mend one
error to hear of the next, what is wrong is replaced by something harmless and the rest is checked too. Only refused events
pay for it.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from contract.codec import ATTRIBUTES, from_json
from contract.errors import FieldError, InvalidEvent
from producers.checks import check

_HARMLESS = {
    "id": "-",
    "source": "/import/" + "0" * 64,
    "type": "x.unknown",
    "subject": "-",
    "time": "2000-01-01T00:00:00Z",
}


def diagnose(raw: bytes | Mapping[str, Any], found: tuple[FieldError, ...]) -> InvalidEvent:
    """Return the refusal with the errors found in decoding and those behind them."""
    try:
        attributes = msgspec.json.decode(raw) if isinstance(raw, bytes) else dict(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        attributes = None
    if not isinstance(attributes, dict):
        return InvalidEvent(found)
    return InvalidEvent(found + tuple(_behind(attributes, found)))


def _behind(attributes: dict[str, Any], found: tuple[FieldError, ...]) -> list[FieldError]:
    wrong = {error.field for error in found}
    data = attributes.get("data")
    mended = {name: value for name, value in attributes.items() if name in ATTRIBUTES and name not in wrong}
    mended["data"] = _payload(data, wrong) if isinstance(data, dict) else {}
    if wrong & {"id", "source"}:
        mended.pop("correctionof", None)
    try:
        check(from_json(_HARMLESS | mended))
    except InvalidEvent as error:
        return [one for one in error.errors if _is_new(one, wrong) and (isinstance(data, dict) or not _in_data(one.field))]
    return []


def _payload(data: dict[str, Any], wrong: set[str]) -> dict[str, Any]:
    """The payload without what is wrong in it; without ``pii`` where the type that may carry it is unknown."""
    bad = {re.split(r"[.\[]", field)[1] for field in wrong if field.startswith("data.")}
    if "type" in wrong:
        bad.add("pii")
    return {name: value for name, value in data.items() if name not in bad}


def _is_new(error: FieldError, wrong: set[str]) -> bool:
    if error.code == "on_is_not_time" and "time" in wrong:
        return False
    return not any(field == error.field or field.startswith((error.field + ".", error.field + "[")) for field in wrong)


def _in_data(field: str) -> bool:
    return field.partition(".")[0] == "data"
