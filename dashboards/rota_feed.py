"""A roster in people's own calendars: ``GET /api/v1/rota/<court>.ics``, by session, by token, or by ``?token=``."""

import asyncio
from datetime import timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter, FastAPI, Query, Request, Response
from starlette.exceptions import HTTPException

from contract.courts import COURTS
from contract.duty.ical import rota_ics
from contract.duty.roster import RosterRecord
from dashboards.duty_kept import desk_of
from dashboards.identity import Identity, visitor_of
from dashboards.scene import Scene
from dashboards.view import View

BACK = timedelta(days=7)
DAYS = 67
"""The last week, and sixty days ahead."""


def mount(app: FastAPI, scene: Scene, identity: Identity) -> None:
    """Add the feed to an application."""
    router = APIRouter(prefix="/api/v1", tags=["duty"])

    @router.get("/rota/{court}.ics", summary="A desk's roster as iCalendar; `mine` = your own shifts alone")
    async def feed(
        request: Request,
        court: str,
        mine: bool = False,  # noqa: FBT001, FBT002  # a query parameter
        token: Annotated[str | None, Query(description="for calendars that send no headers; the guard has read it")] = None,
    ) -> Response:
        del token
        visitor = visitor_of(request)
        if court not in COURTS:
            raise HTTPException(404, f"no court has the code {court!r}")
        View(scene, visitor).require("rosters", court)
        kept = scene.duty.get(desk_of(court))
        record = None if kept is None else msgspec.convert(kept.record, RosterRecord)
        if kept is None or record is None or not record.rotas:
            raise HTTPException(404, f"the desk of {court} has no roster yet")
        names = await asyncio.to_thread(identity.accounts.people.names)
        body = rota_ics(
            record.rotas,
            record.overrides,
            (scene.duty_now() or kept.at) - BACK,
            DAYS,
            version=kept.version,
            stamp=kept.at,
            account=visitor.principal.account if mine else None,
            names=names,
        )
        return Response(body, media_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, max-age=300"})

    app.include_router(router)
