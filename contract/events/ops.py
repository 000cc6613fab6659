"""Events of missions in the field (现场执行)."""

from typing import Annotated, Literal

from msgspec import Meta

from contract.events.fields import Count, Id, Instant, Payload, Text

MissionKind = Literal["拘留", "腾退", "搜查", "扣车"]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class MissionStarted(Payload, frozen=True, kw_only=True):
    """出动执行 / a mission began."""

    mission_id: Id
    kind: MissionKind | None = None
    crew: Count | None = None
    device_ids: list[Id] = []
    geo_cell: Text | None = None
    at: Instant | None = None


class MissionEnded(Payload, frozen=True, kw_only=True):
    """结束出动 / a mission ended."""

    mission_id: Id
    kind: MissionKind | None = None
    crew: Count | None = None
    device_ids: list[Id] = []
    geo_cell: Text | None = None
    at: Instant | None = None


class EvidenceAttached(Payload, frozen=True, kw_only=True):
    """附加现场证据 / evidence of a mission was attached, named by its hash."""

    mission_id: Id
    kind: Literal["执法记录仪", "笔录", "照片"] | None = None
    sha256: Sha256 | None = None
    at: Instant | None = None


class EmergencyRaised(Payload, frozen=True, kw_only=True):
    """现场告急 / an emergency in the field."""

    mission_id: Id
    kind: Text | None = None
    at: Instant | None = None
