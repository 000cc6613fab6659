"""Login in a real Chromium, on the whole running system: the first password, one's own, the way out, a session that ends."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from running import Up

from infra.accounts.store import Accounts

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


def test_the_printed_password_leads_to_ones_own_and_everything_fits_a_phone(nation: Up, page: Page) -> None:
    """It was printed once by `yipanqi up`; after the change the wall opens, the way out closes it, a disabled account too."""
    home = f"http://127.0.0.1:{nation.ports['wall']}"
    found = re.search(r"first login\s+admin\s+(\S+)", nation.output.read_text())
    assert found is not None
    for file in nation.data.rglob("*"):
        if file.is_file() and "accounts" in file.parts:
            assert found[1].encode() not in file.read_bytes()
    page.goto(home + "/")
    page.locator("a.door", has_text="登录").click()
    expect(page.locator("h1")).to_have_text("一盘棋 · 登录")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "login-phone")
    log_in(page, "not the password")
    expect(page.locator("[role=alert]")).to_contain_text("登录名或者密码不正确")
    log_in(page, found[1])
    expect(page.locator("h1")).to_have_text("一盘棋 · 账号")
    expect(page.locator(".card")).to_contain_text("指挥长 · 最高人民法院")
    page.goto(home + "/court/京")
    expect(page).to_have_url(home + "/account")
    page.get_by_label("当前密码").fill(found[1])
    page.get_by_label("新密码（至少").fill(_PASSWORD)
    page.get_by_label("再输入一次新密码").fill(_PASSWORD)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "account-phone")
    page.get_by_role("button", name="修改密码").click()
    expect(page.locator("a.door")).to_contain_text("指挥长")
    expect(page.locator(".alert").first).to_be_visible()
    page.goto(home + "/account")
    page.set_viewport_size({"width": 1920, "height": 1080})
    shot(page, "account")
    page.get_by_role("button", name="退出登录").click()
    expect(page.locator("h1")).to_have_text("一盘棋 · 登录")
    shot(page, "login")
    log_in(page, _PASSWORD)
    expect(page.locator("a.door")).to_contain_text("指挥长")
    accounts = Accounts(nation.data)
    accounts.people.set_enabled("admin", "/cli/test", enabled=False)
    try:
        expect(page.locator("[role=alert]")).to_contain_text("登录已失效", timeout=_LEAVES_MS)
    finally:
        accounts.people.set_enabled("admin", "/cli/test", enabled=True)
        accounts.close()
