"""What the duty room needs to know of the rule behind an alert, looked up in the packs that this process was given."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Literal

from contract.duty.commands import RuleFacts
from streams.rules.model import Pack, Rule

_HOURS = (" hours", " working_hours")
FindPack = Callable[[str, str], Pack | None]
"""(pack id, version) → the pack, None if it is not to be had."""


class RuleLookup:
    """Rules by the version that an alert names.

    A version that is not among the packs given (it was put into force later) is judged by the newest that is; a rule that none
    of them has gives empty facts: the alert is escalated all the same, by the defaults.
    """

    def __init__(self, packs: Iterable[Pack]) -> None:
        self._exact: dict[tuple[str, str], Rule] = {}
        self._newest: dict[tuple[str, str], Rule] = {}
        for pack in packs:
            for rule in pack.rules:
                self._exact[pack.label, rule.id] = rule
                self._newest[pack.id, rule.id] = rule

    def facts(self, alert: Mapping[str, Any]) -> RuleFacts:
        """The facts for an alert's record, for the severity that it has."""
        label = str(alert["version"])
        rule = self._exact.get((label, alert["rule"])) or self._newest.get((label.partition("@")[0], alert["rule"]))
        return RuleFacts() if rule is None else _facts(_Same(rule), str(alert["severity"]))


class _Same:
    """A rule by identity: rules hold lists and can't be hashed."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.rule is self.rule

    def __hash__(self) -> int:
        return id(self.rule)


@cache
def _facts(same: _Same, severity: str) -> RuleFacts:
    rule = same.rule
    levels = [level for level in rule.levels if level.severity == severity and level.react]
    return RuleFacts(
        family=rule.family,
        name_zh=rule.name.zh,
        react=levels[-1].react if levels else rule.react,
        hold=rule.hold,
        propose=rule.propose,
        hours=bool(rule.within) and rule.within[-1].endswith(_HOURS),
        basis=rule.basis,
        about=_about(rule),
    )


def _about(rule: Rule) -> Literal["", "directive", "entrustment"]:
    """What names the courts that react: a rule's own courts need nobody's word."""
    if not any(":" in text for react in (rule.react, *(level.react for level in rule.levels)) for text in react):
        return ""
    return "entrustment" if any(text.startswith("entr.") for text in rule.start) else "directive"
