"""The one decode boundary: structured CloudEvents JSON, event files and Kafka records to `Event`, and back.

Every function collects all errors of an event before it refuses it. What is checked here needs nothing but the event
itself; `contract.registry` checks the payload, the gateway what needs the feed, the court tree or the clock.
"""

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from contract.canonical import canonical_json
from contract.envelope import MAX_SUBJECT_BYTES, TYPE_PREFIX, TYPE_SUFFIX, Event, Ref, full_type, to_attributes
from contract.errors import FieldError, InvalidEvent
from contract.times import parse_instant

REQUIRED = ("id", "source", "type", "subject", "time")
OPTIONAL = ("specversion", "datacontenttype", "dataschema", "data")
EXTENSIONS = ("recordedtime", "receivedtime", "rootid", "sequence", "courtcode", "correctionof", "traceparent")
ATTRIBUTES = frozenset(REQUIRED + OPTIONAL + EXTENSIONS)
_SOURCE = re.compile(r"/court/[^/\s]+/[^/\s]+|/import/[0-9a-f]{64}|/sys/[a-z0-9._-]+")
_TYPE = re.compile(r"x\.\S+|[a-z_]+(?:\.[a-z_]+)+")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_MAX_ID_BYTES = 256
_MAX_DEPTH = 32
"""Far more than any payload has, far less than what a recursive reader can bear."""

Headers = Sequence[tuple[str, bytes | None]]
"""As Kafka gives them: a header may stand there without a value."""


def from_json(source: bytes | str | Mapping[str, Any]) -> Event:
    """Decode one structured CloudEvent; a short type is widened, ``recordedtime`` defaults to ``time``.

    Raises:
        InvalidEvent: With everything that is wrong.
    """
    if isinstance(source, bytes | str):
        try:
            value = msgspec.json.decode(source)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            marked = isinstance(source, bytes) and source.startswith(codecs.BOM_UTF8)
            reason = "begins with a byte order mark: leave it out" if marked else no_json(error)
            raise InvalidEvent((FieldError("", "not_json", reason),)) from None
    else:
        value = source
    if not isinstance(value, Mapping):
        raise InvalidEvent((FieldError("", "not_an_object", "an event is a JSON object; several are a batch, or lines"),))
    return _Reader(value).event()


def to_json(event: Event) -> dict[str, Any]:
    """Return the event as a structured CloudEvents object."""
    return to_attributes(event)


def no_json(error: Exception) -> str:
    """Why something can't be read as JSON, for whoever wrote it."""
    is_text = not isinstance(error, UnicodeDecodeError)
    return f"no JSON: {error}" if is_text else "no UTF-8: write it as UTF-8, not as GBK or the like"


def encode_line(event: Event) -> bytes:
    """Return the event as one line of an event file, without the line end."""
    return msgspec.json.encode(to_attributes(event))


def without_mark(line: bytes, number: int) -> bytes:
    """Return a line of an event file as it is to be read: a byte order mark before the first is no part of it."""
    return line.removeprefix(codecs.BOM_UTF8) if number == 1 else line


def read_lines(path: Path) -> Iterator[tuple[int, Event | InvalidEvent]]:
    """Read an event file (JSON Lines); yields (number from 1, event or its errors); blank lines are passed over."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield number, from_json(without_mark(line, number))
                except InvalidEvent as error:
                    yield number, error


def to_kafka(event: Event) -> tuple[bytes, bytes | None, list[tuple[str, bytes]]]:
    """Return (key, value, headers): CloudEvents' Kafka binding, binary mode. A withdrawal has no value."""
    attributes = to_attributes(event)
    data = attributes.pop("data", None)
    kind = attributes.pop("datacontenttype", None)
    headers = [(f"ce_{name}", value.encode()) for name, value in attributes.items()]
    if kind is None:
        return event.rootid.encode(), None, headers
    headers.append(("content-type", b"application/json"))
    return event.rootid.encode(), canonical_json(data), headers


def from_kafka(value: bytes | None, headers: Headers) -> Event:
    """Decode a record of the log.

    Raises:
        InvalidEvent: With everything that is wrong.
    """
    attributes: dict[str, Any] = {}
    try:
        for name, raw in headers:
            if name.startswith("ce_") and raw is not None:
                attributes[name[3:]] = raw.decode()
        if value is not None:
            attributes["data"] = msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidEvent((FieldError("data", "not_json", no_json(error)),)) from None
    return _Reader(attributes).event()


class _Reader:
    """Reads one event's attributes and collects what is wrong with them."""

    def __init__(self, attributes: Mapping[str, Any]) -> None:
        self.attributes = attributes
        self.errors: list[FieldError] = []

    def event(self) -> Event:
        """Return the event, or raise `InvalidEvent` with every error."""
        self._names()
        source = self._text("source")
        if source and not _SOURCE.fullmatch(source):
            self._wrong(
                "source",
                "bad_source",
                f"{source!r} is not /court/<法院代字>/<system>, /import/<sha-256> or /sys/<name>",
            )
        subject = self._text("subject")
        if len(subject.encode()) > MAX_SUBJECT_BYTES:
            self._wrong("subject", "too_long", f"a case id has at most {MAX_SUBJECT_BYTES} bytes")
        time = self._instant("time")
        event: dict[str, Any] = {
            "id": self._id(),
            "source": source,
            "type": self._type(),
            "subject": subject,
            "time": time,
            "recordedtime": self._instant("recordedtime") or time,
            "receivedtime": self._instant("receivedtime"),
            "rootid": self._text("rootid") or subject,
            "sequence": self._sequence(),
            "courtcode": self._text("courtcode") or None,
            "correctionof": self._correction(source),
            "traceparent": self._traceparent(),
            "data": self._data(),
        }
        if self.errors:
            raise InvalidEvent(tuple(self.errors))
        return Event(**event)

    def _wrong(self, field: str, code: str, message: str) -> None:
        self.errors.append(FieldError(field, code, message))

    def _names(self) -> None:
        for name in self.attributes:
            if name not in ATTRIBUTES:
                self._wrong(str(name), "unknown_attribute", "no attribute or extension of this contract; remove it")
        for name in REQUIRED:
            if self.attributes.get(name) in (None, ""):
                self._wrong(name, "missing", "required")
        if self.attributes.get("specversion", "1.0") != "1.0":
            self._wrong("specversion", "unsupported", "only CloudEvents 1.0 is understood")
        if self.attributes.get("datacontenttype", "application/json") != "application/json":
            self._wrong("datacontenttype", "unsupported", "data is application/json")

    def _text(self, name: str) -> str:
        value = self.attributes.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self._wrong(name, "not_text", "must be a string")
            return ""
        if "\x00" in value:
            self._wrong(name, "bad_character", "must not contain NUL")
        return value

    def _id(self) -> str:
        value = self._text("id")
        if len(value.encode()) > _MAX_ID_BYTES:
            self._wrong("id", "too_long", f"at most {_MAX_ID_BYTES} bytes")
        return value

    def _type(self) -> str:
        name = self._text("type")
        if name and not _TYPE.fullmatch(name.removesuffix(TYPE_SUFFIX) if name.startswith(TYPE_PREFIX) else name):
            self._wrong(
                "type",
                "bad_type",
                f"{name!r} is not {TYPE_PREFIX}<noun>.<verb>{TYPE_SUFFIX}, its short form, or x.<name>",
            )
        return full_type(name)

    def _instant(self, name: str) -> datetime | None:
        text = self._text(name)
        if not text:
            return None
        try:
            return parse_instant(text)
        except ValueError as error:
            self._wrong(name, "bad_instant", str(error))
            return None

    def _sequence(self) -> int | None:
        value = self.attributes.get("sequence")
        if value is None:
            return None
        text = str(value)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | str)
            or not (text.isascii() and text.isdigit())
            or len(text) > 18
        ):
            self._wrong("sequence", "not_an_integer", "a decimal integer of at most 18 digits, consecutive in the source")
            return None
        return int(text)

    def _correction(self, source: str) -> Ref | None:
        value = self.attributes.get("correctionof")
        if value is None:
            return None
        if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(part, str) for part in value):
            target = (value[0], value[1])
        elif isinstance(value, str) and value:
            head, gap, tail = value.partition(" ")
            target = (head, tail) if gap and _SOURCE.fullmatch(head) else (source, value)
        else:
            self._wrong("correctionof", "bad_reference", 'the corrected event as "<source> <id>"')
            return None
        if target[0] != source:
            self._wrong(
                "correctionof",
                "foreign_correction",
                f"{target[0]} is another source; a source corrects only its own events",
            )
        elif target[1] == self.attributes.get("id"):
            self._wrong(
                "correctionof", "self_correction", "an event can't correct itself; give the correction an id of its own"
            )
        return target

    def _traceparent(self) -> str | None:
        value = self._text("traceparent")
        if value and not _TRACEPARENT.fullmatch(value):
            self._wrong("traceparent", "bad_traceparent", "not a W3C traceparent")
        return value or None

    def _data(self) -> dict[str, Any] | None:
        value = self.attributes.get("data")
        if value is None:
            if self.attributes.get("correctionof") is None and not self.errors:
                self._wrong("data", "missing", "only a withdrawal (correctionof) has no data")
            return None
        if not isinstance(value, dict):
            self._wrong("data", "not_an_object", "data is a JSON object")
            return None
        self._numbers("data", value)
        return value

    def _numbers(self, path: str, value: Any, depth: int = 0) -> None:
        """Refuse money that is no integer, numbers that JSON readers don't keep exactly, and data that is nested too deep."""
        if depth > _MAX_DEPTH:
            self._wrong("data", "too_deep", f"data is nested deeper than {_MAX_DEPTH} levels")
        elif isinstance(value, dict):
            for name, item in value.items():
                if str(name).endswith("_fen") and item is not None and (isinstance(item, bool) or not isinstance(item, int)):
                    self._wrong(f"{path}.{name}", "not_an_integer", "money is an integer number of fen (分)")
                else:
                    self._numbers(f"{path}.{name}", item, depth + 1)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self._numbers(f"{path}[{index}]", item, depth + 1)
        elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53 - 1:
            self._wrong(path, "out_of_range", "an integer beyond 2^53 - 1 is not kept exactly by JSON; send it as text")
