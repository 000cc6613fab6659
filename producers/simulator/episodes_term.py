"""Short cases in which a termination or an entry in the list of bad credit lacks one thing, or just does not."""

from typing import Any

from producers.simulator.case import on
from producers.simulator.days import DAY, day_of, day_text, instant_text, months_later, next_open
from producers.simulator.stage import Stage

_TERMINATED = "终结本次执行程序"
_TERM_FLAWS = (
    "none", "none", "notice", "order", "check", "limit", "list", "search", "clue", "class", "error", "onsite", "special",
    "stale", "stale", "stale",
    "asset", "money", "early", "consult", "panel", "consent",
)  # fmt: skip


def terminated_wrongly(stage: Stage) -> None:
    """A termination with everything done but one thing, or with that one done on the last day."""
    rng, case, flaw = stage.rng, stage.case, stage.rng.choice(_TERM_FLAWS)
    stage.note("R-TERM", flaw)
    ruled = case.office(months_later(day_of(case.filed_at), 3) + rng.choice((0, 0, 1, 30)) - (flaw == "early"))
    _prepare(stage, flaw)
    _searched(stage, flaw, ruled)
    if flaw == "asset":
        stage.found("receivable", rank=2)
    if flaw == "money":
        stage.money(100, stage.id("m"))
    stage.now = ruled - DAY
    if flaw != "consult":
        consent = "书面同意" if flaw == "consent" else "口头"
        stage.dated("term.consultation_held", {"mode": "当面", "consent": consent})
    if flaw not in ("panel", "consent"):
        stage.dated("term.panel_approved", {"president_approved": True}, stage.now + 60)
    done = flaw != "onsite"
    said = {"on": on(ruled), "served_on": on(ruled), "onsite_done": done, "ruling_no": f"{case.case_no}之二"}
    stage.say("term.ruled", said, ruled)
    stage.now = ruled + 600
    stage.close(stage.now, _TERMINATED)
    stage.dated("term.registered", {}, ruled + 2 * DAY)
    if rng.random() < 0.2:
        back = ruled + rng.randrange(10, 90) * DAY
        stage.dated("case.restored", {"prior_case_no": case.case_no, "trigger": "依职权"}, back)


def _prepare(stage: Stage, flaw: str) -> None:
    """What must be done for each debtor; the flaw is one of them for whom one thing is left out."""
    debtors = stage.case.debtors
    stage.later(1, 3)
    if flaw == "notice":  # somebody is added, and never told
        debtors.append(f"{stage.rng.getrandbits(64):016x}a")
        stage.say("party.registered", {"party_ref": debtors[-1], "role": "被执行", "kind": "natural", "id_valid": True})
    left_out = stage.rng.choice(debtors)
    _for_each(stage, "party.report_ordered", left_out if flaw == "order" else "", served_on=on(stage.now))
    _for_each(stage, "cons.ordered", left_out if flaw == "limit" else "", on=on(stage.now))
    stage.later(3, 6)
    _for_each(stage, "party.report_checked", left_out if flaw == "check" else "", on=on(stage.now), result="属实")
    if flaw == "list":
        stage.dated("party.evasion_recorded", {"debtor_ref": left_out, "kind": "转移", "amount_fen": 1})
        _for_each(stage, "list.grace_granted", left_out)
    if flaw == "search":
        stage.dated("party.missing_declared", {"debtor_ref": left_out})
        _for_each(stage, "party.search_done", left_out, on=on(stage.now), method="网格")
    _leave_open(stage, flaw)


def _for_each(stage: Stage, kind: str, but: str, **data: Any) -> None:
    """Tell something of each debtor but one."""
    for debtor in stage.case.debtors:
        stage.now += 60
        if debtor != but:
            stage.say(kind, {"debtor_ref": debtor} | data)


def _leave_open(stage: Stage, flaw: str) -> None:
    if flaw == "clue":
        stage.dated("clue.received", {"clue_id": stage.id("c"), "by": "申请人"})
    if flaw == "special":
        stage.dated("inquiry.special_requested", {"request_id": stage.id("w"), "kind": "审计"})


def _searched(stage: Stage, flaw: str, ruled: int) -> None:
    """The network's answers: the freshest allowed, or a day too old."""
    stage.later(1, 3)
    name = stage.id("q")
    asked = {"inquiry_id": name, "channel": "总对总", "target_refs": stage.case.debtors}
    stage.dated("inquiry.requested", asked)
    limit = next(one for one in range(day_of(ruled) - 95, day_of(ruled)) if months_later(one, 3) >= day_of(ruled))
    for place, kind in enumerate(("deposit", "vehicle", "real_estate", "security")):
        if flaw == "class" and place == 2:
            continue
        day = limit - (1 if flaw == "stale" and place == 0 else 0)
        at = max(stage.case.office(day), stage.case.filed_at - 5 * DAY)
        answer = {"inquiry_id": name, "institution_code": f"inst-{kind}", "class": kind, "hits": 0, "at": instant_text(at)}
        answer["status"] = "error" if flaw == "error" and place == 1 else "none"
        stage.say("inquiry.feedback", answer, at)


def wrongly_listed(stage: Stage) -> None:
    """Somebody is listed who must not be, or just may be; the listing is revoked in time or not."""
    rng, flaw = (
        stage.rng,
        stage.rng.choice(
            ("none", "minor", "student", "half student", "order", "order came", "guarantee", "covered", "unsigned")
        ),
    )
    stage.note("R-LIST-02.a", flaw)
    debtor = f"{rng.getrandbits(64):016x}w"
    data: dict[str, Any] = {"party_ref": debtor, "role": "被执行", "kind": "natural", "id_valid": True}
    data |= {"is_minor": True} if flaw == "minor" else {}
    data |= {"is_student": True} if "student" in flaw else {}
    data |= {"is_campus_loan": True} if flaw == "student" else {}
    data |= {"order_not_due": True} if "order" in flaw else {}
    stage.say("party.registered", data)
    if flaw == "order came":
        stage.later(1, 5)
        stage.say("party.registered", data | {"order_not_due": False})
    if flaw == "guarantee":
        stage.dated("case.guarantee_accepted", {"by": "第三人", "debtor_ref": debtor}, stage.later(1, 5))
    if flaw == "covered":
        stage.later(1, 5)
        begin = stage.now
        listed_at = stage.later(2, 9)
        stage.now, value = begin, stage.owed(listed_at) - rng.choice((0, 1))
        stage.found("receivable", value)
        at = stage.now = listed_at
    else:
        at = stage.later(1, 9)
    role = "副院长" if flaw == "unsigned" else "院长"
    listing = {"debtor_ref": debtor, "ground": 1, "decided_on": on(at), "signed_by_role": role}
    stage.say("list.included", listing)
    stage.dated("cons.ordered", {"debtor_ref": debtor}, at + 60)
    due = stage.around("R-CONS-01.a", at, (debtor,))
    stage.finish("R-LIST-02.b", "list.removed", due, {"debtor_ref": debtor, "reason": "撤销"})


def listed_again(stage: Stage) -> None:
    """Taken off the list at the applicant's wish, and on again within six months, or just after; a leave of a month."""
    rng, debtor = stage.rng, stage.debtor
    at = stage.later(1, 9)
    listing = {"debtor_ref": debtor, "ground": 1, "decided_on": on(at), "signed_by_role": "院长"}
    stage.say("list.included", listing)
    stage.dated("cons.ordered", {"debtor_ref": debtor}, at + 60)
    off = stage.later(3, 20)
    stage.dated("list.removed", {"debtor_ref": debtor, "reason": "申请人申请"})
    last = months_later(day_of(off), 6)
    again = stage.case.office(last + rng.choice((-20, -1, 0, 1)))
    stage.dated("list.applied", {"debtor_ref": debtor}, again - 9 * DAY)
    stage.say("list.included", listing | {"decided_on": on(again)}, again)
    stage.dated("cons.ordered", {"debtor_ref": debtor}, again + 60)
    until = months_later(day_of(again) + 3, 1) + rng.choice((-1, 0, 0, 1, 9))
    leave = {"debtor_ref": debtor, "ground": "就医", "until_on": day_text(until), "approver_role": "院长"}
    stage.say("cons.exempted_once", leave, stage.case.office(day_of(again) + 3))
    stage.note("R-CONS-01.c", "leave")
    due = until
    for _ in range(3):
        due = next_open(due)
    back = stage.around("R-CONS-01.d", stage.case.office(day_of(again) + 3), (debtor,), due_on=due)
    stage.finish("R-CONS-01.d", "cons.restored", back, {"debtor_ref": debtor})
    if rng.random() < 0.4:
        stage.dated("list.removed", {"debtor_ref": debtor, "reason": "撤销"}, again + 9 * DAY)
        stage.dated("cons.lifted", {"debtor_ref": debtor, "reason": "申请人同意"}, again + 9 * DAY + 60)
