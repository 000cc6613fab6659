"""Events of a case from receipt to closing and restoration."""

from typing import Literal

from contract.events.fields import Clear, Count, Day, Fen, Id, Payload, Ref, Text

CaseType = Text
CloseMode = Literal["执行完毕", "终结本次执行程序", "终结执行", "销案", "不予执行", "驳回申请"]
ClaimKind = Literal["money", "act", "delivery"]
Clock = Literal["6mo", "all", "disposal"]
PauseGround = Literal["公告", "评估鉴定", "管辖争议", "执行争议协调", "请示", "暂缓", "中止", "破产"]


class ApplicationReceived(Payload, frozen=True, kw_only=True):
    """收到执行申请 / an application for enforcement, or a transfer letter, was received."""

    application_no: Id | None = None
    basis_doc_no: Text | None = None
    basis_type: Text | None = None
    applicant_refs: list[Ref] = []
    respondent_refs: list[Ref] = []
    claim_kind: ClaimKind | None = None
    claim_fen: Fen | None = None
    received_on: Day | None = None
    channel: Text | None = None
    assets_known: bool | None = None


class Filed(Payload, frozen=True, kw_only=True):
    """立案 / the case was filed; opens the six-month term (执行规定第63条)."""

    case_no: Id
    case_type: CaseType | None = None
    prior_case_no: Text | None = None
    basis_court: Text | None = None
    basis_dept: Text | None = None
    basis_type: Text | None = None
    cause_code: Text | None = None
    claim_kind: ClaimKind | None = None
    claim_fen: Fen | None = None
    perform_by_on: Day | None = None
    interest_from_on: Day | None = None
    interest_rate_bp: Count | None = None
    fee_fen: Fen | None = None
    filed_on: Day | None = None
    is_nonlitigation: bool = False
    tags: list[Text] = []


class Refused(Payload, frozen=True, kw_only=True):
    """不予受理 / the application was refused."""

    reason: Text | None = None
    refused_on: Day | None = None


class OfficerAssigned(Payload, frozen=True, kw_only=True):
    """分案 / judge and officer were assigned; their ids are pseudonyms (P1)."""

    judge_id: Id | None = None
    officer_id: Id
    team: Text | None = None
    materials_received_on: Day | None = None


class NoticeIssued(Payload, frozen=True, kw_only=True):
    """发出执行通知 / the notice of enforcement was issued (民诉法第251条)."""

    debtor_ref: Ref | None = None
    issued_on: Day | None = None
    served_on: Day | None = None
    serve_mode: Text | None = None
    perform_by_on: Day | None = None
    has_risk_warning: bool | None = None
    has_report_order: bool | None = None


class ClockPaused(Payload, frozen=True, kw_only=True):
    """期限中止计算 / a clock stands still from a day on."""

    clock: Clock
    ground: PauseGround
    from_on: Day


class ClockResumed(Payload, frozen=True, kw_only=True):
    """期限恢复计算 / a clock runs again from a day on; closes the spans of the same clock."""

    clock: Clock
    to_on: Day


class ExtensionRequested(Payload, frozen=True, kw_only=True):
    """报请延长 / an extension of the term was requested."""

    requested_on: Day | None = None
    until_on: Day | None = None
    reason: Text | None = None


class ExtensionApproved(Payload, frozen=True, kw_only=True):
    """批准延长 / an extension was approved by the president or a vice-president."""

    requested_on: Day | None = None
    until_on: Day
    reason: Text | None = None
    approver_role: Text | None = None


class Suspended(Payload, frozen=True, kw_only=True):
    """中止执行 / enforcement was suspended (民诉法第267条)."""

    ground: Text | None = None
    requested_by: Text | None = None
    on: Day
    ruling_no: Text | None = None


class Deferred(Payload, frozen=True, kw_only=True):
    """暂缓执行 / enforcement was deferred; lapses after ``until_on``."""

    by_court: Text | None = None
    ground: Text | None = None
    requested_by: Text | None = None
    until_on: Day | None = None


class StayEnded(Payload, frozen=True, kw_only=True):
    """恢复程序 / a suspension or deferral ended."""

    kind: Literal["中止", "暂缓"] | None = None
    on: Day


class Transferred(Payload, frozen=True, kw_only=True):
    """移送、提级、指令、委托 / the case moved to another court; its old number is struck off (销案)."""

    mode: Literal["提级", "指令", "委托", "管辖", "集中"] | None = None
    from_court: Text | None = None
    to_court: Id
    on: Day | None = None
    new_case_no: Text | None = None


class Closed(Payload, frozen=True, kw_only=True):
    """结案 / the case was closed in one of the six modes (执行规定第64条)."""

    mode: CloseMode
    closed_on: Day | None = None
    ruling_no: Text | None = None
    paid_fen: Fen | None = None
    remaining_fen: Fen | None = None
    archived_on: Day | None = None


class Restored(Payload, frozen=True, kw_only=True):
    """恢复执行 / enforcement was resumed under a new number."""

    prior_case_no: Text | None = None
    new_case_no: Id | None = None
    trigger: Text | None = None
    asset_id: Id | None = None
    on: Day | None = None


class ClueRequested(Payload, frozen=True, kw_only=True):
    """通知提供财产线索 / the applicant was asked for clues to property (法发〔2006〕35号第4条)."""

    by_on: Day | None = None
    on: Day | None = None


class Instalment(Clear, frozen=True, kw_only=True):
    """One payment of a settlement's plan."""

    due_on: Day
    amount_fen: Fen


class SettlementReached(Payload, frozen=True, kw_only=True):
    """达成执行和解 / the parties settled (执行和解规定)."""

    settlement_id: Id
    debtor_ref: Ref | None = None
    plan: list[Instalment] = []
    guarantee: bool | None = None
    submitted_on: Day | None = None
    stay: Literal["中止", "终结", "none"] | None = None


class SettlementOutcome(Payload, frozen=True, kw_only=True):
    """和解履行情况 / what became of a settlement, or of one instalment of it (``due_on``)."""

    settlement_id: Id
    due_on: Day | None = None
    debtor_ref: Ref | None = None
    status: Literal["performed", "partly", "breached", "void"] | None = None
    performed_fen: Fen | None = None
    on: Day | None = None


class ObligationPerformed(Payload, frozen=True, kw_only=True):
    """履行义务 / the obligation was performed, in whole or in part."""

    debtor_ref: Ref | None = None
    by: Literal["debtor", "insurer", "guarantor", "third"] | None = None
    kind: Text | None = None
    amount_fen: Fen | None = None
    channel: Literal["direct", "court"] | None = None
    before_coercion: bool | None = None
    on: Day | None = None


class GuaranteeAccepted(Payload, frozen=True, kw_only=True):
    """接受担保 / a guarantee was accepted, for the debtor or, to go on with disposal, from the applicant."""

    by: Literal["申请人", "被执行人", "第三人"] | None = None
    debtor_ref: Ref | None = None
    asset_id: Id | None = None
    amount_fen: Fen | None = None
    on: Day | None = None


class BasisQuerySent(Payload, frozen=True, kw_only=True):
    """征询执行依据 / the trial division was asked what an unclear judgment means (法发〔2018〕9号第15条)."""

    query_id: Id
    to_court: Text | None = None
    to_dept: Text | None = None
    question_kind: Text | None = None
    sent_on: Day | None = None


class BasisQueryAnswered(Payload, frozen=True, kw_only=True):
    """答复征询 / the trial division answered."""

    query_id: Id
    result: Literal["答复", "补正裁定", "无法明确"] | None = None
    on: Day | None = None


class PartyChangeApplied(Payload, frozen=True, kw_only=True):
    """申请变更追加当事人 / a change or addition of parties was applied for (变更追加规定)."""

    change_id: Id
    applicant_ref: Ref | None = None
    target_ref: Ref | None = None
    ground_article: Text | None = None
    on: Day | None = None


class PartyChangeDecided(Payload, frozen=True, kw_only=True):
    """变更追加裁定 / the application to change or add parties was decided."""

    change_id: Id
    result: Literal["变更", "追加", "驳回"] | None = None
    extended: bool | None = None
    on: Day | None = None


class NodePublished(Payload, frozen=True, kw_only=True):
    """公开流程节点 / a node of the procedure was made known to a party or the public."""

    node_code: Text | None = None
    to_role: Text | None = None
    channel: Literal["12368", "微信", "公开网"] | None = None
    on: Day | None = None


class RecordCorrected(Payload, frozen=True, kw_only=True):
    """更正记录 / who approved a correction; the correction itself is an event with ``correctionof``."""

    corrects_event_id: Id
    reason: Text | None = None
    approver_role: Text | None = None
    fields: Count | None = None
