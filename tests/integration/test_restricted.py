"""Interference stays where it belongs: the running system is searched for a record of it, and for the alert that it raised."""

import time
import urllib.error
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from running import Up, running
from searched import records, stored

from contract.topics import RESTRICTED, RESTRICTED_ALERTS, RESTRICTED_REJECTED, RESTRICTED_STATE, TOPICS
from infra.clickhouse.client import ClickHouse
from producers.simulator.marked import NAME_MARK

MARK = "interfered-7f3a"
AT = "2023-12-01T02:00:00Z"
APART = {RESTRICTED, RESTRICTED_ALERTS, RESTRICTED_REJECTED, RESTRICTED_STATE}
CASE = "test-interfered"


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """The whole system without the simulator: what is in it comes from here."""
    folder: Path = tmp_path_factory.mktemp("restricted")
    with running(folder / "data", "--no-simulator") as up:
        up.wait_up()
        yield up
        up.interrupt()


def post(quiet: Up, name: str, number: int, **data: Any) -> None:
    """Post an event of the case; what marks it is in its id and in its data."""
    kind = f"cn.court.enforcement.{name}.v1"
    quiet.post(
        id=f"{MARK}-{number}" if name.startswith("pers") else f"plain-{number}",
        type=kind,
        subject=CASE,
        time=AT,
        recordedtime=AT,
        data=data,
    )


def wait_for(client: ClickHouse, sql: str, rows: Callable[[list[Any]], bool]) -> list[Any]:
    """Ask until the answer is as wanted."""
    deadline = time.monotonic() + 60
    while not rows(found := client.query_rows(sql)):
        assert time.monotonic() < deadline, found
        time.sleep(0.2)
    return found


def test_nothing_of_an_interference_stands_outside_its_room(quiet: Up) -> None:
    """Its alert is raised in the restricted database; common topics, tables, metrics, logs and pages don't know of it."""
    post(quiet, "case.application_received", 0, received_on="2023-12-01")
    for number in (1, 2):
        person = {"who": f"{NAME_MARK}甲", "recorder": f"{NAME_MARK}乙"}
        post(quiet, "pers.interference_recorded", number, rec_id=f"{MARK}-r{number}", affects_case=True, pii=person)
    post(quiet, "pers.interference_reported", 3, rec_id=f"{MARK}-r2", on="2023-12-01")
    with ClickHouse(port=quiet.ports["clickhouse"], database="yipanqi_restricted") as client:
        alerts = wait_for(client, "SELECT rule, key[1], severity FROM alerts_now", bool)
        assert alerts == [("R-INTF-01.a", f"{MARK}-r1", "red")]
        assert client.query_rows("SELECT * FROM interference_quarters") == []
        post(quiet, "pers.interference_recorded", 4, rec_id=f"{MARK}-r4", affects_case=False)
        counted = wait_for(client, "SELECT court, toString(quarter), records FROM interference_quarters", bool)
        assert counted == [("京0105", "2023-10-01", 3)]
    written = list(records(quiet, TOPICS))
    seen = {topic for topic, content in written if MARK.encode() in content}
    assert seen == {RESTRICTED, RESTRICTED_ALERTS, RESTRICTED_STATE}
    told = [content for topic, content in written if topic not in APART and b"INTF" in content]
    assert not [content for content in told if b'"rule":"R-INTF' in content or b"pers.interference" in content.split(b" ")[0]]
    assert dict(stored(quiet, "yipanqi", f'{MARK}|"rule":"R-INTF|^R-INTF')) == {}
    apart = dict(stored(quiet, "yipanqi_restricted", MARK))
    assert {"events.data", "alerts.key", "log.id"} <= set(apart)
    assert dict(stored(quiet, "yipanqi_restricted", NAME_MARK)) == {}


def test_no_page_log_or_metric_tells_of_it(quiet: Up) -> None:
    """The case's page shows the application and not the interference; logs and metrics have neither mark nor rule."""
    pages = ["/", f"/case/{CASE}", f"/api/v1/cases/{CASE}", "/court/京0105", "/api/v1/alerts?limit=1000"]
    found = 0
    for path in pages:
        try:
            text = quiet.get(quiet.ports["wall"], urllib.parse.quote(path, safe="/?=&"))
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path} answers {error.code}") from error
        assert MARK not in text, path
        assert "R-INTF" not in text, path
        assert "interference_recorded" not in text, path
        found += CASE in text
    assert found, "no page shows the case: the search would prove nothing"
    for path in [*(quiet.data / "logs").iterdir(), quiet.output]:
        text = path.read_text(errors="replace")
        assert MARK not in text, path
        assert "INTF" not in text, path
    metrics = quiet.get(quiet.ports["metrics"], "/metrics")
    assert "INTF" not in metrics
    assert not [
        line for line in metrics.splitlines() if "restricted" in line and line.startswith(("yipanqi_events", "yipanqi_lag"))
    ]
