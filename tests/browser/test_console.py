"""The console in a real Chromium, on the whole running system on a wall line: an alert answered, a directive down and back."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
from duty_desk import Desk, act, home, objection, row_of, shot
from kafka import KafkaConsumer, TopicPartition
from playwright.sync_api import Page, expect
from running import Up

from contract.duty.decisions import Decision, decode
from contract.times import SHANGHAI
from contract.topics import DECISIONS, EMBEDDED_PARTITIONS, EVENTS
from dashboards.exports.bundle_check import DECISIONS as DECISIONS_OF_BUNDLE
from dashboards.exports.bundle_check import lines_of, members_of
from infra.accounts.store import Accounts


def log_of(up: Up, topic: str) -> list[Any]:
    """Every record of a topic, from the log itself."""
    with KafkaConsumer(bootstrap_servers=f"127.0.0.1:{up.ports['kafka']}", group_id=None) as consumer:
        parts = [TopicPartition(topic, number) for number in range(EMBEDDED_PARTITIONS)]
        consumer.assign(parts)
        consumer.seek_to_beginning(*parts)
        ends = consumer.end_offsets(parts)
        found: list[Any] = []
        while any(consumer.position(part) < end for part, end in ends.items()):
            for records in consumer.poll(timeout_ms=200).values():
                found += records
    return found


def test_a_posted_objection_is_answered_by_one_key(up: Up, desk: Desk) -> None:
    """It stands in the open queue by itself; `a` acknowledges it, and queue and API say who has it."""
    page = desk("jin")
    page.goto(home(up, "/duty?q=console-1&rule=R-OBJ-01.a"))
    expect(page.locator(".row[data-alert]")).to_have_count(0)
    objection(up, "console-1")
    expect(page.locator(".row[data-alert]")).to_contain_text("未签收")
    row = row_of(page, up, "console-1")
    page.keyboard.press("a")
    expect(row).to_contain_text("已签收")
    expect(row).to_contain_text("金晓")
    alert = row.get_attribute("data-alert")
    kept = httpx.get(home(up, f"/api/v1/alerts/{alert}"), cookies=_cookies(page)).json()["duty"]
    assert kept["state"] == "acked"
    page.goto(home(up, "/duty?q=console-1"))
    expect(page.locator(".timeline")).to_have_count(1)
    page.keyboard.type("jkjk")
    page.wait_for_timeout(1000)
    expect(page.locator(".timeline")).to_have_count(1)
    shot(page, "console-queue")
    page.keyboard.press("?")
    expect(page.locator(".dialog .help")).to_be_visible()
    shot(page, "console-help")


def _cookies(page: Page) -> dict[str, str]:
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}


def test_a_directive_goes_down_and_back_and_its_story_is_in_the_log(up: Up, desk: Desk) -> None:
    """Drafted by an officer, issued by a director, received, answered, refused as 合格 while the alert stands, then closed."""
    objection(up, "console-2")
    officer = desk("guo")
    alert = row_of(officer, up, "console-2").get_attribute("data-alert")
    officer.keyboard.press("d")
    expect(officer.get_by_label("接收法院代字")).to_have_value("京0105")
    shot(officer, "console-compose")
    officer.get_by_role("button", name="存为草稿").click()
    officer.wait_for_url("**/duty/directive/*")
    expect(officer.locator(".sheets")).to_contain_text("草稿")
    expect(officer.get_by_role("button", name="签发")).to_have_count(0)
    path = officer.url.removeprefix(home(up, ""))
    above, below = desk("gao"), desk("jiang")
    is_its_givers(up, path, officer, below)
    above.goto(home(up, path))
    act(above, "签发")
    expect(above.locator(".sheets")).to_contain_text("已签发，待签收")
    below.goto(home(up, "/duty/directives?box=got"))
    below.locator(f'a[href="{path}"]').click()
    act(below, "签收")
    expect(below.locator(".sheets")).to_contain_text("已签收，待反馈")
    act(below, "反馈", 结果="已纠正", 说明="已立案并通知异议人")
    expect(above.locator(".sheets")).to_contain_text("已反馈，待核验")
    act(above, "核验", 结论="合格")
    expect(above.locator(".q-notification", has_text="还有1件没有消除")).to_be_visible()
    now = datetime.now(UTC).isoformat()
    up.post(id="console-2-2", type="objection.filed", subject="console-2", time=now, data={"objection_id": "o1"})
    expect(above.locator(".sheets")).to_contain_text("已由案件事件了结")
    act(above, "核验", 结论="合格")
    expect(above.locator(".sheets")).to_contain_text("合格，已结")
    expect(below.locator(".sheets")).to_contain_text("合格，已结")
    shot(above, "console-directive")
    read_from_the_log(up, path.rpartition("/")[2], str(alert))


def is_its_givers(up: Up, path: str, giver: Page, below: Page) -> None:
    """A draft: neither page nor bundle of the addressee's has it, the giver's bundle has."""
    below.goto(home(up, path))
    expect(below.locator(".sheets")).to_contain_text("没有这份督办指令")
    target, deadline = path.rpartition("/")[2], time.monotonic() + 60
    while target not in _decided(up, giver):
        assert time.monotonic() < deadline, "the warehouse has the draft"
        time.sleep(0.5)
    assert _decided(up, below) - {target} == _decided(up, giver) - {target} != set()
    assert target not in _decided(up, below)


def _decided(up: Up, page: Page) -> set[str]:
    """Of what a bundle of the case has decisions."""
    answer = httpx.get(home(up, "/api/v1/exports/cases/console-2"), cookies=_cookies(page), timeout=60)
    if answer.status_code == httpx.codes.NOT_FOUND:
        return set()  # the warehouse has not heard of the case
    return {line["key"] for line in lines_of(members_of(answer.content), DECISIONS_OF_BUNDLE)}


def read_from_the_log(up: Up, target: str, alert: str) -> None:
    """Who did what in which order, why the first verdict was refused, and each court's own events."""
    said: list[Decision] = [decode(record.value) for record in log_of(up, DECISIONS)]
    of_it = [one for one in said if one.target == target]
    steps = [(one.what, one.outcome, one.code) for one in of_it if one.principal is not None and one.principal.role != "system"]
    assert [step[:2] for step in steps if step[1] == "accepted"] == [
        ("drafted", "accepted"),
        ("issued", "accepted"),
        ("received", "accepted"),
        ("answered", "accepted"),
        ("closed", "accepted"),
    ]
    assert [code for _, outcome, code in steps if outcome == "refused"] == ["alerts_stand"]
    people = [one.principal.account for one in of_it if one.outcome == "accepted" and one.principal is not None]
    assert len(set(people[:3])) == 3, "drafted, issued and received by three people"
    last = of_it[-1].record or {}
    assert (last["state"], last["alert_ids"], last.get("open_alerts", [])) == ("closed", [alert], [])
    types = [dict(record.headers)["ce_type"].decode() for record in log_of(up, EVENTS) if _told(record)]
    ours = [one.removeprefix("cn.court.enforcement.").removesuffix(".v1") for one in types]
    assert ours == ["sup.directive_issued", "sup.directive_received", "sup.feedback_submitted", "sup.directive_closed"]


def _told(record: Any) -> bool:
    """Whether an event was sent by a console."""
    headers = dict(record.headers)
    return b"/yipanqi" in headers.get("ce_source", b"") and b".sup." in headers.get("ce_type", b"")


def test_a_roster_is_set_signed_in_subscribed_to_and_handed_over(up: Up, desk: Desk) -> None:
    """A director sets it; the officer on call signs in and hands over; a calendar reads it by a token in its address."""
    page = desk("jiang")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/duty/roster")
    expect(page.locator(".sheets")).to_contain_text("还没有值班表")
    page.get_by_role("button", name="编排值班表").click()
    for number, name in ((0, "金晓"), (3, "姜华")):
        line = page.locator(".dialog .rota-row").nth(number)
        line.locator("input").last.fill("00:00")
        line.locator("input").first.click()
        page.get_by_role("option", name=name).click()
        expect(line.locator(".q-chip")).to_contain_text(name)
        page.keyboard.press("Escape")
        expect(page.get_by_role("option")).to_have_count(0)
    page.get_by_role("button", name="确定").click()
    expect(page.locator(".posts")).to_contain_text("金晓")
    expect(page.locator("table.list tbody tr")).to_have_count(14)
    expect(page.locator(".gap").first).to_contain_text("⚠")
    officer = desk("jin")
    officer.goto(home(up, "/duty/roster"))
    officer.get_by_role("button", name="签到：执行值班").click()
    expect(page.locator(".posts")).to_contain_text("✓ 已签到")
    expect(officer.locator("nav.menu .load")).to_contain_text("在岗 执行值班 · 下次交接")
    shot(page, "console-roster")
    is_subscribed_to(up)
    is_handed_over(up, officer, desk("lu"), page)


def is_subscribed_to(up: Up) -> None:
    """The token opens the feeds of its own courts, and nothing else by the address."""
    accounts = Accounts(up.data)
    token = accounts.tokens.add("program", "京0105", by="/cli/test", role="duty_officer")
    accounts.close()
    feed = httpx.get(home(up, f"/api/v1/rota/{quote('京0105')}.ics?token={token}"))
    assert feed.status_code == 200
    assert feed.headers["content-type"].startswith("text/calendar")
    assert "SUMMARY:执行值班 金晓" in feed.text
    refused = httpx.get(home(up, f"/api/v1/rota/{quote('京')}.ics?token={token}"))
    assert refused.status_code == 403, "the token's court is not above 京"
    assert httpx.get(home(up, f"/api/v1/rota/{quote('京0105')}.ics?token=ypq_no")).status_code == 401
    assert httpx.get(home(up, f"/api/v1/duty/alerts?token={token}")).status_code == 422, "no such parameter there"
    assert httpx.get(home(up, "/api/v1/duty/alerts")).status_code in {401, 403}


def is_handed_over(up: Up, page: Page, relief: Page, director: Page) -> None:
    """Who leaves signs, his own page offers him no second signature, the relief gives it; the quality page has its figures."""
    page.goto(home(up, "/duty/handover"))
    page.get_by_label("已办事项").fill("核查异议材料")
    page.get_by_label("待办事项").fill("等合议庭答复")
    page.get_by_role("button", name="签字交班").click()
    expect(page.locator(".offer")).to_contain_text("核查异议材料")
    expect(page.get_by_role("button", name="签字接班")).to_have_count(0)
    expect(page.locator(".pane.whole")).to_contain_text("待签字")
    now = datetime.now(SHANGHAI)
    span = {"开始": f"{now - timedelta(minutes=1):%Y-%m-%d %H:%M}", "结束": f"{now + timedelta(hours=9):%Y-%m-%d %H:%M}"}
    act(director, "调整值班", 岗位="执行值班", 由谁值班="陆然", **span)
    expect(director.locator(".posts")).to_contain_text("陆然")
    relief.goto(home(up, "/duty/handover"))
    expect(relief.locator(".offer")).to_contain_text("等合议庭答复")
    shot(relief, "console-handover")
    relief.get_by_role("button", name="签字接班").click()
    for one in (relief, page):
        expect(one.locator(".pane.whole tbody tr")).to_contain_text("陆然")
        expect(one.locator(".pane.whole")).not_to_contain_text("待签字")
        expect(one.locator(".offer")).to_have_count(0)
    said: list[Decision] = [decode(record.value) for record in log_of(up, DECISIONS)]
    signed = [one for one in said if one.what in {"handover_offered", "handed_over"} and one.outcome == "accepted"]
    assert len({one.principal.account for one in signed if one.principal is not None}) == 2, "two people sign"
    page.goto(home(up, "/duty/quality"))
    expect(page.locator(".sheets")).to_contain_text("不用于考核个人")
    shot(page, "console-quality")
