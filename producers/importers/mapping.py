"""The mapping (TOML) that says what the rows of a log mean.

    zone = "Asia/Shanghai"              # for times without offset; without it they are refused
    time = "time:timestamp"             # which attribute is which; the same for subject, activity, recordedtime, rootid
    time_format = "%d/%m/%Y %H:%M"      # where the times are not RFC 3339
    court = "粤0604"                     # the acting court of every event; or court = { from = "case:court" }
    others = "keep"                     # activities without an entry: keep (as x.…), skip, or refuse
    encoding = "gb18030"                # CSV only
    delimiter = ";"                     # CSV only

    [events."Create Fine"]
    type = "case.filed"                 # a type of the contract, or x.<name>
    [events."Create Fine".data]
    claim_fen = { from = "amount", unit = "yuan" }                  # exact: 12.345 yuan is refused, unless round = true
    filed_on = { from = "time:timestamp", as = "day" }
    tags = { value = ["交通"] }

An attribute that the row lacks leaves its field out; ``required = true`` refuses the row.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from contract.catalogue import EVENT_TYPES
from contract.courts import COURTS
from contract.envelope import full_type
from contract.errors import YipanqiError
from contract.named_courts import unknown_court
from contract.registry import field_kinds
from contract.times import SHANGHAI, civil_date, format_instant, parse_instant

_FEN = {"fen": Decimal(1), "jiao": Decimal(10), "yuan": Decimal(100), "wan": Decimal(1_000_000)}
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d.*)?")
_OFFSET = re.compile(r"(?:[Zz]|[+-]\d\d:?\d\d)$")
_AMOUNT = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?(?:[Ee][+-]?\d{1,2})?")
"""A comma parts thousands and nothing else: 12,34 is twelve and a bit where one writes so, and must not become 1234."""


class MappingError(YipanqiError):
    """A mapping that cannot be used."""


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"source": "from", "kind": "as"}):
    """Where a value comes from: an attribute of the row, or a constant.

    Attributes:
        source: The attribute.
        value: The constant.
        kind: What the value becomes; None leaves it as it is in the file.
        unit: The unit of money in the file; the value becomes integer fen.
        round: Whether money is rounded to whole fen, half up.
        required: Whether a row without the attribute is refused.
    """

    source: str | None = None
    value: Any = None
    kind: Literal["text", "integer", "number", "boolean", "day", "instant"] | None = None
    unit: Literal["fen", "jiao", "yuan", "wan"] | None = None
    round: bool = False
    required: bool = False


class EventMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one activity becomes; without ``data`` the payload is the attributes."""

    type: str
    data: dict[str, Field] | None = None


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the rows of one log mean; the module's text shows each setting."""

    zone: str | None = None
    subject: str | None = None
    activity: str | None = None
    time: str | None = None
    recordedtime: str | None = None
    rootid: str | None = None
    time_format: str | None = None
    court: str | Field | None = None
    others: Literal["keep", "skip", "refuse"] = "keep"
    encoding: str | None = None
    delimiter: str | None = None
    events: dict[str, EventMapping] = {}

    def instant(self, text: str) -> datetime:
        """Read an instant of the file; a time without offset is a wall time of ``zone``.

        Raises:
            ValueError: It can't be read, or it has no offset and the mapping no zone.
        """
        text = text.strip()
        if self.time_format is not None:
            read = datetime.strptime(text, self.time_format)  # noqa: DTZ007 - the zone is set in the next lines
        elif _ISO.fullmatch(text) is None:
            raise ValueError(
                f"{text!r} is not an RFC 3339 instant such as 2024-03-01T09:30:00+08:00; "
                "time_format of a mapping says how it is written"
            )
        elif _OFFSET.search(text[10:]):
            return parse_instant(text.replace(" ", "T", 1))
        else:
            read = datetime.fromisoformat(text)
        if read.tzinfo is None:
            if self.zone is None:
                raise ValueError(f"{text!r} has no offset such as +08:00; zone of a mapping says whose wall time it is")
            read = read.replace(tzinfo=ZoneInfo(self.zone))
        return parse_instant(read.isoformat())

    def value(self, field: Field, raw: Any) -> Any:
        """Turn a value of the file into what ``field`` asks for.

        Raises:
            ValueError: It can't be turned into that.
        """
        if field.unit is not None:
            return _fen(raw, field)
        if field.kind == "instant":
            return format_instant(self.instant(str(raw)))
        if field.kind == "day":
            return self._day(str(raw)).isoformat()
        return raw if field.kind is None else _PLAIN[field.kind](raw)

    def _day(self, text: str) -> date:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip()):
            return date.fromisoformat(text.strip())
        return civil_date(self.instant(text), SHANGHAI if self.zone is None else ZoneInfo(self.zone))


def load_mapping(path: Path) -> Mapping:
    """Read a mapping.

    Raises:
        MappingError: With the file and what is wrong in it.
    """
    try:
        mapping = msgspec.convert(tomllib.loads(path.read_text("utf-8-sig")), Mapping)
        if mapping.zone is not None:
            ZoneInfo(mapping.zone)
        if mapping.encoding is not None:
            "".encode(mapping.encoding)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError, ZoneInfoNotFoundError, LookupError) as error:
        raise MappingError(f"{path}: {error}") from None
    for fault in _faults(mapping):
        raise MappingError(f"{path}: {fault}")
    return mapping


def _faults(mapping: Mapping) -> Iterator[str]:
    """What would refuse every row alike, so that it is said once."""
    if mapping.delimiter is not None and len(mapping.delimiter) != 1:
        yield f"delimiter: {mapping.delimiter!r} is not one character"
    if mapping.time_format is not None:
        try:
            example = datetime(2000, 1, 1, tzinfo=SHANGHAI).strftime(mapping.time_format)
            datetime.strptime(example, mapping.time_format)  # noqa: DTZ007 - only tried
        except ValueError as error:
            yield f"time_format: {error}"
    if isinstance(mapping.court, str) and COURTS.get(mapping.court) is None:
        yield str(unknown_court("court", mapping.court))
    for activity, entry in mapping.events.items():
        yield from (f"events.{activity}.{fault}" for fault in _unknown(entry))
    for name, field in _fields(mapping):
        if (field.source is None) == (field.value is None):
            yield f"{name}: give either from or value"


def _unknown(entry: EventMapping) -> Iterator[str]:
    if entry.type.startswith("x."):
        return
    kind = next((kind for kind in EVENT_TYPES.values() if full_type(kind.name) == full_type(entry.type)), None)
    if kind is None:
        yield f"type: {entry.type!r} is no type of this version's contract, nor a foreign one, x.<name>"
        return
    known = {*field_kinds(kind.name), "pii"}
    for name in entry.data or {}:
        if name not in known:
            yield f"data.{name}: {kind.name} has no such field; there are {', '.join(sorted(known - {'pii'}))}"


def _fields(mapping: Mapping) -> list[tuple[str, Field]]:
    found = [(f"events.{a}.data.{n}", f) for a, e in mapping.events.items() for n, f in (e.data or {}).items()]
    return found + ([("court", mapping.court)] if isinstance(mapping.court, Field) else [])


def _fen(raw: Any, field: Field) -> int:
    text = str(raw).strip()
    if _AMOUNT.fullmatch(text) is None:
        raise ValueError(f"{raw!r} is no amount of money, such as 1,234.56")
    try:
        amount = Decimal(text.replace(",", "")) * _FEN[str(field.unit)]
        whole = amount.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        raise ValueError(f"{raw!r} is no amount of money: it is too large") from None
    if whole != amount and not field.round:
        raise ValueError(f"{raw!r} {field.unit} is not a whole number of fen; say round = true to round it")
    return int(whole)


def _integer(raw: Any) -> int:
    if not re.fullmatch(r"[+-]?\d+", str(raw).strip()):
        raise ValueError(f"{raw!r} is no integer")
    return int(str(raw))


def _number(raw: Any) -> float:
    value = Decimal(str(raw).strip())
    if not value.is_finite():
        raise ValueError(f"{raw!r} is no number")
    return float(value)


def _boolean(raw: Any) -> bool:
    text = str(raw).strip().lower()
    if text not in {"true", "false", "1", "0", "yes", "no", "是", "否"}:
        raise ValueError(f"{raw!r} is neither true nor false")
    return text in {"true", "1", "yes", "是"}


_PLAIN: dict[str, Callable[[Any], Any]] = {"text": str, "integer": _integer, "number": _number, "boolean": _boolean}
