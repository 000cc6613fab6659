"""`yipanqi relay`: events from a table of the court's own database go to the gateway."""

import logging
import signal
from pathlib import Path
from threading import Event

import click
from prometheus_client import start_http_server
from sqlalchemy.exc import DBAPIError

from contract.errors import YipanqiError
from infra.secret_file import read_secret
from producers.relay.metrics import RelayMetrics
from producers.relay.post import GatewayPost
from producers.relay.run import BATCH, Relay
from producers.relay.table import DIALECTS, Outbox, ddl, open_database
from yipanqi import options

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("relay", invoke_without_command=True)
@click.option("--database", type=_FILE, metavar="URL_FILE", help="File with the database's URL (SQLAlchemy).")
@click.option("--table", default="outbox", show_default=True, help="The outbox, as `yipanqi relay ddl` lays it out.")
@click.option("--gateway", default="http://127.0.0.1:8001", show_default=True, help="Address of the gateway.")
@click.option("--token-file", type=_FILE, help="File with the token of this court's feed; read for each batch.")
@click.option(
    "--poll", "poll_s", type=options.POSITIVE, default=1.0, show_default=True, help="Seconds between two looks when idle."
)
@click.option("--batch", type=click.IntRange(1, 10_000), default=BATCH, show_default=True, help="Rows that are sent at once.")
@click.option("--metrics-port", type=options.PORT, help="Port on loopback for /metrics; default: none.")
@click.option("--once", is_flag=True, help="End when nothing waits any more.")
@click.pass_context
def command(
    context: click.Context,
    *,
    database: Path | None,
    table: str,
    gateway: str,
    token_file: Path | None,
    poll_s: float,
    batch: int,
    metrics_port: int | None,
    once: bool,
) -> None:
    """Send what waits in an outbox table through the gateway, in order, and mark each row when the log has it.

    Run one for each table. It may be killed at any time: the next one goes on, nothing is lost, and a repeat changes nothing.
    Rows that the gateway refuses are set aside with the reason; mend the event and set state back to 'new'.
    """
    if context.invoked_subcommand is not None:
        return
    if database is None:
        raise click.UsageError("say where the outbox is: --database URL_FILE")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each batch
    stop, metrics = Event(), RelayMetrics()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        outbox = Outbox(open_database(read_secret(database, "URL of the database")), table)
        with GatewayPost(gateway, lambda: "" if token_file is None else read_secret(token_file, "token of the feed")) as post:
            post_to = Relay(outbox, post, metrics, poll_s=poll_s, batch=batch)
            if metrics_port is not None:
                start_http_server(metrics_port, "127.0.0.1", metrics.registry)
            post_to.run(stop, once=once)
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    except DBAPIError as error:
        raise click.ClickException(f"the database can't be used: {error.orig}") from None


@command.command("ddl")
@click.option("--dialect", type=click.Choice(sorted(DIALECTS)), default="postgresql", show_default=True)
@click.option("--table", default="outbox", show_default=True, help="Name of the table, with its schema where it has one.")
def print_ddl(*, dialect: str, table: str) -> None:
    """Print the statements that create the outbox."""
    click.echo(ddl(table, dialect), nl=False)
