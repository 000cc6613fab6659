"""What pages say of rules, taken from the packs: the views themselves know no rule."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from dashboards.scene import RuleInfo
from streams.rules.load import load_packs


def rule_names(paths: Sequence[Path]) -> dict[str, RuleInfo]:
    """Return {rule id: its names, basis and sources} of the given packs; of the national pack where none is given."""
    return {
        rule.id: RuleInfo(
            id=rule.id,
            pack=pack.label,
            zh=rule.name.zh,
            en=rule.name.en,
            family=rule.family,
            basis=rule.basis,
            limit=" + ".join(rule.within),
            citation=msgspec.to_builtins(rule.citation),
        )
        for pack in load_packs(list(paths) or None)
        for rule in pack.rules
    }
