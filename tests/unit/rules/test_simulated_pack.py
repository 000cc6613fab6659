"""The rules of the simulated nation are the national ones; only how long a feed may be silent is another."""

from datetime import date

import msgspec

from producers.simulator import SIMULATED_PACK
from streams.rules.load import load_packs


def test_only_the_terms_of_silence_and_gaps_differ() -> None:
    """R-DATA-01 has other terms and holds from where simulated time begins; all other rules are in force as they stand."""
    national, simulated = load_packs([SIMULATED_PACK])
    assert {rule.id: rule.within for rule in simulated.rules} == {"R-DATA-01.a": ("168 hours",), "R-DATA-01.c": ("24 hours",)}
    for rule in simulated.rules:
        assert rule.effective.begin == date(2024, 1, 2)
        same = national.rule(rule.id)
        assert msgspec.structs.replace(rule, effective=same.effective, within=same.within, levels=same.levels) == same
