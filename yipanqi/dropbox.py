"""`yipanqi dropbox`: signed files of events from courts that no network connects to us."""

import fcntl
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import click

from contract.courts import COURTS
from contract.errors import InvalidEvent, YipanqiError
from infra.accounts.store import Accounts
from producers.dropbox.box import SETTLE_S, Dropbox
from producers.dropbox.manifest import SUFFIX, DropError, describe, new_key, private_key, sign
from producers.dropbox.report import DropReport
from producers.errors import BrokerAway, LineError
from producers.intake import OpenIntake
from producers.publish import Place, Publisher
from yipanqi import options
from yipanqi.publish import cluster

logger = logging.getLogger(__name__)

_POLL_S = 5.0
_KEEP_DAYS = 7.0
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("dropbox")
def command() -> None:
    """Take signed files of events from a folder; sign them."""


@command.command("watch")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@options.kafka
@options.data
@options.master_key_file
@options.partitions
@click.option(
    "--settle", "settle_s", type=options.NOT_NEGATIVE, default=SETTLE_S, show_default=True, help="Seconds untouched = copied."
)
@click.option(
    "--keep-days",
    type=options.NOT_NEGATIVE,
    default=_KEEP_DAYS,
    show_default=True,
    help="Then files are deleted; reports stay.",
)
@click.option("--once", is_flag=True, help="Look once; exit status 1 if anything was refused.")
def watch(
    *,
    folder: Path,
    kafka: str,
    data: Path,
    master_key_file: Path | None,
    partitions: int,
    settle_s: float,
    keep_days: float,
    once: bool,
) -> None:
    """Publish what courts drop into DIR through the gateway's checks, and move it to done/ or refused/ with a report."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("kafka").setLevel(logging.ERROR)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    def publish(path: Path, court: str) -> Place:
        key = options.master_key_path(master_key_file, data)
        with OpenIntake(kafka, key, partitions=partitions) as intake:
            return Publisher(path, cluster(kafka), intake, court=court).run(_seen, lambda _: None)[1]

    try:
        with _alone(folder):
            box = Dropbox(folder, Accounts(data).feed_keys, publish, settle_s=settle_s)
            whole = _look(box, keep_days, once=once)
            while not once and not stop.wait(_POLL_S):
                _look(box, keep_days, once=False)
    except (YipanqiError, OSError) as error:
        raise click.ClickException(str(error)) from None
    sys.exit(0 if whole or not once else 1)


@command.command("key")
@click.argument("file", metavar="KEYFILE", type=click.Path(dir_okay=False, path_type=Path))
def make_key(file: Path) -> None:
    """Make a key pair: KEYFILE stays at the court, KEYFILE.pub is registered by `yipanqi account key add`."""
    if file.exists():
        raise click.ClickException(f"{file} is there already; a new key has a name of its own")
    private, public = new_key()
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
        target.write(private)
    file.with_name(file.name + ".pub").write_bytes(public)
    click.echo(f"{file}: keep it here, nobody else needs it\n{file}.pub: hand it over")


@command.command("sign")
@click.argument("file", metavar="NAME.jsonl", type=_FILE)
@click.option("--key", "key_file", type=_FILE, required=True, help="The court's private key.")
@click.option("--court", required=True, help="法院代字 of the court that signs.")
def sign_file(*, file: Path, key_file: Path, court: str) -> None:
    """Write the signed manifest NAME.jsonl.sig; drop NAME.jsonl first and the manifest after it."""
    if court not in COURTS:
        raise click.UsageError(f"{court!r} is no 法院代字 of the court tree, such as 京0105")
    try:
        manifest = describe(file, court)
        raw = sign(manifest, private_key(key_file.read_bytes()))
    except DropError as error:
        raise click.ClickException(str(error)) from None
    out = file.with_name(file.name + SUFFIX)
    out.write_bytes(raw)
    click.echo(f"{out}: {manifest.lines} lines, {manifest.size} bytes, SHA-256 {manifest.sha256}")


def _look(box: Dropbox, keep_days: float, *, once: bool) -> bool:
    """One look; returns whether all that was dealt with was taken whole."""
    reports: list[DropReport] = []
    try:
        for report in box.scan():
            reports.append(report)
            logger.info(
                "%s: %s, %d sent, %d refused %s", report.file, report.result, report.sent, report.refused, report.reason
            )
    except (BrokerAway, LineError) as error:
        if once:
            raise
        logger.warning("%s; trying again", error)
    box.tidy(keep_days)
    return all(report.result == "taken" for report in reports)


def _seen(number: int, error: InvalidEvent) -> None:
    """The report has every refused line already."""


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two at once on one folder would take files from under each other."""
    with (folder / ".lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DropError(f"another `yipanqi dropbox watch` works on {folder}") from None
        yield
