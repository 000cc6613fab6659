"""Exports by the API, for those whose scope has the cases: a case as a bundle, a court's cases as XES."""

import asyncio
from datetime import date
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request, Response
from starlette.exceptions import HTTPException

from contract.courts import COURTS
from contract.times import FIRST_DAY, LAST_DAY
from dashboards.downloads import Downloads, attachment
from dashboards.duty_kept import Told
from dashboards.exports.bundle import Chain, Several, find_chain, make_bundle
from dashboards.exports.log_records import LogAway
from dashboards.exports.xes import steps, xes_chunks
from dashboards.identity import visitor_of
from dashboards.problems import several
from dashboards.scene import Scene
from dashboards.view import Denied, View

_LONGEST_DAYS = 366


def mount(app: FastAPI, scene: Scene) -> None:
    """Add the exports of a scene to an application."""
    router = APIRouter(prefix="/api/v1/exports", tags=["v1"])
    _case(router, scene)
    _xes(router, scene)
    app.include_router(router)


def _case(router: APIRouter, scene: Scene) -> None:
    @router.get(
        "/cases/{name:path}", summary="Everything that the log says of a chain as one file (zip), to be verified offline"
    )
    async def case(request: Request, name: str) -> Response:
        view = View(scene, visitor_of(request))
        for resource in ("cases", "alerts", "duty", "directives"):
            view.require(resource)
        try:
            chain = await asyncio.to_thread(find_chain, scene.store.client, name, lambda row: row.court in view.scope)
        except Several as error:
            return several(str(error), error.cases)
        if chain is None:
            raise HTTPException(404, f"no chain, case or case number is called {name!r}")
        _whole(view, chain)
        file = f"{_plain(chain.rootid)}.zip"
        try:
            bundle = await asyncio.to_thread(
                make_bundle,
                chain,
                scene.tail.bootstrap,
                name=file,
                made_at=scene.now(),
                hides=lambda value: view.hides(Told(0, value)),
            )
        except LogAway as error:
            raise HTTPException(503, str(error)) from None
        headers = {"Content-Disposition": attachment(file), "X-Content-SHA256": bundle.sha256}
        return Response(bundle.raw, media_type="application/zip", headers=headers)


def _whole(view: View, chain: Chain) -> None:
    """A chain may have wandered through courts: only who sees all its cases is given it, since it can't be given in part."""
    for row in chain.cases:
        if row.court not in view.scope:
            raise Denied(
                f"a case of this chain is of {row.court}, which is neither {view.scope.court} nor below it",
                "这条案件链中有案件不在您的权限范围内",
            )


def _xes(router: APIRouter, scene: Scene) -> None:
    downloads = Downloads()

    @router.get("/xes", summary="A court's cases of some days (at most 366) as XES, compressed: a trace for each case")
    async def xes(
        request: Request,
        court: Annotated[str, Query(description="法院代字 of the court that owns the cases")],
        first: Annotated[
            date, Query(alias="from", ge=FIRST_DAY, le=LAST_DAY, description="first day on which something happened")
        ],
        last: Annotated[date, Query(alias="to", ge=FIRST_DAY, le=LAST_DAY, description="last day, which belongs to it")],
        below: Annotated[bool, Query(description="and all courts below it")] = False,  # noqa: FBT002  # a query parameter
    ) -> Response:
        if COURTS.get(court) is None:
            raise HTTPException(404, f"no court has the code {court!r}")
        view = View(scene, visitor_of(request))
        view.require("cases", court)
        if not 0 <= (last - first).days < _LONGEST_DAYS:
            raise HTTPException(400, f"from and to are at most {_LONGEST_DAYS} days apart, in this order")
        courts = [code for code in COURTS.subtree(court) if code in view.scope] if below else [court]
        log = xes_chunks(steps(scene.store.client, courts, first, last), f"{court} {first} {last}", compressed=True)
        return await downloads.send(log, file=f"{_plain(court)}-{first}-{last}.xes.gz", media_type="application/gzip")


def _plain(name: str) -> str:
    return "".join(one if one.isalnum() or one in "-_." else "_" for one in name)
