"""Events of clues to property (财产线索)."""

from typing import Literal

from contract.events.fields import Clear, Day, Id, Payload, Text


class Pii(Clear, frozen=True, kw_only=True):
    """Who gave the clue (P3; secret by 法释〔2017〕8号第23条), sealed by the gateway before Kafka; no rule reads it."""

    informant: Text | None = None


class Received(Payload, frozen=True, kw_only=True):
    """收到财产线索 / a clue to property came in (法释〔2017〕8号第2条)."""

    clue_id: Id
    by: Literal["申请人", "举报", "悬赏", "检察"] | None = None
    urgent: bool | None = None
    pii: Pii | None = None
    on: Day | None = None


class Verified(Payload, frozen=True, kw_only=True):
    """核实财产线索 / the clue was verified."""

    clue_id: Id
    result: Literal["属实", "不实", "部分"] | None = None
    asset_id: Id | None = None
    on: Day | None = None
