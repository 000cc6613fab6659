"""The wall process: one application with pages, API, fonts, health and metrics."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from importlib.resources import files
from pathlib import Path

from fastapi import Depends, FastAPI, Response
from fastapi.responses import FileResponse
from nicegui import app as pages_app
from nicegui import ui
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from dashboards import (
    api,
    board_links,
    duty_api,
    duty_commands,
    duty_stream,
    export_api,
    indicator_api,
    login,
    lost,
    measure_api,
    rota_feed,
)
from dashboards.commands import Commands
from dashboards.console import composer, desk, directives, handover, quality, roster
from dashboards.console.frame import Console
from dashboards.drafting import Drafting
from dashboards.guard import Guard
from dashboards.identity import Identity
from dashboards.parameters import refuse_unknown
from dashboards.scene import Scene
from dashboards.wall import calibrate, opened_pages, pages
from dashboards.wall.boards import Boards

ASSETS = Path(__file__).parent / "assets"
SECOND_S = 1.0


def build(scene: Scene, identity: Identity, commands: Commands, *, secure: bool = False) -> FastAPI:
    """Return the application of a scene; its tails and figures run for as long as it does.

    ``commands``: the way of people's commands; ``secure``: cookies over TLS only.
    """
    boards = Boards()
    commands.check = Drafting(scene)
    scene.tail.on_change(boards.on_change)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        parts = (scene.tail.run(), scene.duty_tail.run(), scene.keep_figures(), _each_second(boards))
        tasks = [asyncio.create_task(work) for work in parts]
        for task in tasks:
            task.add_done_callback(_end_with)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await commands.close()
            scene.opening.close()

    app = FastAPI(
        title="Yipanqi 一盘棋",
        version="1",
        docs_url="/api/docs",
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
        dependencies=[Depends(refuse_unknown)],
    )
    api.mount(app, scene, identity)
    indicator_api.mount(app, scene)
    measure_api.mount(app, scene)
    duty_api.mount(app, scene, identity)
    rota_feed.mount(app, scene, identity)
    export_api.mount(app, scene)
    duty_commands.mount(app, scene, commands)
    duty_stream.mount(app, scene, identity)
    login.mount(app, identity, secure=secure)
    lost.mount()
    _mount_service(app, scene)
    board_links.mount(app)
    pages.mount(scene, boards, identity)
    opened_pages.mount(scene, boards, identity)
    calibrate.mount()
    console = Console(scene, identity, commands)
    for part in (desk, directives, composer, roster, handover, quality):
        part.mount(console)
    ui.add_head_html('<link rel="stylesheet" href="/assets/wall.css"><script src="/assets/wall.js"></script>', shared=True)
    # No Tailwind: it would compile a style in the browser, and lay the page out anew, whenever something on it changes.
    ui.run_with(
        app, title="一盘棋", language="zh-CN", dark=True, show_welcome_message=False, reconnect_timeout=30, tailwind=False
    )
    app.add_middleware(Guard, identity=identity)
    return app


def gauges(registry: CollectorRegistry, alerts: Callable[[], int], changes: Callable[[], int]) -> None:
    """What the wall tells of itself."""
    Gauge("yipanqi_wall_open_alerts", "Open alerts in the live view", registry=registry).set_function(alerts)
    Gauge("yipanqi_wall_changes", "Changes read since the start", registry=registry).set_function(changes)


def _mount_service(app: FastAPI, scene: Scene) -> None:
    """Health, metrics, style and font."""
    registry = CollectorRegistry()
    gauges(registry, lambda: len(scene.live.alerts), lambda: scene.live.number)
    font = files("justmytype_intl_cjk") / "fonts" / "ofl" / "notosanssc" / "NotoSansSC[wght].ttf"

    @app.get("/health/live", include_in_schema=False)
    def live() -> dict[str, str]:
        return {"status": "live"}

    @app.get("/health", include_in_schema=False)
    @app.get("/health/ready", include_in_schema=False)
    def ready(response: Response) -> dict[str, bool]:
        loaded = scene.tail.loaded.is_set() and scene.duty_tail.loaded.is_set()
        response.status_code = 200 if loaded else 503
        return {"ready": loaded}

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @app.get("/assets/NotoSansSC.ttf", include_in_schema=False)
    def font_file() -> FileResponse:
        return FileResponse(str(font), media_type="font/ttf", headers={"Cache-Control": "public, max-age=31536000, immutable"})

    pages_app.add_static_files("/assets", ASSETS)


async def _each_second(boards: Boards) -> None:
    while True:
        boards.on_second()
        await asyncio.sleep(SECOND_S)


def _end_with(task: asyncio.Task[None]) -> None:
    """A part that fails ends the process: whoever watches it starts it again, and no page shows old data as new."""
    if not task.cancelled() and task.exception() is not None:
        task.get_loop().call_exception_handler({"message": "a part of the wall failed", "exception": task.exception()})
        task.get_loop().stop()
