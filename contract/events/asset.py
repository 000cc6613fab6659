"""Events of an asset from discovery to disposal."""

from typing import Literal

from contract.events.fields import Count, Day, Fen, Id, Payload, Ref, Text

AssetClass = Literal[
    "deposit",
    "real_estate",
    "vehicle",
    "equity",
    "security",
    "insurance",
    "ip",
    "receivable",
    "income",
    "movable",
    "digital",
    "ship",
    "aircraft",
    "other",
]


class Discovered(Payload, frozen=True, kw_only=True, rename={"class_": "class"}):
    """发现财产 / an asset was found."""

    asset_id: Id
    asset_ref: Ref | None = None
    class_: AssetClass | None = None
    owner_ref: Ref | None = None
    est_value_fen: Fen | None = None
    encumbrance_fen: Fen | None = None
    controllable: bool | None = None
    is_production_asset: bool | None = None
    indivisible: bool | None = None
    exempt: bool | None = None
    quoted: bool | None = None
    source: Text | None = None
    on: Day | None = None


class Controlled(Payload, frozen=True, kw_only=True):
    """查封、扣押、冻结 / an asset was sealed, seized or frozen."""

    asset_id: Id
    measure: Literal["查封", "扣押", "冻结", "轮候", "预查封"] | None = None
    rank: Count | None = None
    amount_fen: Fen | None = None
    from_on: Day | None = None
    expires_on: Day | None = None
    ruling_no: Text | None = None
    assist_notice_no: Text | None = None
    keep_use: bool | None = None


class Released(Payload, frozen=True, kw_only=True):
    """解除控制 / control of an asset was lifted."""

    asset_id: Id
    scope: Literal["全部", "部分"] | None = None
    reason: Text | None = None
    on: Day | None = None


class PaidOver(Payload, frozen=True, kw_only=True):
    """扣划 / money was taken over from an account."""

    asset_id: Id
    amount_fen: Fen | None = None
    on: Day | None = None


class PriceStarted(Payload, frozen=True, kw_only=True):
    """启动定价 / valuation began (法释〔2018〕15号第1条)."""

    asset_id: Id
    method: Literal["议价", "定向询价", "网络询价", "委托评估"] | None = None
    on: Day | None = None
    agency_code: Text | None = None


class InKindSettled(Payload, frozen=True, kw_only=True):
    """以物抵债 / the asset was taken in kind."""

    asset_id: Id
    creditor_ref: Ref | None = None
    value_fen: Fen | None = None
    round: Text | None = None
    on: Day | None = None


class Renewed(Payload, frozen=True, kw_only=True):
    """续行查封、扣押、冻结 / control of an asset was renewed (民诉法解释第485条)."""

    asset_id: Id
    from_on: Day | None = None
    expires_on: Day | None = None


class NotFound(Payload, frozen=True, kw_only=True):
    """查封财产未实际控制 / a registered asset, such as a vehicle, could not be found."""

    asset_id: Id
    on: Day | None = None


class TransferRequested(Payload, frozen=True, kw_only=True):
    """商请移送处分权 / another court asked the first sealing court for the right of disposal (法释〔2016〕6号)."""

    request_id: Id
    asset_id: Id | None = None
    from_court: Text | None = None
    to_court: Text | None = None
    ground: Literal["优先债权", "保全满一年"] | None = None
    on: Day | None = None


class TransferAnswered(Payload, frozen=True, kw_only=True):
    """答复移送处分权 / the first sealing court answered the request."""

    request_id: Id
    asset_id: Id | None = None
    from_court: Text | None = None
    to_court: Text | None = None
    result: Text | None = None
    on: Day | None = None


class PriceDetermined(Payload, frozen=True, kw_only=True):
    """确定参考价 / the reference price was determined (法释〔2018〕15号)."""

    asset_id: Id
    price_fen: Fen | None = None
    report_received_on: Day | None = None
    valid_until_on: Day | None = None


class PriceExtended(Payload, frozen=True, kw_only=True):
    """延长询价评估期限 / the term of a price inquiry or appraisal was extended (法释〔2018〕15号第11、19条)."""

    asset_id: Id
    until_on: Day | None = None
    on: Day | None = None


class PriceSent(Payload, frozen=True, kw_only=True):
    """发送参考价报告 / the report of the reference price was sent to the parties (法释〔2018〕15号第21条)."""

    asset_id: Id
    to_refs: list[Ref] = []
    on: Day | None = None
