"""Events between courts and the institutions that assist enforcement (协助执行)."""

from typing import Literal

from contract.events.fields import Count, Day, Fen, Id, Instant, Payload, Ref, Text


class AssistRequested(Payload, frozen=True, kw_only=True):
    """要求协助执行 / an institution was asked to assist (民诉法第253、254、262条)."""

    assist_id: Id
    institution_code: Text | None = None
    institution_kind: Text | None = None
    kind: Text | None = None
    amount_fen: Fen | None = None
    served_on: Day | None = None
    due_on: Day | None = None


class AssistReplied(Payload, frozen=True, kw_only=True):
    """协助执行回执 / the institution answered."""

    assist_id: Id
    result: Literal["done", "partial", "refused", "objected"] | None = None
    on: Day | None = None


class ObjectionAnswered(Payload, frozen=True, kw_only=True):
    """答复协助单位异议 / the court answered the institution's objection."""

    assist_id: Id
    result: Text | None = None
    on: Day | None = None


class ViolationFound(Payload, frozen=True, kw_only=True):
    """发现违反协助义务 / the institution was found in breach of its duty (民诉法第117条)."""

    assist_id: Id
    kind: Literal["拒不协助", "擅自解冻", "擅自支付", "通风报信", "拖延"] | None = None
    loss_fen: Fen | None = None
    on: Day | None = None


class RecoveryOrdered(Payload, frozen=True, kw_only=True):
    """责令限期追回 / the institution was ordered to recover what it had let go (执行规定第26条)."""

    assist_id: Id
    amount_fen: Fen | None = None
    due_on: Day | None = None
    on: Day | None = None


class ApplicantInformed(Payload, frozen=True, kw_only=True):
    """告知申请人求偿权 / the applicant was told of the right to claim damages from the institution."""

    assist_id: Id
    on: Day | None = None


class Sanctioned(Payload, frozen=True, kw_only=True):
    """制裁协助单位 / the institution, or a person in it, was fined (民诉法第118条)."""

    assist_id: Id
    amount_fen: Fen | None = None
    personal_fine_fen: Fen | None = None
    on: Day | None = None


class SuggestionSent(Payload, frozen=True, kw_only=True):
    """发出司法建议 / a judicial suggestion was sent."""

    suggestion_id: Id
    to_kind: Text | None = None
    topic: Text | None = None
    case_no: Text | None = None
    debtor_ref: Ref | None = None
    due_on: Day | None = None
    on: Day | None = None


class SuggestionAnswered(Payload, frozen=True, kw_only=True):
    """司法建议回复 / the judicial suggestion was answered."""

    suggestion_id: Id
    to_kind: Text | None = None
    topic: Text | None = None
    on: Day | None = None


class LinkStatus(Payload, frozen=True, kw_only=True):
    """联动链路状态 / the link to an institution is up or down."""

    institution_code: Id
    region: Text | None = None
    up: bool | None = None
    latency_ms: Count | None = None
    at: Instant | None = None
