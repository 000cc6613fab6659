"""Server-sent events of duty: each decision of a record that the visitor sees, as it is read."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, FastAPI, Header, Request, Response
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from dashboards.api import EPOCH, PING, RETRY, stream_start, woken_in_time
from dashboards.identity import Identity, Visitor, visitor_of
from dashboards.scene import Scene
from dashboards.view import View


def mount(app: FastAPI, scene: Scene, identity: Identity) -> None:
    """Add the stream to an application."""
    router = APIRouter(prefix="/api/v1", tags=["duty"])

    @router.get("/duty/stream", summary="Server-sent events: duty.updated; resumes with Last-Event-ID, 410 = load anew")
    async def stream(request: Request, last_event_id: Annotated[str | None, Header()] = None) -> Response:
        visitor = visitor_of(request)
        view = View(scene, visitor)
        if not (view.reads("duty") or view.reads("directives")):
            view.require("duty")
        start = stream_start(last_event_id, scene.duty.number)
        if start is None or scene.duty.changes_after(start) is None:
            raise HTTPException(410, "changes since that id are no longer kept; load /api/v1/duty/alerts and follow anew")
        events = _events(scene, identity, visitor, start)
        return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    app.include_router(router)


async def _events(scene: Scene, identity: Identity, visitor: Visitor, number: int) -> AsyncIterator[bytes]:
    """Decisions as the visitor sees them, until its session or token no longer holds."""
    view = View(scene, visitor)
    yield RETRY
    woken = asyncio.Event()
    scene.duty_tail.on_change(woken.set)
    try:
        while await identity.still(visitor) is not None:
            changes = scene.duty.changes_after(number)
            if changes is None:
                yield b"event: reload\ndata: {}\n\n"
                number = scene.duty.number
                continue
            for told in changes:
                number = told.number
                decision = told.decision
                if view.kept(decision.target) is not None:
                    yield b"id: %s-%d\nevent: duty.updated\ndata: %s\n\n" % (
                        EPOCH.encode(),
                        number,
                        msgspec.json.encode(decision),
                    )
            if not await woken_in_time(woken):
                yield PING
    finally:
        scene.duty_tail.forget(woken.set)
