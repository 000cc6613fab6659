"""The API's questions about duty: the queue, directives, who is on call, and what became of a command."""

import asyncio
import heapq
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, FastAPI, Query, Request, Response
from starlette.exceptions import HTTPException

from contract.courts import COURTS
from contract.duty.decisions import for_asker
from contract.duty.roster import Post, RosterRecord
from contract.duty.shifts import in_force, on_call
from dashboards.api import as_of
from dashboards.duty_kept import Kept, Kind, desk_of
from dashboards.identity import Identity, visitor_of
from dashboards.problems import Json
from dashboards.scene import Scene
from dashboards.view import View

Limit = Annotated[int, Query(ge=1, le=1000)]
Court = Annotated[str | None, Query(description="法院代字; the court and all below it")]


def mount(app: FastAPI, scene: Scene, identity: Identity) -> None:
    """Add the questions to an application."""
    router = APIRouter(prefix="/api/v1", tags=["duty"], default_response_class=Json)
    _queue(router, scene)
    _directives(router, scene)
    _on_call(router, scene, identity)
    _answers(router, scene)
    app.include_router(router)


def _queue(router: APIRouter, scene: Scene) -> None:
    @router.get("/duty/alerts", summary="Alerts on duty that are open, by time to breach")
    async def queue(
        request: Request, court: Court = None, state: Literal["firing", "acked"] | None = None, limit: Limit = 100
    ) -> Response:
        view = View(scene, visitor_of(request))
        found = _found(view, "alert", court, every=False)
        chosen = [kept for kept in found if state is None or kept.state == state]
        first = heapq.nsmallest(limit, chosen, key=lambda kept: (kept.head.due_at, kept.target))
        return _list(view, first, len(chosen))


def _directives(router: APIRouter, scene: Scene) -> None:
    @router.get("/directives", summary="Directives from or to a court of yours, open ones; `every` = ended ones too")
    async def directives(request: Request, court: Court = None, every: bool = False, limit: Limit = 100) -> Response:  # noqa: FBT001, FBT002
        view = View(scene, visitor_of(request))
        found = _found(view, "directive", court, every=every)
        last = heapq.nlargest(limit, found, key=lambda kept: (kept.at, kept.target))
        return _list(view, last, len(found))

    @router.get("/directives/{target}", summary="One directive with all that became of it")
    async def directive(request: Request, target: str) -> Response:
        kept = View(scene, visitor_of(request)).kept(target)
        if kept is None or kept.kind != "directive":
            raise HTTPException(404, f"no directive has the id {target!r}")
        return Json({"directive": kept.record} | as_of(scene), headers={"ETag": f'"{kept.version}"'})


def _on_call(router: APIRouter, scene: Scene, identity: Identity) -> None:
    @router.get("/duty/on-call", summary="Who holds each post of a desk at an instant; now, if none is given")
    async def who(request: Request, court: str | None = None, at: datetime | None = None) -> Response:
        visitor = visitor_of(request)
        view, code = View(scene, visitor), court or visitor.principal.court
        if code not in COURTS:
            raise HTTPException(404, f"no court has the code {code!r}")
        view.require("rosters", code)
        if at is not None and at.tzinfo is None:
            raise HTTPException(422, "at needs its offset, e.g. 2024-03-01T09:30:00+08:00")
        instant = at or scene.duty_now() or datetime.now(UTC)
        kept = scene.duty.get(desk_of(code))
        posts = {} if kept is None else posts_at(kept, instant)
        names = await asyncio.to_thread(identity.accounts.people.names)
        named = {
            post: [{"account": account, "name": names.get(account, "")} for account in held] for post, held in posts.items()
        }
        etag = {} if kept is None else {"ETag": f'"{kept.version}"'}
        roster = None if kept is None else kept.record
        return Json({"court": code, "at": instant, "posts": named, "roster": roster} | as_of(scene), headers=etag)


def _answers(router: APIRouter, scene: Scene) -> None:
    @router.get("/duty/commands/{command}", summary="What was decided of one of your commands; 404 = nothing yet")
    async def answer(request: Request, command: str) -> Response:
        decision = scene.duty.answer(command)
        asker = visitor_of(request).principal.account
        if decision is None or decision.principal is None or decision.principal.account != asker:
            raise HTTPException(404, f"no command {command!r} of yours has been decided")
        return Json({"decision": for_asker(decision)} | as_of(scene))


def posts_at(kept: Kept, at: datetime) -> dict[Post, tuple[str, ...]]:
    """Post → the accounts that hold it at an instant, by the roster as it was last decided."""
    record = msgspec.convert(kept.record, RosterRecord)
    rota = in_force(record.rotas, at)
    return {} if rota is None else {post: tuple(held) for post, held in on_call(rota, record.overrides, at).items()}


def _found(view: View, kind: Kind, court: str | None, *, every: bool) -> list[Kept]:
    if court is not None and COURTS.get(court) is None:
        raise HTTPException(404, f"no court has the code {court!r}")
    view.require("duty" if kind == "alert" else "directives", court)
    found = view.all_duty(kind) if every else view.open_duty(kind)
    return [kept for kept in found if court is None or any(COURTS.within(one, court) for one in kept.named)]


def _list(view: View, shown: list[Kept], count: int) -> Response:
    items: list[dict[str, Any]] = [{"version": kept.version, **view.shown(kept.record)} for kept in shown]
    return Json({"items": items, "count": count} | as_of(view.scene))
