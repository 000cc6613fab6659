"""What is restricted stays apart: a rule that names restricted records is restricted, and reads nothing else."""

from collections.abc import Callable, Iterator

from contract.registry import RESTRICTED_TYPES
from streams.rules.errors import PackError
from streams.rules.kinds import effects_of, starting_fields
from streams.rules.model import Rule
from streams.rules.references import parse_reference

_SCOPES = ("case", "chain")


def check_restricted(rule: Rule, refuse: Callable[[str, str], PackError]) -> None:
    """Refuse a rule that would never see its events, since they are on another topic than its own.

    Wildcards are left alone: they cover what there is on the rule's own topic.

    Raises:
        PackError: By ``refuse(field, message)``.
    """
    if rule.restricted and rule.scope not in _SCOPES:
        raise refuse("scope", f"a restricted rule is judged in a case or chain, not in a {rule.scope}: no group hears of it")
    for field, text in _references(rule):
        reference = parse_reference(text)
        if reference.is_wildcard or (reference.type in RESTRICTED_TYPES) == rule.restricted:
            continue
        if rule.restricted:
            raise refuse(
                field, f"{reference.type} is not restricted; a restricted rule reads {', '.join(sorted(RESTRICTED_TYPES))}"
            )
        raise refuse(field, f"{reference.type} is restricted; only a rule with restricted = true reads it")


def _references(rule: Rule) -> Iterator[tuple[str, str]]:
    for name in starting_fields(rule.kind):
        yield from ((name, text) for text in getattr(rule, name))
    for name, texts in effects_of(rule):
        yield from ((f"{name}[{index}]", text) for index, text in enumerate(texts))
