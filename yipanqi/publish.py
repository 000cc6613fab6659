"""`yipanqi publish`: an event file goes into the log, through the gateway's checks."""

import logging
import sys
from pathlib import Path

import click
from kafka.admin import KafkaAdminClient

from contract.errors import InvalidEvent, YipanqiError
from infra.kafka.connect import connect
from producers.away import broker_away
from producers.intake import OpenIntake
from producers.publish import Place, Publisher
from yipanqi import options
from yipanqi.files import EVENT_FILE
from yipanqi.progress import byte_progress


@click.command("publish")
@click.argument("file", type=EVENT_FILE)
@options.kafka
@options.data
@options.master_key_file
@click.option("--speed", type=options.POSITIVE, default=1.0, show_default=True, help="Simulated seconds a wall second.")
@options.partitions
def command(*, file: Path, kafka: str, data: Path, master_key_file: Path | None, speed: float, partitions: int) -> None:
    """Send FILE (JSON Lines) into the log.

    A line that can't be accepted is named on stderr with its number and reason, the rest goes on, and the exit status is 1.
    A run that was broken off goes on where it stopped; FILE.published remembers that. Ticks in FILE are not sent: in a live
    log only the clock says what time it is.
    """
    logging.getLogger("kafka").setLevel(logging.ERROR)

    def refuse(number: int, error: InvalidEvent) -> None:
        click.echo(f"{file}:{number}: {error}", err=True)

    publisher = None
    try:
        log = cluster(kafka)
        with (
            OpenIntake(kafka, options.master_key_path(master_key_file, data), speed=speed, partitions=partitions) as intake,
            byte_progress(f"Publishing {file.name}", file.stat().st_size) as progress,
        ):
            publisher = Publisher(file, log, intake)
            begin, end = publisher.run(refuse, progress)
    except (YipanqiError, OSError, KeyboardInterrupt) as error:
        raise click.ClickException(_broken_off(error, publisher.noted() if publisher else Place())) from None
    click.echo(_summary(begin, end), err=True)
    sys.exit(1 if end.refused else 0)


def _broken_off(error: BaseException, place: Place) -> str:
    """Why, how much the log has all the same, and how to go on."""
    why = "broken off" if isinstance(error, KeyboardInterrupt) else str(error)
    if not place.lines:
        return f"{why}\nRun it again to go on."
    have = f"The log has the first {place.lines} lines for certain ({place.sent} events), and maybe some of those after them."
    return f"{why}\n{have}\nRun it again to go on after them: an event that comes twice counts once."


def _summary(begin: Place, end: Place) -> str:
    parts = [f"{end.sent - begin.sent} events are in the log"]
    if begin.lines:
        parts.append(f"the first {begin.lines} lines were sent before")
    if end.ticks:
        parts.append(f"{end.ticks} ticks are left to the clock")
    parts.append(f"{end.refused} lines refused")
    return ", ".join(parts)


def cluster(kafka: str) -> str:
    """The identity of the log, so that a file sent to another one begins anew."""
    with broker_away(kafka), connect(KafkaAdminClient, kafka) as admin:
        return str(admin.describe_cluster()["cluster_id"])
