"""Events of supervision: directives, opinions, campaigns, bulletins (监督)."""

from typing import Literal

from contract.events.fields import Day, Id, Payload, Ref, Text

DirectiveKind = Literal[
    "督办",
    "督促执行令",
    "指令纠正",
    "提级",
    "指令执行",
    "协同",
    "集中",
    "约谈",
    "通报",
    "暂缓",
    "调卷",
    "协调",
    "共同执行",
    "请示",
    "报请",
    "请求复议",
]


class DirectiveIssued(Payload, frozen=True, kw_only=True):
    """发出督办指令 / a directive went down, or a request up; without ``case_no`` it is about the court."""

    directive_id: Id
    kind: DirectiveKind | None = None
    from_court: Text | None = None
    to_court: Text | None = None
    case_no: Text | None = None
    alert_ids: list[Id] = []
    due_on: Day | None = None
    legal_basis: Text | None = None


class DirectiveReceived(Payload, frozen=True, kw_only=True):
    """签收督办指令 / the directive was signed for; the handler is a pseudonym (P1)."""

    directive_id: Id
    handler_id: Id | None = None
    on: Day | None = None


class FeedbackSubmitted(Payload, frozen=True, kw_only=True):
    """督办反馈 / the lower court reported on the directive."""

    directive_id: Id
    result: Literal["已纠正", "部分", "理由说明"] | None = None
    evidence_refs: list[Ref] = []
    on: Day | None = None


class DirectiveReconsidered(Payload, frozen=True, kw_only=True):
    """请求复议督办指令 / reconsideration of the directive was requested, and maybe decided (执行规定第72条)."""

    directive_id: Id
    requested_on: Day | None = None
    decision: Text | None = None
    decided_on: Day | None = None


class DirectiveClosed(Payload, frozen=True, kw_only=True):
    """督办办结 / the directive was closed, sent back or raised."""

    directive_id: Id
    verdict: Literal["合格", "退回", "升级"] | None = None
    on: Day | None = None


class DualReview(Payload, frozen=True, kw_only=True):
    """一案双查 / the case and the conduct of its officers were reviewed together."""

    directive_id: Id
    finding: Literal["案", "人"] | None = None
    on: Day | None = None


class ProcuratorialOpinion(Payload, frozen=True, kw_only=True):
    """收到检察监督意见 / the procuratorate suggested or protested."""

    opinion_id: Id
    kind: Literal["检察建议", "抗诉"] | None = None
    due_on: Day | None = None
    replied_on: Day | None = None


class ProcuratorialReplied(Payload, frozen=True, kw_only=True):
    """回复检察监督意见 / the court answered the procuratorate."""

    opinion_id: Id
    on: Day | None = None


class CampaignStarted(Payload, frozen=True, kw_only=True):
    """启动专项行动 / a campaign began."""

    campaign_id: Id
    name: Text | None = None
    scope_filter: Text | None = None
    from_on: Day | None = None
    to_on: Day | None = None
    target: Text | None = None


class CampaignClosed(Payload, frozen=True, kw_only=True):
    """结束专项行动 / a campaign ended."""

    campaign_id: Id
    name: Text | None = None
    scope_filter: Text | None = None
    from_on: Day | None = None
    to_on: Day | None = None
    target: Text | None = None


class BulletinIssued(Payload, frozen=True, kw_only=True):
    """印发通报 / a bulletin was issued."""

    bulletin_id: Id
    topic: Text | None = None
    period: Text | None = None
    to_kinds: list[Text] = []
    case_no: Text | None = None
    debtor_ref: Ref | None = None
    on: Day | None = None


class CasePublished(Payload, frozen=True, kw_only=True):
    """发布典型案例 / a typical case was published."""

    case_ref: Ref
    on: Day | None = None
