"""The money of a case: receipts, what is left of each, payments and escrow.

Money is counted once: a receipt when it comes in or is matched, a payment when it goes out. What was collected is no
performance yet; what was paid out as the claim or its fee is. What is left of a receipt is its amount less all payments that
name it, whichever came first.
"""

from streams.cases.fold import accruals
from streams.cases.fold.handling import Data, Handled, Handler, fill, handled

_PERFORMS = (None, "案款", "执行费")
"""Kinds of payment that discharge what is owed (claim and fee); a refund, reward or cost doesn't."""

_PAYMENTS = "_payments"
"""The payments so far, among the values of a case."""


def _receipt(values: Data, data: Data) -> None:
    """A receipt; money that is matched to the case counts as its receipt from then on."""
    receipts = values["receipts"]
    known = receipts.setdefault(data["receipt_id"], {"amount_fen": 0, "left_fen": 0, "deferred": False})
    amount = data.get("amount_fen")
    if amount is not None:
        values["received_fen"] += amount - known["amount_fen"]
        accruals.lessened(values, amount - known["amount_fen"])
        known["amount_fen"] = amount
    _allot(values)
    fill(known, data, notified_on="finance_notified_on", account="account_code")


def _deferral(*, deferred: bool) -> Handler:
    def handler(values: Data, data: Data) -> None:
        receipt = values["receipts"].get(data["receipt_id"])
        if receipt is not None:
            receipt["deferred"] = deferred

    return handler


def _disbursed(values: Data, data: Data) -> None:
    amount = data["amount_fen"]
    values["paid_fen"] += amount
    if data.get("kind") in _PERFORMS:
        values["performed_fen"] += amount
    if data.get("kind") == "退款":
        accruals.lessened(values, -amount)
    _pay(values, data, data.get("receipt_ids") or [])


def _escrowed(values: Data, data: Data) -> None:
    amount = data["amount_fen"]
    values["escrowed_fen"] += amount
    _pay(values, data, [data["receipt_id"]])


def _pay(values: Data, data: Data, receipts: list[str]) -> None:
    """Note a payment or escrow and the receipts that it names, in the order in which it takes from them."""
    values.setdefault(_PAYMENTS, []).append((data.get("parts"), receipts, data["amount_fen"]))
    _allot(values)


def _allot(values: Data) -> None:
    """Take all payments so far from the receipts as they now stand: as their parts say, else from one after another."""
    for receipt in values["receipts"].values():
        receipt["left_fen"] = receipt["amount_fen"]
    for parts, receipts, amount in values.get(_PAYMENTS, ()):
        for part in parts or ():
            _take(values, part["receipt_id"], part["amount_fen"])
        rest = 0 if parts else amount
        for receipt_id in receipts:
            rest -= _take(values, receipt_id, rest)


def _take(values: Data, receipt_id: str, amount: int) -> int:
    """Take money from a receipt, no more than is left; returns what was taken."""
    receipt = values["receipts"].get(receipt_id)
    if receipt is None:
        return 0
    taken = min(amount, receipt["left_fen"])
    receipt["left_fen"] -= taken
    return int(taken)


_RECEIPT = ("receipt_id", "amount_fen", "finance_notified_on", "account_code")

HANDLED: dict[str, Handled] = {
    "fund.received": handled(_receipt, *_RECEIPT),
    "fund.matched": handled(_receipt, *_RECEIPT),
    "fund.deferral_approved": handled(_deferral(deferred=True), "receipt_id"),
    "fund.deferral_ended": handled(_deferral(deferred=False), "receipt_id"),
    "fund.disbursed": handled(_disbursed, "amount_fen", "kind", "receipt_ids", "parts"),
    "fund.escrowed": handled(_escrowed, "amount_fen", "receipt_id", "parts"),
}
