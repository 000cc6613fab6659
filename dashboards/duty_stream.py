"""Server-sent events of duty: each decision of a record that the visitor sees, as it is read."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, FastAPI, Header, Request, Response

from dashboards.duty_kept import Told
from dashboards.identity import Identity, visitor_of
from dashboards.scene import Scene
from dashboards.sse import Feed, stream
from dashboards.view import View


def mount(app: FastAPI, scene: Scene, identity: Identity) -> None:
    """Add the stream to an application."""
    router = APIRouter(prefix="/api/v1", tags=["duty"])

    @router.get("/duty/stream", summary="Server-sent events: duty.updated; resumes with Last-Event-ID, 410 = load anew")
    async def updates(request: Request, last_event_id: Annotated[str | None, Header()] = None) -> Response:
        view = View(scene, visitor_of(request))
        if not (view.reads("duty") or view.reads("directives")):
            view.require("duty")

        def seen(told: Told) -> bytes | None:
            decision = view.decision(told)
            return None if decision is None else msgspec.json.encode(decision)

        latest, after = lambda: scene.duty.number, scene.duty.changes_after
        feed = Feed("duty.updated", "/api/v1/duty/alerts", scene.duty_tail, latest, after, seen)
        return stream(feed, identity, view.visitor, last_event_id)

    app.include_router(router)
