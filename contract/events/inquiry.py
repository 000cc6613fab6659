"""Events of property inquiries."""

from typing import Literal

from contract.events.asset import AssetClass
from contract.events.fields import Count, Day, Fen, Id, Instant, Payload, Ref, Text

SpecialKind = Literal["审计", "悬赏", "律师调查令", "搜查"]


class Requested(Payload, frozen=True, kw_only=True):
    """发起查控 / an inquiry was requested."""

    inquiry_id: Id
    channel: Text | None = None
    target_refs: list[Ref] = []
    classes: list[Text] = []
    on: Day | None = None


class Completed(Payload, frozen=True, kw_only=True):
    """完成财产调查 / the survey of property was completed."""

    inquiry_id: Id | None = None
    classes_done: list[Text] = []
    onsite_done: bool | None = None
    on: Day | None = None


class Feedback(Payload, frozen=True, kw_only=True, rename={"class_": "class"}):
    """查控反馈 / what the institutions of one kind answered for one class of assets."""

    inquiry_id: Id
    target_ref: Ref | None = None
    institution_code: Text | None = None
    institution_kind: Text | None = None
    class_: AssetClass | None = None
    hits: Count | None = None
    est_value_fen: Fen | None = None
    held_since_on: Day | None = None
    status: Literal["ok", "none", "error", "timeout"] | None = None
    at: Instant | None = None


class SpecialRequested(Payload, frozen=True, kw_only=True):
    """申请特别调查 / an audit, reward notice, lawyer's order or search was requested (法释〔2017〕8号第17、21条)."""

    request_id: Id
    kind: SpecialKind | None = None
    on: Day | None = None


class SpecialDecided(Payload, frozen=True, kw_only=True):
    """决定特别调查 / the special inquiry was granted or refused."""

    request_id: Id
    kind: SpecialKind | None = None
    granted: bool | None = None
    on: Day | None = None
