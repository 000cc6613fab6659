"""Pictures of the pages: a simulated nation with people on duty, as a newcomer should see it.

python bench/pictures.py [--data FOLDER] [--every FOLDER]

Makes those of docs/images anew; with ``--every`` every page, at a desk's size and at a phone's, into a folder to look at.
The first run fills a data folder (some six minutes); with ``--data`` it is kept, and the next run goes on with it. The wall is
taken while the nation is young: later its rates say most of how fast its years went by.
"""

import argparse
import json
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from duty_desk import CHROMIUM, PASSWORD, home
from people_on_duty import Desk, act_out, busiest, desks_of
from playwright.sync_api import Browser, Page, sync_playwright
from running import Up, running

from contract.calendar import cn_calendar
from contract.times import SHANGHAI

IMAGES = Path(__file__).parents[1] / "docs" / "images"
SIZES = {"desk": (1920, 1080), "phone": (390, 844), "wide": (3840, 1080)}
SLOW = ("--speed", "1")
ALIVE, LIVED_DAYS, MORNING_H = 1500, 5, 9
AHEAD_DAYS = 3
"""Two rosters are set within so many days of the line, each of which takes 24 seconds."""
SCALE = 0.5
"""Of a desk's picture in the documentation: pixels of the picture in one of the page."""
LONGEST_B = 200 * 1024
"""Of a picture in the documentation."""


class Scene(NamedTuple):
    """A High Court and a basic one below it, with people.

    ``directives``: state → target; ``alerts``: of the basic court; ``shown``: one of them with a deadline that is law;
    ``subject``: its case.
    """

    above: str
    below: str
    directives: dict[str, str]
    alerts: list[str]
    shown: str
    subject: str


class Shot(NamedTuple):
    """One picture: its name, who looks ("" = nobody who logged in), the address, and what is done before it is taken."""

    name: str
    who: str
    path: str
    keys: str = ""
    press: str = ""


def fill(up: Up, young: Callable[[Up], None]) -> tuple[Desk, Desk]:
    """Let the nation live, with rosters at two of its courts, until it is a morning some days later."""
    while up.api("/api/v1/courts/最高法")["figures"]["open"] < ALIVE or up.lag() > 100:
        time.sleep(0.5)
    young(up)
    desks = desks_of(up, *busiest(up))
    day = (desks[0].director.now().astimezone(SHANGHAI) + timedelta(days=AHEAD_DAYS)).date()
    for desk in desks:
        desk.director.ask("/duty/rota", rota=desk.rota(day))
    while not _is_morning(desks[0].director.now(), day + timedelta(days=LIVED_DAYS)):
        time.sleep(0.1)
    return desks


def _is_morning(now: datetime, first: date) -> bool:
    """Whether it is a working day's morning; some hours more pass until everything has stopped."""
    local = now.astimezone(SHANGHAI)
    return local.date() >= first and cn_calendar().is_workday(local.date()) and local.hour == MORNING_H


@contextmanager
def scene_in(data: Path, young: Callable[[Up], None]) -> Iterator[tuple[Up, Scene]]:
    """The scene, on a line that is as fast as the wall's clock; made once, and kept in the data folder.

    ``young``: what is done when the nation has just come to life.
    """
    kept = data / "scene.json"
    if kept.exists():
        with running(data, *SLOW) as up:
            up.wait_up()
            yield up, Scene(**json.loads(kept.read_text()))
            up.interrupt()
        return
    with running(data) as up:
        up.wait_up()
        desks, ports = fill(up, young), up.ports
        up.interrupt()
    with running(data, *SLOW, **ports) as up:
        up.wait_up()
        above, below = desks
        alerts = below.officer.queue(below.officer.court)
        shown = next((one for one in alerts if one.get("basis", "statutory") == "statutory"), alerts[1])
        directives = act_out(above, below)
        names = [one["id"] for one in alerts]
        scene = Scene(above.officer.court, below.officer.court, directives, names, shown["id"], shown["subject"])
        kept.write_text(json.dumps(scene._asdict(), ensure_ascii=False))
        yield up, scene
        up.interrupt()


def of_docs(scene: Scene) -> list[tuple[Shot, str]]:
    """What stands in the documentation, with the size of each."""
    return [
        (Shot("queue", "below-officer", f"/duty?alert={scene.shown}"), "desk"),
        (Shot("directive", "above-director", f"/duty/directive/{scene.directives['answered']}"), "desk"),
        (Shot("phone", "below-officer", f"/duty?alert={scene.shown}"), "phone"),
    ]


def every(scene: Scene) -> list[Shot]:
    """Every page, and the forms that open on them."""
    above, below, alert = quote(scene.above), quote(scene.below), scene.alerts[1]
    of = scene.directives
    return [
        Shot("wall-nation", "", "/"),
        Shot("wall-province", "", f"/court/{above}"),
        Shot("wall-court", "", f"/court/{below}"),
        Shot("wall-case", "", f"/case/{quote(scene.subject, safe='')}"),
        Shot("opened-rows", "below-officer", "/measures/filed/rows"),
        Shot("opened-money", "below-officer", "/measures/controlled_fen/rows"),
        Shot("opened-alerts", "below-officer", "/measures/alerts_open/rows"),
        Shot("opened-index", "above-officer", "/indicators/I-31"),
        Shot("opened-denied", "", "/measures/filed/rows"),
        Shot("wall-no-court", "", "/court/外9999"),
        Shot("wall-no-page", "", "/nothing-here"),
        Shot("login", "", "/login?next=/duty"),
        Shot("login-refused", "", "/login?error=refused"),
        Shot("account", "below-officer", "/account"),
        Shot("queue-above", "above-officer", "/duty"),
        Shot("queue", "below-officer", f"/duty?alert={alert}"),
        Shot("queue-selected", "below-officer", "/duty", keys="xjjX"),
        Shot("queue-none", "below-officer", "/duty?q=no-such-case"),
        Shot("queue-help", "below-officer", "/duty", keys="?"),
        Shot("form-snooze", "below-officer", "/duty", keys="s"),
        Shot("form-resolve", "below-officer", "/duty", keys="r", press="确定"),
        Shot("form-merge", "below-officer", "/duty", keys="m"),
        Shot("directives", "above-director", "/duty/directives"),
        Shot("directives-got", "below-officer", "/duty/directives?box=got"),
        Shot("directives-none", "below-officer", "/duty/directives?box=drafts"),
        *(Shot(f"directive-{state}", "above-director", f"/duty/directive/{target}") for state, target in of.items()),
        Shot("directive-to-answer", "below-director", f"/duty/directive/{of['received']}", press="反馈"),
        Shot("directive-hidden", "below-officer", f"/duty/directive/{of['drafted']}"),
        Shot("composer", "above-officer", f"/duty/directives/new?alerts={scene.alerts[0]},{alert}"),
        Shot("composer-empty", "above-officer", "/duty/directives/new"),
        Shot("roster", "below-director", "/duty/roster"),
        Shot("roster-form", "below-director", "/duty/roster", press="编排值班表"),
        Shot("roster-swap", "below-officer", "/duty/roster", press="请求换班"),
        Shot("roster-none", "above-director", "/duty/roster?court=" + quote("京0101")),
        Shot("handover", "below-second", "/duty/handover"),
        Shot("quality", "above-director", "/duty/quality"),
        Shot("quality-below", "below-officer", "/duty/quality"),
        Shot("no-right", "below-technician", "/duty/directives"),
    ]


class Camera:
    """Takes pictures in one browser, of pages of whoever should be logged in."""

    def __init__(self, up: Up, browser: Browser, folder: Path) -> None:
        self._up, self._browser, self._folder = up, browser, folder
        self._pages: dict[tuple[str, str], Page] = {}

    def take(self, shot: Shot, size: str, name: str, *, scale: float = 1, full: bool = False) -> Path:
        """Take one picture; ``scale``: pixels of the picture in one of the page; ``full``: of all of the page's length."""
        page = self._page(shot.who, size, scale)
        page.goto(home(self._up, shot.path))
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(1500)
        for key in shot.keys:
            page.keyboard.press(key)
            page.wait_for_timeout(300)
        if shot.press:
            page.get_by_role("button", name=shot.press, exact=True).first.click()
            page.wait_for_timeout(700)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > SIZES[size][0]:
            print(f"{name}: {wide} pixels wide, more than the screen", flush=True)
        path = self._folder / f"{name}.png"
        page.screenshot(path=path, full_page=full)
        return path

    def _page(self, who: str, size: str, scale: float) -> Page:
        if (who, size) not in self._pages:
            width, height = SIZES[size]
            viewport = {"width": width, "height": height}
            context = self._browser.new_context(viewport=viewport, locale="zh-CN", device_scale_factor=scale)  # type: ignore[arg-type]
            page = self._pages[who, size] = context.new_page()
            if who:
                self._log_in(page, who)
        return self._pages[who, size]

    def _log_in(self, page: Page, who: str) -> None:
        page.goto(home(self._up, "/login?next=/duty"))
        page.get_by_label("登录名").fill(who)
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".console, .page")


def squeezed(picture: bytes) -> bytes:
    """The same PNG with its pixels packed as tight as they go: the browser packs them fast."""
    parts, packed, place = [], b"", 8
    while place < len(picture):
        size = int.from_bytes(picture[place : place + 4])
        kind, data = picture[place + 4 : place + 8], picture[place + 8 : place + 8 + size]
        place += size + 12
        if kind == b"IDAT":
            packed += data
        else:
            parts.append((kind, data))
    parts.insert(-1, (b"IDAT", zlib.compress(zlib.decompress(packed), 9)))
    body = b"".join(len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4) for kind, data in parts)
    return picture[:8] + body


def main() -> None:
    """Make them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="data folder to keep, or to go on with")
    parser.add_argument("--every", type=Path, help="folder for pictures of every page, instead of those of docs/images")
    parser.add_argument("--only", default="", help="pages whose name begins so")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yipanqi-pictures-") as fresh:
        data = asked.data or Path(fresh) / "data"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])

            def young(up: Up) -> None:
                if asked.every is None:
                    _take_for_docs(Camera(up, browser, IMAGES), [(Shot("wall", "", "/"), "desk")])

            with scene_in(data, young) as (up, scene):
                camera = Camera(up, browser, asked.every or IMAGES)
                if asked.every is None:
                    _take_for_docs(camera, of_docs(scene))
                else:
                    _take_every(camera, scene, asked.only)
            browser.close()


def _take_for_docs(camera: Camera, shots: list[tuple[Shot, str]]) -> None:
    for shot, size in shots:
        path = camera.take(shot, size, shot.name, scale=1 if size == "phone" else SCALE)
        path.write_bytes(squeezed(path.read_bytes()))
        taken = path.stat().st_size
        print(f"{path.name}: {taken:,} bytes{'' if taken <= LONGEST_B else ', more than a page should load'}", flush=True)


def _take_every(camera: Camera, scene: Scene, only: str) -> None:
    for shot in every(scene):
        if shot.name.startswith(only):
            for size in ("desk", "phone"):
                camera.take(shot, size, f"{shot.name}-{size}", full=size == "phone")
    if "wall-nation".startswith(only):
        camera.take(Shot("wall", "", "/"), "wide", "wall-nation-wide")


if __name__ == "__main__":
    main()
