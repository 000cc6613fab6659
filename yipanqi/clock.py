"""`yipanqi clock`: begins the time line of a log and writes ticks."""

import logging
import signal
import threading
import time
from datetime import datetime
from pathlib import Path

import click
from prometheus_client import CollectorRegistry, Counter, Gauge

from contract.calendar import cn_calendar
from contract.errors import YipanqiError
from contract.times import parse_instant
from producers.clock import WALL_PERIOD_S, CalendarActivation, Clock, PackActivation
from producers.health import serving
from producers.line import Line
from streams.rules.load import load_packs
from yipanqi import options

_LATE_S = 3 * WALL_PERIOD_S


class Beat:
    """When the last tick was acknowledged, for health and metrics."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._at = time.monotonic()
        self._ticks = Counter("yipanqi_clock_ticks", "Ticks that the broker acknowledged.", registry=registry)
        self._instant = Gauge("yipanqi_clock_tick_timestamp_seconds", "The last tick, on the line's time.", registry=registry)

    def __call__(self, tick: datetime) -> None:
        """Note a tick."""
        self._at = time.monotonic()
        self._ticks.inc()
        self._instant.set(tick.timestamp())

    def trouble(self) -> str | None:
        """What is wrong, or None."""
        silent = time.monotonic() - self._at
        return f"no tick was acknowledged for {silent:.0f} s" if silent > _LATE_S else None


@click.command("clock")
@options.kafka
@options.data
@click.option("--line", type=click.Choice(["wall", "simulated"]), default="wall", show_default=True)
@click.option("--speed", type=options.POSITIVE, default=1.0, show_default=True, help="Simulated seconds a wall second.")
@click.option("--origin", default="2024-01-02T00:00:00+08:00", show_default=True, help="Where a new simulated line begins.")
@click.option(
    "--rules", type=click.Path(exists=True, path_type=Path), multiple=True, help="Packs in place of the national one."
)
@options.partitions
@options.host
@click.option("--port", type=options.PORT, help="Serve /health and /metrics here.")
def command(
    *,
    kafka: str,
    data: Path,
    line: Line,
    speed: float,
    origin: str,
    rules: tuple[Path, ...],
    partitions: int,
    host: str,
    port: int | None,
) -> None:
    """Begin or resume the time line of the log, and write what time it is into every partition.

    A log lives on one line for ever: wall time, a tick every 10 s, or simulated time, a tick every second.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("kafka").setLevel(logging.ERROR)  # its retries are ours to report
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    registry = CollectorRegistry()
    beat = Beat(registry)
    try:
        clock = Clock(
            kafka,
            line=line,
            origin=parse_instant(origin),
            speed=speed,
            calendar=calendar_activation(),
            packs=[PackActivation(pack.id, pack.version, pack.sha256) for pack in load_packs(rules or None)],
            memory=data / "clock.json",
            partitions=partitions,
        )
    except (YipanqiError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    with clock:
        beat(clock.current())
        if port is None:
            clock.run(stop, beat)
        else:
            with serving(port, registry, beat.trouble, host):
                clock.run(stop, beat)


def calendar_activation() -> CalendarActivation:
    """The installed calendar with its days, for the beginning of a log."""
    calendar = cn_calendar()
    return CalendarActivation(calendar.name, calendar.version, calendar.sha256, calendar.content())
