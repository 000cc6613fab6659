"""The console with 100,000 open alerts: from a request to the visible state, and how fast the queue opens.

python bench/console.py [ALERTS]   a real Kafka, gateway, duty worker, wall and Chromium on a folder of their own.

Figures of the API end when the wall itself knows of the decision. Those of the browser are taken in the page by its own clock,
from the beginning of the navigation, or from the key's own time, until what was awaited stands there and its frame is drawn;
asking from outside would add up to 200 ms, at which Playwright looks again.
"""

import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

import httpx
from alert_records import alert_record
from duty_desk import CHROMIUM, PASSWORD
from enrolled import enrolled
from kafka import KafkaProducer
from playwright.sync_api import Page, sync_playwright
from running import Up, running

from contract.courts import COURTS
from contract.duty.commands import AlertTold, RuleFacts, encode, told_id
from contract.duty.people import part_of_system
from contract.topics import COMMANDS, EMBEDDED_PARTITIONS, partition_of
from infra.accounts.store import Accounts

ENGINE = part_of_system("supervision")
ACTIONS = 200
OPENED = 20
PATHS = ("/duty", "/duty?state=mine", "/duty?court=京0105", "/duty?q=case-99999")
WATCH = """(() => {
  const seen = {};
  window.bench = seen;
  document.addEventListener("keydown", (event) => { seen.key = event.timeStamp; }, true);
  const drawn = (name) => {
    if (seen[name] !== undefined) return;
    seen[name] = null;
    requestAnimationFrame(() => setTimeout(() => { seen[name] = performance.now(); }));
  };
  new MutationObserver(() => {
    if (document.querySelector(".row.chosen")) drawn("opened");
    if (seen.key && document.querySelector(".console .head")?.textContent.includes("已签收")) drawn("said");
  }).observe(document, { subtree: true, childList: true, characterData: true });
})()"""
LOGIN = "bench"


def told(number: int, now: datetime, court: str) -> AlertTold:
    """An orange alert of a case of its own."""
    name = told_id("bench", number)
    due, subject = now + timedelta(minutes=number % 10_000), f"case-{number}"
    alert = alert_record(name, court, subject, armed_at=now, due_at=due, raised_at=now, severity="orange")
    facts = RuleFacts(family="inaction", name_zh="异议立案超期")
    more = {"transition": "raised", "reason": "clock", "alert": alert, "rootid": subject, "position": f"0:{number}"}
    return AlertTold(id=told_id("alert", number), target=name, principal=ENGINE, at=now, rule=facts, **more)  # type: ignore[arg-type]


def fill(up: Up, count: int) -> list[str]:
    """Tell the room of so many alerts, at the basic courts in turn; returns their ids."""
    address = f"127.0.0.1:{up.ports['kafka']}"
    producer = KafkaProducer(bootstrap_servers=address, acks="all", linger_ms=20, delivery_timeout_ms=600_000)
    courts = [court.code for court in COURTS if court.tier == "BASIC"]
    now = datetime.now(UTC)
    names, sent = [], []
    for number in range(count):
        command = told(number, now, courts[number % len(courts)])
        place = partition_of(command.target, EMBEDDED_PARTITIONS)
        sent.append(producer.send(COMMANDS, key=command.target.encode(), value=encode(command), partition=place))
        names.append(command.target)
    producer.flush()
    for one in sent:
        one.get(timeout=600)  # what the broker didn't take is no figure of ours
    producer.close()
    return names


def person(up: Up) -> str:
    """A duty officer of the Supreme People's Court, who sees every alert; returns a token of theirs."""
    accounts = Accounts(up.data)
    account = enrolled(accounts.people, LOGIN, "duty_officer", "最高法", PASSWORD, by="/cli/bench")
    secret = accounts.tokens.add("program", "最高法", by="/cli/bench", role="duty_officer", account=account)
    accounts.close()
    return secret


def client_of(up: Up, secret: str) -> httpx.Client:
    """A client of the wall's API that asks in the name of that person."""
    return httpx.Client(
        base_url=f"http://127.0.0.1:{up.ports['wall']}", headers={"Authorization": f"Bearer {secret}"}, timeout=60
    )


def visible_ms(wall: httpx.Client, target: str, number: int) -> float:
    """From the request until the wall itself knows of the decision."""
    began = time.perf_counter()
    answer = wall.post(f"/api/v1/alerts/{target}:acknowledge", headers={"Idempotency-Key": f"bench-{number}"}, json={})
    answer.raise_for_status()
    command = answer.json()["decision"]["command"]
    while wall.get(f"/api/v1/duty/commands/{command}").status_code != httpx.codes.OK:
        time.sleep(0.002)
    return (time.perf_counter() - began) * 1000


def opened_ms(wall: httpx.Client, path: str = "/duty") -> float:
    """From the request for the queue page until all of it is there."""
    began = time.perf_counter()
    wall.get(path).raise_for_status()
    return (time.perf_counter() - began) * 1000


def in_browser(up: Up) -> tuple[list[float], list[float]]:
    """(ms from opening the queue until its rows are drawn, ms from a key until the row says that it was acknowledged)."""
    opened, acted = [], []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
        page.goto(f"http://127.0.0.1:{up.ports['wall']}/login?next=/duty")
        page.get_by_label("登录名").fill(LOGIN)
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".console nav.menu")
        page.add_init_script(WATCH)
        for _ in range(OPENED):
            page.goto(f"http://127.0.0.1:{up.ports['wall']}/duty?state=firing")
            opened.append(taken_ms(page, "bench.opened"))
        for _ in range(ACTIONS // 5):
            page.goto(f"http://127.0.0.1:{up.ports['wall']}/duty?state=firing")
            page.wait_for_selector(".head .title")
            page.wait_for_timeout(500)
            page.keyboard.press("a")
            acted.append(taken_ms(page, "bench.said && bench.said - bench.key"))
        chromium.close()
    return opened, acted


def taken_ms(page: Page, what: str) -> float:
    """What the page measured, once it has."""
    return float(page.wait_for_function(what).json_value())


def line(what: str, taken: list[float]) -> str:
    """The figures of one measure."""
    order = sorted(taken)
    tail = order[max(0, int(len(order) * 0.99) - 1)]
    return f"{what}, ms: n {len(order)}, p50 {statistics.median(order):.0f}, p99 {tail:.0f}, most {order[-1]:.0f}"


def main(count: int) -> None:
    """Fill, wait, measure, print."""
    with tempfile.TemporaryDirectory(prefix="yipanqi-bench-") as folder, running(Path(folder) / "data", "--no-simulator") as up:
        up.wait_up()
        began = time.perf_counter()
        names = fill(up, count)
        wall = client_of(up, person(up))
        while wall.get("/api/v1/duty/alerts?limit=1").json()["count"] < count:
            time.sleep(1)
        print(
            f"{count} open alerts on duty after {time.perf_counter() - began:.0f} s; load {os.getloadavg()[0]:.1f}", flush=True
        )
        step = max(1, count // ACTIONS)
        taken = [visible_ms(wall, name, number) for number, name in enumerate(names[::step][:ACTIONS])]
        print(line("action until the wall knows, API", taken), flush=True)
        for path in PATHS:
            print(line(f"queue page, {path}", [opened_ms(wall, path) for _ in range(OPENED)]), flush=True)
        opened, acted = in_browser(up)
        print(line("queue page until its rows are drawn, Chromium", opened))
        print(line("key until the page says so, Chromium", acted))
        print(f"load at the end {os.getloadavg()[0]:.1f}")
        wall.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
