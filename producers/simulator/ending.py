"""What a court does before and after a case ends: for a termination, with property and limits, query by query."""

from typing import Any

from producers.simulator import opening
from producers.simulator.case import Case, on
from producers.simulator.clock_tables import requery_part
from producers.simulator.days import DAY, day_of, day_text, months_later, roll
from producers.simulator.dues import Duty
from producers.simulator.parts import PRICE
from producers.simulator.term import DONE, TERMINATED, Plan

_HELD = ("controlled", "unsold")
_STATES = {
    "asset.discovered": "discovered",
    "asset.controlled": "controlled",
    "asset.paid_over": "gone",
    "asset.in_kind_settled": "gone",
    "auction.sold": "gone",
    "asset.not_found": "gone",
    "auction.refused_in_kind": "unsold",
}
_SLOTS = 10


def prepare(case: Case, plan: Plan) -> None:
    """Tell what must stand before a termination is ruled; now and then one thing is left out."""
    ruled = plan.ruled_at
    if ruled is None:
        return
    day = day_of(ruled)
    name = f"Q2-{case.subject}"
    again = case.workday(day - case.rng.randrange(24, 40))
    if not case.lapse() and again > case.filed_at:
        opening.ask(case, name, again)
    applicant = case.applicants[0]
    results = ("属实", "部分")
    steps: list[tuple[str, int, dict[str, Any]]] = [
        *(("party.report_checked", 16, {"debtor_ref": one, "result": case.rng.choice(results)}) for one in case.debtors),
        ("term.consultation_held", 9, {"applicant_ref": applicant, "mode": "电话", "consent": "口头"}),
        ("term.panel_approved", 3, {"panel_ids": [f"j-{case.court}-1"], "president_approved": True}),
    ]
    for kind, before, data in steps:
        at = case.office(day - before)
        if not case.lapse() and at > case.filed_at:
            case.promptly(kind, at, data | {"on": on(at)})


def clear(case: Case, plan: Plan) -> None:
    """Tell what becomes of property that is still held when the case ends: before a termination, else after the end."""
    states = property_states(case)
    ruled = plan.ruled_at
    if ruled is not None and case.settles_at is not None:
        for name, state in states.items():
            at = case.between(case.settles_at, ruled - 7200)
            _let_go(case, name, at, found=state != "discovered")
    elif case.ended_at is not None:
        end = case.ended_at
        for name in [name for name, state in states.items() if state in _HELD]:
            late = case.anomalous()
            at = case.workday(day_of(end) + (case.rng.randrange(3, 40) if late else 1))
            _let_go(case, name, at, found=True)


def property_states(case: Case) -> dict[str, str]:
    """What is found and not disposed of, as told: discovered, controlled or unsold."""
    states: dict[str, str] = {}
    auctions: dict[str, str] = {}
    for fact in sorted(case.facts, key=lambda fact: fact.at):
        data = fact.data or {}
        if fact.kind == "auction.announced":
            auctions[data["auction_id"]] = data["asset_id"]
        name = data.get("asset_id") or auctions.get(data.get("auction_id", ""))
        if name is not None and (fact.kind in _STATES or (fact.kind == "asset.released" and data["scope"] == "全部")):
            states[name] = _STATES.get(fact.kind, "gone")
    return {name: state for name, state in states.items() if state != "gone"}


def _let_go(case: Case, name: str, at: int, *, found: bool) -> None:
    kind, data = "asset.released", {"asset_id": name, "scope": "全部", "reason": "终结程序", "on": on(at)}
    if not found:
        kind, data = "asset.not_found", {"asset_id": name, "on": on(at)}
    if case.promptly(kind, at, data, tail=True) is not None:
        for duty in case.duties:
            if found and duty.part is PRICE and duty.key == (name,):
                duty.dropped.append(at)


def lift(case: Case, plan: Plan) -> None:
    """Tell that limits of spending were lifted on the working day after the end, unless the case was terminated."""
    if case.ended_at is None or plan.mode == TERMINATED:
        return
    limited = {fact.data["debtor_ref"] for fact in case.facts if fact.kind == "cons.ordered" and fact.data}
    for debtor in sorted(limited):
        at = case.workday(day_of(case.ended_at) + (case.rng.randrange(3, 20) if case.anomalous() else 1))
        reason = "履行" if plan.mode == DONE else "终结"
        case.promptly("cons.lifted", at, {"debtor_ref": debtor, "reason": reason, "on": on(at)}, tail=True)


def register(case: Case, plan: Plan) -> None:
    """Tell that the termination was entered in the national register."""
    if plan.ruled_at is not None and case.ended_at is not None:
        days = case.rng.randrange(4, 40) if case.anomalous() else case.rng.randrange(1, 4)
        at = max(case.workday(day_of(plan.ruled_at) + days), case.ended_at + 600)
        case.promptly("term.registered", at, {"on": on(at)}, tail=True)


def query_again(case: Case, until: int | None) -> None:
    """Tell the queries of the half-years after a termination, until it is taken up again."""
    ruled = next((fact.at for fact in case.facts if fact.kind == "term.ruled"), None)
    if ruled is None:
        return
    for slot in range(1, _SLOTS + 1):
        due = months_later(day_of(ruled), 6 * slot)
        at: int | None = case.office(roll(due - case.rng.randrange(25, 50)))
        if case.anomalous():
            at = case.seed_around(Duty(part=requery_part(slot), subject=case.subject, start=ruled), ruled)
        if at is not None and (until is None or at < until):
            data = {"seq_no": slot, "hits": 0, "est_value_fen": 0, "on": on(at)}
            if case.promptly("term.requery_done", at, data, tail=True) is None:
                return


def clue(case: Case, back: int) -> None:
    """Tell of the clue for which a terminated case is taken up again, some days before that."""
    name = f"{case.subject}-c"
    verified = case.office(day_of(back) - case.rng.randrange(2, 9))
    received = case.office(day_of(verified) - case.rng.randrange(1, 6))
    if case.ended_at is not None and received > case.ended_at:
        case.promptly("clue.received", received, {"clue_id": name, "by": "申请人", "on": on(received)}, tail=True)
        case.promptly("clue.verified", verified, {"clue_id": name, "result": "属实", "on": on(verified)}, tail=True)


def mask(case: Case, ended: int) -> None:
    """Tell that a termination was taken off the public list, after the case that followed it ended for good."""
    if not case.lapse():
        at = ended + case.rng.randrange(3600, DAY)
        case.promptly("term.masked", at, {"reason": "履行完毕", "on": day_text(day_of(at))}, tail=True)
