"""Objections to enforcement: received, filed, the parties told, decided or withdrawn."""

from typing import Any

from producers.simulator.case import Case, on
from producers.simulator.clock_tables import UPHELD
from producers.simulator.days import DAY, day_of, day_text, midnight
from producers.simulator.dues import Duty
from producers.simulator.parts import OBJECTION_DECIDED, OBJECTION_FILED, OBJECTION_TOLD

_KINDS = ("行为", "行为", "案外人", "案外人", "管辖", "超标的", "终本", "追加")
_DISPOSALS = ("auction.sold", "asset.paid_over", "asset.in_kind_settled")
_RESULTS = ("驳回", "驳回", "驳回", "支持", "部分", "撤回", "撤回")


def object_to(case: Case, index: int, at: int) -> None:
    """Tell one objection from its receipt to its decision."""
    rng = case.rng
    name = f"{case.subject}-y{index}"
    kind = rng.choice(_KINDS)
    wild = case.anomalous()
    if kind == "案外人" and not wild and _disposes(case, at):
        kind = "行为"
    data: dict[str, Any] = {
        "objection_id": name,
        "kind": kind,
        "by_ref": rng.choice(case.debtors) if rng.random() < 0.5 else f"{rng.getrandbits(64):016x}",
        "on": on(at),
    }
    if case.say("objection.received", at, data) is None:
        return
    key = (name,)
    filing = Duty(part=OBJECTION_FILED, subject=case.subject, key=key, start=at)
    decision = Duty(part=OBJECTION_DECIDED, subject=case.subject, key=key, start=at)
    case.duties += [filing, decision]
    result = rng.choice(_RESULTS)
    if kind in ("案外人", "超标的") and not wild and result in UPHELD:
        result = "驳回"  # what is upheld asks for a release
    decided_at = case.when_done(filing if result == "撤回" and rng.random() < 0.5 else decision)
    withdrawn = result == "撤回" and decided_at is not None
    telling = None
    filed_at = case.when_done(filing)
    if filed_at is not None and (decided_at is None or filed_at < decided_at):
        telling = _file(case, name, filing, filed_at)
    elif decided_at is not None and not withdrawn:
        result, withdrawn = "撤回", True  # what was never filed can only be withdrawn
    if decided_at is None:
        return
    served = {"objection_id": name, "result": result, "served_on": day_text(day_of(decided_at) + rng.randrange(0, 5))}
    if case.say("objection.decided", decided_at, served) is None:
        return
    decision.done.append(decided_at)
    if withdrawn:
        filing.dropped.append(decided_at)
        if telling is not None:
            telling.dropped.append(decided_at)


def _disposes(case: Case, at: int) -> bool:
    """Whether property is disposed of while a third party's objection of an instant may be pending, or could be sued upon."""
    return any(fact.kind in _DISPOSALS and at <= fact.at < at + 60 * DAY for fact in case.facts)


def _file(case: Case, name: str, filing: Duty, at: int) -> Duty | None:
    """Tell the filing and when the parties were told: on the same day nothing is owed any more."""
    rng = case.rng
    if rng.random() < 0.45:
        _say_filed(case, name, filing, at, day_of(at))
        return None
    telling = Duty(part=OBJECTION_TOLD, subject=case.subject, key=(name,), start=at)
    done = case.when_done(telling)
    told_on = None if done is None else max(day_of(done), day_of(at) + 1)
    if not _say_filed(case, name, filing, at, told_on, telling):
        return None
    case.duties.append(telling)
    return telling


def _say_filed(case: Case, name: str, filing: Duty, at: int, told_on: int | None, telling: Duty | None = None) -> bool:
    """Tell the filing; where the parties are told later, now and then first without and then corrected."""
    rng = case.rng
    data: dict[str, Any] = {
        "objection_id": name,
        "case_no": case.serial("执异", at),
        "reviewer_ids": [f"j-{case.court}-r{rng.randrange(1, 6)}"],
    }
    full = data if told_on is None else data | {"notified_on": day_text(told_on)}
    known = at if told_on is None else max(at, midnight(told_on) + 32_400)
    split = told_on is not None and told_on > day_of(at) and rng.random() < 0.6
    said = case.say("objection.filed", at, data if split else full, not_before=at if split else known)
    if said is None:
        return False
    filing.done.append(at)
    if split and case.correct(said, "objection.filed", at, full, not_before=known) is None:
        return True
    if telling is not None and told_on is not None:
        telling.done.append(midnight(told_on))
    return True
