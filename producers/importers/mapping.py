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
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from contract.errors import YipanqiError
from contract.times import SHANGHAI, civil_date, format_instant, parse_instant

_FEN = {"fen": Decimal(1), "jiao": Decimal(10), "yuan": Decimal(100), "wan": Decimal(1_000_000)}
_OFFSET = re.compile(r"(?:[Zz]|[+-]\d\d:?\d\d)$")


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
        if self.time_format is None:
            iso = text.strip().replace(" ", "T", 1)
            if _OFFSET.search(iso) or self.zone is None:
                return parse_instant(iso)
            read = datetime.fromisoformat(iso)
        else:
            read = datetime.strptime(text.strip(), self.time_format)  # noqa: DTZ007 - the zone is set in the next lines
        if read.tzinfo is None:
            if self.zone is None:
                raise ValueError(f"{text!r} has no offset; name its zone in the mapping")
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
        mapping = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Mapping)
        if mapping.zone is not None:
            ZoneInfo(mapping.zone)
        if mapping.encoding is not None:
            "".encode(mapping.encoding)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError, ZoneInfoNotFoundError, LookupError) as error:
        raise MappingError(f"{path}: {error}") from None
    for name, field in _fields(mapping):
        if (field.source is None) == (field.value is None):
            raise MappingError(f"{path}: {name}: give either from or value")
    return mapping


def _fields(mapping: Mapping) -> list[tuple[str, Field]]:
    found = [(f"events.{a}.data.{n}", f) for a, e in mapping.events.items() for n, f in (e.data or {}).items()]
    return found + ([("court", mapping.court)] if isinstance(mapping.court, Field) else [])


def _fen(raw: Any, field: Field) -> int:
    try:
        amount = Decimal(str(raw).strip().replace(",", "")) * _FEN[str(field.unit)]
        whole = amount.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        raise ValueError(f"{raw!r} is no amount of money") from None
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
