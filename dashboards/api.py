"""The API under /api/v1: alerts, cases, courts, rules, and a stream of changes. Errors are RFC 9457 problem documents.

Every handler is a coroutine: it reads the live view in the loop that feeds it.
"""

import asyncio
import base64
import re
import secrets
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, FastAPI, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.exceptions import HTTPException

from contract.courts import COURTS
from contract.times import format_instant
from dashboards.scene import NOTHING, Scene
from infra.clickhouse.errors import ClickHouseError

PING_S = 15.0
_EPOCH = secrets.token_hex(4)
"""Numbers of changes begin anew with each process; an id of another one is answered 410."""

_NUMBER = re.compile(r"[0-9]{1,18}")

Severity = Literal["red", "orange", "yellow"]


def mount(app: FastAPI, scene: Scene) -> None:
    """Add the API of a scene to an application."""
    router = APIRouter(prefix="/api/v1", tags=["v1"], default_response_class=_Json)
    for part in (_alerts, _cases, _courts, _stream):
        part(router, scene)
    app.include_router(router)
    _problems(app)


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
        found = [
            a
            for a in scene.open_alerts(court)
            if (severity is None or a["severity"] == severity)
            and (rule is None or a["rule"] == rule)
            and (q is None or q in a["subject"])
        ]
        start = _after(found, cursor)
        page = found[start : start + limit]
        following = base64.urlsafe_b64encode(page[-1]["id"].encode()).decode() if start + limit < len(found) else None
        link = {"Link": f'<{request.url.include_query_params(cursor=following)}>; rel="next"'} if following else None
        return _Json({"items": page, "count": len(found), "next": following} | _as_of(scene), headers=link)

    @router.get("/alerts/{alert_id}", summary="One alert with all its versions")
    async def alert(alert_id: str) -> Response:
        versions = await asyncio.to_thread(scene.store.alert, alert_id)
        known = scene.live.alerts.get(alert_id)
        if not versions and known is None:
            raise HTTPException(404, f"no alert has the id {alert_id!r}")
        return _Json({"alert": known or versions[-1]["alert"], "versions": versions} | _as_of(scene))


def _cases(router: APIRouter, scene: Scene) -> None:
    @router.get("/cases/{subject:path}", summary="A case by its subject or number: state, events as they hold, alerts")
    async def case(subject: str) -> Response:
        row = await asyncio.to_thread(scene.store.case, subject)
        if row is None:
            raise HTTPException(404, f"no case has the subject or number {subject!r}")
        events = await asyncio.to_thread(scene.store.events_of, row.rootid, row.subject)
        standing = await asyncio.to_thread(scene.store.alerts_of, row.rootid)
        return _Json(
            {"case": row, "events": events, "alerts": [a for a in standing if a["subject"] == row.subject]} | _as_of(scene)
        )


def _courts(router: APIRouter, scene: Scene) -> None:
    @router.get("/courts/{code}", summary="A court, those right below it, and its figures with all below it")
    async def court(code: str) -> Response:
        found = COURTS.get(code)
        if found is None:
            raise HTTPException(404, f"no court has the code {code!r}")
        totals = scene.totals()
        children = [{"court": c, "figures": totals.get(c.code, NOTHING)} for c in COURTS.children(code)]
        return _Json({"court": found, "figures": totals.get(code, NOTHING), "children": children} | _as_of(scene))

    @router.get("/rules", summary="The rules of the active packs")
    async def rules() -> Response:
        return _Json({"items": list(scene.rules.values())})


def _stream(router: APIRouter, scene: Scene) -> None:
    @router.get("/stream", summary="Server-sent events: alert.updated; resumes with Last-Event-ID, 410 = load anew")
    async def stream(last_event_id: Annotated[str | None, Header()] = None) -> Response:
        epoch, _, number = (last_event_id or f"{_EPOCH}-{scene.live.number}").partition("-")
        start = int(number) if epoch == _EPOCH and _NUMBER.fullmatch(number) else None
        if start is None or scene.live.changes_after(start) is None:
            raise HTTPException(410, "changes since that id are no longer kept; load /api/v1/alerts and follow anew")
        return StreamingResponse(_events(scene, start), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


class _Json(JSONResponse):
    """JSON by msgspec, which knows our structs, dates and instants."""

    def render(self, content: Any) -> bytes:
        """Encode."""
        return msgspec.json.encode(content)


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


def _as_of(scene: Scene) -> dict[str, Any]:
    """Every answer names the positions that it stands on."""
    watermark = scene.now()
    return {
        "watermark": None if watermark is None else format_instant(watermark),
        "positions": {f"{topic}:{partition}": offset for (topic, partition), offset in sorted(scene.live.positions.items())},
        "simulated": scene.simulated,
    }


async def _events(scene: Scene, number: int) -> AsyncIterator[bytes]:
    yield b"retry: 3000\n\n"
    woken = asyncio.Event()
    scene.tail.on_change(woken.set)
    try:
        while True:
            changes = scene.live.changes_after(number)
            if changes is None:
                yield b"event: reload\ndata: {}\n\n"
                number = scene.live.number
                continue
            for change in changes:
                number = change.number
                data = msgspec.json.encode({"transition": change.transition, "alert": change.alert})
                yield b"id: %s-%d\nevent: alert.updated\ndata: %s\n\n" % (_EPOCH.encode(), number, data)
            woken.clear()
            try:
                await asyncio.wait_for(woken.wait(), PING_S)
            except TimeoutError:
                yield b": still here\n\n"
    finally:
        scene.tail.forget(woken.set)


def _problems(app: FastAPI) -> None:
    """Answer every error of the API as application/problem+json."""

    def problem(status: int, detail: str, **more: Any) -> JSONResponse:
        body = {
            "type": f"/problems/{status}",
            "title": _TITLES.get(status, "请求失败"),
            "status": status,
            "detail": detail,
        } | more
        return _Json(body, status, media_type="application/problem+json")

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        errors = [{"field": ".".join(map(str, e["loc"])), "message": e["msg"]} for e in error.errors()]
        return problem(422, "a parameter is not what it should be", errors=errors)

    @app.exception_handler(ClickHouseError)
    async def warehouse_away(_: Request, error: ClickHouseError) -> JSONResponse:
        return problem(503, f"the warehouse does not answer: {error}")


_TITLES = {400: "请求有误", 404: "未找到", 410: "已失效，请重新加载", 422: "参数有误", 503: "数据仓库暂不可用"}
