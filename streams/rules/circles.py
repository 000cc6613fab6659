"""Circles of rules that read alerts: none of them could run after those it reads."""

from collections.abc import Iterable, Sequence

from streams.rules.errors import PackError
from streams.rules.model import Rule
from streams.rules.references import parse_reference
from streams.rules.syntax import SyntaxProblem, read

DERIVED_PREFIXES = ("alert.", "obligation.")


def check_circles(rules: Sequence[tuple[str, Rule]]) -> None:
    """Refuse the first rule that, by way of the alerts it reads, reads its own."""
    ids = [rule.id for _, rule in rules]
    reads = {rule.id: _read_rules(rule, ids) for _, rule in rules}
    for file, rule in rules:
        circle = _way_back(rule.id, reads)
        if circle:
            raise PackError(file, rule.id, "start", f"circle of rules reading alerts: {' reads '.join(circle)}")


def _read_rules(rule: Rule, ids: Sequence[str]) -> list[str]:
    """The rules whose alerts a rule reads: those it names in the condition, else all."""
    found: dict[str, None] = {}
    for text in _texts(rule):
        try:
            reference = parse_reference(text)
        except ValueError:
            continue  # told later, with its place
        if not reference.type.startswith(DERIVED_PREFIXES):
            continue
        try:
            named = [name for name in ids if reference.condition and name in read(reference.condition).literals]
        except SyntaxProblem:
            named = []
        found |= dict.fromkeys(named or ids)
    return list(found)


def _texts(rule: Rule) -> Iterable[str]:
    yield from (*rule.start, *rule.stop, *rule.cancel, *rule.extend)
    for entry in rule.pause:
        yield entry.begin
        yield from entry.ends


def _way_back(start: str, reads: dict[str, list[str]]) -> list[str]:
    """The way from a rule back to itself, or nothing."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for name in reads.get(way[-1], ()):
            if name == start:
                return [*way, start]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []
