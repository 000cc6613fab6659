"""Every reference and every expression that stands in a rule, with the field in which it stands."""

from collections.abc import Iterator

from streams.rules.checks import is_expression
from streams.rules.model import Rule
from streams.rules.references import field_of_begin, parse_reference
from streams.rules.syntax import SyntaxProblem, read
from streams.rules.vocabulary import REFERENCE_CALLS

Place = tuple[str, str]
"""(field, text)."""

_LISTS = ("start", "stop", "cancel", "extend", "before", "after", "at", "clears", "expect")


def references_of(rule: Rule) -> list[Place]:
    """The references of a rule, those in its calls too, and in the calls of their conditions."""
    found = list(_own_references(rule))
    found += [(field, called) for field, text in _own_expressions(rule) for called in called_in(text)]
    for field, text in found:  # grows
        inner = ((field, called) for called in called_in(_condition_of(text)))
        found += [place for place in inner if place not in found]
    return found


def expressions_of(rule: Rule) -> Iterator[Place]:
    """The expressions of a rule, the conditions of its references too; what can't be read is left out."""
    yield from _own_expressions(rule)
    for field, text in references_of(rule):
        condition = _condition_of(text)
        if condition:
            yield field, condition


def _condition_of(text: str) -> str:
    try:
        return parse_reference(text).condition
    except ValueError:
        return ""


def called_in(text: str) -> list[str]:
    """The references in an expression's calls; none if it is no CEL."""
    if not text:
        return []
    try:
        return [call.literals[0] for call in read(text).calls if call.name in REFERENCE_CALLS and call.literals[0]]
    except SyntaxProblem:
        return []


def _own_references(rule: Rule) -> Iterator[Place]:
    for name in _LISTS:
        for index, text in enumerate(getattr(rule, name)):
            yield f"{name}[{index}]", text
    for index, entry in enumerate(rule.pause):
        yield f"pause[{index}].from", entry.begin
        yield from ((f"pause[{index}].to", text) for text in entry.ends if field_of_begin(text) is None)


def _own_expressions(rule: Rule) -> Iterator[Place]:
    for name in ("when", "match", "each", "exempt", "balance", "num", "den"):
        if getattr(rule, name):
            yield name, getattr(rule, name)
    yield from (("within", text) for text in rule.within if is_expression(text))
    yield from ((f"levels[{index}].when", level.when) for index, level in enumerate(rule.levels) if level.when)
    yield from ((f"checks[{index}].fail", check.fail) for index, check in enumerate(rule.checks) if check.fail)
    yield from ((f"measures.{name}", text) for name, text in rule.measures.items())
