"""What each field of a payload is: its unit, whether it must be there, how personal it is, what it means.

The meaning stands in ``contract/data/fields.tsv`` by the field's name, so that a name means the same in every type; the unit
follows from the struct.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import msgspec
from msgspec import inspect

from contract.catalogue import EventType
from contract.tables import rows

Pii = Literal["P0", "P1", "P2", "P3"]


class Meaning(msgspec.Struct, frozen=True):
    """What a field means, in Chinese and English, and how personal it is."""

    zh: str
    en: str
    pii: Pii


class FieldDoc(msgspec.Struct, frozen=True):
    """One field of a type.

    Attributes:
        name: As in JSON; a part of a part is ``plan.due_on``.
        unit: Such as ``fen``, ``civil date``, ``instant``, ``number``, ``yes/no``, ``text``, ``list of text``; enums name
            their values.
        required: Whether it must be there.
        pii: P0 no person, P1 pseudonym, P2 personal, P3 sensitive.
        zh: Meaning in Chinese.
        en: Meaning in English.
    """

    name: str
    unit: str
    required: bool
    pii: Pii
    zh: str
    en: str


@cache
def meanings() -> Mapping[str, Meaning]:
    """Return {field, or ``type.field``: meaning}, as the table has it."""
    return {row["field"]: msgspec.convert({name: row[name] for name in ("zh", "en", "pii")}, Meaning) for row in rows("fields")}


def meaning(kind: str, field: str) -> Meaning:
    """Return what a field of a type means; raises KeyError when the table doesn't say."""
    known = meanings()
    return known.get(f"{kind}.{field}") or known[field]


def describe(kind: EventType) -> list[FieldDoc]:
    """Return the fields of a type in the order of its struct, each part after what it stands in."""
    return _describe(kind.name, "", kind.payload)


def _describe(kind: str, prefix: str, struct: type[msgspec.Struct]) -> list[FieldDoc]:
    docs: list[FieldDoc] = []
    for field in msgspec.structs.fields(struct):
        name, info = field.encode_name, inspect.type_info(field.type)
        said = meaning(kind, name)
        docs.append(FieldDoc(prefix + name, unit(name, info), field.required, said.pii, said.zh, said.en))
        part = part_of(info)
        if part is not None:
            docs += _describe(kind, f"{prefix}{name}.", part)
    return docs


def unit(name: str, info: Any) -> str:
    """The unit of a field, from its name and type."""
    if isinstance(info, inspect.Metadata):
        return unit(name, info.type)
    if isinstance(info, inspect.UnionType):
        return " or ".join(unit(name, part) for part in info.types if not isinstance(part, inspect.NoneType))
    if isinstance(info, inspect.LiteralType):
        return "one of " + " · ".join(sorted(map(str, info.values)))
    if isinstance(info, inspect.ListType):
        return "list of " + unit(name, info.item_type)
    if isinstance(info, inspect.IntType):
        return _integer(name)
    return _UNITS[type(info)]


_UNITS: dict[type[inspect.Type], str] = {
    inspect.DateType: "civil date",
    inspect.DateTimeType: "instant",
    inspect.BoolType: "yes/no",
    inspect.StrType: "text",
    inspect.StructType: "object",
    inspect.DictType: "map",
    inspect.TupleType: "pair of numbers",
}
_SUFFIXES = {"_fen": "fen", "_months": "months", "_ms": "milliseconds", "_bp": "basis points"}


def _integer(name: str) -> str:
    if name == "days":
        return "days"
    return next((found for suffix, found in _SUFFIXES.items() if name.endswith(suffix)), "number")


def part_of(info: Any) -> type[msgspec.Struct] | None:
    """The struct that a field holds, alone or in a list; None if it holds none."""
    if isinstance(info, inspect.StructType):
        return info.cls
    if isinstance(info, inspect.Metadata):
        return part_of(info.type)
    if isinstance(info, inspect.ListType):
        return part_of(info.item_type)
    if isinstance(info, inspect.UnionType):
        return next((part for part in map(part_of, info.types) if part is not None), None)
    return None
