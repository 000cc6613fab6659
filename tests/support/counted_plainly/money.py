"""Measures of the money of cases: the words *Receipt*."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from counted_plainly.log import Case, Heard
from counted_plainly.rows import Row
from counted_plainly.terms import moved, worked

_DEFERRERS = ("局长", "主管院长")
_DAY = timedelta(days=1)


class Receipt(NamedTuple):
    """A receipt, what is left of it from each day on, and when it is due (None: never)."""

    court: str
    received_on: date
    amount: int
    left: dict[date, int]
    due_on: date | None

    def left_at(self, day: date) -> int:
        """What is left at the end of a day: all of it before anything was taken."""
        return next((left for since, left in reversed(self.left.items()) if since <= day), self.amount)

    def pieces(self, since: date) -> Iterator[tuple[date, int, date | None]]:
        """(day, what is left, up to which day) from a day on."""
        days = [since, *(day for day in self.left if day > since)]
        for day, end in zip(days, [*days[1:], None], strict=True):
            yield day, self.left_at(day), end


def receipts(case: Case) -> Iterator[Receipt]:
    """The receipts of a case."""
    found: dict[str, Heard] = {}
    for one in case.of("fund.received", "fund.matched"):
        is_of_case = one.name == "fund.matched" or one.told("case_no") is not None
        if is_of_case and one.told("amount_fen") is not None and one.told("receipt_id") is not None:
            found.setdefault(one.data["receipt_id"], one)
    for receipt_id, one in found.items():
        amount, taken = one.data["amount_fen"], _taken(case, receipt_id, one.day)
        left = {
            day: max(0, amount - sum(part for when, part in taken if when <= day))
            for day in sorted({one.day, *(when for when, _ in taken)})
        }
        yield Receipt(one.owner, one.day, amount, left, _due(case, receipt_id, one))


def _taken(case: Case, receipt_id: str, received_on: date) -> list[tuple[date, int]]:
    paid = case.firsts("payment_id", "fund.disbursed").values()
    return [(max(one.day, received_on), _part(one, receipt_id)) for one in [*paid, *case.of("fund.escrowed")]]


def _part(one: Heard, receipt_id: str) -> int:
    """What a payment or escrow takes from a receipt."""
    if parts := one.told("parts"):
        return sum(part["amount_fen"] for part in parts if part["receipt_id"] == receipt_id)
    first = one.told("receipt_id") if one.name == "fund.escrowed" else next(iter(one.told("receipt_ids") or ()), None)
    return int(one.told("amount_fen") or 0) if first == receipt_id else 0


def _due(case: Case, receipt_id: str, one: Heard) -> date | None:
    notified = one.date_of("finance_notified_on") or one.day
    spans = []
    for start in case.of("fund.deferral_approved"):
        is_one = start.told("receipt_id") == receipt_id and start.told("reason") is not None
        if is_one and start.told("approver_role") in _DEFERRERS:
            ends = [
                end.day
                for end in case.of("fund.deferral_ended")
                if end.place > start.place and end.told("receipt_id") == receipt_id
            ]
            spans.append((start.day, ends[0] if ends else None))
    due = moved(notified + timedelta(days=30), notified, spans)
    return None if due is None else worked(due)


def _unclaimed(case: Case) -> Iterator[Row]:
    came = [one for one in case.of("fund.received") if one.told("case_no") is None]
    for sign, events in ((1, came), (-1, case.of("fund.matched"))):
        told = [one for one in events if one.told("amount_fen") is not None]
        for one in Case(case.rootid, case.subject, told).firsts("receipt_id", "fund.received", "fund.matched").values():
            yield Row("unclaimed_fen", one.owner, "", one.day, sign * one.data["amount_fen"])


def of_case(case: Case) -> Iterator[Row]:
    """All rows of the money of a case."""
    yield from _unclaimed(case)
    for one in receipts(case):
        yield Row("receipts_fen", one.court, "", one.received_on, one.amount)
        before = one.amount
        for day, left in one.left.items():
            if left < before:
                yield Row("paid_out_fen", one.court, "", day, before - left)
            before = left
        yield Row("left_fen", one.court, "", one.received_on, list(one.left.values())[-1])
        for day, left, end in one.pieces(one.received_on):
            yield Row("held_fen", one.court, "", day, left, end)
        if one.due_on is not None:
            yield Row("due_fen", one.court, "", one.due_on, one.amount)
            yield Row("due_paid_fen", one.court, "", one.due_on, one.amount - one.left_at(one.due_on))
            for day, left, end in one.pieces(max(one.received_on, one.due_on + _DAY)):
                yield Row("overdue_fen", one.court, "", day, left, end)
                if left > 0:
                    yield Row("overdue_receipts", one.court, "", day, 1, end)
