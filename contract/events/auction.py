"""Events of an auction."""

from typing import Literal

from contract.events.fields import Count, Day, Fen, Id, Instant, Payload, Ref, Text


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
