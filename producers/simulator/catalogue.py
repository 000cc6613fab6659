"""The rest of the catalogue: facts that no rule waits for, told now and then so that every type is seen in a life."""

from typing import Any

from contract.catalogue import EVENT_TYPES
from contract.events.fields import Payload
from producers.simulator.case import Case, on
from producers.simulator.days import DAY, day_of, day_text, instant_text

Facts = dict[str, dict[str, Any]]


def asides(case: Case, at: int) -> Facts:
    """One plausible payload for each such type."""
    debtor, name, day = case.debtors[0], case.subject, day_text(day_of(at) + 30)
    return {
        "aid.need_flagged": {"cause": "人损"},
        "aid.applied": {"aid_id": f"{name}-a", "amount_fen": 1_000_000, "source": "财政"},
        "aid.decided": {"aid_id": f"{name}-a", "amount_fen": 800_000, "source": "财政"},
        "aid.paid": {"aid_id": f"{name}-a", "amount_fen": 800_000, "source": "财政"},
        "bkr.consulted": {"debtor_ref": debtor, "told_on": on(at), "consent_by": "申请人"},
        "bkr.transferred": {"debtor_ref": debtor, "kind": "清算", "received_on": on(at)},
        "bkr.accepted": {"debtor_ref": debtor},
        "bkr.refused": {"debtor_ref": debtor},
        "bkr.declared": {"debtor_ref": debtor},
        "case.clue_requested": {"by_on": day},
        "case.node_published": {"node_code": "立案", "to_role": "申请", "channel": "12368"},
        "case.party_change_applied": {"change_id": f"{name}-g", "target_ref": "t1", "ground_article": "17"},
        "case.party_change_decided": {"change_id": f"{name}-g", "result": "追加"},
        "case.record_corrected": {"corrects_event_id": "1", "reason": "笔误"},
        "case.settlement_reached": {
            "settlement_id": f"{name}-s",
            "plan": [{"due_on": day, "amount_fen": 100}],
            "stay": "none",
        },
        "case.settlement_outcome": {"settlement_id": f"{name}-s", "status": "partly", "performed_fen": 50},
        "coord.suggestion_answered": {"suggestion_id": f"{name}-u"},
        "coord.violation_found": {"assist_id": f"{name}-h", "kind": "拖延"},
        "coord.applicant_informed": {"assist_id": f"{name}-h"},
        "coord.recovery_ordered": {"assist_id": f"{name}-h", "amount_fen": 100, "due_on": day},
        "coord.sanctioned": {"assist_id": f"{name}-h", "amount_fen": 5_000_000},
        "crim.referred": {"referral_id": f"{name}-r", "debtor_ref": debtor, "ground": "3(4)", "evidence_count": 2},
        "crim.police_replied": {"referral_id": f"{name}-r", "accepted": True},
        "crim.private_prosecution": {"referral_id": f"{name}-r", "debtor_ref": debtor},
        "crim.judged": {"referral_id": f"{name}-r", "result": "有罪"},
        "list.correction_requested": {"debtor_ref": debtor},
        "list.correction_decided": {"debtor_ref": debtor, "result": "驳回"},
        "list.decided": {"debtor_ref": debtor, "result": "驳回"},
        "list.removal_requested": {"debtor_ref": debtor},
        "ops.mission_started": {"mission_id": f"{name}-n", "kind": "搜查", "crew": 4, "at": instant_text(at)},
        "ops.mission_ended": {"mission_id": f"{name}-n", "kind": "搜查", "at": instant_text(at)},
        "ops.evidence_attached": {"mission_id": f"{name}-n", "kind": "照片", "sha256": "0" * 64, "at": instant_text(at)},
        "ops.emergency_raised": {"mission_id": f"{name}-n", "kind": "围堵", "at": instant_text(at)},
        "party.exit_ban_lifted": {"debtor_ref": debtor},
        "party.report_received": {"debtor_ref": debtor, "declared_total_fen": 100, "changes_last_year": False},
        "pers.talk_held": {"target_kind": "承办人", "topic": "进度"},
        "pres.prompted": {},
        "pres.sued": {"pres_id": f"{name}-b"},
        "pres.release_requested": {"pres_id": f"{name}-b"},
        "pres.released": {"pres_id": f"{name}-b", "requested_on": on(at)},
        "review.received": {"objection_id": f"{name}-o"},
        "review.files_sent": {"objection_id": f"{name}-o"},
        "review.extended": {"objection_id": f"{name}-o", "until_on": day},
        "review.decided": {"objection_id": f"{name}-o", "result": "维持"},
        "sup.dual_review": {"directive_id": f"{name}-v", "finding": "案"},
        "sup.directive_reconsidered": {"directive_id": f"{name}-v", "requested_on": on(at)},
        "sup.procuratorial_opinion": {"opinion_id": f"{name}-p", "kind": "检察建议", "due_on": day},
        "sup.procuratorial_replied": {"opinion_id": f"{name}-p"},
        "sup.case_published": {"case_ref": name},
        "term.masked": {"reason": "其他"},
        "fund.plan_objected": {"plan_id": f"{name}-f"},
        "fund.counter_opinion": {"plan_id": f"{name}-f"},
        "fund.plan_settled": {"plan_id": f"{name}-f"},
        "asset.not_found": {"asset_id": f"{name}-zz"},
        "asset.price_sent": {"asset_id": f"{name}-zz"},
        "asset.price_extended": {"asset_id": f"{name}-zz", "until_on": day},
        "asset.transfer_requested": {"request_id": f"{name}-x", "ground": "优先债权"},
        "asset.transfer_answered": {"request_id": f"{name}-x", "result": "同意"},
        "auction.held_off": {"auction_id": f"{name}-l0", "ground": "异议"},
        "auction.held_off_ended": {"auction_id": f"{name}-l0", "ground": "异议"},
        "auction.failed": {"auction_id": f"{name}-l0"},
        "auction.paid_in_full": {"auction_id": f"{name}-l0"},
        "auction.ruling_served": {"auction_id": f"{name}-l0"},
        "auction.delivered": {"auction_id": f"{name}-l0"},
        "auction.refused_in_kind": {"auction_id": f"{name}-l0"},
        "inquiry.special_decided": {"request_id": f"{name}-w", "kind": "审计", "granted": True},
        "coord.link_status": {"institution_code": "inst-1", "up": True, "latency_ms": 80, "at": instant_text(at)},
        "list.interception_reported": {"institution_code": "inst-2", "kind": "高铁", "count": 12, "period": "2024-05"},
        "pers.discipline": {"actor_id": "o-1", "ground": "作风"},
        "pers.recused": {"actor_id": "o-1", "ground": "利害关系"},
        "pers.quarterly_report": {"court_code": case.court, "quarter": "2024Q2", "count": 0},
        "pers.staff_snapshot": {"court_code": case.court, "judges": 9, "officers": 20, "as_of_on": on(at)},
        "pet.opinion_spotted": {"topic": "执行", "heat": 3, "region": "京"},
        "sup.campaign_started": {"campaign_id": f"{name}-k", "name": "涉民生", "from_on": on(at), "to_on": day},
        "sup.campaign_closed": {"campaign_id": f"{name}-k", "name": "涉民生"},
        "sys.feed_heartbeat": {"court_code": case.court, "last_seq": 1, "backlog": 0, "at": instant_text(at)},
        "party.missing_declared": {"debtor_ref": debtor},
        "party.search_done": {"debtor_ref": debtor, "method": "网格"},
        "party.evasion_recorded": {"debtor_ref": debtor, "kind": "隐匿", "amount_fen": 100},
        "party.obstruction_recorded": {"debtor_ref": debtor, "kind": "哄闹", "injured": False},
        "list.grace_granted": {"debtor_ref": debtor, "until_on": day},
        "cons.violated": {"debtor_ref": debtor, "kind": "机票"},
        "coord.suggestion_sent": {"suggestion_id": f"{name}-u", "to_kind": "金融", "topic": "担保", "due_on": day},
        "inquiry.special_requested": {"request_id": f"{name}-w", "kind": "审计"},
        "sys.register_changed": {"register": "staff", "ref": "r1", "in": True},
    }


def tell_asides(case: Case, at: int) -> None:
    """Tell a handful of them, one after another, with their days."""
    all_ = asides(case, at)
    for place, kind in enumerate(case.rng.sample(sorted(all_), 20)):
        data, then = all_[kind], at + place * DAY // 20
        payload: type[Payload] = EVENT_TYPES[kind].payload
        if "on" in payload.__struct_fields__:
            data["on"] = on(then)
        if "at" in data:
            data["at"] = instant_text(then)
        if case.ended_at is None or then < case.ended_at:
            case.say(kind, then, data, recorded=then + 600, tail=True)
