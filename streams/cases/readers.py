"""Which rules of cases and chains read the alerts of which, or months and quarters, and in what order they are judged."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from streams.rules.circles import read_rules
from streams.rules.derived import ABOUT_ALERTS

if TYPE_CHECKING:
    from streams.cases.compiled import CompiledRule
    from streams.cases.rulebook import Line


def find_readers(lines: Sequence["Line"]) -> "tuple[Line, ...]":
    """Note in each line which lines it reads; returns those that read any, or periods, each after those that it reads."""
    for line in lines:
        line.reads = frozenset(_read(line, lines))
    found: dict[int, Line] = {}
    by_number = {line.number: line for line in lines}

    def put(line: "Line", above: frozenset[int]) -> None:
        # A circle can only come about between versions of a pack; it is cut where it closes.
        for number in sorted(line.reads - above):
            put(by_number[number], above | {number})
        if line.reads or line.periods:
            found.setdefault(line.number, line)

    for line in lines:
        put(line, frozenset({line.number}))
    return tuple(found.values())


def _read(line: "Line", lines: Sequence["Line"]) -> list[int]:
    """The numbers of the lines that a line reads: of its own pack, and of those that this extends."""
    if not any(map(_may_read, line.rules())):
        return []
    packs = {line.pack}.union(*(rule.pack.extends for rule in line.rules()))
    near = [other for other in lines if other.pack in packs]
    scopes = tuple((other.rule_id, other.scope) for other in near)
    named = frozenset().union(*(_named(rule, scopes) for rule in line.rules()))
    return [other.number for other in near if other.rule_id in named and other is not line]


def _may_read(rule: "CompiledRule") -> bool:
    """Whether a rule names alerts or obligations at all, or the alerts of a case."""
    if not ABOUT_ALERTS.isdisjoint(rule.other_types):
        return True
    states = (expression.case_names for expression in rule.expressions() if "case" in expression.roots)
    return any(names is None or "alerts" in names for names in states)


@lru_cache(maxsize=4096)
def _named(rule: "CompiledRule", scopes: tuple[tuple[str, str], ...]) -> frozenset[str]:
    return frozenset(read_rules(rule.rule, dict(scopes)))
