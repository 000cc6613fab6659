"""What stands beside the chosen alert: what the engine says of it, and the events of its case."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from dashboards.duty_kept import Kept
from dashboards.scene import Scene
from dashboards.store import EventRow
from infra.clickhouse.errors import ClickHouseError

T = TypeVar("T")


async def alert_of(scene: Scene, kept: Kept) -> dict[str, Any] | None:
    """The engine's alert: from the live view, of one that has ended from the warehouse; None if neither has it now."""
    alert = scene.live.alerts.get(kept.target)
    if alert is not None:
        return alert
    versions = await _asked(lambda: scene.store.alert(kept.target))
    return versions[-1]["alert"] if versions else None


async def events_of(scene: Scene, kept: Kept) -> list[EventRow] | None:
    """The events of its case in the order of history; None while the warehouse can't answer."""
    record = kept.record
    return await _asked(lambda: scene.store.events_of(record["rootid"], record["subject"]))


async def _asked(question: Callable[[], T]) -> T | None:
    """Ask the warehouse in a thread; None while it can't answer."""
    try:
        return await asyncio.to_thread(question)
    except ClickHouseError:
        return None
