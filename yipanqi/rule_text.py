"""A rule as text to be read: the fields that its kind knows and that say something, one below the other."""

from collections.abc import Iterator
from typing import Any

import msgspec

from streams.rules.kinds import FIELDS
from streams.rules.model import Check, Citation, Level, Pause, Rule
from yipanqi.rule_words import BASES, FAMILIES, Words

_FIRST = ("family", "kind", "scope", "key")
_LAST = (
    *("within", "levels", "outlives", "react", "hold", "propose", "restricted"),
    *("basis", "citation", "params", "seed", "effective", "runbook"),
)
_TITLE = ("id", "name")
_EMPTY: tuple[Any, ...] = (None, "", (), {}, False, 0)
_WIDTH = 11


def lines_of(rule: Rule) -> Iterator[str]:
    """The lines that tell a rule; what is empty or says no is left out."""
    yield f"{rule.id}  {rule.name.zh} · {rule.name.en}"
    own = [name for name in FIELDS[rule.kind] if name not in (*_TITLE, *_FIRST, *_LAST)]
    for name in (*_FIRST, *own, *(name for name in _LAST if name in FIELDS[rule.kind])):
        for index, text in enumerate(_told(name, getattr(rule, name, None), rule)):
            yield f"{'' if index else name:<{_WIDTH}} {text}"


def _told(name: str, value: Any, rule: Rule) -> list[str]:
    """The lines of one field."""
    if value in _EMPTY:
        return []
    if isinstance(value, dict):
        return [f"{key} = {text}" for key, text in value.items()]
    if isinstance(value, tuple):
        return [_item(item, rule) for item in value]
    if isinstance(value, msgspec.Struct):
        said = {key: text for key, text in msgspec.to_builtins(value).items() if text not in _EMPTY}
        return [", ".join(f"{key} {text}" for key, text in said.items())] if said else []
    words: dict[str, dict[Any, Words]] = {"family": FAMILIES, "basis": BASES}
    word, _ = words.get(name, {}).get(value, ("", ""))
    return [f"{'yes' if value is True else value} {word}".strip()]


def _item(item: Any, rule: Rule) -> str:
    match item:
        case Level():
            return _level(item, rule)
        case Check():
            return f"{item.severity}  {item.id} {item.name.zh}: {item.fail}"
        case Pause():
            return f"from {item.begin}, to {' or '.join(item.ends)}"
        case Citation():
            read = "" if item.verified else "（未核原文）"
            return " ".join(part for part in (item.document, item.number, item.article) if part) + read
        case _:
            return str(item)


def _level(level: Level, rule: Rule) -> str:
    basis = level.basis or rule.basis
    at = f"at {level.at}" if rule.kind in ("deadline", "silence") else ""
    parts = [
        level.severity,
        at,
        f"when {level.when}" if level.when else "",
        f"react {' '.join(level.react)}" if level.react else "",
    ]
    ours = f"[{BASES[basis][0]}]" if basis != rule.basis else ""
    return "  ".join(part for part in (*parts, ours) if part)
