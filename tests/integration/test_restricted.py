"""Interference stays where it belongs: the running system is searched for a record of it, and for the alert that it raised."""

import json
import time
import urllib.error
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from kafka import KafkaProducer
from running import Up, running
from searched import records, stored

from contract.codec import to_kafka
from contract.envelope import Event, full_type
from contract.times import parse_instant
from contract.topics import (
    EMBEDDED_PARTITIONS,
    EVENTS,
    REJECTED,
    RESTRICTED,
    RESTRICTED_ALERTS,
    RESTRICTED_REJECTED,
    RESTRICTED_STATE,
    TOPICS,
    partition_of,
)
from infra.clickhouse.client import ClickHouse
from producers.simulator.marked import NAME_MARK
from streams.cases.outputs import TransitionOut
from yipanqi.__main__ import cli

MARK = "interfered-7f3a"
AT = "2023-12-01T02:00:00Z"
PAST, STRAY = "past-the-gateway-5c1e", "stray-91d0"
APART = {RESTRICTED, RESTRICTED_ALERTS, RESTRICTED_REJECTED, RESTRICTED_STATE}
CASE = "test-interfered"


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """The whole system without the simulator: what is in it comes from here."""
    folder: Path = tmp_path_factory.mktemp("restricted")
    with running(folder / "data", "--no-simulator", "--visitors", "open") as up:
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


def write_past_the_gateway(quiet: Up, mark: str, topic: str, name: str, **data: Any) -> None:
    """Append an event to a log straight; its mark is in its id, its case and its source."""
    at = parse_instant(AT)
    event = Event(
        id=f"{mark}-1",
        source=f"/court/京0105/{mark}",
        type=full_type(name),
        subject=f"case-{mark}",
        rootid=f"case-{mark}",
        time=at,
        recordedtime=at,
        receivedtime=at,
        data=data,
    )
    _, value, headers = to_kafka(event)
    write(quiet, topic, event.rootid, value, headers)


def write(quiet: Up, topic: str, key: str, value: bytes | None, headers: Sequence[tuple[str, bytes]] = ()) -> None:
    """Append a record straight to a topic."""
    producer = KafkaProducer(bootstrap_servers=f"127.0.0.1:{quiet.ports['kafka']}", acks="all")
    partition = partition_of(key, EMBEDDED_PARTITIONS)
    producer.send(topic, key=key.encode(), value=value, headers=list(headers), partition=partition)
    producer.close(timeout=30)


def test_what_was_written_past_the_gateway_into_the_wrong_log_leaves_only_its_place(quiet: Up) -> None:
    """A restricted record on the common log and a common one on the restricted log: sealed letters that name nothing."""
    write_past_the_gateway(quiet, PAST, EVENTS, "pers.interference_recorded", rec_id=f"{PAST}-r", affects_case=True)
    write_past_the_gateway(quiet, STRAY, RESTRICTED, "case.application_received", received_on="2023-12-01")
    for database, origin in (("yipanqi", EVENTS), ("yipanqi_restricted", RESTRICTED)):
        with ClickHouse(port=quiet.ports["clickhouse"], database=database) as client:
            (found,) = wait_for(client, "SELECT reason, origin_topic, source, event_id, rootid FROM dead_letters", bool)
            assert found == ("wrong_topic", origin, "-", "-", "-")
            wait_for(client, "SELECT 1 FROM log WHERE error = 'type:wrong_topic'", bool)
        assert dict(stored(quiet, database, f"{PAST}|{STRAY}")) == {}
    written = list(records(quiet, TOPICS))
    assert {topic for topic, content in written if PAST.encode() in content} == {EVENTS}, "where it was written"
    assert {topic for topic, content in written if STRAY.encode() in content} == {RESTRICTED}
    letters = [content for topic, content in written if topic in {REJECTED, RESTRICTED_REJECTED}]
    assert len(letters) == 2
    assert not [content for content in letters if "interference" in content.decode(errors="replace")]


def dlq(quiet: Up, *arguments: str) -> Result:
    """Run `yipanqi dlq` on the running system."""
    place = ["--kafka", f"127.0.0.1:{quiet.ports['kafka']}", "--data", str(quiet.data)]
    result = CliRunner().invoke(cli, ["dlq", *place, *arguments])
    assert result.exit_code == 0, result.output
    return result


def test_dead_letters_of_each_side_are_mended_on_their_own_side(quiet: Up) -> None:
    """A misplaced record is replayed to where it belongs; what a restricted one says is not shown among the common letters."""
    (common,) = map(json.loads, dlq(quiet, "list", "--json").output.splitlines())
    (apart,) = map(json.loads, dlq(quiet, "--restricted", "list", "--json").output.splitlines())
    shown = dlq(quiet, "show", common["id"]).output
    assert "not shown, since it is restricted" in shown
    assert PAST not in shown
    assert STRAY in dlq(quiet, "--restricted", "show", apart["id"]).output
    assert PAST not in dlq(quiet, "replay", common["id"]).output
    dlq(quiet, "--restricted", "replay", apart["id"])
    with ClickHouse(port=quiet.ports["clickhouse"], database="yipanqi_restricted") as client:
        assert wait_for(client, f"SELECT type FROM events WHERE id = '{PAST}-1'", bool) == [("pers.interference_recorded",)]
    with ClickHouse(port=quiet.ports["clickhouse"], database="yipanqi") as client:
        assert wait_for(client, f"SELECT type FROM events WHERE id = '{STRAY}-1'", bool) == [("case.application_received",)]
        resolved = "SELECT JSONExtractString(data, 'topic') FROM events WHERE type = 'sys.dead_letter_resolved'"
        assert wait_for(client, resolved, bool) == [(EVENTS,)]
    assert dlq(quiet, "list", "--json").output == dlq(quiet, "--restricted", "list", "--json").output == ""
    assert dict(stored(quiet, "yipanqi", PAST)) == {}


def apart(quiet: Up, *arguments: str, status: int = 0) -> str:
    """Run a command with `--restricted`; what it prints names nothing of what is restricted."""
    ports = {name: f"127.0.0.1:{quiet.ports[name]}" for name in ("kafka", "clickhouse")}
    place = ["--data", str(quiet.data), "--kafka", ports["kafka"], "--clickhouse", ports["clickhouse"]]
    result = CliRunner().invoke(cli, [*arguments, "--restricted", *place])
    assert result.exit_code == status, result.output
    assert not [word for word in (MARK, PAST, STRAY, CASE, "INTF", "京0105") if word in result.output], result.output
    return result.output


def test_what_is_restricted_is_verified_and_rebuilt_on_its_own_side(quiet: Up) -> None:
    """A forged step is found and mended; tables are built anew; nothing of it is told, and nothing gets to the common side."""
    assert "no gap, no double" in apart(quiet, "verify")
    assert "the journal is what the log gives" in apart(quiet, "verify", "--replay")
    with ClickHouse(port=quiet.ports["clickhouse"], database="yipanqi_restricted") as client:
        now = "SELECT id, severity FROM alerts_now ORDER BY id"
        sound = client.query_rows(now)
        assert {severity for _, severity in sound} == {"red"}
        (body, *_) = client.query_rows("SELECT value FROM log WHERE topic = 'supervision.restricted.v1' ORDER BY offset DESC")
        step = msgspec.json.decode(body[0], type=TransitionOut)
        forged = msgspec.structs.replace(step, id="forged", alert=msgspec.structs.replace(step.alert, severity="yellow"))
        write(quiet, RESTRICTED_ALERTS, forged.key, forged.encode())
        wait_for(client, now, lambda rows: rows != sound)
        assert "the journal is not what the log gives" in apart(quiet, "verify", "--replay", status=1)
        assert "1 differences sent" in apart(quiet, "rebuild", "--alerts")
        wait_for(client, now, lambda rows: rows == sound)
        rows = "SELECT count() FROM events FINAL"
        before = client.query_rows(rows)
        apart(quiet, "rebuild", "--tables")
        assert client.query_rows(now) == sound
        assert client.query_rows(rows)[0][0] >= before[0][0] > 3
    assert "no gap, no double" in apart(quiet, "verify")
    common = set(TOPICS) - APART - {EVENTS}
    assert not [topic for topic, content in records(quiet, common) if MARK.encode() in content or PAST.encode() in content]
    assert dict(stored(quiet, "yipanqi", f"{MARK}|{PAST}|^R-INTF")) == {}


def test_no_page_log_or_metric_tells_of_it(quiet: Up) -> None:
    """The case's page shows the application and not the interference; logs and metrics have neither mark nor rule."""
    pages = ["/", f"/case/{CASE}", f"/api/v1/cases/{CASE}", "/court/京0105", "/api/v1/alerts?limit=1000"]
    with pytest.raises(urllib.error.HTTPError) as unknown:
        quiet.get(quiet.ports["wall"], f"/api/v1/cases/case-{PAST}")
    assert unknown.value.code == 404
    unknown.value.close()
    found = 0
    for path in pages:
        try:
            text = quiet.get(quiet.ports["wall"], urllib.parse.quote(path, safe="/?=&"))
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path} answers {error.code}") from error
        assert MARK not in text, path
        assert PAST not in text, path
        assert "R-INTF" not in text, path
        assert "interference_recorded" not in text, path
        found += CASE in text
    assert found, "no page shows the case: the search would prove nothing"
    for path in [*(quiet.data / "logs").iterdir(), quiet.output]:
        text = path.read_text(errors="replace")
        assert MARK not in text, path
        assert PAST not in text, path
        assert "INTF" not in text, path
    metrics = quiet.get(quiet.ports["metrics"], "/metrics")
    assert "INTF" not in metrics
    assert "interference" not in metrics
    assert PAST not in metrics
    assert not [
        line for line in metrics.splitlines() if "restricted" in line and line.startswith(("yipanqi_events", "yipanqi_lag"))
    ]
