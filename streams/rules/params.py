"""Parameters of rules: what a change of one path makes of a pack, refused as the loader would refuse it."""

import re
from typing import Any

import msgspec

from streams.rules.cel_checks import check_cel
from streams.rules.checks import check_rule
from streams.rules.errors import PackError
from streams.rules.kinds import FIELDS
from streams.rules.model import Pack, Rule
from streams.rules.raw import read_rule

_PLACE = "a parameter change"
_PATH = re.compile(r"within(\.\d+)?|levels\.\d+\.at|params\.\w+|hold|tolerance|least|window|every")
PATHS = "within, within.N, levels.N.at, params.NAME, hold, tolerance, least, window, every"


def param_of(rule: Rule, path: str) -> Any:
    """The value at a path as JSON has it; one text for a list of one.

    Raises:
        PackError: No parameter has that path, or the rule has nothing there.
    """
    table = _table(rule)
    holder, name = _holder(rule.id, path, table)
    return _single(holder[name])


def with_param(pack: Pack, rule_id: str, path: str, value: Any) -> Pack:
    """The pack with another value at a path of one of its rules; numbers in a path count from 0.

    Raises:
        PackError: There is no such rule or path, or the pack would be refused with that value.
    """
    try:
        rule = pack.rule(rule_id)
    except KeyError:
        raise PackError(_PLACE, rule_id, "", f"pack {pack.id!r} has no such rule") from None
    table = _table(rule)
    holder, name = _holder(rule_id, path, table)
    holder[name] = value
    changed = read_rule(_PLACE, table)
    check_rule(_PLACE, pack, changed)
    check_cel(_PLACE, pack, changed)
    rules = tuple(changed if one.id == rule_id else one for one in pack.rules)
    return msgspec.structs.replace(pack, rules=rules)


def _table(rule: Rule) -> dict[str, Any]:
    """The rule as a table of a pack, with the fields that its kind knows; lists can be changed."""
    table: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(rule))
    return {name: value for name, value in table.items() if name in FIELDS[rule.kind] and value is not None}


def _holder(rule_id: str, path: str, table: dict[str, Any]) -> tuple[Any, Any]:
    """What holds the value at a path, and its name or number there."""
    if not _PATH.fullmatch(path):
        raise PackError(_PLACE, rule_id, path, f"no parameter of a rule; there are {PATHS}")
    holder: Any = table
    *way, last = path.split(".")
    for part in way:
        holder = holder[int(part)] if isinstance(holder, list) and int(part) < len(holder) else _get(holder, part)
    place = int(last) if isinstance(holder, list) else last
    there = place < len(holder) if isinstance(place, int) else isinstance(holder, dict) and place in holder
    if not there:
        raise PackError(_PLACE, rule_id, path, "the rule has nothing there")
    return holder, place


def _get(holder: Any, name: str) -> Any:
    return holder.get(name, {}) if isinstance(holder, dict) else {}


def same_value(one: Any, other: Any) -> bool:
    """Whether two values of a parameter say the same: a text stands for a list of it."""
    one, other = _single(one), _single(other)
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list | tuple) and len(value) == 1 else value
