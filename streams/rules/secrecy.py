"""What is told in confidence stays apart: calls and alerts too are read by restricted rules only (see `restricted`)."""

from collections.abc import Sequence

from contract.registry import RESTRICTED_TYPES
from streams.rules.circles import read_rules
from streams.rules.errors import PackError
from streams.rules.model import Rule
from streams.rules.references import parse_reference
from streams.rules.written import references_of


def check_secrecy(rules: Sequence[tuple[str, Rule]]) -> None:
    """Refuse the first rule whose alerts would tell what only the restricted topic may."""
    scopes = {rule.id: rule.scope for _, rule in rules}
    restricted = {rule.id for _, rule in rules if rule.restricted}
    for file, rule in rules:
        if rule.restricted:
            continue
        for field, text in references_of(rule):
            name = _type_of(text)
            if name in RESTRICTED_TYPES:
                raise PackError(file, rule.id, field, f"{name} is restricted; only a rule with restricted = true reads it")
        for name, field in read_rules(rule, scopes).items():
            if name in restricted:
                raise PackError(file, rule.id, field, f"reads the alerts of {name}, which are restricted; so must this rule be")


def _type_of(text: str) -> str:
    try:
        return parse_reference(text).type
    except ValueError:
        return ""  # told later, with its place
