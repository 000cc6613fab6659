"""A small simulated nation in tables, for all tests of panels."""

from collections.abc import Iterator
from typing import Any

import pytest
from simulated_tables import Nation, simulated_nation


@pytest.fixture(scope="session")
def lives(clickhouse_front: Any) -> Iterator[Nation]:
    """The warehouse of some lives."""
    with simulated_nation(clickhouse_front.port, 7, 150) as made:
        yield made
