"""`yipanqi notifier`: sends the pages that the duty room decided, and keeps Alertmanager told."""

import asyncio
import logging
from pathlib import Path

import click
import uvicorn

from contract.errors import YipanqiError
from infra.accounts.store import Accounts
from infra.alertmanager.client import Client
from infra.channels.config import Channels, load_channels
from infra.kafka.topics import check_topics
from streams.shell.alertmanager_leg import AlertmanagerLeg
from streams.shell.notifier import Notifier, mobile_first
from streams.shell.notifier_app import NotifierApp
from streams.shell.notifier_metrics import NotifierMetrics
from yipanqi import options

_GRACE_S = 1


@click.command("notifier")
@options.kafka
@options.data
@click.option(
    "--channels",
    type=click.Path(path_type=Path),
    envvar="YIPANQI_CHANNELS",
    help="File of the channels. Default: channels.toml in the data folder.",
)
@click.option(
    "--alertmanager",
    default="",
    envvar="YIPANQI_ALERTMANAGER",
    help="Address of Alertmanager; without it, pages go out all the same.",
)
@click.option(
    "--watchdog", default="", envvar="YIPANQI_WATCHDOG", help="Address of an outside checker that hears the watchdog."
)
@options.partitions
@options.host
@click.option("--port", type=int, default=18108, show_default=True, help="Port of the webhook receiver, health and metrics.")
def command(
    *,
    kafka: str,
    data: Path,
    channels: Path | None,
    alertmanager: str,
    watchdog: str,
    partitions: int,
    host: str,
    port: int,
) -> None:
    """Page people by the channels of channels.toml."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("aiokafka", "kafka"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log addresses, and a robot's address is its secret
    try:
        check_topics(kafka, partitions)
        configured = load_channels(channels or data / "channels.toml")
        accounts = Accounts(data)
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    asyncio.run(_serve(kafka, configured, accounts, alertmanager, watchdog, host, port))


async def _serve(
    kafka: str, channels: Channels, accounts: Accounts, alertmanager: str, watchdog: str, host: str, port: int
) -> None:

    metrics = NotifierMetrics()
    notifier = Notifier(kafka, channels, mobile_first(accounts.people.contacts), metrics)
    app = NotifierApp(notifier, metrics, watchdog).app()
    server = uvicorn.Server(
        uvicorn.Config(app, host, port, log_level="warning", access_log=False, timeout_graceful_shutdown=_GRACE_S)
    )
    tasks = [asyncio.create_task(notifier.run())]
    if alertmanager:
        tasks.append(asyncio.create_task(_leg(notifier, metrics, channels.link, alertmanager)))
    for task in tasks:
        task.add_done_callback(lambda _: setattr(server, "should_exit", True))
    await server.serve()
    for task in tasks:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


async def _leg(notifier: Notifier, metrics: NotifierMetrics, link: str, address: str) -> None:

    await notifier.caught_up.wait()
    await AlertmanagerLeg(Client(address, link), notifier.board, notifier.is_fresh, metrics).run()
