"""Events of judicial relief (司法救助)."""

from typing import Literal

from contract.events.fields import Clear, Day, Fen, Id, Payload, Text

Source = Literal["财政", "基金", "社会捐助", "保险"]


class Pii(Clear, frozen=True, kw_only=True):
    """Health of the person in need (P3), sealed by the gateway before Kafka; no rule reads it."""

    health: Text | None = None


class NeedFlagged(Payload, frozen=True, kw_only=True):
    """标记特困申请人 / an applicant in hardship was flagged."""

    case_no: Text | None = None
    cause: Text | None = None
    pii: Pii | None = None
    on: Day | None = None


class Applied(Payload, frozen=True, kw_only=True):
    """申请司法救助 / relief was applied for."""

    aid_id: Id
    amount_fen: Fen | None = None
    source: Source | None = None
    on: Day | None = None


class Decided(Payload, frozen=True, kw_only=True):
    """决定司法救助 / relief was decided; no amount or 0 means refused."""

    aid_id: Id
    amount_fen: Fen | None = None
    source: Source | None = None
    on: Day | None = None


class Paid(Payload, frozen=True, kw_only=True):
    """发放救助金 / relief was paid."""

    aid_id: Id
    amount_fen: Fen | None = None
    source: Source | None = None
    on: Day | None = None
