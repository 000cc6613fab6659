"""Events of restrictions on high consumption (限制高消费)."""

from typing import Literal

from contract.events.fields import Day, Payload, Ref, Text


class Ordered(Payload, frozen=True, kw_only=True):
    """限制高消费 / consumption was restricted (法释〔2015〕17号)."""

    debtor_ref: Ref
    related_refs: list[Ref] = []
    signed_by_role: Text | None = None
    on: Day | None = None


class ExemptedOnce(Payload, frozen=True, kw_only=True):
    """单次解除限高 / the restriction was lifted for one occasion (法发〔2019〕35号第17条)."""

    debtor_ref: Ref
    ground: Literal["就医", "丧葬", "公务", "考试"] | None = None
    until_on: Day | None = None
    approver_role: Text | None = None


class Restored(Payload, frozen=True, kw_only=True):
    """恢复限高 / the restriction holds again after it was lifted for one occasion (法发〔2019〕35号第17条)."""

    debtor_ref: Ref
    on: Day | None = None


class Violated(Payload, frozen=True, kw_only=True):
    """违反限高 / the restriction was violated."""

    debtor_ref: Ref
    kind: Text | None = None
    on: Day | None = None


class Lifted(Payload, frozen=True, kw_only=True):
    """解除限高 / the restriction was lifted."""

    debtor_ref: Ref
    reason: Literal["履行", "担保", "申请人同意", "终结", "法代变更"] | None = None
    on: Day | None = None
