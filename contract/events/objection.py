"""Events of objections to enforcement (异议)."""

from typing import Literal

from contract.events.fields import Day, Id, Payload, Ref, Text


class Received(Payload, frozen=True, kw_only=True):
    """收到异议 / an objection was received."""

    objection_id: Id
    kind: Literal["行为", "案外人", "管辖", "超标的", "终本", "追加"] | None = None
    by_ref: Ref | None = None
    asset_id: Id | None = None
    on: Day | None = None


class Filed(Payload, frozen=True, kw_only=True):
    """异议立案 / the objection was filed; reviewers are pseudonyms (P1)."""

    objection_id: Id
    case_no: Text | None = None
    reviewer_ids: list[Id] = []
    notified_on: Day | None = None


class Decided(Payload, frozen=True, kw_only=True):
    """异议裁决 / the objection was decided or withdrawn."""

    objection_id: Id
    result: Literal["支持", "部分", "驳回", "撤回"] | None = None
    served_on: Day | None = None
