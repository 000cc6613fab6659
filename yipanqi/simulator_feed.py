"""`yipanqi simulator-feed`: a simulated nation that sends its events into the log for as long as it runs."""

import logging
import signal
import threading
from pathlib import Path

import click
from prometheus_client import CollectorRegistry

from contract.errors import YipanqiError
from producers.errors import LineError
from producers.health import serving
from producers.intake import OpenIntake
from producers.simulator.driver import Driver
from producers.simulator.feed import Feed, Model, State, begin, load
from yipanqi import options

logger = logging.getLogger(__name__)
_DEFAULT = Model()


@click.command("simulator-feed")
@options.kafka
@options.data
@options.master_key_file
@click.option(
    "--speed", type=options.POSITIVE, default=3600.0, show_default=True, help="Simulated seconds a wall second, as the clock's."
)
@click.option("--seed", type=int, default=_DEFAULT.seed, show_default=True, help="Seed of all dice.")
@click.option("--rate", type=options.POSITIVE, default=_DEFAULT.rate, show_default=True, help="Cases a simulated working day.")
@click.option("--anomalies", type=options.SHARE, default=_DEFAULT.anomalies, show_default=True, help="Share of seeded duties.")
@click.option(
    "--most", type=options.POSITIVE, default=1000.0, show_default=True, help="Events a second at most, while history is sent."
)
@options.partitions
@click.option("--port", type=options.PORT, help="Serve /health and /metrics here.")
def command(
    *,
    kafka: str,
    data: Path,
    master_key_file: Path | None,
    speed: float,
    seed: int,
    rate: float,
    anomalies: float,
    most: float,
    partitions: int,
    port: int | None,
) -> None:
    """Send the events of a simulated nation (模拟数据) into a log on a simulated time line, for ever.

    It follows the log's clock, goes on where it stopped, and begins with the history that a nation has. A data folder keeps the
    nation that it began with, whatever the options say later.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("kafka").setLevel(logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    registry = CollectorRegistry()
    path = data / "simulator.json"
    try:
        with OpenIntake(kafka, options.master_key_path(master_key_file, data), speed=speed, partitions=partitions) as intake:
            if intake.line_clock.line != "simulated":
                raise LineError("this log lives on wall time; simulated events are sent only into a simulated one")
            state = _state(path, Model(seed, rate, anomalies), int(intake.line_clock.now().timestamp()))
            driver = Driver(Feed(state), intake, intake.line_clock, path, most_a_second=most, registry=registry)
            if port is None:
                driver.run(stop)
            else:
                with serving(port, registry, driver.trouble):
                    driver.run(stop)
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None


def _state(path: Path, model: Model, now: int) -> State:
    state = load(path)
    if state is None:
        return begin(model, now)
    if state.model != model:
        logger.warning("this data folder goes on with its own nation, %s, not with %s", state.model, model)
    return state
