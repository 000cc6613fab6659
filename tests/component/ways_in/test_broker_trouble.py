"""The gateway when the broker is slow, away, or back again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.kafka.embedded import EmbeddedKafka
from infra.kafka.topics import ensure_topics
from producers.clock import Clock

STRUCTURED = {"Content-Type": "application/cloudevents+json"}

Make = Callable[..., dict[str, Any]]


SMALL = ("--answer-within", "2", "--in-flight", "4000")


def send(client: httpx.Client, url: str, event: dict[str, Any]) -> httpx.Response:
    """Post one event."""
    return client.post(url + "/events", content=json.dumps(event), headers=STRUCTURED)


@pytest.fixture
def begun(own_kafka: EmbeddedKafka) -> EmbeddedKafka:
    """A broker of the test's own, with a wall line."""
    ensure_topics(own_kafka.bootstrap)
    with Clock(own_kafka.bootstrap, line="wall"):
        pass
    return own_kafka


def test_a_broker_that_stands_still(
    begun: EmbeddedKafka, filed: Make, facts: Any, another_gateway: Any, client: httpx.Client, tmp_path: Path
) -> None:
    """Requests get 503, or 429 beyond what may be in flight; health is answered at once; sent again later, nothing is lost."""
    assert begun.pid is not None
    with another_gateway(begun.bootstrap, tmp_path / "data", *SMALL) as gateway:
        url = gateway.url
        assert send(client, url, filed("before")).status_code == 202
        os.kill(begun.pid, signal.SIGSTOP)
        try:
            with ThreadPoolExecutor(40) as pool:
                answers = [pool.submit(send, client, url, filed(f"e{n}")) for n in range(40)]
                assert client.get(url + "/health/live").status_code == 200
                assert not all(answer.done() for answer in answers)  # it didn't wait for them
                got = [answer.result() for answer in answers]
            statuses = Counter(answer.status_code for answer in got)
            assert set(statuses) == {429, 503}
            assert all(int(answer.headers["Retry-After"]) >= 1 for answer in got)
            assert {answer.json()["type"] for answer in got} == {"/problems/too-many-requests", "/problems/broker-unavailable"}
            assert client.get(url + "/health/ready").status_code == 503
        finally:
            os.kill(begun.pid, signal.SIGCONT)
        deadline = time.monotonic() + 60
        left = [filed(f"e{n}") for n in range(40)]
        while left and time.monotonic() < deadline:
            left = [event for event in left if send(client, url, event).status_code != 202]
        assert not left
        assert client.get(url + "/health/ready").status_code == 200
    assert {event.id for event in facts(begun.bootstrap)} == {"before", *(f"e{n}" for n in range(40))}


def test_a_broker_that_is_started_again(
    begun: EmbeddedKafka, party: Make, facts: Any, another_gateway: Any, client: httpx.Client, tmp_path: Path
) -> None:
    """The gateway finds it again by itself; new chains get keys, old ones keep theirs."""
    with another_gateway(begun.bootstrap, tmp_path / "data", *SMALL) as gateway:
        url = gateway.url
        assert send(client, url, party("e1", subject="old")).status_code == 202
        begun.stop()
        assert send(client, url, party("e2", subject="old")).status_code == 503
        asked = time.monotonic()
        with ThreadPoolExecutor(4) as pool:  # new chains need new keys: nobody waits for the others' patience
            got = [pool.submit(send, client, url, party(f"n{n}", subject=f"new-{n}")) for n in range(4)]
        assert {answer.result().status_code for answer in got} == {503}
        assert time.monotonic() - asked < 30
        begun.start()
        deadline = time.monotonic() + 60
        while client.get(url + "/health/ready").status_code != 200:  # without a single event: a balancer sends it none
            assert time.monotonic() < deadline
            time.sleep(0.2)
        left = [party("e2", subject="old"), party("e3", subject="new")]
        while left and time.monotonic() < deadline:
            left = [event for event in left if send(client, url, event).status_code != 202]
        assert not left
    assert {"e1", "e2", "e3"} <= {event.id for event in facts(begun.bootstrap)}


def test_a_broker_that_stands_still_under_publish(begun: EmbeddedKafka, filed: Make, facts: Any, tmp_path: Path) -> None:
    """What to do is said in words, and the next run goes on: also of what was in flight nothing is lost."""
    assert begun.pid is not None
    file, total = tmp_path / "events.jsonl", 20_000
    file.write_text("".join(json.dumps(filed(f"e{n}", subject=f"case-{n % 97}")) + "\n" for n in range(total)))
    program = [sys.executable, "-m", "yipanqi", "publish", str(file), "--kafka", begun.bootstrap, "--data", str(tmp_path / "d")]
    running = subprocess.Popen(program, stderr=subprocess.PIPE, text=True)
    while not (tmp_path / "events.jsonl.published").exists():
        assert running.poll() is None
        time.sleep(0.01)
    os.kill(begun.pid, signal.SIGSTOP)
    try:
        said = running.communicate(timeout=120)[1]
    finally:
        os.kill(begun.pid, signal.SIGCONT)
    assert running.returncode == 1
    assert "Traceback" not in said
    assert "\nThe log has the first " in said
    assert "\nRun it again to go on after them" in said
    assert subprocess.run(program, check=False, timeout=120).returncode == 0
    assert len({event.id for event in facts(begun.bootstrap)}) == total
