"""How a case begins: application, parties, filing, officers, notices, inquiries."""

from typing import Any

from producers.simulator import marked
from producers.simulator.case import Case, on
from producers.simulator.clock_tables import LIVELIHOOD
from producers.simulator.days import DAY, day_of, day_text, instant_text, is_open, midnight, roll
from producers.simulator.dues import Duty, last_days
from producers.simulator.nation import claim_fen, fee_fen
from producers.simulator.parts import FILING, NOTICE, NOTICE_AFTER_MEASURE

_BASES = ("判决", "判决", "判决", "调解书", "调解书", "仲裁", "公证", "支付令", "行政", "刑事涉财")
_TAGS = ("涉民生", "涉企", "涉金融", "交通", "劳动报酬", "赡养抚养", "人损", "涉党政机关")
_KINDS = ("natural", "natural", "natural", "legal", "legal", "financial")
_CHANNELS = ("窗口", "网上")
_NETWORK = ("deposit", "vehicle", "real_estate", "security")
_FILED_LATE = 0.06
"""Share of anomalies that are filings seeded around their limit."""

_UNWARNED = 0.2
_LIMITED = 0.25
"""Share of anomalies that are notices without the warning of risks; share of debtors whose spending is limited early."""


def receive(case: Case, day: int, channel: str | None = None) -> Duty | None:
    """Tell that an application, or a transfer letter, was received; the duty to give notice, or None if it was not told."""
    rng = case.rng
    at = case.office(day)
    case.applied_at, case.assets_known = at, rng.random() < 0.2
    data: dict[str, Any] = {
        "application_no": f"A-{case.subject}",
        "basis_doc_no": f"（{day_text(day)[:4]}）{case.court}民初{case.number}号",
        "basis_type": rng.choice(_BASES),
        "applicant_refs": case.applicants,
        "respondent_refs": case.debtors,
        "claim_kind": "money",
        "claim_fen": case.claim_fen,
        "received_on": on(at),
        "channel": channel or (rng.choice(_CHANNELS) if is_open(day) else "网上"),
        "assets_known": case.assets_known,
    }
    if case.say("case.application_received", at, data, recorded=at + rng.randrange(60, 3600)) is None:
        return None
    duty = Duty(part=NOTICE, subject=case.subject, start=at)
    case.duties.append(duty)
    return duty


def cast(case: Case) -> None:
    """Draw the parties and the sum."""
    rng = case.rng
    case.claim_fen = claim_fen(rng)
    case.applicants = [_ref(case, "a", index) for index in range(1)]
    case.debtors = [_ref(case, "d", index) for index in range(1 if rng.random() < 0.7 else 2)]


def _ref(case: Case, side: str, index: int) -> str:
    return f"{case.rng.getrandbits(64):016x}{side}{index}"


def register(case: Case) -> None:
    """Tell who the parties are: the only events with personal data, all of it marked."""
    for role, refs in (("申请", case.applicants), ("被执行", case.debtors)):
        for ref in refs:
            kind = case.rng.choice(_KINDS)
            natural = kind == "natural"
            data: dict[str, Any] = {
                "party_ref": ref,
                "role": role,
                "kind": kind,
                "pii": marked.person(case.rng) if natural else marked.company(case.rng),
                "id_valid": True,
            }
            case.say("party.registered", case.filed_at + case.rng.randrange(60, 7200), data)


def file(case: Case, at: int, kind: str = "执", prior: str | None = None) -> bool:
    """Tell that the case was filed; whether that was told."""
    case.case_no = case.serial(kind, at)
    case.fee_fen = fee_fen(case.claim_fen)
    case.spare_fen = case.claim_fen * 6 // 10
    tags = [case.rng.choice(_TAGS)] if case.rng.random() < 0.3 else []
    case.livelihood = bool(LIVELIHOOD & set(tags))
    data: dict[str, Any] = {
        "case_no": case.case_no,
        "case_type": kind,
        "basis_court": case.court,
        "basis_type": case.rng.choice(_BASES),
        "claim_kind": "money",
        "claim_fen": case.claim_fen,
        "fee_fen": case.fee_fen,
        "filed_on": on(at),
        "is_nonlitigation": False,
        "tags": tags,
    }
    if prior is not None:
        data["prior_case_no"] = prior
    case.filed_at = at
    return case.say("case.filed", at, data, recorded=at + case.rng.randrange(60, 7200)) is not None


def filing(case: Case, day: int) -> int | None:
    """When an application of a day is filed, or None for never: within a week, or seeded around the levels of that duty."""
    if case.rng.random() < _FILED_LATE * case.world.anomalies:
        return case.seed_around(Duty(part=FILING, subject=case.subject, start=case.applied_at), case.applied_at)
    return case.workday(day + case.rng.randrange(1, 6))


def refuse(case: Case, notice: Duty) -> None:
    """Tell that the application was refused, now and then late."""
    day = day_of(case.applied_at) + case.rng.randrange(1, 6)
    at = case.when_done(notice) if case.anomalous() else case.workday(day)
    if at is None:
        return
    if case.say("case.refused", at, {"reason": "不符合受理条件", "refused_on": on(at)}) is not None:
        case.ended_at = at


def assign(case: Case) -> None:
    """Tell who judges and who carries out."""
    rng = case.rng
    at = case.workday(day_of(case.filed_at) + rng.randrange(0, 6))
    data = {
        "judge_id": f"j-{case.court}-{rng.randrange(1, 9)}",
        "officer_id": f"o-{case.court}-{rng.randrange(1, 20)}",
        "team": f"执行{rng.randrange(1, 6)}组",
        "materials_received_on": on(at),
    }
    case.say("case.officer_assigned", max(at, case.filed_at + 600), data)


def notify(case: Case, notice: Duty | None, controlled_at: int | None) -> int | None:
    """Tell of the notices; the first fulfils the duty, and the one that a measure before it gave rise to. When, or None."""
    guide, by = notice, None
    if controlled_at is not None:
        guide = Duty(part=NOTICE_AFTER_MEASURE, subject=case.subject, start=controlled_at)
        by = None if notice is None else midnight(last_days(notice)[0] + 1)
    elif notice is None:
        guide = Duty(part=NOTICE, subject=case.subject, start=case.filed_at)
    assert guide is not None
    at = case.when_done(guide, case.filed_at, by)
    if at is None:
        return None
    first: int | None = None
    for debtor in case.debtors:
        if case.say("case.notice_issued", at, _notice(case, debtor, at)) is not None and first is None:
            first = at
        order = {"debtor_ref": debtor, "served_on": on(at), "due_on": day_text(day_of(at) + 7)}
        case.promptly("party.report_ordered", at + case.rng.randrange(1, 600), order)
        at = case.workday(day_of(at) + 1)
    if first is not None and notice is not None:
        notice.done.append(first)
    return first


def _notice(case: Case, debtor: str, at: int) -> dict[str, Any]:
    return {
        "debtor_ref": debtor,
        "issued_on": on(at),
        "served_on": on(at),
        "serve_mode": case.rng.choice(("直接送达", "电子送达", "电子送达")),
        "perform_by_on": day_text(roll(day_of(at) + 7)),
        "has_risk_warning": case.rng.random() >= _UNWARNED * case.world.anomalies,
        "has_report_order": True,
    }


def limit(case: Case, *, surely: bool) -> None:
    """Tell that the debtors' spending was limited: at once where the case goes first, else some weeks on."""
    if not surely and not case.livelihood and case.rng.random() > _LIMITED:
        return
    late = case.anomalous()
    for debtor in case.debtors:
        days = case.rng.randrange(0, 4) if case.livelihood and not late else case.rng.randrange(5, 60)
        at = max(case.workday(day_of(case.filed_at) + days), case.filed_at + case.rng.randrange(1800, 5400))
        case.promptly("cons.ordered", at, {"debtor_ref": debtor, "signed_by_role": "院长", "on": on(at)})


def inquire(case: Case) -> None:
    """Tell of the network inquiry and of the end of the survey."""
    rng = case.rng
    at = case.workday(day_of(case.filed_at) + rng.randrange(1, 7))
    name = f"Q-{case.subject}"
    if not ask(case, name, at):
        return
    done = case.workday(day_of(at) + rng.randrange(5, 24))
    data = {"inquiry_id": name, "classes_done": list(_NETWORK), "onsite_done": rng.random() < 0.4, "on": on(done)}
    case.say("inquiry.completed", done, data)


def ask(case: Case, name: str, at: int) -> bool:
    """Tell of one inquiry through the network and of what was answered for each class; whether that was told."""
    asked = {
        "inquiry_id": name,
        "channel": "总对总",
        "target_refs": case.debtors,
        "classes": list(_NETWORK),
        "on": on(at),
    }
    if case.promptly("inquiry.requested", at, asked) is None:
        return False
    for kind in _NETWORK:
        answered = at + case.rng.randrange(3600, 3 * DAY)
        hits = int(case.rng.random() < 0.2)
        answer = {"inquiry_id": name, "institution_kind": kind, "class": kind, "hits": hits, "at": instant_text(answered)}
        case.promptly("inquiry.feedback", answered, answer | {"status": "ok" if hits else "none"})
    return True


def measure_before_notice(case: Case) -> None:
    """Add the duty that the first measure gives rise to if it stands before every notice; facts decide, not plans."""
    notices = [fact.at for fact in case.facts if fact.kind == "case.notice_issued"]
    measures = [fact.at for fact in case.facts if fact.kind == "asset.controlled"]
    unseen = [at for at in measures if not notices or at <= min(notices)]
    if unseen:
        duty = Duty(part=NOTICE_AFTER_MEASURE, subject=case.subject, start=min(unseen), done=notices)
        case.duties.append(duty)
