"""Values on their way to and from the driver: times are aware, exact, and never of the host's zone."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from infra.clickhouse.errors import BadValues

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIXED: Final = re.compile(r"^(?:LowCardinality\()?(?:Nullable\()?FixedString\((\d+)\)+$")
# A column of times without a zone of its own: the driver hands it out naive, in the server's zone.
_ZONELESS: Final = re.compile(r"^(?:LowCardinality\()?(?:Nullable\()?DateTime(?:64\(\d\))?\)*$")

Conversion = Callable[[Any], Any]


class _Literal:
    """What the driver prints with `str`, since it knows no quoting for the type."""

    def __init__(self, sql: str) -> None:
        self._sql = sql

    def __str__(self) -> str:
        return self._sql

    __repr__ = __str__


def parameters(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return `params` so that the driver writes times with their microseconds and bytes as bytes."""
    return {name: _parameter(value) for name, value in params.items()}


def _parameter(value: Any) -> Any:
    if isinstance(value, datetime):
        moment = check_aware(value).astimezone(UTC).replace(tzinfo=None)
        return _Literal(f"toDateTime64('{moment.isoformat(' ', 'microseconds')}', 6, 'UTC')")
    if isinstance(value, bytes):
        return _Literal(f"unhex('{value.hex()}')")
    if isinstance(value, (list, tuple)):
        return type(value)(_parameter(item) for item in value)
    if isinstance(value, (set, frozenset)):
        return tuple(_parameter(item) for item in value)
    return value


def check_aware(value: datetime) -> datetime:
    """Return `value`; raises BadValues when it has no zone, or when the driver would write it wrongly."""
    if value.tzinfo is None:
        raise BadValues(f"{value.isoformat()} has no time zone; give an aware datetime in UTC")
    if value < _EPOCH and value.microsecond:
        raise BadValues(f"{value.isoformat()}: clickhouse-driver shifts fractions of a second before 1970")
    return value


def columns_to_send(columns: Mapping[str, Sequence[Any]]) -> tuple[int, list[list[Any]]]:
    """Return the number of rows and copies of the columns (the driver overwrites what it is given).

    Raises BadValues for columns of unequal length and for naive times.
    """
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) != 1:
        raise BadValues(f"columns must have the same number of rows: {lengths}")
    copies = [list(values) for values in columns.values()]
    for values in copies:
        if isinstance(next((value for value in values if value is not None), None), datetime):
            for value in values:
                if value is not None:
                    check_aware(value)
    return next(iter(lengths.values())), copies


def zone(name: str) -> tzinfo:
    """The server's zone."""
    return UTC if name == "UTC" else ZoneInfo(name)


def conversions(kinds: Sequence[str], server_zone: Callable[[], tzinfo]) -> dict[int, Conversion]:
    """What to do with the columns that the driver hands out wrongly, by index: nothing for most results.

    Times without a zone become UTC; FixedString columns become bytes of full length, where the driver cuts zeros off and
    gives text or bytes as it happens.
    """
    found: dict[int, Conversion] = {}
    for index, kind in enumerate(kinds):
        if _ZONELESS.match(kind):
            found[index] = partial(_aware, server_zone())
        elif fixed := _FIXED.match(kind):
            found[index] = partial(_full, int(fixed[1]))
    return found


def convert_row(row: Sequence[Any], wanted: Mapping[int, Conversion]) -> tuple[Any, ...]:
    """Apply conversions to one row."""
    cells = list(row)
    for index, conversion in wanted.items():
        cells[index] = conversion(cells[index])
    return tuple(cells)


def _aware(server_zone: tzinfo, value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=server_zone).astimezone(UTC)


def _full(length: int, value: str | bytes | None) -> bytes | None:
    if value is None:
        return None
    return (value.encode() if isinstance(value, str) else value).ljust(length, b"\0")
