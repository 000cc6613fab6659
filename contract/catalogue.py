"""The catalogue: every event type of this version, its payload, its ids in contract order, and who may send it."""

from typing import Literal

import msgspec

from contract.events import (
    aid,
    asset,
    auction,
    bkr,
    case,
    clue,
    cons,
    coord,
    crim,
    entr,
    fund,
    inquiry,
    listing,
    objection,
    ops,
    party,
    pers,
    pet,
    pres,
    review,
    suit,
    sup,
    system,
    term,
)
from contract.events.fields import Payload

Sender = Literal["court", "system"]


class EventType(msgspec.Struct, frozen=True):
    """One event type.

    Attributes:
        name: Short name.
        payload: The struct of its data.
        ids: Id fields in contract order; the first that has a value joins an event to earlier ones of its case.
        sender: Courts send facts; the platform alone sends control events.
        pii: Whether ``data.pii`` may travel in it, sealed.
        restricted: Whether it belongs on the restricted topic.
    """

    name: str
    payload: type[Payload]
    ids: tuple[str, ...] = ()
    sender: Sender = "court"
    pii: bool = False
    restricted: bool = False

    @property
    def meaning(self) -> tuple[str, str]:
        """(zh, en): the first line of the payload's docstring."""
        first = (self.payload.__doc__ or "").strip().splitlines()[0]
        zh, _, en = first.partition(" / ")
        return zh, en

    @property
    def has_on(self) -> bool:
        """Whether the payload has a field ``on``, which is the civil date of ``time``."""
        return "on" in self.payload.__struct_fields__


EVENT_TYPES: dict[str, EventType] = {
    kind.name: kind
    for kind in (
        EventType("case.application_received", case.ApplicationReceived, ("application_no",)),
        EventType("case.filed", case.Filed),
        EventType("case.refused", case.Refused),
        EventType("case.officer_assigned", case.OfficerAssigned, ("officer_id",)),
        EventType("case.notice_issued", case.NoticeIssued, ("debtor_ref",)),
        EventType("case.clue_requested", case.ClueRequested),
        EventType("case.clock_paused", case.ClockPaused),
        EventType("case.clock_resumed", case.ClockResumed),
        EventType("case.extension_requested", case.ExtensionRequested),
        EventType("case.extension_approved", case.ExtensionApproved),
        EventType("case.suspended", case.Suspended),
        EventType("case.deferred", case.Deferred),
        EventType("case.stay_ended", case.StayEnded),
        EventType("case.settlement_reached", case.SettlementReached, ("settlement_id",)),
        EventType("case.settlement_outcome", case.SettlementOutcome, ("settlement_id",)),
        EventType("case.obligation_performed", case.ObligationPerformed, ("debtor_ref",)),
        EventType("case.guarantee_accepted", case.GuaranteeAccepted, ("asset_id", "debtor_ref")),
        EventType("case.basis_query_sent", case.BasisQuerySent, ("query_id",)),
        EventType("case.basis_query_answered", case.BasisQueryAnswered, ("query_id",)),
        EventType("case.party_change_applied", case.PartyChangeApplied, ("change_id",)),
        EventType("case.party_change_decided", case.PartyChangeDecided, ("change_id",)),
        EventType("case.transferred", case.Transferred),
        EventType("case.closed", case.Closed),
        EventType("case.restored", case.Restored, ("asset_id",)),
        EventType("case.node_published", case.NodePublished),
        EventType("case.record_corrected", case.RecordCorrected, ("corrects_event_id",)),
        EventType("party.registered", party.Registered, ("party_ref",), pii=True),
        EventType("party.report_ordered", party.ReportOrdered, ("debtor_ref",)),
        EventType("party.report_received", party.ReportReceived, ("debtor_ref",)),
        EventType("party.report_checked", party.ReportChecked, ("debtor_ref",)),
        EventType("party.missing_declared", party.MissingDeclared, ("debtor_ref",)),
        EventType("party.search_done", party.SearchDone, ("debtor_ref",)),
        EventType("party.evasion_recorded", party.EvasionRecorded, ("debtor_ref",)),
        EventType("party.obstruction_recorded", party.ObstructionRecorded, ("debtor_ref",)),
        EventType("party.sanctioned", party.Sanctioned, ("debtor_ref",)),
        EventType("party.exit_ban_lifted", party.ExitBanLifted, ("debtor_ref",)),
        EventType("inquiry.requested", inquiry.Requested, ("inquiry_id",)),
        EventType("inquiry.feedback", inquiry.Feedback, ("inquiry_id",)),
        EventType("inquiry.completed", inquiry.Completed, ("inquiry_id",)),
        EventType("inquiry.special_requested", inquiry.SpecialRequested, ("request_id",)),
        EventType("inquiry.special_decided", inquiry.SpecialDecided, ("request_id",)),
        EventType("clue.received", clue.Received, ("clue_id",), pii=True),
        EventType("clue.verified", clue.Verified, ("clue_id", "asset_id")),
        EventType("asset.discovered", asset.Discovered, ("asset_id",)),
        EventType("asset.controlled", asset.Controlled, ("asset_id",)),
        EventType("asset.renewed", asset.Renewed, ("asset_id",)),
        EventType("asset.released", asset.Released, ("asset_id",)),
        EventType("asset.not_found", asset.NotFound, ("asset_id",)),
        EventType("asset.paid_over", asset.PaidOver, ("asset_id",)),
        EventType("asset.transfer_requested", asset.TransferRequested, ("request_id", "asset_id")),
        EventType("asset.transfer_answered", asset.TransferAnswered, ("request_id", "asset_id")),
        EventType("asset.price_started", asset.PriceStarted, ("asset_id",)),
        EventType("asset.price_determined", asset.PriceDetermined, ("asset_id",)),
        EventType("asset.price_extended", asset.PriceExtended, ("asset_id",)),
        EventType("asset.price_sent", asset.PriceSent, ("asset_id",)),
        EventType("asset.in_kind_settled", asset.InKindSettled, ("asset_id",)),
        EventType("auction.announced", auction.Announced, ("auction_id", "asset_id")),
        EventType("auction.held_off", auction.HeldOff, ("auction_id",)),
        EventType("auction.held_off_ended", auction.HeldOffEnded, ("auction_id",)),
        EventType("auction.failed", auction.Failed, ("auction_id",)),
        EventType("auction.refused_in_kind", auction.RefusedInKind, ("auction_id", "asset_id")),
        EventType("auction.sold", auction.Sold, ("auction_id",)),
        EventType("auction.paid_in_full", auction.PaidInFull, ("auction_id",)),
        EventType("auction.ruling_served", auction.RulingServed, ("auction_id",)),
        EventType("auction.delivered", auction.Delivered, ("auction_id",)),
        EventType("auction.revoked", auction.Revoked, ("auction_id",)),
        EventType("fund.received", fund.Received, ("receipt_id",)),
        EventType("fund.matched", fund.Matched, ("receipt_id",)),
        EventType("fund.deferral_approved", fund.DeferralApproved, ("receipt_id",)),
        EventType("fund.deferral_ended", fund.DeferralEnded, ("receipt_id",)),
        EventType("fund.plan_served", fund.PlanServed, ("plan_id",)),
        EventType("fund.plan_objected", fund.PlanObjected, ("plan_id",)),
        EventType("fund.counter_opinion", fund.CounterOpinion, ("plan_id",)),
        EventType("fund.plan_settled", fund.PlanSettled, ("plan_id",)),
        EventType("fund.disbursed", fund.Disbursed, ("payment_id",)),
        EventType("fund.escrowed", fund.Escrowed, ("receipt_id",)),
        EventType("fund.balance_reported", fund.BalanceReported, ("account_code",)),
        EventType("objection.received", objection.Received, ("objection_id", "asset_id")),
        EventType("objection.filed", objection.Filed, ("objection_id",)),
        EventType("objection.decided", objection.Decided, ("objection_id",)),
        EventType("review.received", review.Received, ("objection_id",)),
        EventType("review.files_sent", review.FilesSent, ("objection_id",)),
        EventType("review.extended", review.Extended, ("objection_id",)),
        EventType("review.decided", review.Decided, ("objection_id",)),
        EventType("suit.filed", suit.Filed, ("objection_id",)),
        EventType("suit.closed", suit.Closed, ("objection_id",)),
        EventType("term.consultation_held", term.ConsultationHeld),
        EventType("term.panel_approved", term.PanelApproved),
        EventType("term.ruled", term.Ruled),
        EventType("term.registered", term.Registered),
        EventType("term.requery_done", term.RequeryDone),
        EventType("term.masked", term.Masked),
        EventType("list.applied", listing.Applied, ("debtor_ref",)),
        EventType("list.decided", listing.Decided, ("debtor_ref",)),
        EventType("list.grace_granted", listing.GraceGranted, ("debtor_ref",)),
        EventType("list.included", listing.Included, ("debtor_ref",)),
        EventType("list.correction_requested", listing.CorrectionRequested, ("debtor_ref",)),
        EventType("list.correction_decided", listing.CorrectionDecided, ("debtor_ref",)),
        EventType("list.removal_requested", listing.RemovalRequested, ("debtor_ref",)),
        EventType("list.removal_decided", listing.RemovalDecided, ("debtor_ref",)),
        EventType("list.removed", listing.Removed, ("debtor_ref",)),
        EventType("list.institution_notified", listing.InstitutionNotified, ("debtor_ref",)),
        EventType("list.interception_reported", listing.InterceptionReported, ("institution_code",)),
        EventType("cons.ordered", cons.Ordered, ("debtor_ref",)),
        EventType("cons.exempted_once", cons.ExemptedOnce, ("debtor_ref",)),
        EventType("cons.restored", cons.Restored, ("debtor_ref",)),
        EventType("cons.violated", cons.Violated, ("debtor_ref",)),
        EventType("cons.lifted", cons.Lifted, ("debtor_ref",)),
        EventType("pres.prompted", pres.Prompted),
        EventType("pres.applied", pres.Applied, ("pres_id",)),
        EventType("pres.ruled", pres.Ruled, ("pres_id",)),
        EventType("pres.executed", pres.Executed, ("pres_id",)),
        EventType("pres.sued", pres.Sued, ("pres_id",)),
        EventType("pres.release_requested", pres.ReleaseRequested, ("pres_id",)),
        EventType("pres.released", pres.Released, ("pres_id",)),
        EventType("pres.handed_over", pres.HandedOver, ("pres_id",)),
        EventType("entr.sent", entr.Sent, ("entr_id",)),
        EventType("entr.accepted", entr.Accepted, ("entr_id",)),
        EventType("entr.returned", entr.Returned, ("entr_id",)),
        EventType("entr.replied", entr.Replied, ("entr_id",)),
        EventType("coord.assist_requested", coord.AssistRequested, ("assist_id",)),
        EventType("coord.assist_replied", coord.AssistReplied, ("assist_id",)),
        EventType("coord.objection_answered", coord.ObjectionAnswered, ("assist_id",)),
        EventType("coord.violation_found", coord.ViolationFound, ("assist_id",)),
        EventType("coord.recovery_ordered", coord.RecoveryOrdered, ("assist_id",)),
        EventType("coord.applicant_informed", coord.ApplicantInformed, ("assist_id",)),
        EventType("coord.sanctioned", coord.Sanctioned, ("assist_id",)),
        EventType("coord.suggestion_sent", coord.SuggestionSent, ("suggestion_id",)),
        EventType("coord.suggestion_answered", coord.SuggestionAnswered, ("suggestion_id",)),
        EventType("coord.link_status", coord.LinkStatus, ("institution_code",)),
        EventType("sup.directive_issued", sup.DirectiveIssued, ("directive_id",)),
        EventType("sup.directive_received", sup.DirectiveReceived, ("directive_id",)),
        EventType("sup.feedback_submitted", sup.FeedbackSubmitted, ("directive_id",)),
        EventType("sup.directive_reconsidered", sup.DirectiveReconsidered, ("directive_id",)),
        EventType("sup.directive_closed", sup.DirectiveClosed, ("directive_id",)),
        EventType("sup.dual_review", sup.DualReview, ("directive_id",)),
        EventType("sup.procuratorial_opinion", sup.ProcuratorialOpinion, ("opinion_id",)),
        EventType("sup.procuratorial_replied", sup.ProcuratorialReplied, ("opinion_id",)),
        EventType("sup.campaign_started", sup.CampaignStarted, ("campaign_id",)),
        EventType("sup.campaign_closed", sup.CampaignClosed, ("campaign_id",)),
        EventType("sup.bulletin_issued", sup.BulletinIssued, ("bulletin_id",)),
        EventType("sup.case_published", sup.CasePublished),
        EventType("pet.received", pet.Received, ("pet_id",), pii=True),
        EventType("pet.registered", pet.Registered, ("pet_id",)),
        EventType("pet.triaged", pet.Triaged, ("pet_id",)),
        EventType("pet.resolved", pet.Resolved, ("pet_id",)),
        EventType("pet.opinion_spotted", pet.OpinionSpotted),
        EventType("pers.interference_recorded", pers.InterferenceRecorded, ("rec_id",), pii=True, restricted=True),
        EventType("pers.interference_reported", pers.InterferenceReported, ("rec_id",), restricted=True),
        EventType("pers.quarterly_report", pers.QuarterlyReport),
        EventType("pers.talk_held", pers.TalkHeld),
        EventType("pers.recused", pers.Recused, ("actor_id",)),
        EventType("pers.discipline", pers.Discipline, ("actor_id",)),
        EventType("pers.staff_snapshot", pers.StaffSnapshot),
        EventType("aid.need_flagged", aid.NeedFlagged, pii=True),
        EventType("aid.applied", aid.Applied, ("aid_id",)),
        EventType("aid.decided", aid.Decided, ("aid_id",)),
        EventType("aid.paid", aid.Paid, ("aid_id",)),
        EventType("bkr.consulted", bkr.Consulted, ("debtor_ref",)),
        EventType("bkr.transferred", bkr.Transferred, ("debtor_ref",)),
        EventType("bkr.accepted", bkr.Accepted, ("debtor_ref",)),
        EventType("bkr.refused", bkr.Refused, ("debtor_ref",)),
        EventType("bkr.declared", bkr.Declared, ("debtor_ref",)),
        EventType("crim.referred", crim.Referred, ("referral_id", "debtor_ref")),
        EventType("crim.police_replied", crim.PoliceReplied, ("referral_id",)),
        EventType("crim.private_prosecution", crim.PrivateProsecution, ("referral_id", "debtor_ref")),
        EventType("crim.judged", crim.Judged, ("referral_id", "debtor_ref")),
        EventType("ops.mission_started", ops.MissionStarted, ("mission_id",)),
        EventType("ops.mission_ended", ops.MissionEnded, ("mission_id",)),
        EventType("ops.evidence_attached", ops.EvidenceAttached, ("mission_id",)),
        EventType("ops.emergency_raised", ops.EmergencyRaised, ("mission_id",)),
        EventType("sys.line_started", system.LineStarted, sender="system"),
        EventType("sys.ticked", system.Ticked, sender="system"),
        EventType("sys.pack_activated", system.PackActivated, sender="system"),
        EventType("sys.pack_deactivated", system.PackDeactivated, sender="system"),
        EventType("sys.calendar_changed", system.CalendarChanged, sender="system"),
        EventType("sys.rule_params_changed", system.RuleParamsChanged, sender="system"),
        EventType("sys.dead_letter_resolved", system.DeadLetterResolved, sender="system"),
        EventType("sys.register_changed", system.RegisterChanged, ("register",)),
        EventType("sys.feed_heartbeat", system.FeedHeartbeat),
    )
}

CONTROL_TYPES = frozenset(kind.name for kind in EVENT_TYPES.values() if kind.sender == "system")
RESTRICTED_TYPES = frozenset(kind.name for kind in EVENT_TYPES.values() if kind.restricted)

HEARTBEAT = "sys.feed_heartbeat"
"""The sign of life of a feed: no fact about anything else, so that `*` doesn't mean it."""
