"""Personal data is sealed before Kafka, the same by every gateway, and stands nowhere else in clear."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from contract.codec import from_kafka
from contract.envelope import Event
from contract.seal import is_sealed, unseal
from contract.topics import TOPICS
from infra.master_key import load_master_key
from producers.keyring import KeyRing
from producers.log import LogWriter

BATCH = {"Content-Type": "application/cloudevents-batch+json"}
NAME, NUMBER = "标记〇姓名", "11010519491231002X"

Make = Callable[..., dict[str, Any]]
Read = Callable[..., list[Any]]


def test_marks_stand_nowhere_but_in_sealed_fields(gateway: Any, party: Make, records: Read, facts: Any) -> None:
    """A thousand parties with a marked name and number, some of them refused: no topic, log or metric shows a mark."""
    events = [party(f"e{n}", NAME, NUMBER, subject=f"case-{n % 300}") for n in range(1000)]
    events += [party(f"bad{n}", NAME, NUMBER, type="case.filed") for n in range(5)]
    answer = httpx.post(gateway.url + "/events", content=json.dumps(events).encode(), headers=BATCH, timeout=60)
    assert answer.json()["accepted"] == 1000
    single = httpx.post(
        gateway.url + "/events", content=json.dumps(events[-1]), headers={"Content-Type": "application/cloudevents+json"}
    )
    assert single.status_code == 422
    seen = [answer.content, single.content, httpx.get(gateway.url + "/metrics").content, gateway.log.read_bytes()]
    for topic in TOPICS:
        for record in records(gateway.bootstrap, topic):
            seen += [record.key or b"", record.value or b"", *(value for _, value in record.headers)]
    for mark in (NAME, NUMBER, json.dumps(NAME)[1:-1]):
        assert not any(mark.encode() in content for content in seen)
    sealed = facts(gateway.bootstrap)
    assert len(sealed) == 1000
    assert all(is_sealed(event) for event in sealed)
    assert all(event.data["id_valid"] is True for event in sealed)
    assert {opened(gateway, event)["name"] for event in sealed} == {NAME}


def opened(gateway: Any, event: Event) -> dict[str, Any]:
    """The personal data of a sealed event, as one with the master key can read it."""
    if not hasattr(gateway, "keys"):
        writer = LogWriter(gateway.bootstrap)
        ring = KeyRing(writer, load_master_key(gateway.data / "keys" / "master.key"))
        gateway.keys = ring.keys(f"case-{n}" for n in range(300))
        ring.close()
        writer.close()
    data = unseal(gateway.keys[event.rootid], event)
    assert data is not None
    return data


def test_sealing_is_the_same_in_every_gateway(
    gateway: Any, another_gateway: Callable[[str, Path], Any], party: Make, records: Read, feed: str, tmp_path: Path
) -> None:
    """Two gateways with one master key give one event the same bytes; so a resend through either is a resend."""
    (tmp_path / "keys").mkdir()
    key = gateway.data / "keys" / "master.key"
    (tmp_path / "keys" / "master.key").write_bytes(key.read_bytes())
    (tmp_path / "keys" / "master.key").chmod(0o600)
    headers = {"Content-Type": "application/cloudevents+json"}
    with another_gateway(gateway.bootstrap, tmp_path) as other:
        for one in (gateway, other):
            assert httpx.post(one.url + "/events", content=json.dumps(party("e1")), headers=headers).status_code == 202
    first, second = [r for r in records(gateway.bootstrap) if feed.encode() in dict(r.headers).values()]
    assert first.value == second.value
    assert is_sealed(from_kafka(first.value, first.headers))
