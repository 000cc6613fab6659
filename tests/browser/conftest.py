"""What the tests of pages share: Chromium, and a system with people on duty."""

from collections.abc import Iterator

import pytest
from duty_desk import CHROMIUM, PASSWORD, Desk, home, staffed
from playwright.sync_api import Browser, Page, expect, sync_playwright
from running import Up

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A system on a wall line, with people of a High Court and of a basic court below it."""
    with staffed(tmp_path_factory.mktemp("console") / "data", "--no-simulator") as up:
        yield up


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium from the system's packages."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def desk(up: Up, browser: Browser) -> Iterator[Desk]:
    """`desk("jin")`: a page of that person, logged in; any error of a script fails the test."""
    faults: list[str] = []
    contexts = []

    def of(login: str) -> Page:
        contexts.append(browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN"))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(home(up, "/login?next=/duty"))
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator(".console nav.menu")).to_be_visible()
        return page

    expect.set_options(timeout=30_000)
    yield of
    expect.set_options(timeout=5_000)
    for context in contexts:
        context.close()
    assert not faults
