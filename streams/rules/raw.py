"""From the tables of a TOML file to `Rule` and `Pack`: shorthands widened, every field known and of its type."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from streams.rules.errors import PackError
from streams.rules.field_errors import in_words, parts_of_field
from streams.rules.kinds import FIELDS, KINDS, REQUIRED, WHY_NOT_EMPTY, completed, kinds_with
from streams.rules.model import Pack, Rule

PACK_FIELDS = ("id", "version", "timezone", "calendar", "hours", "extends", "courts", "events", "ends")
_LISTS = ("start", "stop", "cancel", "extend", "within", "react", "before", "after", "at", "clears", "expect")
_RULE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9]+)*")
_PACK_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_T = TypeVar("_T")
_PLACE = re.compile(r" - at `\$\.?(.*)`$")


def read_pack(file: str, table: Mapping[str, Any]) -> Pack:
    """Read the [pack] table; its rules come later."""
    if "id" in table and not (isinstance(table["id"], str) and _PACK_ID.fullmatch(table["id"])):
        raise PackError(file, "", "pack.id", f"{table['id']!r} is no id: lower-case letters, digits, '.', '_' and '-'")
    for name in ("id", "version"):
        if not table.get(name):
            raise PackError(file, "", f"pack.{name}", "required")
    for name in table:
        if name not in PACK_FIELDS:
            raise PackError(file, "", f"pack.{name}", f"unknown field; a pack has {', '.join(PACK_FIELDS)}")
    return _convert(file, "", "pack.", table, Pack)


def rule_id(file: str, table: Mapping[str, Any], number: int) -> str:
    """The id of a rule's table; the ``number``-th of its file."""
    value = table.get("id")
    if value is None:
        raise PackError(file, f"number {number}", "id", "required: an id such as R-OBJ-01.b")
    if not isinstance(value, str) or not _RULE_ID.fullmatch(value):
        raise PackError(file, f"number {number}", "id", f"{value!r} is no id such as R-OBJ-01.b")
    return value


def read_rule(file: str, table: Mapping[str, Any]) -> Rule:
    """Read one [[rule]] table whose id was read."""
    rule = str(table["id"])
    kind = table.get("kind")
    if kind is None:
        raise PackError(file, rule, "kind", f"required: one of {', '.join(KINDS)}")
    if kind not in KINDS:
        raise PackError(file, rule, "kind", f"unknown kind {kind!r}; there are {', '.join(KINDS)}")
    for name in table:
        if name not in FIELDS[kind]:
            raise PackError(file, rule, name, _unknown(name, kind))
    for name in REQUIRED[kind]:
        if name not in table:
            raise PackError(file, rule, name, f"required: {WHY_NOT_EMPTY[name]}" if name in WHY_NOT_EMPTY else "required")
        if name in WHY_NOT_EMPTY and table[name] in ("", [], {}, [""]):
            raise PackError(file, rule, name, f"empty: {WHY_NOT_EMPTY[name]}")
    return _convert(file, rule, "", completed(_widened(table)), Rule)


def _unknown(name: str, kind: str) -> str:
    """Why a field can't stand in a rule of a kind."""
    others = kinds_with(name)
    if others:
        return f"a rule of kind {kind} has no {name!r}; it belongs to {', '.join(others)}"
    return f"unknown field; a rule of kind {kind} has {', '.join(FIELDS[kind])}"


def _unknown_part(field: str) -> str:
    known = parts_of_field(field)
    return f"unknown field; there are {', '.join(known)}" if known else "unknown field"


def _strings(value: Any) -> list[Any]:
    """One text or a list of them, as a list."""
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _widened(table: Mapping[str, Any]) -> dict[str, Any]:
    """The table with single texts as lists and the other language in the place of a missing name."""
    wide = dict(table)
    for name in _LISTS:
        if name in wide:
            wide[name] = _strings(wide[name])
    wide["name"] = _names(wide["name"])
    if isinstance(wide.get("checks"), list):
        wide["checks"] = [
            {**check, "name": _names(check["name"])} if isinstance(check, Mapping) and "name" in check else check
            for check in wide["checks"]
        ]
    if isinstance(wide.get("pause"), list):
        wide["pause"] = [
            {**entry, "to": _strings(entry.get("to"))} if isinstance(entry, Mapping) else entry for entry in wide["pause"]
        ]
    if isinstance(wide.get("levels"), list):
        wide["levels"] = [
            {**level, "react": _strings(level["react"])} if isinstance(level, Mapping) and "react" in level else level
            for level in wide["levels"]
        ]
    return wide


def _names(value: Any) -> Any:
    """A name in both languages; the other in the place of one that is missing."""
    if isinstance(value, str):
        return {"zh": value, "en": value}
    if isinstance(value, Mapping) and value:
        first = next(iter(value.values()))
        return {"zh": first, "en": first} | dict(value)
    return value


def _convert(file: str, rule: str, prefix: str, table: Mapping[str, Any], kind: type[_T]) -> _T:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        text = str(error)
        place = _PLACE.search(text)
        field = place[1] if place else ""
        unknown = re.search(r"unknown field `([^`]+)`", text)
        if unknown:
            field = f"{field}.{unknown[1]}".lstrip(".")
        missing = re.search(r"missing required field `([^`]+)`", text)
        if missing:
            field = f"{field}.{missing[1]}".lstrip(".")
        message = _unknown_part(field) if unknown else "required" if missing else in_words(_PLACE.sub("", text), field)
        raise PackError(file, rule, prefix + field, message) from None
