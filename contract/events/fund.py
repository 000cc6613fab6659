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
