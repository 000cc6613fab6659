"""A migrated database of its own for each test, and records as Kafka's clients give them."""

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec
import pytest
from fetched import Fetched

from contract import codec
from contract.envelope import Event
from contract.topics import ALERTS, EVENTS
from infra.clickhouse.client import ClickHouse
from infra.clickhouse.migrate import migrate
from streams.cases.outputs import Output


def connect(port: int, database: str) -> ClickHouse:
    """A client of a front."""
    return ClickHouse("127.0.0.1", port, database=database)


@pytest.fixture
def clickhouse(clickhouse_front: Any) -> Iterator[ClickHouse]:
    """A client in a new, migrated database, dropped afterwards."""
    name = f"w_{uuid.uuid4().hex[:12]}"
    migrate(partial(connect, clickhouse_front.port), name)
    with connect(clickhouse_front.port, name) as client:
        yield client
        client.execute(f"DROP DATABASE {name}")
        client.execute(f"DROP DATABASE IF EXISTS {name}_rebuild")


@pytest.fixture
def of_event() -> Callable[..., Fetched]:
    """Make the record of an event: `of_event(event, offset, partition=0)`."""

    def make(event: Event, offset: int, partition: int = 0) -> Fetched:
        key, value, headers = codec.to_kafka(event)
        return Fetched(EVENTS, partition, offset, key=key, value=value, headers=tuple(headers))

    return make


@pytest.fixture
def of_output() -> Callable[..., Fetched]:
    """Make the record of an output of the engine: `of_output(output, offset)`."""

    def make(output: Output, offset: int) -> Fetched:
        return Fetched(output.topic, 0, offset, key=output.key.encode(), value=output.encode())

    return make


@pytest.fixture
def of_transition() -> Callable[..., Fetched]:
    """Make the record of an alert's transition: `of_transition(offset, position, transition, **fields of the alert)`."""

    def make(offset: int, position: int, transition: str = "raised", transition_id: str = "", **alert: Any) -> Fetched:
        record = {
            "id": "a1",
            "rule": "R",
            "version": "1",
            "scope": "case",
            "subject": "c1",
            "key": [],
            "severity": "red",
            **alert,
        }
        change = {
            "id": transition_id or f"{record['id']}-{transition}-{position}",
            "position": f"0:{position}",
            "clock": "2024-03-01T04:00:00Z",
            "rootid": "c1",
            "transition": transition,
            "from": None,
            "to": None,
            "cause": None,
            "reason": "",
            "alert": record,
        }
        return Fetched(ALERTS, 0, offset, value=msgspec.json.encode(change))

    return make
