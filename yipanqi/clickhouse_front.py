"""`yipanqi clickhouse-front`: the embedded ClickHouse server."""

import logging
import sys
from pathlib import Path

import click

from infra.clickhouse.front.errors import FrontError


@click.command("clickhouse-front")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), required=True, help="Data folder; one process owns it."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=19000, show_default=True, help="Port on 127.0.0.1; 0 takes a free one."
)
def command(data: Path, port: int) -> None:
    """Run the embedded ClickHouse server until SIGTERM or Ctrl-C."""
    from infra.clickhouse.front.server import serve  # noqa: PLC0415  # `--help` must not load the engine

    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        serve(data, port)
    except FrontError as error:
        raise click.ClickException(str(error)) from error
