"""Events of lawsuits about enforcement (执行异议之诉)."""

from typing import Literal

from contract.events.fields import Day, Id, Payload, Text


class Filed(Payload, frozen=True, kw_only=True):
    """提起执行异议之诉 / a lawsuit about enforcement was filed."""

    objection_id: Id | None = None
    case_no: Text | None = None
    kind: Literal["案外人", "申请人", "分配", "追加"] | None = None
    on: Day | None = None


class Closed(Payload, frozen=True, kw_only=True):
    """执行异议之诉审结 / a lawsuit about enforcement ended: decided with effect, withdrawn or struck off."""

    objection_id: Id | None = None
    case_no: Text | None = None
    kind: Literal["案外人", "申请人", "分配", "追加"] | None = None
    result: Literal["支持", "驳回", "撤诉", "其他"] | None = None
    on: Day | None = None
