"""What being late costs a debtor: interest, counted from one change to the next."""

from datetime import date
from itertools import pairwise
from typing import Any

from producers.simulator.days import number

_NEVER = 2**31
_REVIEWS = ("再审", "破产")


class Lateness:
    """What is told about a debt of money so far: its terms, what lessens it, the days that don't count. Days are numbers."""

    def __init__(self) -> None:
        self.today = 0
        self.sort = ""
        self._flow: list[tuple[int, int]] = []
        self._breaks: list[tuple[str, int, list[int]]] = []
        self._judged: int | None = None
        self._noticed: list[int] = []
        self._from: int | None = None
        self._rate: int | None = None

    def filed(self, data: dict[str, Any]) -> None:
        """A filing may fix the last day to perform, and a rate with its first day."""
        self._judged = _day(data, "perform_by_on", self._judged)
        self._from = _day(data, "interest_from_on", self._from)
        self._rate = data.get("interest_rate_bp", self._rate)

    def noticed(self, data: dict[str, Any]) -> None:
        """A notice may name a day to perform by."""
        if "perform_by_on" in data:
            self._noticed.append(number(date.fromisoformat(data["perform_by_on"])))

    def moved(self, amount: int) -> None:
        """The debtor performed today, or got something back."""
        self._flow.append((self.today, amount))

    def stayed(self, word: str, data: dict[str, Any]) -> None:
        """A stay; it counts if it is a review that others asked for."""
        if data.get("requested_by") == "被执行人":
            return
        if word == "suspended" and data.get("ground") in _REVIEWS:
            self._breaks.append(("中止", number(date.fromisoformat(data["on"])), [_NEVER]))
        elif word == "deferred" and data.get("ground") == "上级监督":
            self._breaks.append(("暂缓", self.today, [(_day(data, "until_on", None) or _NEVER) + 1]))

    def resumed(self, data: dict[str, Any]) -> None:
        """Stays of a kind, or all, are over."""
        for kind, _, ends in self._breaks:
            if data.get("kind", kind) == kind:
                ends.append(number(date.fromisoformat(data["on"])))

    def cost(self, debt: int) -> int:
        """Interest on a debt through today, in fen: the doubled part, and what the judgment adds."""
        if self.sort in ("act", "delivery"):
            return 0
        late = self._judged if self._judged is not None else min(self._noticed, default=None)
        doubled = 0 if late is None else self._weighed(debt, late, [(begin, min(ends)) for _, begin, ends in self._breaks])
        plain = 0 if self._from is None or self._rate is None else self._weighed(debt, self._from, []) * self._rate
        return (doubled * 350 + 1_000_000) // 2_000_000 + (plain * 2 + 3_650_000) // 7_300_000

    def _weighed(self, debt: int, after: int, breaks: list[tuple[int, int]]) -> int:
        """Fen times days after a day through today."""
        marks = {after, self.today, *(day for day, _ in self._flow)}
        marks |= {edge - 1 for span in breaks for edge in span}
        total = 0
        for first, last in pairwise(sorted(mark for mark in marks if after <= mark <= self.today)):
            if not any(begin <= first + 1 < end for begin, end in breaks):
                paid = sum(amount for day, amount in self._flow if day <= first)
                total += min(debt, max(0, debt - paid)) * (last - first)
        return total


def _day(data: dict[str, Any], field: str, otherwise: int | None) -> int | None:
    text = data.get(field)
    return otherwise if text is None else number(date.fromisoformat(text))
