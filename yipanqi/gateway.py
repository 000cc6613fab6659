"""`yipanqi gateway`: courts send events by HTTP."""

import logging
from pathlib import Path

import click
import uvicorn

from contract.errors import YipanqiError
from infra.accounts.passes import load_pass_key
from infra.accounts.store import Accounts
from producers.commands import CommandDesk
from producers.feed_gate import FeedGate
from producers.gateway import Gateway
from producers.intake import OpenIntake
from producers.line import Line
from yipanqi import options

_GRACE_S = 1


@click.command("gateway")
@options.kafka
@options.data
@click.option("--line", type=click.Choice(["wall", "simulated"]), help="Refuse a log that lives on the other time line.")
@click.option("--speed", type=options.POSITIVE, default=1.0, show_default=True, help="Simulated seconds a wall second.")
@options.partitions
@click.option(
    "--answer-within",
    type=options.POSITIVE,
    default=12.0,
    show_default=True,
    help="Seconds that a request waits for the broker.",
)
@click.option(
    "--in-flight", type=click.IntRange(1), help="Bytes that may wait for the broker before requests get 429; default 32 MiB."
)
@click.option("--require-feed-tokens", is_flag=True, help="Take no event without a feed's token, even if no feed has one.")
@options.master_key_file
@options.commands_key_file
@options.host
@click.option("--port", type=options.PORT, default=8001, show_default=True)
def command(
    *,
    kafka: str,
    data: Path,
    line: Line | None,
    speed: float,
    partitions: int,
    answer_within: float,
    in_flight: int | None,
    require_feed_tokens: bool,
    master_key_file: Path | None,
    commands_key_file: Path | None,
    host: str,
    port: int,
) -> None:
    """Take events: POST /events, described at /openapi.json; and from the wall what people ask of the duty room."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("kafka").setLevel(logging.ERROR)  # its retries are ours to report
    failure: list[BaseException] = []

    def open_intake() -> OpenIntake:
        return OpenIntake(
            kafka,
            options.master_key_path(master_key_file, data),
            line=line,
            speed=speed,
            partitions=partitions,
            max_in_flight_bytes=in_flight,
        )

    def fatal(error: BaseException) -> None:
        failure.append(error)
        server.should_exit = True

    def open_desk(intake: OpenIntake) -> CommandDesk:
        return CommandDesk(kafka, intake.writer, intake.line_clock, load_pass_key(data, commands_key_file))

    feeds = FeedGate(Accounts(data).tokens, required=require_feed_tokens)
    app = Gateway(open_intake, fatal, open_desk=open_desk, feeds=feeds, answer_s=answer_within).app()
    server = uvicorn.Server(
        uvicorn.Config(
            app, host, port, log_level="warning", access_log=False, proxy_headers=False, timeout_graceful_shutdown=_GRACE_S
        )
    )
    server.run()
    if failure and isinstance(failure[0], YipanqiError):
        raise click.ClickException(str(failure[0]))
    if failure:
        raise failure[0]
