"""`yipanqi notifier`: sends the pages that the duty room decided, and keeps Alertmanager told."""

import asyncio
import logging
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click
import uvicorn
from starlette.applications import Starlette

from contract.errors import YipanqiError
from infra.accounts.store import Accounts
from infra.alertmanager.client import Client
from infra.alertmanager.token import webhook_token
from infra.channels.config import load_channels
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
@options.webhook_token_file
@options.partitions
@options.host
@click.option(
    "--port", type=options.PORT, default=18108, show_default=True, help="Port of the webhook receiver, health and metrics."
)
def command(
    *,
    kafka: str,
    data: Path,
    channels: Path | None,
    alertmanager: str,
    watchdog: str,
    webhook_token_file: Path | None,
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
        token = webhook_token(data, webhook_token_file)
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    metrics = NotifierMetrics()
    notifier = Notifier(kafka, configured, mobile_first(accounts.people.contacts), metrics)
    app = NotifierApp(notifier, metrics, token, watchdog, alertmanager)
    asyncio.run(_serve(notifier, app.app(), _leg(notifier, metrics, configured.link, alertmanager), host, port))


async def _serve(notifier: Notifier, app: Starlette, leg: Coroutine[Any, Any, None], host: str, port: int) -> None:

    server = uvicorn.Server(
        uvicorn.Config(app, host, port, log_level="warning", access_log=False, timeout_graceful_shutdown=_GRACE_S)
    )
    tasks = [asyncio.create_task(notifier.run()), asyncio.create_task(leg)]
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
    if not address:
        await asyncio.Event().wait()  # there is nobody to tell; a task that ended would end the process
    await notifier.caught_up.wait()
    await AlertmanagerLeg(Client(address, link), notifier.board, notifier.is_fresh, metrics).run()
