"""Events of petitions and public opinion (信访、舆情)."""

from typing import Literal

from contract.events.fields import Clear, Count, Day, Id, Payload, Text


class Pii(Clear, frozen=True, kw_only=True):
    """Who petitioned (P2), sealed by the gateway before Kafka; no rule reads it."""

    petitioner: Text | None = None


class Received(Payload, frozen=True, kw_only=True):
    """收到信访 / a petition came in."""

    pet_id: Id
    channel: Literal["来信", "来访", "网上", "12368", "上级交办", "人大", "检察"] | None = None
    about_court: Text | None = None
    case_no: Text | None = None
    theme: Literal["消极", "超标", "终本", "案款", "失信", "廉洁", "其他"] | None = None
    pii: Pii | None = None
    received_on: Day | None = None


class Registered(Payload, frozen=True, kw_only=True):
    """登记信访 / the petition was registered; the handler is a pseudonym (P1)."""

    pet_id: Id
    handler_id: Id | None = None
    on: Day | None = None


class Triaged(Payload, frozen=True, kw_only=True):
    """甄别交办信访 / the petition was assigned to the court that answers for it."""

    pet_id: Id
    by_court: Text | None = None
    to_court: Text | None = None
    on: Day | None = None


class Resolved(Payload, frozen=True, kw_only=True):
    """信访办结 / the petition was resolved, closed or passed on."""

    pet_id: Id
    outcome: Literal["化解", "办结", "终结", "转办"] | None = None
    petitioner_told_on: Day | None = None
    on: Day | None = None


class OpinionSpotted(Payload, frozen=True, kw_only=True):
    """发现舆情 / public opinion about enforcement was noticed."""

    topic: Text | None = None
    heat: Count | None = None
    region: Text | None = None
    on: Day | None = None
