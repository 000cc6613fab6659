"""A projections worker that ends itself with SIGKILL at a step: KAFKA CLICKHOUSE_PORT DATA PORT STEP TIMES."""

import os
import signal
import sys
from pathlib import Path

from infra.clickhouse.client import ClickHouse
from streams.shell.projections import GROUP, ProjectionsRoom
from streams.shell.worker import WorkerOptions, run_worker

kafka, clickhouse_port, data, port, fatal, times = sys.argv[1:]
left = int(times)


def step(name: str) -> None:
    """Die at the chosen step."""
    global left  # noqa: PLW0603  # the process is over when it counts down
    if name == fatal:
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


client = ClickHouse("127.0.0.1", int(clickhouse_port), database="yipanqi", timeout_s=5.0)
options = WorkerOptions(
    group=GROUP,
    kafka=kafka,
    data=Path(data),
    port=int(port),
    instance="projections-0",
    checkpoint_interval_s=0.3,
    session_timeout_s=6.0,
)
sys.exit(run_worker(lambda metrics: ProjectionsRoom(client, metrics, step=step), options, step=step))
