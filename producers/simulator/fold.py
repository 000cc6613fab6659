"""The state of a case after each of its facts: its money, property, parties, as the texts of the rules name them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from producers.simulator.days import day_of, day_text
from producers.simulator.late import Lateness

_READ = {
    "case.filed", "case.closed", "case.obligation_performed", "case.settlement_outcome", "case.suspended",
    "case.guarantee_accepted", "asset.controlled", "asset.released", "asset.paid_over", "fund.received", "fund.matched",
    "fund.disbursed", "fund.escrowed", "fund.deferral_ended", "term.ruled", "term.requery_done", "clue.verified",
    "list.included", "list.removal_decided", "pres.handed_over", "case.notice_issued", "inquiry.requested",
    "asset.price_started",
    "auction.announced", "auction.sold", "party.sanctioned",
}  # fmt: skip
"""Facts at which some rule reads the state of the case."""


class OneFact(Protocol):
    """What is folded."""

    at: int
    kind: str
    data: dict[str, Any]


class Thing(msgspec.Struct):
    """An asset: its first-rank value less what burdens it, its state, and when its control runs out."""

    kind: str = ""
    value: int = 0
    burden: int = 0
    rank: int = 0
    state: str = ""
    expires: str | None = None
    indivisible: bool = False

    @property
    def net(self) -> int:
        """What it is worth to this case."""
        return self.value - self.burden


class Snapshot(msgspec.Struct):
    """A case just after a fact; money in fen."""

    claim: int
    owed: int
    performed: int
    balance: int
    seized: int
    things: dict[str, tuple[str, int, int, str | None, bool]]
    listed: list[str]
    named: list[str]
    limited: list[str]
    debtors: list[str]
    open_clue: bool
    classes: dict[str, tuple[str, str]]
    left: dict[str, int]
    amounts: dict[str, int]
    open: bool
    alive: bool
    mode: str
    tags: list[str]
    filed_on: str | None
    fee: int
    interest: int


class _Fold:
    def __init__(self) -> None:
        self.claim = self.fee = self.direct = self.in_kind = self.paid = self.paid_out = self.escrowed = self.received = 0
        self.late = Lateness()
        self.things: dict[str, Thing] = {}
        self.auctions: dict[str, str] = {}
        self.listed: dict[str, bool] = {}
        self.limited: set[str] = set()
        self.debtors: list[str] = []
        self.clues: set[str] = set()
        self.classes: dict[str, tuple[str, str]] = {}
        self.left: dict[str, int] = {}
        self.amounts: dict[str, int] = {}
        self.open = False
        self.mode = ""
        self.terminated = False
        self.tags: list[str] = []
        self.filed_on: str | None = None

    def snapshot(self) -> Snapshot:
        done = self.direct + self.in_kind + self.paid
        interest = self.late.cost(self.claim) if self.claim else 0
        seized = sum(one.net for one in self.things.values() if one.state == "controlled" and one.rank == 1)
        return Snapshot(
            self.claim,
            self.claim + self.fee + interest - done,
            done,
            self.received - self.paid_out - self.escrowed,
            seized,
            {name: (one.state, one.rank, one.net, one.expires, one.indivisible) for name, one in self.things.items()},
            [name for name, endless in self.listed.items() if endless],
            list(self.listed),
            sorted(self.limited),
            list(self.debtors),
            bool(self.clues),
            dict(self.classes),
            dict(self.left),
            dict(self.amounts),
            self.open,
            self.terminated,
            self.mode,
            self.tags,
            self.filed_on,
            self.fee,
            interest,
        )

    def take(self, kind: str, data: dict[str, Any], day: int) -> None:
        self.late.today = day
        family, _, word = kind.partition(".")
        if family == "case":
            self._case(word, data, day)
        elif family in ("asset", "auction"):
            self._asset(kind, data)
        elif family == "fund":
            self._fund(word, data)
        elif family == "term":
            self._term(word, data)
        else:
            self._other(kind, data)

    def _case(self, word: str, data: dict[str, Any], day: int) -> None:
        if word == "filed":
            self.open, self.claim, self.fee = True, data.get("claim_fen", 0), data.get("fee_fen", 0)
            self.tags, self.filed_on = data.get("tags", []), data.get("filed_on", day_text(day))
            self.late.sort = data.get("claim_kind", self.late.sort)
            self.late.filed(data)
        elif word == "application_received":
            self.claim = self.claim or data.get("claim_fen", 0)
            self.late.sort = data.get("claim_kind", self.late.sort)
        elif word in ("closed", "refused", "transferred"):
            self.open = False
            self.mode = data.get("mode", "") if word == "closed" else self.mode
            self.terminated = self.mode == "终结本次执行程序"
        elif word == "restored":
            self.open, self.terminated, self.mode = True, False, ""
        elif word == "obligation_performed" and data.get("channel") != "court":
            self.direct += data.get("amount_fen", 0)
            self.late.moved(data.get("amount_fen", 0))
        elif word == "notice_issued":
            self.late.noticed(data)
        elif word in ("suspended", "deferred"):
            self.late.stayed(word, data)
        elif word == "stay_ended":
            self.late.resumed(data)

    def _asset(self, kind: str, data: dict[str, Any]) -> None:
        name = data.get("asset_id") or self.auctions.get(data.get("auction_id", ""), "")
        thing = self.things.get(name)
        if kind == "auction.announced":
            self.auctions[data["auction_id"]] = name
        if kind == "asset.discovered" or (kind == "asset.controlled" and thing is None):
            thing = self.things.setdefault(name, Thing(state="discovered"))
            thing.kind, thing.value = data.get("class", thing.kind), data.get("est_value_fen", thing.value)
            thing.burden, thing.indivisible = data.get("encumbrance_fen", 0), data.get("indivisible", False)
        if thing is None:
            return
        if kind in ("asset.controlled", "asset.renewed"):
            thing.expires = data.get("expires_on", thing.expires)
            if kind == "asset.controlled":
                thing.state, thing.rank = "controlled", data.get("rank", thing.rank)
                thing.value = data.get("amount_fen", thing.value) if thing.kind == "deposit" else thing.value
        elif kind == "asset.released" and data.get("scope") != "部分":
            thing.state = "released"
        elif kind == "asset.in_kind_settled":
            self.in_kind += data.get("value_fen", 0)
            self.late.moved(data.get("value_fen", 0))
        thing.state = _STATES.get(kind, thing.state)

    def _fund(self, word: str, data: dict[str, Any]) -> None:
        if word in ("received", "matched"):
            name, amount = data["receipt_id"], data["amount_fen"]
            more = amount - self.amounts.get(name, 0)
            self.amounts[name] = amount
            self.left[name] = self.left.get(name, 0) + more
            self.received += more
            self.late.moved(more)
        elif word == "disbursed":
            self.paid_out += data["amount_fen"]
            if data.get("kind") == "退款":
                self.late.moved(-data["amount_fen"])
            self.paid += data["amount_fen"] if data.get("kind", "案款") in ("案款", "执行费") else 0
            for part in data.get("parts", []):
                self.left[part["receipt_id"]] = self.left.get(part["receipt_id"], 0) - part["amount_fen"]
        elif word == "escrowed":
            self.escrowed += data["amount_fen"]
            self.left[data["receipt_id"]] = self.left.get(data["receipt_id"], 0) - data["amount_fen"]

    def _term(self, word: str, data: dict[str, Any]) -> None:
        if word == "ruled":
            self.terminated, self.mode = True, "终结本次执行程序"
        elif word == "masked" and data.get("reason") in ("履行完毕", "终结"):
            # Off the register because all is done: what is closed is then over for good.
            self.terminated = self.terminated and self.open

    def _other(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "party.registered" and data["role"] == "被执行":
            self.debtors += [data["party_ref"]] if data["party_ref"] not in self.debtors else []
        elif kind == "cons.ordered":
            self.limited.add(data["debtor_ref"])
        elif kind == "cons.lifted":
            self.limited.discard(data["debtor_ref"])
        elif kind == "list.included":
            self.listed[data["debtor_ref"]] = data.get("ground") == 1
        elif kind == "list.removed":
            self.listed.pop(data["debtor_ref"], None)
        elif kind == "clue.received":
            self.clues.add(data["clue_id"])
        elif kind == "clue.verified":
            self.clues.discard(data["clue_id"])
        elif kind == "inquiry.feedback" and "class" in data:
            answered = int(datetime.fromisoformat(data["at"]).timestamp())
            self.classes[data["class"]] = (data.get("status", ""), day_text(day_of(answered)))


_STATES = {
    "asset.paid_over": "paid_over",
    "asset.in_kind_settled": "in_kind",
    "asset.not_found": "not_found",
    "auction.sold": "sold",
    "auction.revoked": "controlled",
    "auction.refused_in_kind": "unsold",
}


def folded(facts: Sequence[OneFact]) -> Iterator[Snapshot | None]:
    """For each fact of a case the state just after it, or None where no rule reads it."""
    fold = _Fold()
    for fact in facts:
        fold.take(fact.kind, fact.data, day_of(fact.at))
        yield fold.snapshot() if fact.kind in _READ else None


def owing(facts: Sequence[OneFact], day: int) -> int:
    """What is owed with interest through a day, in fen, after facts in the order of history."""
    fold = _Fold()
    for fact in facts:
        fold.take(fact.kind, fact.data, day_of(fact.at))
    fold.late.today = day
    return fold.snapshot().owed
