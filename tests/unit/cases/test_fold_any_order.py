"""What is known of a case doesn't depend on which of two statements of it is told first, where both speak of one thing."""

from itertools import permutations
from typing import Any

import pytest
from folds import fact, state

APPLIED = ("case.application_received", {"claim_kind": "money", "claim_fen": 1_000_00})
FILED = ("case.filed", {"case_no": "x", "claim_fen": 2_000_00, "fee_fen": 77_00})
FOUND = ("asset.discovered", {"asset_id": "a", "class": "deposit", "est_value_fen": 500_00})
FROZEN = ("asset.controlled", {"asset_id": "a", "measure": "冻结", "amount_fen": 300_00})


def told(*facts: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """The state after the facts, one a minute."""
    return state(*(fact(name, data, f"2024-03-04 09:{minute:02d}") for minute, (name, data) in enumerate(facts)))


@pytest.mark.parametrize("order", list(permutations((APPLIED, FILED))))
def test_a_fee_that_the_filing_tells_stays(order: tuple[tuple[str, dict[str, Any]], ...]) -> None:
    """An application that stands after the filing doesn't put the fee of its claim in place of the fee that was told."""
    assert told(*order)["fee_fen"] == 77_00


@pytest.mark.parametrize("order", list(permutations((FOUND, FROZEN))))
def test_a_deposit_is_worth_what_was_frozen(order: tuple[tuple[str, dict[str, Any]], ...]) -> None:
    """Whether it was discovered before it was frozen or is told so afterwards."""
    assert told(*order)["assets"]["a"]["value_fen"] == 300_00


def test_anything_else_is_worth_its_estimate() -> None:
    """The amount for which a house is sealed doesn't say what it is worth."""
    house = ("asset.discovered", {"asset_id": "a", "class": "real_estate", "est_value_fen": 500_00})
    assert [told(*order)["assets"]["a"]["value_fen"] for order in permutations((house, FROZEN))] == [500_00, 500_00]


def test_a_later_answer_of_a_class_replaces_the_earlier_whole() -> None:
    """An answer without a status isn't the old status with a new day."""
    first = ("inquiry.feedback", {"class": "bank", "status": "ok", "at": "2024-03-01T09:00:00+08:00"})
    second = ("inquiry.feedback", {"class": "bank", "at": "2024-03-05T09:00:00+08:00"})
    assert told(first, second)["classes"]["bank"] == {"status": "", "on": "2024-03-05"}


def test_rules_do_not_see_what_only_the_fold_needs() -> None:
    """Names that begin with a low line stay inside."""
    paid = ("fund.disbursed", {"payment_id": "p", "receipt_ids": ["r"], "amount_fen": 1, "kind": "案款"})
    assert not [name for name in told(APPLIED, FILED, FOUND, FROZEN, paid) if name.startswith("_")]
