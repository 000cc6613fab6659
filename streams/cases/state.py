"""The state of a case, folded from its events: what CEL reads as ``case`` and what a snapshot tells.

It goes as far as the event types of this version: parties' listings, inquiry classes, clues and alerts stay as they began.
"""

from collections.abc import Callable
from typing import Any

from contract.courts import COURTS
from streams.cases.facts import Fact
from streams.cases.timeline import NOBODY, OWNERS
from streams.rules.functions import fee_fen

Data = dict[str, Any]


class CaseState:
    """State of one case just after an event; `apply` moves it on. The names are those of the vocabulary."""

    def __init__(self, case: str, root: str) -> None:
        """The state before the first event."""
        self.first = True
        self.opened = False
        self.stage = "RECEIVED"
        self.case_no: str | None = None
        self.values: Data = {
            "id": case,
            "root": root,
            "court": NOBODY,
            "tier": "",
            "type": "",
            "tags": [],
            "cause": "",
            "claim_kind": "",
            "nonlitigation": False,
            "filed_on": None,
            "open": True,
            "alive": True,
            "mode": "",
            "closed_on": None,
            "suspended": False,
            "deferred": False,
            "settling": False,
            "until_on": None,
            "judge": "",
            "officer": "",
            "claim_fen": 0,
            "fee_fen": 0,
            "interest_fen": 0,
            "owed_fen": 0,
            "performed_fen": 0,
            "received_fen": 0,
            "paid_fen": 0,
            "escrowed_fen": 0,
            "in_kind_fen": 0,
            "balance_fen": 0,
            "first_seized_fen": 0,
            "debtors": [],
            "parties": {},
            "assets": {},
            "receipts": {},
            "classes": {},
            "clues": {},
            "objections": {},
            "alerts": {},
        }

    def apply(self, fact: Fact) -> None:
        """Move on by one event of the case."""
        data = fact.data or {}
        if self.first or fact.type in OWNERS:
            self._own(fact.court)
            self.first = False
        self._reach(fact.type, data)
        handler = _HANDLERS.get(fact.type)
        if handler is not None:
            handler(self, data)
            self._sums()

    def view(self) -> Data:
        """The values as CEL reads them; not to be changed, and good until the next `apply`."""
        return self.values

    def _reach(self, name: str, data: Data) -> None:
        """Move the stage on; it goes back only when a case is filed or restored anew."""
        if name in OWNERS:
            self.opened = True
            self.case_no = data.get("case_no") or data.get("new_case_no") or self.case_no
        stage = _STAGE_OF.get(name)
        if stage is not None and (name in _AFRESH or STAGES.index(stage) > STAGES.index(self.stage)):
            self.stage = stage

    def _own(self, court: str | None) -> None:
        self.values["court"] = court or NOBODY
        known = COURTS.get(court) if court else None
        self.values["tier"] = known.tier if known else ""

    def _sums(self) -> None:
        v = self.values
        v["owed_fen"] = v["claim_fen"] + v["fee_fen"] + v["interest_fen"] - v["performed_fen"]
        v["balance_fen"] = v["received_fen"] - v["paid_fen"] - v["escrowed_fen"]
        seized = (a for a in v["assets"].values() if a.get("rank") == 1 and a.get("state") == "controlled")
        v["first_seized_fen"] = sum((a.get("value_fen") or 0) - (a.get("encumbrance_fen") or 0) for a in seized)

    def asset(self, data: Data) -> Data:
        """The asset that an event names, made on first sight."""
        asset: Data = self.values["assets"].setdefault(data["asset_id"], {"state": "discovered", "rounds": 0})
        return asset

    def take(self, receipt_id: str, amount: int) -> int:
        """Take money from a receipt, no more than is left; returns what was taken."""
        receipt = self.values["receipts"].get(receipt_id)
        if receipt is None:
            return 0
        taken = min(amount, receipt["left_fen"])
        receipt["left_fen"] -= taken
        return int(taken)


def _application(state: CaseState, data: Data) -> None:
    _fill(state, data, claim_kind="claim_kind", claim_fen="claim_fen")


def _filed(state: CaseState, data: Data) -> None:
    _fill(state, data, type="case_type", cause="cause_code", claim_kind="claim_kind", claim_fen="claim_fen")
    v = state.values
    v["filed_on"] = data.get("filed_on")
    v["nonlitigation"] = bool(data.get("is_nonlitigation"))
    v["tags"] = list(data.get("tags") or [])
    v["fee_fen"] = data["fee_fen"] if data.get("fee_fen") is not None else fee_fen(v["claim_fen"])
    v["open"] = v["alive"] = True


def _fill(state: CaseState, data: Data, **names: str) -> None:
    """Take the fields that are there."""
    for target, name in names.items():
        if data.get(name) is not None:
            state.values[target] = data[name]


def _closed(state: CaseState, data: Data) -> None:
    v = state.values
    v["open"] = False
    v["mode"] = data.get("mode") or v["mode"]
    v["closed_on"] = data.get("closed_on")
    v["alive"] = v["mode"] == "终结本次执行程序"


def _refused(state: CaseState, data: Data) -> None:
    del data
    state.values["open"] = state.values["alive"] = False


def _transferred(state: CaseState, data: Data) -> None:
    state._own(data.get("to_court"))  # noqa: SLF001  # handlers are this class's own methods in a table
    _refused(state, data)


def _restored(state: CaseState, data: Data) -> None:
    del data
    state.values["open"] = state.values["alive"] = True


def _officer(state: CaseState, data: Data) -> None:
    _fill(state, data, judge="judge_id", officer="officer_id")


def _extended(state: CaseState, data: Data) -> None:
    _fill(state, data, until_on="until_on")


def _suspended(state: CaseState, data: Data) -> None:
    del data
    state.values["suspended"] = True


def _deferred(state: CaseState, data: Data) -> None:
    del data
    state.values["deferred"] = True


def _stay_ended(state: CaseState, data: Data) -> None:
    if data.get("kind") != "暂缓":
        state.values["suspended"] = False
    if data.get("kind") != "中止":
        state.values["deferred"] = False


def _termination(state: CaseState, data: Data) -> None:
    del data
    state.values["mode"] = "终结本次执行程序"


def _party(state: CaseState, data: Data) -> None:
    v = state.values
    blank = {"missing": False, "listed": False, "limited": False}
    party = v["parties"].setdefault(data["party_ref"], blank)
    party |= {"role": data.get("role"), "kind": data.get("kind")}
    party |= {"minor": bool(data.get("is_minor")), "student": bool(data.get("is_student"))}
    v["debtors"] = [ref for ref, party in v["parties"].items() if party.get("role") == "被执行"]


def _discovered(state: CaseState, data: Data) -> None:
    asset = state.asset(data)
    names = {"class": "class", "owner": "owner_ref", "value_fen": "est_value_fen", "encumbrance_fen": "encumbrance_fen"}
    asset |= {target: data[name] for target, name in names.items() if data.get(name) is not None}


def _controlled(state: CaseState, data: Data) -> None:
    asset = state.asset(data)
    asset["state"] = "controlled"
    asset |= {name: data[name] for name in ("rank", "expires_on") if data.get(name) is not None}
    if asset.get("class") == "deposit" and data.get("amount_fen") is not None:
        asset["value_fen"] = data["amount_fen"]


def _released(state: CaseState, data: Data) -> None:
    if data.get("scope") != "部分":
        state.asset(data)["state"] = "released"


def _paid_over(state: CaseState, data: Data) -> None:
    state.asset(data)["state"] = "paid_over"


def _in_kind(state: CaseState, data: Data) -> None:
    state.asset(data)["state"] = "in_kind"
    state.values["in_kind_fen"] += data.get("value_fen") or 0
    state.values["performed_fen"] += data.get("value_fen") or 0


def _announced(state: CaseState, data: Data) -> None:
    if data.get("asset_id"):
        asset = state.asset(data)
        asset["rounds"] = asset.get("rounds", 0) + 1


def _receipt(state: CaseState, data: Data) -> None:
    """A receipt; money that is matched to the case counts as its receipt from then on."""
    receipts = state.values["receipts"]
    known = receipts.get(data["receipt_id"])
    if known is None:
        known = receipts[data["receipt_id"]] = {"amount_fen": 0, "left_fen": 0, "deferred": False}
    amount = data.get("amount_fen")
    if amount is not None:
        state.values["received_fen"] += amount - known["amount_fen"]
        known["left_fen"] += amount - known["amount_fen"]
        known["amount_fen"] = amount
    if data.get("finance_notified_on") is not None:
        known["notified_on"] = data["finance_notified_on"]
    if data.get("account_code") is not None:
        known["account"] = data["account_code"]


def _deferral(*, deferred: bool) -> Callable[[CaseState, Data], None]:
    def handler(state: CaseState, data: Data) -> None:
        if data["receipt_id"] in state.values["receipts"]:
            state.values["receipts"][data["receipt_id"]]["deferred"] = deferred

    return handler


def _disbursed(state: CaseState, data: Data) -> None:
    state.values["paid_fen"] += data["amount_fen"]
    if data.get("kind") in (None, "案款"):
        state.values["performed_fen"] += data["amount_fen"]
    _take_parts(state, data, data.get("receipt_ids") or [])


def _escrowed(state: CaseState, data: Data) -> None:
    state.values["escrowed_fen"] += data["amount_fen"]
    _take_parts(state, data, [data["receipt_id"]])


def _take_parts(state: CaseState, data: Data, receipts: list[str]) -> None:
    """Take a payment from its receipts: as its parts say, else from one after another."""
    if data.get("parts"):
        for part in data["parts"]:
            state.take(part["receipt_id"], part["amount_fen"])
        return
    rest = data["amount_fen"]
    for receipt in receipts:
        rest -= state.take(receipt, rest)


def _objection(state: CaseState, data: Data) -> None:
    known = state.values["objections"].setdefault(data["objection_id"], {"open": True})
    known |= {name: data[name] for name in ("kind", "asset_id") if data.get(name) is not None}


def _decided(state: CaseState, data: Data) -> None:
    known = state.values["objections"].setdefault(data["objection_id"], {})
    known |= {"open": False, "decided_on": data.get("served_on")}


_HANDLERS: dict[str, Callable[[CaseState, Data], None]] = {
    "case.application_received": _application,
    "case.filed": _filed,
    "case.closed": _closed,
    "case.refused": _refused,
    "case.transferred": _transferred,
    "case.restored": _restored,
    "case.officer_assigned": _officer,
    "case.extension_approved": _extended,
    "case.suspended": _suspended,
    "case.deferred": _deferred,
    "case.stay_ended": _stay_ended,
    "term.ruled": _termination,
    "party.registered": _party,
    "asset.discovered": _discovered,
    "asset.controlled": _controlled,
    "asset.released": _released,
    "asset.paid_over": _paid_over,
    "asset.in_kind_settled": _in_kind,
    "auction.announced": _announced,
    "fund.received": _receipt,
    "fund.matched": _receipt,
    "fund.deferral_approved": _deferral(deferred=True),
    "fund.deferral_ended": _deferral(deferred=False),
    "fund.disbursed": _disbursed,
    "fund.escrowed": _escrowed,
    "objection.received": _objection,
    "objection.filed": _objection,
    "objection.decided": _decided,
}

STAGES = (
    "RECEIVED",
    "FILED",
    "ASSIGNED",
    "NOTIFIED",
    "INVESTIGATING",
    "CONTROLLED",
    "DISPOSING",
    "DISTRIBUTING",
    "CLOSED",
)
"""The stages of a case, in order; the name of the stage that its events have reached."""

_STAGE_OF = {
    "case.filed": "FILED",
    "case.restored": "FILED",
    "case.officer_assigned": "ASSIGNED",
    "case.notice_issued": "NOTIFIED",
    "inquiry.requested": "INVESTIGATING",
    "asset.controlled": "CONTROLLED",
    "asset.price_started": "DISPOSING",
    "auction.announced": "DISPOSING",
    "fund.received": "DISTRIBUTING",
    "fund.matched": "DISTRIBUTING",
    "case.closed": "CLOSED",
    "case.refused": "CLOSED",
    "case.transferred": "CLOSED",
}
_AFRESH = frozenset({"case.restored"})

READS: dict[str, frozenset[str]] = {
    "case.application_received": frozenset({"claim_kind", "claim_fen"}),
    "case.filed": frozenset(
        {"case_no", "case_type", "cause_code", "claim_kind", "claim_fen", "filed_on", "is_nonlitigation", "tags", "fee_fen"}
    ),
    "case.closed": frozenset({"mode", "closed_on", "paid_fen"}),
    "case.transferred": frozenset({"to_court"}),
    "case.restored": frozenset({"new_case_no"}),
    "case.officer_assigned": frozenset({"judge_id", "officer_id"}),
    "case.extension_approved": frozenset({"until_on"}),
    "case.stay_ended": frozenset({"kind"}),
    "party.registered": frozenset({"party_ref", "role", "kind", "is_minor", "is_student"}),
    "asset.discovered": frozenset({"asset_id", "class", "owner_ref", "est_value_fen", "encumbrance_fen"}),
    "asset.controlled": frozenset({"asset_id", "rank", "expires_on", "amount_fen"}),
    "asset.released": frozenset({"asset_id", "scope"}),
    "asset.paid_over": frozenset({"asset_id"}),
    "asset.in_kind_settled": frozenset({"asset_id", "value_fen"}),
    "auction.announced": frozenset({"asset_id"}),
    "fund.received": frozenset({"receipt_id", "amount_fen", "finance_notified_on", "account_code"}),
    "fund.matched": frozenset({"receipt_id", "amount_fen", "finance_notified_on", "account_code"}),
    "fund.deferral_approved": frozenset({"receipt_id"}),
    "fund.deferral_ended": frozenset({"receipt_id"}),
    "fund.disbursed": frozenset({"amount_fen", "kind", "receipt_ids", "parts"}),
    "fund.escrowed": frozenset({"amount_fen", "receipt_id", "parts"}),
    "objection.received": frozenset({"objection_id", "kind", "asset_id"}),
    "objection.filed": frozenset({"objection_id"}),
    "objection.decided": frozenset({"objection_id", "served_on"}),
}
"""The fields that the fold reads, by type: they are kept whatever the rules read."""

STATE_TYPES = frozenset(_HANDLERS) | OWNERS
"""Types that change the state."""
