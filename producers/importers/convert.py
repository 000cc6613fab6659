"""Rows of a log turned into events.

source = ``/import/<sha-256 of the file>``, id and sequence = the row's number over the whole file: importing a file twice
gives the same events. Without an entry in the mapping, type = ``x.`` + the activity in lower case (NFC), every run of
characters that are neither letter nor digit, in any script, as ``_``; so "Create Fine" → ``x.create_fine``, 发出执行通知 →
``x.发出执行通知``. Payload = the attributes.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from decimal import DecimalException
from typing import Any

from contract.codec import from_json
from contract.envelope import Event
from contract.errors import FieldError, InvalidEvent
from contract.named_courts import court_errors
from contract.registry import validate
from contract.times import format_instant
from producers.importers.mapping import EventMapping, Field, Mapping
from producers.importers.rows import Row

# Where no mapping says so, the first of these names that the row has; compared without regard to case.
SUBJECT = ("case:concept:name", "case_id", "case id", "caseid", "case")
ACTIVITY = ("concept:name", "activity")
TIME = ("time:timestamp", "timestamp", "complete timestamp")


class Converter:
    """Makes the events of one file.

    Args:
        sha256: SHA-256 of the file, in hex.
        mapping: What its rows mean.
    """

    def __init__(self, sha256: str, mapping: Mapping) -> None:
        self.source = f"/import/{sha256}"
        self.mapping = mapping

    def convert(self, row: Row) -> Event | None:
        """Make the event of a row; None where the mapping skips its activity.

        Raises:
            InvalidEvent: With everything found that is wrong.
        """
        activity = str(_named(row, "activity", self.mapping.activity, ACTIVITY))
        entry = self.mapping.events.get(activity)
        if entry is None and self.mapping.events and self.mapping.others != "keep":
            if self.mapping.others == "skip":
                return None
            raise _wrong("type", "unmapped", f"the mapping has no entry for {activity!r}")
        time = self._instant(row, "time", self.mapping.time, TIME)
        recorded = time
        if self.mapping.recordedtime is not None:
            recorded = self._instant(row, "recordedtime", self.mapping.recordedtime, ())
        attributes = {
            "id": str(row.number),
            "source": self.source,
            "type": entry.type if entry is not None else foreign_type(activity),
            "subject": str(_named(row, "subject", self.mapping.subject, SUBJECT)),
            "time": format_instant(time),
            "recordedtime": format_instant(recorded),
            "sequence": row.number,
            "data": row.attributes if entry is None or entry.data is None else self._data(row, entry),
        }
        return self._checked(attributes | self._optional(row))

    def lacking(self, columns: Sequence[str]) -> list[str]:
        """What no row of a table with these columns can tell, of the three that each must."""
        lower = {name.lower() for name in columns}
        parts = (("subject", self.mapping.subject, SUBJECT), ("activity", self.mapping.activity, ACTIVITY))
        return [
            what if name is None else f"{what} ({name!r})"
            for what, name, defaults in (*parts, ("time", self.mapping.time, TIME))
            if not (lower.intersection(defaults) if name is None else name in columns)
        ]

    def _optional(self, row: Row) -> dict[str, Any]:
        court = self._court(row)
        rootid = None if self.mapping.rootid is None else row.get(self.mapping.rootid)
        named = {"courtcode": court, "rootid": rootid}
        return {name: str(value) for name, value in named.items() if value is not None}

    def _court(self, row: Row) -> Any:
        if isinstance(self.mapping.court, Field):
            return self._field(row, "courtcode", self.mapping.court)
        return self.mapping.court

    def _checked(self, attributes: dict[str, Any]) -> Event:
        event = from_json(attributes)
        errors = [*validate(event), *court_errors(event)]
        if errors:
            raise InvalidEvent(tuple(errors))
        return event

    def _instant(self, row: Row, what: str, name: str | None, defaults: Sequence[str]) -> datetime:
        text = str(_named(row, what, name, defaults))
        try:
            return self.mapping.instant(text)
        except (ValueError, OverflowError) as error:
            raise _wrong(what, "bad_instant", str(error)) from None

    def _data(self, row: Row, entry: EventMapping) -> dict[str, Any]:
        found = {name: self._field(row, f"data.{name}", field) for name, field in (entry.data or {}).items()}
        return {name: value for name, value in found.items() if value is not None}

    def _field(self, row: Row, name: str, field: Field) -> Any:
        raw = field.value if field.source is None else row.get(field.source)
        if raw is None:
            if field.required:
                raise _wrong(name, "missing", f"the row has no {field.source!r}")
            return None
        try:
            return self.mapping.value(field, raw)
        except (ValueError, OverflowError, DecimalException) as error:
            raise _wrong(name, "bad_value", str(error)) from None


def foreign_type(activity: str) -> str:
    """Return the type of an activity that no mapping names."""
    return "x." + re.sub(r"[\W_]+", "_", unicodedata.normalize("NFC", activity).lower())


def _named(row: Row, what: str, name: str | None, defaults: Sequence[str]) -> Any:
    """The attribute that plays a part: the one that the mapping names, else the first default that is there."""
    if name is not None:
        value = row.get(name)
    else:
        lower = {key.lower(): key for key in (*row.case, *row.attributes)}
        value = next((row.get(lower[key]) for key in defaults if key in lower), None)
    if value is None or value == "":
        wanted = " or ".join(map(repr, (name,) if name is not None else defaults))
        raise _wrong(what, "missing", f"the event has no {wanted}; a mapping can name another attribute as {what}")
    return value


def _wrong(field: str, code: str, message: str) -> InvalidEvent:
    return InvalidEvent((FieldError(field, code, message),))
