"""Events of the list of dishonest debtors (失信被执行人名单)."""

from typing import Literal

from contract.events.fields import Count, Day, Id, Item, Payload, Ref, Text


class Applied(Payload, frozen=True, kw_only=True):
    """申请纳入失信名单 / listing was applied for (法释〔2017〕7号第5条)."""

    debtor_ref: Ref
    by_ref: Ref | None = None
    on: Day | None = None


class Decided(Payload, frozen=True, kw_only=True):
    """决定是否纳入失信名单 / the application for listing was decided."""

    debtor_ref: Ref
    result: Literal["纳入", "驳回"] | None = None
    on: Day | None = None


class GraceGranted(Payload, frozen=True, kw_only=True):
    """给予失信宽限期 / the debtor was given time before listing (法发〔2019〕35号第15条)."""

    debtor_ref: Ref
    until_on: Day | None = None


class Included(Payload, frozen=True, kw_only=True):
    """纳入失信名单 / the debtor was listed (法释〔2017〕7号第1条)."""

    debtor_ref: Ref
    ground: Item | None = None
    decided_on: Day | None = None
    term_months: Count | None = None
    extended_months: Count | None = None
    signed_by_role: Text | None = None
    published_on: Day | None = None


class CorrectionRequested(Payload, frozen=True, kw_only=True):
    """申请纠正失信信息 / a correction of the listing was requested."""

    debtor_ref: Ref
    by_ref: Ref | None = None
    on: Day | None = None


class CorrectionDecided(Payload, frozen=True, kw_only=True):
    """决定纠正失信信息 / the requested correction of the listing was decided."""

    debtor_ref: Ref
    result: Text | None = None
    on: Day | None = None


class RemovalRequested(Payload, frozen=True, kw_only=True):
    """申请删除失信信息 / removal from the list was requested."""

    debtor_ref: Ref
    by_ref: Ref | None = None
    on: Day | None = None


class RemovalDecided(Payload, frozen=True, kw_only=True):
    """决定是否删除失信信息 / removal at the applicant's request, or before the term, was decided (法释〔2017〕7号第10条)."""

    debtor_ref: Ref
    ground: Literal["申请人申请", "提前删除"] | None = None
    result: Literal["准许", "不准许"] | None = None
    on: Day | None = None


class Removed(Payload, frozen=True, kw_only=True):
    """删除失信信息 / the debtor was taken off the list (法释〔2017〕7号第10条)."""

    debtor_ref: Ref
    reason: Text | None = None
    on: Day | None = None


class InstitutionNotified(Payload, frozen=True, kw_only=True):
    """通报失信信息 / an institution was told of the listing (法释〔2017〕7号第8条)."""

    debtor_ref: Ref
    institution_kind: Literal["单位", "上级", "征信", "党委组织", "监察"] | None = None
    on: Day | None = None


class InterceptionReported(Payload, frozen=True, kw_only=True):
    """报告拦截数 / how often an institution intercepted listed persons in a period; a count without persons."""

    institution_code: Id
    kind: Text | None = None
    count: Count | None = None
    period: Text | None = None
