"""The console with 100,000 open alerts: from a request to the visible state, and how fast the queue opens.

python bench/console.py [ALERTS]   a real Kafka, gateway, duty worker and wall in a folder of their own; prints medians and p99.
"""

import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

import httpx
from kafka import KafkaProducer
from running import Up, running

from contract.courts import COURTS
from contract.duty.commands import AlertTold, RuleFacts, encode, told_id
from contract.duty.people import part_of_system
from contract.times import format_instant
from contract.topics import COMMANDS, EMBEDDED_PARTITIONS, partition_of

ENGINE = part_of_system("supervision")
ACTIONS = 200


def told(number: int, now: datetime, court: str) -> AlertTold:
    """An orange alert of a case of its own."""
    name = told_id("bench", number)
    at = format_instant(now)
    alert = {
        "id": name,
        "rule": "R-OBJ-01.a",
        "version": "cn@1",
        "scope": "case",
        "subject": f"case-{number}",
        "key": [],
        "element": None,
        "court": court,
        "severity": "orange",
        "basis": "statutory",
        "armed_at": at,
        "due_at": format_instant(now + timedelta(minutes=number % 10_000)),
        "raised_at": at,
        "ended_at": None,
        "end_reason": None,
        "breach_days": None,
    }
    facts = RuleFacts(family="inaction", name_zh="异议立案超期")
    more = {"transition": "raised", "reason": "clock", "alert": alert, "rootid": f"case-{number}", "position": f"0:{number}"}
    return AlertTold(id=told_id("alert", number), target=name, principal=ENGINE, at=now, rule=facts, **more)  # type: ignore[arg-type]


def fill(up: Up, count: int) -> list[str]:
    """Tell the room of so many alerts, at the basic courts in turn; returns their ids."""
    producer = KafkaProducer(bootstrap_servers=f"127.0.0.1:{up.ports['kafka']}", acks="all", linger_ms=20)
    courts = [court.code for court in COURTS if court.tier == "BASIC"]
    now = datetime.now(UTC)
    names = []
    for number in range(count):
        command = told(number, now, courts[number % len(courts)])
        place = partition_of(command.target, EMBEDDED_PARTITIONS)
        producer.send(COMMANDS, key=command.target.encode(), value=encode(command), partition=place)
        names.append(command.target)
    producer.flush()
    producer.close()
    return names


def client_of(up: Up) -> httpx.Client:
    """A client of the wall's API that asks in the name of a person."""
    base = [sys.executable, "-m", "yipanqi", "account", "--data", str(up.data)]
    person = ["add", "bench", "--role", "duty_officer", "--court", "最高法"]
    subprocess.run([*base, *person], capture_output=True, check=True)
    made = subprocess.run(
        [*base, "token", "add", "--kind", "program", "--for", "bench"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"ypq_\S+|\S{30,}", made.stdout)
    assert found is not None, made.stdout
    headers = {"Authorization": f"Bearer {found[0]}"}
    return httpx.Client(base_url=f"http://127.0.0.1:{up.ports['wall']}", headers=headers, timeout=60)


def visible_ms(wall: httpx.Client, target: str, number: int) -> float:
    """From the request until the wall itself knows of the decision."""
    began = time.perf_counter()
    answer = wall.post(f"/api/v1/alerts/{target}:acknowledge", headers={"Idempotency-Key": f"bench-{number}"}, json={})
    answer.raise_for_status()
    command = answer.json()["decision"]["command"]
    while wall.get(f"/api/v1/duty/commands/{command}").status_code != httpx.codes.OK:
        time.sleep(0.002)
    return (time.perf_counter() - began) * 1000


def opened_ms(wall: httpx.Client) -> float:
    """From the request for the queue page until all of it is there."""
    began = time.perf_counter()
    wall.get("/duty").raise_for_status()
    return (time.perf_counter() - began) * 1000


def main(count: int) -> None:
    """Fill, wait, measure, print."""
    with tempfile.TemporaryDirectory(prefix="yipanqi-bench-") as folder, running(Path(folder) / "data", "--no-simulator") as up:
        up.wait_up()
        began = time.perf_counter()
        names = fill(up, count)
        wall = client_of(up)
        while wall.get("/api/v1/duty/alerts?limit=1").json()["count"] < count:
            time.sleep(1)
        print(f"{count} open alerts on duty after {time.perf_counter() - began:.0f} s")
        step = max(1, count // ACTIONS)
        taken = sorted(visible_ms(wall, name, number) for number, name in enumerate(names[::step][:ACTIONS]))
        print(f"action to visible state, ms: p50 {statistics.median(taken):.0f}, p99 {taken[int(len(taken) * 0.99) - 1]:.0f}")
        opened = [opened_ms(wall) for _ in range(20)]
        print(f"queue page, ms: p50 {statistics.median(opened):.0f}, most {max(opened):.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
