"""A desk for tests: a system on a wall line with people of two courts, and what a person does at a page of the console."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from enrolled import enrolled
from playwright.sync_api import Page, expect
from running import Up, running

from contract.duty.people import Role
from infra.accounts.store import Accounts

SHOTS = Path(__file__).parents[1] / "browser" / "shots"
CHROMIUM = os.environ.get("YIPANQI_CHROMIUM", "/usr/bin/chromium")
PASSWORD = "一个自己的长密码 2026"
PEOPLE: dict[str, tuple[Role, str, str]] = {
    "gao": ("director", "京", "高敏"),
    "guo": ("duty_officer", "京", "郭涛"),
    "jiang": ("director", "京0105", "姜华"),
    "jin": ("duty_officer", "京0105", "金晓"),
    "lu": ("duty_officer", "京0105", "陆然"),
}
"""Login → role, court, name: a High Court and a basic court below it."""
Desk = Callable[[str], Page]
"""Login → a page of that person."""


@contextmanager
def staffed(data: Path, *options: str) -> Iterator[Up]:
    """A running system with these people."""
    with running(data, *options) as up:
        up.wait_up()
        accounts = Accounts(up.data)
        for login, (role, court, name) in PEOPLE.items():
            enrolled(accounts.people, login, role, court, PASSWORD, name=name)
        accounts.close()
        yield up
        up.interrupt()


def home(up: Up, path: str) -> str:
    """Return the address of a page."""
    return f"http://127.0.0.1:{up.ports['wall']}{path}"


def objection(up: Up, subject: str) -> None:
    """An objection that was received forty days ago and never filed."""
    received = (datetime.now(UTC) - timedelta(days=40)).isoformat()
    data = {"objection_id": "o1", "kind": "行为"}
    up.post(id=f"{subject}-1", type="objection.received", subject=subject, time=received, data=data)


def row_of(page: Page, up: Up, subject: str) -> Any:
    """The queue's row of the objection that wasn't filed; it is chosen."""
    page.goto(home(up, f"/duty?q={subject}&rule=R-OBJ-01.a"))
    row = page.locator(".row[data-alert]")
    expect(row).to_have_count(1)
    row.click()
    expect(page.locator(".head .title")).to_contain_text("异议三日内未立案")
    return row


def shot(page: Page, name: str) -> None:
    """Keep screenshots of a desk's width and of a phone's, which nothing may be wider than."""
    SHOTS.mkdir(exist_ok=True)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=SHOTS / f"{name}.png")
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=SHOTS / f"{name}-phone.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1920, "height": 1080})


def act(page: Page, button: str, **fields: str) -> None:
    """Press a button of a directive, and fill in what it asks, by label; a choice is picked from its list."""
    page.get_by_role("button", name=button, exact=True).click()
    if fields:  # the first field takes the focus when the form has opened, from whatever is being typed elsewhere by then
        expect(page.locator(".dialog :is(input, textarea)").first).to_be_focused()
    for label, value in fields.items():
        field = page.locator(f'.dialog :is(input, textarea)[aria-label^="{label}"]')
        if field.get_attribute("role") == "combobox":
            field.click()
            page.get_by_role("option", name=value).first.click()
        else:
            field.fill(value)
    if fields:
        page.get_by_role("button", name="确定").click()
