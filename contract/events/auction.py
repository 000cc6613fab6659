"""Events of an auction."""

from typing import Literal

from contract.events.fields import Count, Day, Fen, Id, Instant, Item, Payload, Ref, Text


class Announced(Payload, frozen=True, kw_only=True):
    """发布拍卖公告 / an auction was announced."""

    auction_id: Id
    asset_id: Id | None = None
    round: Literal["一拍", "二拍", "变卖"] | None = None
    asset_kind: Literal["动产", "不动产", "其他财产权"] | None = None
    appraisal_fen: Fen | None = None
    start_fen: Fen | None = None
    deposit_fen: Fen | None = None
    prev_start_fen: Fen | None = None
    announced_on: Day | None = None
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    platform: Text | None = None
    parties_notified_on: Day | None = None


class Sold(Payload, frozen=True, kw_only=True):
    """成交 / the asset was sold."""

    auction_id: Id
    price_fen: Fen | None = None
    bidder_count: Count | None = None
    buyer_ref: Ref | None = None
    at: Instant | None = None


class HeldOff(Payload, frozen=True, kw_only=True):
    """暂缓、中止拍卖 / the auction was put off (法释〔2016〕18号第28条)."""

    auction_id: Id
    ground: Text | None = None
    on: Day | None = None


class HeldOffEnded(Payload, frozen=True, kw_only=True):
    """恢复拍卖事由 / the ground for putting the auction off is gone."""

    auction_id: Id
    ground: Text | None = None
    on: Day | None = None


class Failed(Payload, frozen=True, kw_only=True):
    """流拍 / nobody bid."""

    auction_id: Id
    on: Day | None = None


class RefusedInKind(Payload, frozen=True, kw_only=True):
    """拒绝以物抵债 / the creditor refused to take the unsold asset in kind."""

    auction_id: Id
    asset_id: Id | None = None
    creditor_ref: Ref | None = None
    on: Day | None = None


class PaidInFull(Payload, frozen=True, kw_only=True):
    """价款付清 / the buyer paid in full."""

    auction_id: Id
    on: Day | None = None


class RulingServed(Payload, frozen=True, kw_only=True):
    """送达成交裁定 / the ruling of sale was served; title passes."""

    auction_id: Id
    on: Day | None = None


class Delivered(Payload, frozen=True, kw_only=True):
    """移交拍卖财产 / the asset was handed to the buyer."""

    auction_id: Id
    on: Day | None = None


class Revoked(Payload, frozen=True, kw_only=True):
    """撤销拍卖 / the sale was set aside (法释〔2016〕18号第31条)."""

    auction_id: Id
    ground: Item | None = None
    on: Day | None = None
