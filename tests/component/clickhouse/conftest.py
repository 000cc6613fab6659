"""Clients of the session's front, each test with a database of its own."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from clickhouse_driver import Client


@pytest.fixture
def database(clickhouse_front: Any) -> Iterator[str]:
    """A new database, dropped afterwards."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    with Client("127.0.0.1", port=clickhouse_front.port) as client:
        client.execute(f"CREATE DATABASE {name}")
        yield name
        client.execute(f"DROP DATABASE {name}")


@pytest.fixture
def client(clickhouse_front: Any, database: str) -> Iterator[Any]:
    """The driver's own client, in the test's database."""
    with Client("127.0.0.1", port=clickhouse_front.port, database=database) as client:
        yield client
