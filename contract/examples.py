"""One example event for each type, made from its struct: the fixture of every consumer, and of the checks of rule packs."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import inspect

from contract.control import CLOCK_SOURCE
from contract.envelope import Event, full_type
from contract.registry import EVENT_TYPES, EventType

_AT = datetime(2024, 3, 1, 1, 30, tzinfo=UTC)
_SEALED = "c2VhbGVk"
_TEXTS = {
    "case_no": "（2024）京0105执12345号",
    "prior_case_no": "（2023）京0105执54321号",
    "new_case_no": "（2024）京0105执恢321号",
    "case_type": "执",
    "to_court": "京0106",
    "from_court": "京0105",
    "by_court": "京0105",
    "basis_court": "京0105",
    "court_code": "京0105",
    "reason": "材料齐全",
    "version": "1",
    "sha256": "0" * 64,
}


def example(name: str) -> Event:
    """Return the example of a type, by its short name."""
    kind = EVENT_TYPES[name]
    control = kind.sender == "system"
    return Event(
        id=f"example-{name}",
        source=CLOCK_SOURCE if control else "/court/京0105/example",
        type=full_type(name),
        subject="sys/control" if control else "京0105-2024-000001",
        rootid="sys/control" if control else "京0105-2024-000001",
        time=_AT,
        recordedtime=_AT,
        data=_data(kind),
    )


def all_examples() -> dict[str, Event]:
    """Return {short type: example}."""
    return {name: example(name) for name in EVENT_TYPES}


def _data(kind: EventType) -> dict[str, Any]:
    data = {f.encode_name: _value(f.encode_name, inspect.type_info(f.type)) for f in msgspec.structs.fields(kind.payload)}
    if kind.pii:
        data["pii"] = {"sealed": _SEALED}
    return data


def _value(name: str, info: inspect.Type) -> Any:
    return _MAKERS[type(info)](name, info)


def _first_type(info: Any) -> Any:
    return next(part for part in info.types if not isinstance(part, inspect.NoneType))


def _text(name: str, _: Any) -> str:
    return _TEXTS.get(name, f"{name}-1" if name.endswith(("_id", "_ref")) else "示例")


_MAKERS: dict[type[inspect.Type], Callable[[str, Any], Any]] = {
    inspect.UnionType: lambda name, info: _value(name, _first_type(info)),
    inspect.Metadata: lambda name, info: _value(name, info.type),
    inspect.ListType: lambda name, info: [_value(name.removesuffix("s"), info.item_type)],
    inspect.StructType: lambda _, info: {f.encode_name: _value(f.encode_name, f.type) for f in info.fields},
    inspect.TupleType: lambda name, info: [_value(name, item) for item in info.item_types],
    inspect.DictType: lambda name, info: {"2024-01-01": _value(name, info.value_type)},
    inspect.LiteralType: lambda name, info: "被执行" if name == "role" else min(info.values),
    inspect.DateType: lambda _name, _info: "2024-03-01",
    inspect.DateTimeType: lambda _name, _info: "2024-03-01T01:30:00Z",
    inspect.BoolType: lambda _name, _info: True,
    inspect.IntType: lambda name, _: 1_000_000 if name.endswith("_fen") else 1,
    inspect.StrType: _text,
}
