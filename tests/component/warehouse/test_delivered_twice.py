"""A log delivered twice and more, its partitions in any order against one another, by a worker that dies at any statement.

The worker is the room that the process runs, and the counting beside it, over the real engine. Every row of figures and every
indicator must be what one delivery in order gives.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from dying_worker import database, deliver, partitions, readings, rows
from told_log import told

from infra.clickhouse.client import ClickHouse
from streams.shell.figures import forget

Make = Callable[..., Any]


@pytest.mark.timeout(1800)
def test_every_figure_and_indicator_is_unchanged(clickhouse_front: Any, of_event: Make, of_output: Make) -> None:
    """Once in order; then by workers that die; then all of it again over the same tables, and counted again."""
    log = partitions(told(13, 10, 0.3), of_event, of_output)
    port = clickhouse_front.port
    connect = partial(ClickHouse, "127.0.0.1", port)
    with database(port) as name, connect(database=name) as client:
        assert deliver(port, name, log, 1, None) == 0
        wanted, said = rows(client), readings(client)
    assert len({row[0] for row in wanted["counted"]}) > 40
    with database(port) as name, connect(database=name) as client:
        assert deliver(port, name, log, 2, 60) > 15
        assert rows(client) == wanted
        assert readings(client) == said
        client.execute("TRUNCATE TABLE ingested")  # the ledger is lost: the worker begins at the log's first record
        forget(client)
        assert deliver(port, name, log, 3, 200) > 0
        assert rows(client) == wanted
        assert readings(client) == said
