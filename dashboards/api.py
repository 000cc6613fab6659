"""The API under /api/v1: alerts, cases, courts, rules, and a stream of changes. Errors are RFC 9457 problem documents.

Every handler is a coroutine: it reads the live view in the loop that feeds it.
"""

import asyncio
import base64
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, FastAPI, Header, Query, Request, Response
from starlette.exceptions import HTTPException

from contract.courts import COURTS
from contract.times import format_instant
from contract.topics import DECISIONS
from dashboards.identity import Identity, visitor_of
from dashboards.live import Change
from dashboards.problems import Json, answer_errors, problem, several
from dashboards.scene import NOTHING, Scene
from dashboards.sse import Feed, stream
from dashboards.view import Denied, View

Severity = Literal["red", "orange", "yellow"]


def mount(app: FastAPI, scene: Scene, identity: Identity) -> None:
    """Add the API of a scene to an application."""
    router = APIRouter(prefix="/api/v1", tags=["v1"], default_response_class=Json)
    for part in (_me, _alerts, _cases, _courts):
        part(router, scene)
    _stream(router, scene, identity)
    app.include_router(router)
    answer_errors(app)

    @app.exception_handler(Denied)
    async def denied(_: Request, error: Denied) -> Response:
        return problem(403, str(error), title="无权查看")


def _me(router: APIRouter, scene: Scene) -> None:
    del scene

    @router.get("/me", summary="Who asks: account, role, court, what it reads, and the secret that its changing calls bear")
    async def me(request: Request) -> Response:
        visitor = visitor_of(request)
        reads = visitor.reads
        read = {"courts_below": reads.below, "resources": sorted(reads.resources), "rules": reads.rules}
        return Json({"principal": visitor.principal, "name": visitor.name, "csrf": visitor.csrf, "reads": read})


def _alerts(router: APIRouter, scene: Scene) -> None:
    @router.get("/alerts", summary="Open alerts, gravest first, then by due time")
    async def alerts(
        request: Request,
        court: Annotated[str | None, Query(description="法院代字; the court and all below it")] = None,
        severity: Severity | None = None,
        rule: str | None = None,
        q: Annotated[str | None, Query(description="part of the subject")] = None,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Response:
        if court is not None and COURTS.get(court) is None:
            raise HTTPException(404, f"no court has the code {court!r}")
        view = View(scene, visitor_of(request))
        view.require("figures", court)
        found = [
            a
            for a in view.open_alerts(court)
            if (severity is None or a["severity"] == severity)
            and (rule is None or a["rule"] == rule)
            and (q is None or q in a.get("subject", ""))
        ]
        start = _after(found, cursor)
        page = found[start : start + limit]
        following = base64.urlsafe_b64encode(page[-1]["id"].encode()).decode() if start + limit < len(found) else None
        link = {"Link": f'<{request.url.include_query_params(cursor=following)}>; rel="next"'} if following else None
        return Json({"items": page, "count": len(found), "next": following} | as_of(scene), headers=link)

    @router.get("/alerts/{alert_id}", summary="One alert with all its versions")
    async def alert(request: Request, alert_id: str) -> Response:
        view = View(scene, visitor_of(request))
        versions = await asyncio.to_thread(scene.store.alert, alert_id)
        known = scene.live.alerts.get(alert_id) or (versions[-1]["alert"] if versions else None)
        seen = None if known is None else view.alert(known)
        if seen is None:
            raise HTTPException(404, f"no alert has the id {alert_id!r}")
        versions = versions if seen is known else [one | {"alert": view.alert(one["alert"])} for one in versions]
        kept = view.kept(alert_id)
        etag = {} if kept is None else {"ETag": f'"{kept.version}"'}
        duty = None if kept is None else view.shown(kept.record)
        return Json({"alert": seen, "versions": versions, "duty": duty} | as_of(scene), headers=etag)


def _cases(router: APIRouter, scene: Scene) -> None:
    @router.get(
        "/cases/{subject:path}",
        summary="A case by its subject or number (409 with choices if several bear it): state, events as they hold, alerts",
    )
    async def case(request: Request, subject: str) -> Response:
        view = View(scene, visitor_of(request))
        view.require("cases")
        found = await view.cases(subject)
        if not found:
            raise HTTPException(404, f"no case has the subject or number {subject!r}")
        if len(found) > 1:
            return several(f"{len(found)} cases bear the number {subject!r}: ask for the subject of one of them", found)
        row = found[0]
        events = await asyncio.to_thread(scene.store.events_of, row.rootid, row.subject)
        standing = await asyncio.to_thread(scene.store.alerts_of, row.rootid)
        seen = [a for a in standing if a["subject"] == row.subject and view.whole(a)]
        return Json({"case": row, "events": events, "alerts": seen} | as_of(scene))


def _courts(router: APIRouter, scene: Scene) -> None:
    @router.get("/courts/{code}", summary="A court, those right below it, and its figures with all below it")
    async def court(request: Request, code: str) -> Response:
        found = COURTS.get(code)
        if found is None:
            raise HTTPException(404, f"no court has the code {code!r}")
        view = View(scene, visitor_of(request))
        view.require("figures", code)
        totals = view.totals()
        below = [c for c in COURTS.children(code) if c.code in view.scope]
        children = [{"court": c, "figures": totals.get(c.code, NOTHING)} for c in below]
        return Json({"court": found, "figures": totals.get(code, NOTHING), "children": children} | as_of(scene))

    @router.get("/rules", summary="The rules of the active packs")
    async def rules() -> Response:
        return Json({"items": list(scene.rules.values())})


def _stream(router: APIRouter, scene: Scene, identity: Identity) -> None:
    @router.get("/stream", summary="Server-sent events: alert.updated; resumes with Last-Event-ID, 410 = load anew")
    async def updates(request: Request, last_event_id: Annotated[str | None, Header()] = None) -> Response:
        view = View(scene, visitor_of(request))

        def seen(change: Change) -> bytes | None:
            alert = view.alert(change.alert)
            return None if alert is None else msgspec.json.encode({"transition": change.transition, "alert": alert})

        latest, after = lambda: scene.live.number, scene.live.changes_after
        feed = Feed("alert.updated", "/api/v1/alerts", scene.tail, latest, after, seen)
        return stream(feed, identity, view.visitor, last_event_id)


def _after(alerts: list[dict[str, Any]], cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        wanted = base64.urlsafe_b64decode(cursor).decode()
    except ValueError:
        raise HTTPException(400, "the cursor is not one of ours; begin without one") from None
    place = next((index for index, a in enumerate(alerts) if a["id"] == wanted), None)
    if place is None:
        raise HTTPException(410, "the alert of this cursor is no longer in the list; begin without a cursor")
    return place + 1


def as_of(scene: Scene) -> dict[str, Any]:
    """Every answer names the positions that it stands on."""
    watermark = scene.now()
    positions = scene.live.positions | {(DECISIONS, part): offset for part, offset in scene.duty.positions.items()}
    return {
        "watermark": None if watermark is None else format_instant(watermark),
        "positions": {f"{topic}:{partition}": offset for (topic, partition), offset in sorted(positions.items())},
        "simulated": scene.simulated,
    }
