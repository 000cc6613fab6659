"""What the gateway checks of an event before it may enter the log: pure, without clock or broker.

The envelope was checked when it was decoded (`contract.codec`); here come the payload, who may send it, courts, case numbers
and what only the gateway may say.
"""

import re
from typing import Any

import msgspec

from contract.canonical import canonical_json
from contract.case_no import CaseNoError, parse_case_no
from contract.courts import COURTS
from contract.envelope import MAX_SUBJECT_BYTES, Event
from contract.errors import FieldError, InvalidEvent
from contract.named_courts import court_errors, unknown_court
from contract.registry import EVENT_TYPES, HEARTBEAT, validate
from contract.times import civil_date
from contract.topics import MAX_EVENT_BYTES
from producers.identity import id_valid

CASE_NO_FIELDS = ("case_no", "prior_case_no", "new_case_no", "to_case_no")
_TRIALS = frozenset({"suit.filed"})  # their case number is one of a trial (民初), whose type codes are not in our table
_MAX_SOURCE_BYTES = 256
_SURELY_SMALL = MAX_EVENT_BYTES // 8
_RESERVED = re.compile(r"sys/|@")


def check(event: Event) -> Event:
    """Check an event from outside and return it as it goes on: case numbers in normal form, ``id_valid`` set.

    Raises:
        InvalidEvent: With everything that is wrong.
    """
    event = _of_its_month(event)
    errors = [*_sender_errors(event), *court_errors(event), *_reserved_errors(event)]
    data = event.data
    if data is not None and not event.type.startswith("x."):
        data, wrong = _normal(event, data)
        errors += wrong
        event = msgspec.structs.replace(event, data=data)
    elif data is not None:
        errors += _foreign_errors(data)
    errors += validate(event)
    if errors:
        raise InvalidEvent(tuple(errors))
    return event


def _of_its_month(event: Event) -> Event:
    """The heartbeats of a subject in one civil month are a chain: a chain has room for some ten thousand events only."""
    if event.short != HEARTBEAT:
        return event
    return msgspec.structs.replace(event, rootid=f"{event.subject}/{civil_date(event.time):%Y-%m}")


def _foreign_errors(data: dict[str, Any]) -> list[FieldError]:
    """Foreign events carry anything but personal data; numbers may grow when written canonically (1e15 has 16 digits)."""
    errors = []
    if "pii" in data:
        errors.append(FieldError("data.pii", "pii_not_allowed", "a foreign event carries no personal data; remove it"))
    if len(msgspec.json.encode(data)) > _SURELY_SMALL and len(canonical_json(data)) > MAX_EVENT_BYTES:
        errors.append(FieldError("data", "too_large", f"written canonically, data has more than {MAX_EVENT_BYTES} bytes"))
    return errors


def _sender_errors(event: Event) -> list[FieldError]:
    """The platform alone writes control events, and nobody from outside speaks as a part of it."""
    errors = []
    if event.source.startswith("/sys/"):
        errors.append(
            FieldError("source", "reserved_source", "/sys/ is the platform's own; send as /court/<法院代字>/<system>")
        )
    kind = EVENT_TYPES.get(event.short)
    if kind is not None and kind.sender == "system":
        errors.append(FieldError("type", "control_type", f"{kind.name} is written by the platform's clock alone"))
    if kind is not None and kind.restricted and event.sequence is not None:
        text = "a gap in the common sequence would tell of it; leave sequence out, and use up no number for it"
        errors.append(FieldError("sequence", "restricted_sequence", text))
    return errors


def _reserved_errors(event: Event) -> list[FieldError]:
    errors = []
    if event.receivedtime is not None:
        errors.append(FieldError("receivedtime", "reserved", "only the gateway sets it; remove it"))
    if len(event.source.encode()) > _MAX_SOURCE_BYTES:
        errors.append(FieldError("source", "too_long", f"a source has at most {_MAX_SOURCE_BYTES} bytes"))
    if len(event.rootid.encode()) > MAX_SUBJECT_BYTES:
        errors.append(FieldError("rootid", "too_long", f"a chain's id has at most {MAX_SUBJECT_BYTES} bytes"))
    for name, value in {"subject": event.subject, "rootid": event.rootid}.items():
        if _RESERVED.match(value):
            errors.append(FieldError(name, "reserved", "ids that begin with sys/ or @ are the platform's own"))
    pii = None if event.data is None else event.data.get("pii")
    if isinstance(pii, dict) and "sealed" in pii:
        errors.append(FieldError("data.pii", "already_sealed", "send personal data in clear; the gateway seals it"))
    return errors


def _normal(event: Event, data: dict[str, Any]) -> tuple[dict[str, Any], list[FieldError]]:
    """Return the payload as it goes on, and what is wrong with its case numbers."""
    errors: list[FieldError] = []
    data = dict(data)
    for name in () if event.short in _TRIALS else CASE_NO_FIELDS:
        if isinstance(data.get(name), str):
            data[name] = _case_no(name, data[name], errors)
    if event.short == "party.registered":
        data.pop("id_valid", None)
        pii = data.get("pii")
        valid = id_valid(pii) if isinstance(pii, dict) else None
        if valid is not None:
            data["id_valid"] = valid
    return data, errors


def _case_no(name: str, text: str, errors: list[FieldError]) -> str:
    try:
        number = parse_case_no(text)
    except CaseNoError as error:
        code = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).lower()
        errors.append(FieldError(f"data.{name}", code, str(error)))
        return text
    if COURTS.get(number.court) is None:
        errors.append(unknown_court(f"data.{name}", number.court))
    return number.normal
