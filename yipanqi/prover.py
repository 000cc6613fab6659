"""`yipanqi prover`: makes the journals again from the log, again and again, and says in its metrics whether they hold."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import click
from kafka.errors import KafkaError

from contract.errors import YipanqiError
from producers.health import serving
from streams.cases.rulebook import UnknownPackError
from streams.shell.cores import core_factory, shelf_of
from streams.shell.groups import group_lanes
from streams.shell.log_ends import committed
from streams.shell.proof import prove
from streams.shell.proof_metrics import ProofMetrics
from streams.shell.sides import COMMON
from yipanqi import options

logger = logging.getLogger(__name__)
_AGAIN_S = 60.0  # after a try that proved nothing


@click.command("prover")
@options.kafka
@options.data
@options.host
@click.option("--every", type=options.POSITIVE, default=24.0, show_default=True, help="Hours.")
@click.option(
    "--rules", type=click.Path(exists=True, path_type=Path), multiple=True, help="The packs that the engine was given."
)
@click.option("--port", type=options.PORT, default=18110, show_default=True, help="Port of /health and /metrics.")
def command(*, kafka: str, data: Path, host: str, every: float, rules: tuple[Path, ...], port: int) -> None:
    """Prove what `yipanqi verify --replay` proves, at once and then every so many hours, until SIGTERM or Ctrl-C.

    It reads the whole log each time and writes nothing.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("kafka", "aiokafka"):
        logging.getLogger(noisy).setLevel(logging.ERROR)  # their retries are ours to report
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    metrics = ProofMetrics()
    with serving(port, metrics.registry, lambda: None, host):
        # A proof can't be broken off: it runs beside, and ends with the process. What it doesn't expect ends the process.
        failed: list[BaseException] = []

        def proving() -> None:
            try:
                keep_proving(lambda: _proof(kafka, rules, data), metrics, every * 3600, stop)
            except BaseException as error:  # noqa: BLE001  (raised again below)
                failed.append(error)
                stop.set()

        threading.Thread(target=proving, daemon=True).start()
        stop.wait()
    if failed:
        raise failed[0]


def keep_proving(
    proof: Callable[[], bool], metrics: ProofMetrics, every_s: float, stop: threading.Event, *, again_s: float = _AGAIN_S
) -> None:
    """Prove until told to stop, ``every_s`` after a proof, ``again_s`` after a try that proved nothing."""
    pause_s = 0.0
    while not stop.wait(pause_s):
        began = time.monotonic()
        try:
            holds = proof()
        except (YipanqiError, KafkaError, UnknownPackError, OSError) as error:
            metrics.unmade.inc()
            logger.warning("no proof was made, next try in %.0f s: %s", again_s, error)
            pause_s = again_s
            continue
        seconds = time.monotonic() - began
        metrics.proved(holds=holds, seconds=seconds)
        logger.log(logging.INFO if holds else logging.ERROR, "the proof %s (%.0f s)", "holds" if holds else "fails", seconds)
        pause_s = every_s


def _proof(kafka: str, rules: tuple[Path, ...], data: Path) -> bool:
    positions = committed(kafka, COMMON.group, COMMON.events)
    factory = core_factory(rules or None, shelf=shelf_of(data))
    lanes = group_lanes(rules or None, len(positions), shelf=shelf_of(data))
    return prove(factory, kafka, positions, lambda *_: None, lanes=lanes).holds
