"""What sums by rule say of a rule's basis is what the national pack says."""

from dashboards.grafana.rule_basis import MANAGEMENT, STATUTORY
from streams.rules.load import load_packs


def test_the_basis_of_each_rule_is_that_of_the_national_pack() -> None:
    """A rule that joins, leaves or changes its basis must be named there; restricted ones are in no table of sums."""
    rules = [rule for pack in load_packs() for rule in pack.rules if not rule.restricted]
    assert list(STATUTORY) == sorted(rule.id for rule in rules if rule.basis == "statutory")
    assert list(MANAGEMENT) == sorted(rule.id for rule in rules if rule.basis == "management")
