"""From a number of a board to the rows that it counted, in a real Chromium on the whole running system."""

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import httpx
from duty_desk import Desk, home, shot
from playwright.sync_api import Browser, Page, expect
from running import Up

_CASES = 5
_COURT = "京0105"


def _board(up: Up, path: str, **query: str) -> str:
    """A link as a board fills it: up to now."""
    to = str(int(datetime.now(UTC).timestamp() * 1000))
    asked = {"to": to, "court": _COURT, "known": "now", "period": "now", "case_type": "All"} | query
    return home(up, f"/board/{path}?" + "&".join(f"{name}={quote(value)}" for name, value in asked.items()))


def _file(up: Up) -> None:
    """So many cases filed at a court, ten days ago, and money of one of them frozen an hour later."""
    filed = datetime.now(UTC) - timedelta(10)
    for number in range(_CASES):
        data = {"case_no": f"（2026）{_COURT}执{900 + number}号", "case_type": "执"}
        up.post(id=f"opened-{number}", subject=f"opened-{number}", type="case.filed", time=filed.isoformat(), data=data)
    frozen = {"asset_id": "a1", "amount_fen": 123_456_789}
    later = (filed + timedelta(hours=1)).isoformat()
    up.post(id="opened-frozen", subject="opened-0", type="asset.controlled", time=later, data=frozen)


def _until_counted(up: Up, page: Page, measure: str, number: int) -> None:
    """Wait until the worker that counts has come so far."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    deadline = time.monotonic() + 90
    query = {"court": _COURT, "as_of": "2199-12-31"}
    while (found := httpx.get(home(up, f"/api/v1/measures/{measure}/rows"), params=query, cookies=cookies).json())[
        "count"
    ] != number:
        assert time.monotonic() < deadline, found
        time.sleep(0.5)


def test_a_number_leads_to_its_rows_and_a_row_to_its_case(up: Up, desk: Desk, browser: Browser) -> None:
    """Count, sum and what was asked in words; page by page; the case; money to the fen; an empty answer; no right, said so."""
    _file(up)
    page = desk("jin")
    _until_counted(up, page, "filed", _CASES)
    link = _board(up, "measures/filed/rows", kind="执", first="-30", limit="3")
    page.goto(link)
    assert "/measures/filed/rows?" in page.url
    assert "to=" not in page.url
    expect(page.locator("h2")).to_have_text("新收：所计的行")
    expect(page.locator(".total b")).to_have_text(["5", "5"])
    expect(page.locator(".asked")).to_contain_text("北京市朝阳区人民法院")
    expect(page.locator(".asked")).to_contain_text("类别：执")
    expect(page.locator(".asked")).to_contain_text("今日所知")
    rows = page.locator("table.opened tbody tr")
    expect(rows).to_have_count(3)
    shot(page, "opened-rows")
    page.get_by_role("link", name="下一页").first.click()
    expect(page.locator(".ways").first).to_contain_text("第 4–5 行")
    expect(rows).to_have_count(2)
    expect(page.get_by_role("link", name="下一页")).to_have_count(0)
    page.get_by_role("link", name="上一页").first.click()
    expect(page.locator(".ways").first).to_contain_text("第 1–3 行")
    page.get_by_role("link", name=f"（2026）{_COURT}执900号").click()
    expect(page.locator("h1")).to_have_text(f"（2026）{_COURT}执900号")
    _until_counted(up, page, "controlled_fen", 1)
    page.goto(_board(up, "measures/controlled_fen/rows"))
    expect(page.locator(".total b")).to_have_text(["1", "1,234,567.89元"])
    page.goto(_board(up, "measures/judged/rows"))
    expect(page.locator(".empty")).to_have_text("没有所计的行")
    stranger = browser.new_page(locale="zh-CN")
    stranger.goto(link)
    expect(stranger.locator(".empty").first).to_contain_text("须由有权人员登录后查看")
    expect(stranger.locator("table.opened")).to_have_count(0)
    stranger.get_by_role("link", name="登录后查看").click()
    expect(stranger.get_by_label("登录名")).to_be_visible()
    stranger.close()


def test_an_index_leads_on_to_what_it_is_made_of(up: Up, desk: Desk) -> None:
    """Each part with its value; a part opens its rows; at a phone's width nothing is wider than the screen."""
    page = desk("jin")
    page.goto(_board(up, "indicators/I-31"))
    expect(page.locator("h2")).to_have_text("I-31 数据质量指数")
    parts = page.locator("table.made a")
    expect(parts).to_have_text(["补录率", "节点倒置率", "立案信息不全率"])
    shot(page, "opened-index")
    parts.first.click()
    expect(page.locator("h2")).to_have_text("补录率：分子所计的行")
    assert quote(_COURT) in page.url
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("measures/events/rows", "indicators/I-33", "indicators/I-05/rows"):
        page.goto(_board(up, path))
        expect(page.locator(".total")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    thumb = page.locator(".ways a").first.bounding_box()
    assert thumb is not None
    assert min(thumb["width"], thumb["height"]) >= 44
