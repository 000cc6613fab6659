"""Login in a real Chromium: the first password, one's own, the way out, a session that ends."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from wall_process import WallProcess, cases_in, log_with_alerts

from infra.kafka.embedded import EmbeddedKafka

SHOTS = Path(__file__).parent / "shots"
_CHROMIUM = os.environ.get("YIPANQI_CHROMIUM", "/usr/bin/chromium")
_PASSWORD = "一个自己的长密码 2026"
_LEAVES_MS = 40_000
"""An open page asks every 15 s whether its session still holds."""


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a phone's width."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": 390, "height": 844}, locale="zh-CN")
        yield page
        chromium.close()


def shot(page: Page, name: str) -> None:
    """Keep a screenshot."""
    SHOTS.mkdir(exist_ok=True)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def log_in(page: Page, password: str) -> None:
    """Fill in the form and send it by the Enter key."""
    page.get_by_label("登录名").fill("admin")
    page.get_by_label("密码").fill(password)
    page.keyboard.press("Enter")


@pytest.fixture
def wall(kafka: EmbeddedKafka, clickhouse_front: Any, tmp_path: Path) -> Iterator[WallProcess]:
    """A wall that shows a visitor on loopback what a kiosk sees."""
    with cases_in(clickhouse_front.port) as warehouse:
        process = WallProcess(log_with_alerts(kafka.bootstrap), *warehouse, tmp_path)
        try:
            process.start()
            yield process
        finally:
            process.stop()


def test_a_first_password_leads_to_ones_own_and_everything_fits_a_phone(wall: WallProcess, page: Page) -> None:
    """After the change the wall opens as its role; the way out closes it; an open page leaves when the account is disabled."""
    people, home = wall.accounts.people, wall.url
    first = people.first_run()
    assert first is not None
    page.goto(home + "/")
    page.locator("a.door", has_text="登录").click()
    expect(page.locator("h1")).to_have_text("一盘棋 · 登录")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "login-phone")
    log_in(page, "not the password")
    expect(page.locator("[role=alert]")).to_contain_text("登录名或者密码不正确")
    log_in(page, first)
    expect(page.locator("h1")).to_have_text("一盘棋 · 账号")
    expect(page.locator(".card")).to_contain_text("指挥长 · 最高人民法院")
    page.goto(home + "/court/京")
    expect(page).to_have_url(home + "/account")
    page.get_by_label("当前密码").fill(first)
    page.get_by_label("新密码（至少").fill(_PASSWORD)
    page.get_by_label("再输入一次新密码").fill(_PASSWORD)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "account-phone")
    page.get_by_role("button", name="修改密码").click()
    expect(page.locator("a.door")).to_contain_text("指挥长")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(home + "/account")
    page.set_viewport_size({"width": 1920, "height": 1080})
    shot(page, "account")
    page.get_by_role("button", name="退出登录").click()
    expect(page.locator("h1")).to_have_text("一盘棋 · 登录")
    shot(page, "login")
    log_in(page, _PASSWORD)
    expect(page.locator("a.door")).to_contain_text("指挥长")
    shot(page, "wall-logged-in")
    people.set_enabled("admin", "/cli/test", enabled=False)
    expect(page.locator("[role=alert]")).to_contain_text("登录已失效", timeout=_LEAVES_MS)
