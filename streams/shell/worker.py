"""A worker process: one room, its Faust app, its metrics port and its watchdog."""

import asyncio
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import faust

from streams.shell.consumer import SeamApp, build_app
from streams.shell.heap import spare_what_stays
from streams.shell.metrics import Metrics
from streams.shell.seam import CHECKPOINT_INTERVAL_S, Room, Seam, StepHook, no_hook
from streams.shell.vitals import Vitals, serving, watch


@dataclass(frozen=True, kw_only=True)
class WorkerOptions:
    """What every worker needs, whatever its room.

    Attributes:
        group: Consumer group, and so the name under which offsets are kept.
        kafka: Broker, `host:port`.
        data: Folder of the worker's own files.
        port: Port of `/metrics` and `/health`, on `host`.
        instance: Name for static membership: a worker that comes back under it within the session takes its partitions up at
            once and without a rebalance. Two workers must never share one.
        stall_s: After so long without progress the process ends.
        discreet: Show no metric that tells how much came, and of what.
    """

    group: str
    kafka: str
    data: Path
    port: int
    host: str = "127.0.0.1"
    instance: str | None = None
    checkpoint_interval_s: float = CHECKPOINT_INTERVAL_S
    session_timeout_s: float = 10.0
    stall_s: float = 60.0
    discreet: bool = False


def run_worker(
    make_room: Callable[[Metrics], Room],
    options: WorkerOptions,
    *,
    step: StepHook = no_hook,
    add_agents: Callable[[SeamApp], object] | None = None,
) -> int:
    """Run a worker until it is told to stop (0) or its room fails (1, after the traceback).

    ``add_agents`` gives the app plain agents beside its room.
    """
    spare_what_stays()
    logging.getLogger("aiokafka").setLevel(logging.WARNING)  # Faust tells the same in its own words
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    metrics = Metrics(options.group, discreet=options.discreet)
    seam = Seam(make_room(metrics), step=step)
    app = build_app(
        options.group,
        seam,
        metrics,
        kafka=options.kafka,
        data=str(options.data),
        instance=options.instance,
        checkpoint_interval_s=options.checkpoint_interval_s,
        session_timeout_s=options.session_timeout_s,
    )

    if add_agents is not None:
        add_agents(app)

    def contact_at() -> float | None:  # called only once partitions are held, when Faust has made its consumer
        stamp: float | None = app.consumer.contact_at()
        return stamp

    vitals = Vitals(seam, contact_at, options.stall_s)
    watch(vitals)
    worker = faust.Worker(app, loop=loop, loglevel="INFO", stdout=sys.stderr, redirect_stdouts=False)
    with serving(options.host, options.port, metrics, vitals):
        try:
            worker.execute_from_commandline()
        except Exception:  # noqa: BLE001  # Faust raises the room's error again, which has been logged with its traceback
            return 1
        except SystemExit as end:
            return 1 if seam.failed else int(end.code or 0)
    return 1 if seam.failed else 0
