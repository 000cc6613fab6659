"""Events of the termination of one enforcement procedure (终结本次执行程序)."""

from typing import Annotated, Literal

from msgspec import Meta

from contract.events.fields import Count, Day, Fen, Id, Payload, Ref, Text

Slot = Annotated[int, Meta(ge=1, le=10)]


class Ruled(Payload, frozen=True, kw_only=True):
    """终本裁定 / termination was ruled; it sets the mode, `case.closed` closes."""

    ruling_no: Text | None = None
    on: Day | None = None
    served_on: Day | None = None
    remaining_fen: Fen | None = None
    onsite_done: bool | None = None
    reason: Text | None = None


class ConsultationHeld(Payload, frozen=True, kw_only=True):
    """终本约谈 / the applicant was told and heard before termination (法〔2016〕373号第5条)."""

    applicant_ref: Ref | None = None
    mode: Literal["当面", "电话", "视频"] | None = None
    informed_items: list[Text] = []
    consent: Literal["书面同意", "口头", "不同意"] | None = None
    on: Day | None = None


class PanelApproved(Payload, frozen=True, kw_only=True):
    """终本合议审批 / the panel, and the president, approved termination; panel members are pseudonyms (P1)."""

    panel_ids: list[Id] = []
    president_approved: bool | None = None
    on: Day | None = None


class Registered(Payload, frozen=True, kw_only=True):
    """录入终本信息库 / the termination was entered in the national register."""

    on: Day | None = None


class RequeryDone(Payload, frozen=True, kw_only=True):
    """终本后再次查询 / one of the ten half-yearly queries after termination was made (法〔2016〕373号第9条)."""

    seq_no: Slot
    hits: Count | None = None
    est_value_fen: Fen | None = None
    applicant_told_on: Day | None = None
    on: Day | None = None


class Masked(Payload, frozen=True, kw_only=True):
    """屏蔽终本信息 / the termination was taken off the public list."""

    reason: Literal["履行完毕", "终结", "其他"] | None = None
    on: Day | None = None
