"""A log, written and counted by the warehouse."""

from collections.abc import Callable
from typing import Any

from told_log import Told

from contract.topics import ALERTS, EVENTS
from infra.clickhouse.client import ClickHouse
from streams.shell.figures import Figures
from streams.shell.seam import TP
from streams.shell.warehouse import Batch, Warehouse

Make = Callable[..., Any]


def count(clickhouse: ClickHouse, log: Told, of_event: Make, of_output: Make) -> None:
    """Let the warehouse write and count a log."""
    batch = Batch()
    batch.add(TP(EVENTS, 0), 0, [of_event(one, offset) for offset, one in enumerate(log.events)])
    batch.add(TP(ALERTS, 0), 0, [of_output(step, offset) for offset, step in enumerate(log.journal)])
    Warehouse(clickhouse).write(batch)
    counter = Figures(clickhouse)
    while counter.step():
        pass
