"""What is wrong with the type of a field, in the words of a pack's author rather than of a decoder."""

import re
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

import msgspec

from streams.rules.model import Baseline, Check, Citation, Effective, Level, Name, Pack, Pause, Rule

_TYPES = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_CHOICE = re.compile(r"Invalid enum value (.+)")
_WANTED = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "int | float": "a number",
    "bool": "true or false, without quotes",
    "array": "a list, in [ ]",
    "object": "a table, in { }",
    "date": "a date such as 2024-01-31",
}
_GOT = {
    "str": "text",
    "int": "a whole number",
    "float": "a number with a fraction",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "date": "a date",
    "datetime": "an instant",
}
_PARTS: Mapping[str, type[msgspec.Struct]] = {
    "name": Name,
    "levels": Level,
    "checks": Check,
    "citation": Citation,
    "pause": Pause,
    "effective": Effective,
    "baseline": Baseline,
}
"""What stands inside some fields."""


def in_words(message: str, field: str) -> str:
    """A decoder's message about a field (its path), said to who wrote the pack."""
    types, choice = _TYPES.fullmatch(message), _CHOICE.fullmatch(message)
    if types:
        wanted = types[1].removesuffix(" | null")
        return f"must be {_WANTED.get(wanted, wanted)}, not {_GOT.get(types[2], types[2])}"
    if choice:
        return f"{choice[1]} is none of {', '.join(_choices(_last(field)))}"
    if message.startswith("Invalid RFC3339"):
        return f"must be {_WANTED['date']}"
    return message[:1].lower() + message[1:]


def parts_of_field(field: str) -> tuple[str, ...]:
    """The names that may stand beside the last name of a path such as ``levels[0].wehn``."""
    kind = _PARTS.get(_last(field.rpartition(".")[0]))
    return () if kind is None else kind.__struct_encode_fields__


def _last(field: str) -> str:
    return re.sub(r"\[[^]]*\]", "", field).rpartition(".")[2]


def _choices(name: str) -> list[str]:
    """What a field of that name may be, in the order of the model."""
    for kind in (Rule, Level, Check, Baseline, Pack):
        for field in msgspec.structs.fields(kind):
            values = _literals(field.type) if field.encode_name == name else []
            if values:
                return [value for value in values if value]
    return []


def _literals(annotation: Any) -> list[str]:
    """The values of a literal type, or of the one in a union."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [value for part in get_args(annotation) for value in _literals(part)]
