"""The rules of the simulated nation are the national ones; only those that mean a real feed are out of force."""

from datetime import date

import msgspec

from producers.simulator import SIMULATED_PACK
from streams.rules.load import load_packs


def test_only_rules_about_the_feed_are_out_of_force() -> None:
    """R-DATA-01 and R-DATA-02 take effect on a day that simulated time does not reach; nothing else of them differs."""
    national, simulated = load_packs([SIMULATED_PACK])
    assert {rule.id for rule in simulated.rules} == {"R-DATA-01", "R-DATA-02.a", "R-DATA-02.b", "R-DATA-02.c"}
    for rule in simulated.rules:
        assert rule.effective.begin == date(2200, 1, 1)
        assert msgspec.structs.replace(rule, effective=national.rule(rule.id).effective) == national.rule(rule.id)
