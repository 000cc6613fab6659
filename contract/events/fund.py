"""Events of the money of a case (案款)."""

from typing import Literal

from contract.events.fields import Clear, Day, Fen, Id, Instant, Payload, Ref, Text


class Received(Payload, frozen=True, kw_only=True):
    """案款到账 / money arrived on the court's account."""

    receipt_id: Id
    account_code: Text | None = None
    amount_fen: Fen
    channel: Literal["转账", "扣划", "拍卖", "现金", "保证金", "票据"] | None = None
    payer_ref: Ref | None = None
    case_no: Text | None = None
    bank_at: Instant | None = None
    finance_notified_on: Day | None = None
    handler_id: Id | None = None


class Matched(Payload, frozen=True, kw_only=True):
    """不明款认领 / money was matched to a case; it counts as the receipt from then on."""

    receipt_id: Id
    case_no: Text | None = None
    amount_fen: Fen | None = None
    account_code: Text | None = None
    finance_notified_on: Day | None = None
    on: Day | None = None


class DeferralApproved(Payload, frozen=True, kw_only=True):
    """批准延缓发放 / paying out was deferred."""

    receipt_id: Id
    reason: Literal["分配", "另案冻结", "通知未领", "中止暂缓", "其他正当"] | None = None
    approver_role: Text | None = None
    on: Day


class DeferralEnded(Payload, frozen=True, kw_only=True):
    """延缓事由消失 / the ground of the deferral is gone."""

    receipt_id: Id
    on: Day


class Part(Clear, frozen=True, kw_only=True):
    """What a payment takes from one receipt."""

    receipt_id: Id
    amount_fen: Fen


class Disbursed(Payload, frozen=True, kw_only=True):
    """发放 / money was paid out."""

    payment_id: Id
    receipt_ids: list[Id] = []
    parts: list[Part] = []
    kind: Literal["案款", "执行费", "退款", "悬赏", "评估费"] | None = None
    payee_ref: Ref | None = None
    amount_fen: Fen
    account_code: Text | None = None
    on: Day | None = None


class Escrowed(Payload, frozen=True, kw_only=True):
    """提存 / money was placed in escrow."""

    receipt_id: Id
    amount_fen: Fen
    parts: list[Part] = []
    account_code: Text | None = None
    on: Day | None = None


class Share(Clear, frozen=True, kw_only=True):
    """What a plan of distribution gives one creditor."""

    creditor_ref: Ref
    claim_fen: Fen | None = None
    share_fen: Fen | None = None
    priority: Text | None = None


class PlanServed(Payload, frozen=True, kw_only=True):
    """送达分配方案 / the plan of distribution was served (民诉法解释第509条)."""

    plan_id: Id
    total_fen: Fen | None = None
    creditors: list[Share] = []
    served_on: Day | None = None


class PlanObjected(Payload, frozen=True, kw_only=True):
    """对分配方案提出异议 / a creditor or the debtor objected to the plan."""

    plan_id: Id
    by_ref: Ref | None = None
    on: Day | None = None


class CounterOpinion(Payload, frozen=True, kw_only=True):
    """对分配方案异议提出反对意见 / another party opposed the objection to the plan (民诉法解释第510条)."""

    plan_id: Id
    by_ref: Ref | None = None
    on: Day | None = None


class PlanSettled(Payload, frozen=True, kw_only=True):
    """分配方案确定 / the plan became final."""

    plan_id: Id
    by_ref: Ref | None = None
    on: Day | None = None


class BalanceReported(Payload, frozen=True, kw_only=True):
    """报告账户余额 / the bank's balance of an account, for reconciliation."""

    account_code: Id
    balance_fen: Fen
    as_of_at: Instant | None = None
