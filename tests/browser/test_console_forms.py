"""Forms of the console stay as they are typed, whatever happens around them; a press is heard though the page is drawn anew."""

from duty_desk import Desk, act, home, objection, row_of
from playwright.sync_api import Page, expect
from running import Up


def stray(page: Page) -> None:
    """Press Escape outside of any field, and click beside the form."""
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Escape")
    page.mouse.click(5, 5)
    page.wait_for_timeout(500)


def comment(page: Page, up: Up, subject: str, text: str) -> None:
    """A colleague's comment, done when the colleague's own page says so."""
    row_of(page, up, subject)
    page.keyboard.press("c")
    page.locator(".dialog textarea").fill(text)
    page.get_by_role("button", name="确定").click()
    expect(page.locator(".q-notification", has_text="备注：已办")).to_be_visible()


def test_a_roster_is_filled_in_while_the_roster_changes(up: Up, desk: Desk) -> None:
    """People, times and the day stand there after an Escape, a click beside it, and a decision about the same roster."""
    page, other = desk("jiang"), desk("jiang")
    page.goto(home(up, "/duty/roster"))
    page.get_by_role("button", name="编排值班表").click()
    line = page.locator(".dialog .rota-row").nth(2)
    # Typed first: a list that somebody chose from while it opened takes the focus once more, from whatever is typed elsewhere.
    line.locator("input").last.fill("08:20")
    line.locator("input").first.click()
    page.get_by_role("option", name="陆然").click()
    stray(page)
    other.goto(home(up, "/duty/roster"))
    act(other, "维护时段", 开始="2030-01-01 09:00", 结束="2030-01-01 10:00", 理由="机房检修")
    expect(page.locator(".sheets")).to_contain_text("机房检修")
    expect(line.locator(".q-chip")).to_contain_text("陆然")
    expect(line.locator("input").last).to_have_value("08:20")
    page.get_by_role("button", name="取消").click()
    expect(page.locator(".dialog")).to_have_count(0)


def test_an_actions_form_stays_while_its_alert_changes(up: Up, desk: Desk) -> None:
    """What was typed is sent after all; Escape leaves a form only while nothing was typed."""
    objection(up, "forms-1")
    page, other = desk("jin"), desk("lu")
    row_of(page, up, "forms-1")
    for key in ("s", "r", "e"):
        page.keyboard.press(key)
        expect(page.locator(".dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(".dialog")).to_have_count(0)
    page.keyboard.press("c")
    page.locator(".dialog textarea").fill("已电话核实")
    stray(page)
    comment(other, up, "forms-1", "材料在途")
    expect(page.locator(".changes .said")).to_have_text("材料在途")
    expect(page.locator(".dialog textarea")).to_have_value("已电话核实")
    page.get_by_role("button", name="确定").click()
    expect(page.locator(".changes .said")).to_have_text(["已电话核实", "材料在途"])


def test_a_press_is_heard_though_its_alert_changes_meanwhile(up: Up, desk: Desk) -> None:
    """A colleague's comment comes between the press of a button and its release."""
    objection(up, "forms-2")
    page, other = desk("jin"), desk("lu")
    row = row_of(page, up, "forms-2")
    page.get_by_role("button", name="签收a").hover()
    page.mouse.down()
    comment(other, up, "forms-2", "我也看了")
    expect(page.locator(".changes .said")).to_have_text("我也看了")
    page.mouse.up()
    expect(row).to_contain_text("已签收")


def test_a_directives_forms_stay_while_it_changes(up: Up, desk: Desk) -> None:
    """The composer keeps its text while the alert is acknowledged; an answer that comes late is kept, and refused in words."""
    objection(up, "forms-3")
    officer, above, below = desk("guo"), desk("gao"), desk("jiang")
    row_of(officer, up, "forms-3")
    officer.keyboard.press("d")
    officer.get_by_label("要求").fill("限三日内立案")
    row = row_of(below, up, "forms-3")
    below.keyboard.press("a")
    expect(row).to_contain_text("已签收")
    expect(officer.get_by_label("要求")).to_have_value("限三日内立案")
    officer.get_by_role("button", name="存为草稿").click()
    officer.wait_for_url("**/duty/directive/*")
    above.goto(officer.url)
    act(above, "签发")
    below.goto(officer.url)
    below.get_by_role("button", name="请求复议").click()
    below.locator(".dialog textarea").fill("本院已立案")
    stray(below)
    act(above, "撤回", 理由="误发")
    expect(below.locator(".sheets")).to_contain_text("已撤回")
    expect(below.locator(".dialog textarea")).to_have_value("本院已立案")
    below.get_by_role("button", name="确定").click()
    expect(below.locator(".q-notification.bg-warning")).to_be_visible()


def test_a_handover_is_written_while_alerts_come_in(up: Up, desk: Desk) -> None:
    """The words of the one who leaves stay while the list beside them is drawn anew."""
    page = desk("jin")
    page.goto(home(up, "/duty/handover"))
    page.get_by_label("已办事项").fill("核查三件")
    count = page.locator(".posts b").nth(3)
    before = int(count.inner_text())
    objection(up, "forms-4")
    expect(count).not_to_have_text(str(before))
    expect(page.get_by_label("已办事项")).to_have_value("核查三件")


def test_evidence_is_chosen_and_a_mistake_is_told_at_its_field(up: Up, desk: Desk) -> None:
    """Nothing is typed that the case has; what is missing is said where it is missing, and nothing else moves."""
    objection(up, "forms-5")
    page = desk("jin")
    row_of(page, up, "forms-5")
    expect(page.locator(".timeline li")).to_have_count(1)
    page.keyboard.press("r")
    dialog = page.locator(".dialog")
    expect(dialog).to_be_visible()
    page.wait_for_timeout(1000)  # it grows when it opens
    wrong, height = dialog.locator(".q-field--error"), (dialog.bounding_box() or {})["height"]
    dialog.get_by_role("button", name="确定").click()
    expect(wrong).to_contain_text("请选择")
    assert (dialog.bounding_box() or {})["height"] == height
    dialog.locator("input[aria-label=类别]").click()
    page.get_by_role("option", name="已处理").click()
    dialog.get_by_role("button", name="确定").click()
    expect(wrong).to_contain_text("请填写")
    dialog.locator("textarea").fill("已督促立案")
    dialog.locator("input[aria-label^=证据]").click()
    page.get_by_role("option", name="收到异议").click()
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="确定").click()
    expect(page.locator(".q-notification", has_text="办结：已办")).to_be_visible()


def test_an_alert_is_merged_into_one_from_a_list(up: Up, desk: Desk) -> None:
    """Only alerts of the same court stand there, by name and case."""
    objection(up, "forms-6")
    objection(up, "forms-7")
    page = desk("jin")
    row_of(page, up, "forms-7")
    row = row_of(page, up, "forms-6")
    page.keyboard.press("m")
    page.locator(".dialog input[aria-label^=并入]").click()
    page.get_by_role("option", name="异议三日内未立案 · forms-7").click()
    page.get_by_role("button", name="确定").click()
    expect(page.locator(".q-notification", has_text="合并：已办")).to_be_visible()
    expect(row).to_have_count(0)
