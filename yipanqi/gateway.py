"""`yipanqi gateway`: courts send events by HTTP."""

import logging
from pathlib import Path

import click
import uvicorn

from contract.errors import YipanqiError
from contract.topics import EMBEDDED_PARTITIONS
from producers.gateway import Gateway
from producers.intake import OpenIntake
from producers.line import Line

_GRACE_S = 1


@click.command("gateway")
@click.option("--kafka", default="127.0.0.1:19092", show_default=True, help="Address of the broker.")
@click.option("--data", type=click.Path(path_type=Path), default=Path(".data"), show_default=True, help="The data folder.")
@click.option("--line", type=click.Choice(["wall", "simulated"]), help="Refuse a log that lives on the other time line.")
@click.option("--speed", type=float, default=1.0, show_default=True, help="Simulated seconds a wall second.")
@click.option("--partitions", type=int, default=EMBEDDED_PARTITIONS, show_default=True, help="Partitions of every topic.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8001, show_default=True)
def command(*, kafka: str, data: Path, line: Line | None, speed: float, partitions: int, host: str, port: int) -> None:
    """Take events: POST /events, described at /openapi.json."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("kafka").setLevel(logging.WARNING)
    failure: list[Exception] = []

    def open_intake() -> OpenIntake:
        return OpenIntake(kafka, data / "keys" / "master.key", line=line, speed=speed, partitions=partitions)

    def fatal(error: Exception) -> None:
        failure.append(error)
        server.should_exit = True

    app = Gateway(open_intake, fatal).app()
    server = uvicorn.Server(
        uvicorn.Config(app, host, port, log_level="warning", access_log=False, timeout_graceful_shutdown=_GRACE_S)
    )
    server.run()
    if failure and isinstance(failure[0], YipanqiError):
        raise click.ClickException(str(failure[0]))
    if failure:
        raise failure[0]
