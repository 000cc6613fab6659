"""Money is counted once: identities over random stories of receipts, payments and performance."""

from collections.abc import Iterator
from typing import Any

from folds import fact, state
from hypothesis import given
from hypothesis import strategies as st

from streams.cases.facts import Fact

AMOUNT = st.integers(min_value=0, max_value=10**12)
KINDS = st.sampled_from(["案款", "执行费", "退款", "悬赏", "评估费", None])


@st.composite
def money(draw: st.DrawFn) -> list[Fact]:
    """A random story of money in one case."""
    facts = [fact("case.filed", {"case_no": "x", "claim_fen": draw(AMOUNT)})]
    for number in range(draw(st.integers(min_value=0, max_value=12))):
        receipt, amount = f"r{draw(st.integers(min_value=0, max_value=3))}", draw(AMOUNT)
        name = draw(st.sampled_from(["fund.received", "fund.matched", "fund.disbursed", "fund.escrowed", *PERFORMING]))
        data: dict[str, Any] = {"receipt_id": receipt, "amount_fen": amount}
        if name == "fund.disbursed":
            data = {"payment_id": f"p{number}", "receipt_ids": [receipt], "amount_fen": amount, "kind": draw(KINDS)}
        elif name == "case.obligation_performed":
            data = {"amount_fen": amount, "channel": draw(st.sampled_from(["direct", "court"]))}
        elif name == "asset.in_kind_settled":
            data = {"asset_id": "a", "value_fen": amount}
        facts.append(fact(name, data, f"2024-03-04 09:{number:02d}"))
    return facts


PERFORMING = ("case.obligation_performed", "asset.in_kind_settled")


def amounts(facts: list[Fact], *names: str) -> Iterator[tuple[dict[str, Any], int]]:
    """(data, amount) of the facts of some types."""
    for one in facts:
        data = one.data or {}
        if one.type in names:
            yield data, data.get("amount_fen") or data.get("value_fen") or 0


@given(money())
def test_money_is_counted_once(facts: list[Fact]) -> None:
    """The balance is received − paid − escrowed; what is owed falls by each performance once."""
    values = state(*facts)
    receipts = {data["receipt_id"]: amount for data, amount in amounts(facts, "fund.received", "fund.matched")}
    paid = sum(amount for _, amount in amounts(facts, "fund.disbursed"))
    escrowed = sum(amount for _, amount in amounts(facts, "fund.escrowed"))
    assert values["received_fen"] == sum(receipts.values())
    assert (values["paid_fen"], values["escrowed_fen"]) == (paid, escrowed)
    assert values["balance_fen"] == values["received_fen"] - paid - escrowed
    discharged = sum(amount for data, amount in amounts(facts, "fund.disbursed") if data["kind"] in ("案款", "执行费", None))
    discharged += sum(amount for data, amount in amounts(facts, *PERFORMING) if data.get("channel") != "court")
    assert values["owed_fen"] == values["claim_fen"] + values["fee_fen"] - discharged


@given(money(), st.lists(AMOUNT, min_size=1, max_size=3))
def test_a_receipt_told_again_changes_nothing(facts: list[Fact], matched: list[int]) -> None:
    """Matching repeats a receipt: with the same amount nothing moves, with another the last one told counts."""
    first = fact("fund.received", {"receipt_id": "m", "amount_fen": matched[0]}, "2024-03-05")
    again = [fact("fund.matched", {"receipt_id": "m", "amount_fen": amount}, "2024-03-06") for amount in matched]
    before = state(*facts, first)["received_fen"]
    assert state(*facts, first, *again)["received_fen"] == before - matched[0] + matched[-1]
    left = state(*facts, first, *again)["receipts"]["m"]
    assert left["amount_fen"] == left["left_fen"] == matched[-1]


def test_a_payment_before_its_receipt_counts() -> None:
    """What is left is the amount less all payments that name the receipt, in whatever order they came."""
    early = fact("fund.disbursed", {"payment_id": "p1", "receipt_ids": ["r"], "amount_fen": 40}, "2024-03-05")
    receipt = fact("fund.received", {"receipt_id": "r", "amount_fen": 100}, "2024-03-06")
    late = fact("fund.escrowed", {"receipt_id": "r", "amount_fen": 60}, "2024-03-07")
    assert state(early, receipt)["receipts"]["r"]["left_fen"] == 60
    assert state(early, receipt, late)["receipts"]["r"]["left_fen"] == 0
