"""Course of a case: receipt, filing, officers, stays, settlements, performance, closing, restoration."""

from contract.case_no import CaseNoError, parse_case_no
from streams.cases.fold import accruals
from streams.cases.fold.handling import Data, Handled, fill, handled
from streams.rules.functions import fee_fen

TERMINATED = "终结本次执行程序"
"""The close mode after which a case is closed and alive."""


_FEE_TOLD = "_fee_fen"
"""The fee as a filing told it; an application that is entered or stands after it doesn't take it away."""


def _application(values: Data, data: Data) -> None:
    fill(values, data, claim_kind="claim_kind", claim_fen="claim_fen")
    _fee(values)


def _filed(values: Data, data: Data) -> None:
    fill(values, data, type="case_type", cause="cause_code", claim_kind="claim_kind", claim_fen="claim_fen")
    fill(values, data, interest_from_on="interest_from_on")
    accruals.filed(values, data)
    values["filed_on"] = data.get("filed_on")
    values["nonlitigation"] = bool(data.get("is_nonlitigation"))
    values["tags"] = list(data.get("tags") or [])
    fill(values, data, **{_FEE_TOLD: "fee_fen"})
    _fee(values)
    values["open"] = values["alive"] = True


def _fee(values: Data) -> None:
    """The fee that was told, else what the claim as it now stands asks for."""
    told = values.get(_FEE_TOLD)
    values["fee_fen"] = fee_fen(values["claim_fen"]) if told is None else told


def _closed(values: Data, data: Data) -> None:
    values["open"] = False
    values["mode"] = data.get("mode") or values["mode"]
    values["closed_on"] = data.get("closed_on")
    values["alive"] = values["mode"] == TERMINATED


def _over(values: Data, data: Data) -> None:
    del data
    values["open"] = values["alive"] = False


def _restored(values: Data, data: Data) -> None:
    """The case goes on; if under a number of its own, it is a case of that number's type."""
    values["open"] = values["alive"] = True
    values["mode"], values["closed_on"] = "", None
    number = data.get("new_case_no")
    if number is not None:
        try:
            values["type"] = parse_case_no(number).type
        except CaseNoError:
            return  # a number that can't be read says nothing of the type


def _officer(values: Data, data: Data) -> None:
    fill(values, data, judge="judge_id", officer="officer_id")


def _extended(values: Data, data: Data) -> None:
    fill(values, data, until_on="until_on")


def _settled(values: Data, data: Data) -> None:
    plan = [part["due_on"] for part in data.get("plan") or []]
    values["settlements"][data["settlement_id"]] = {"open": True, "last_due_on": max(plan)} if plan else {"open": True}
    values["settling"] = True


def _outcome(values: Data, data: Data) -> None:
    """A breach or an avoidance ends the settlement; performance does so as a whole, or with the last instalment."""
    known = values["settlements"].setdefault(data["settlement_id"], {"open": True})
    status, due = data.get("status"), data.get("due_on")
    last = due is None or due == known.get("last_due_on")
    if status in ("breached", "void") or (status == "performed" and last):
        known["open"] = False
    fill(known, data, status="status")
    values["settling"] = any(one["open"] for one in values["settlements"].values())


def _performed(values: Data, data: Data) -> None:
    """Performance outside of the court's account; what went through the court counts when it is paid out."""
    if data.get("channel") != "court":
        values["performed_fen"] += data.get("amount_fen") or 0
        accruals.lessened(values, data.get("amount_fen") or 0)


def _guaranteed(values: Data, data: Data) -> None:
    """A guarantee for the debtor; one of the applicant secures third parties."""
    if data.get("by") != "申请人":
        values["guaranteed_fen"] += data.get("amount_fen") or 0


HANDLED: dict[str, Handled] = {
    "case.application_received": handled(_application, "claim_kind", "claim_fen"),
    "case.filed": handled(
        _filed,
        *("case_type", "cause_code", "claim_kind", "claim_fen", "interest_from_on", "filed_on", "is_nonlitigation", "tags"),
        "fee_fen",
        *accruals.FILED_FIELDS,
    ),
    "case.closed": handled(_closed, "mode", "closed_on"),
    "case.refused": handled(_over),
    "case.transferred": handled(_over),
    "case.restored": handled(_restored, "new_case_no"),
    "case.officer_assigned": handled(_officer, "judge_id", "officer_id"),
    "case.extension_approved": handled(_extended, "until_on"),
    "case.settlement_reached": handled(_settled, "settlement_id", "plan"),
    "case.settlement_outcome": handled(_outcome, "settlement_id", "due_on", "status"),
    "case.obligation_performed": handled(_performed, "channel", "amount_fen"),
    "case.guarantee_accepted": handled(_guaranteed, "by", "amount_fen"),
}
