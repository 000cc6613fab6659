"""Shapes of the values that CEL may read: which names there are, and below them which others.

A shape comes from the structs of the contract or from the vocabulary; what is free (foreign data) has the shape ANY.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from contract.registry import EVENT_TYPES
from streams.rules.derived import DERIVED


class Shape:
    """Base of all shapes; on its own a scalar."""


class AnyShape(Shape):
    """Whatever it is: every name may be below it."""


class Fields(Shape):
    """A map with known names."""

    def __init__(self, fields: Mapping[str, Shape]) -> None:
        """Take {name: shape}."""
        self.fields = dict(fields)


class Elements(Shape):
    """A list, or a map from ids, of things of one shape."""

    def __init__(self, element: Shape, *, keyed: bool = False) -> None:
        """Take the shape of an element; ``keyed`` for a map."""
        self.element = element
        self.keyed = keyed


ANY = AnyShape()
SCALAR = Shape()

_ENVELOPE = ("id", "source", "type", "subject", "rootid", "time", "recordedtime", "receivedtime", "sequence", "courtcode")


def _of_info(info: Any) -> Shape:
    if isinstance(info, inspect.UnionType):
        info = next(part for part in info.types if not isinstance(part, inspect.NoneType))
    if isinstance(info, inspect.Metadata):
        return _of_info(info.type)
    if isinstance(info, inspect.ListType):
        return Elements(_of_info(info.item_type))
    if isinstance(info, inspect.StructType):
        return Fields({field.encode_name: _of_info(field.type) for field in info.fields})
    return SCALAR


@cache
def payload_shape(name: str) -> Fields:
    """The shape of a type's data, without ``pii``, which no rule reads."""
    if name in DERIVED:
        return Fields(
            {field: Elements(SCALAR) if isinstance(value, list) else SCALAR for field, value in DERIVED[name].items()}
        )
    fields = msgspec.structs.fields(EVENT_TYPES[name].payload)
    return Fields({f.encode_name: _of_info(inspect.type_info(f.type)) for f in fields if f.encode_name != "pii"})


def event_shape(types: Iterable[str], *, depth: int = 4) -> Fields:
    """The shape of an event of one of some types (short names; foreign ones have free data)."""
    return _event_shape(tuple(dict.fromkeys(types)), depth)


@cache
def _event_shape(names: tuple[str, ...], depth: int) -> Fields:
    if any(name.startswith("x.") for name in names):
        data: Shape = ANY
    else:
        merged: dict[str, Shape] = {}
        for name in names:
            merged.update(payload_shape(name).fields)
        data = Fields(merged)
    fields: dict[str, Shape] = dict.fromkeys(_ENVELOPE, SCALAR)
    fields["data"] = data
    if depth:
        fields["ref"] = _event_shape(tuple(EVENT_TYPES), depth - 1)
    return Fields(fields)
