"""`yipanqi health`: whether a process on this machine says that it is well; what a container's health check calls."""

import sys

import click

from infra.services import answers

_TIMEOUT_S = 5.0


@click.command("health")
@click.argument("port", type=click.IntRange(1, 65535))
@click.option("--live", is_flag=True, help="Whether it lives; without it: whether it is ready.")
def command(port: int, *, live: bool) -> None:
    """Ask the health page on PORT of loopback; exit status 1 if it doesn't answer 200."""
    page = "/health/live" if live else "/health/ready"
    if not answers(port, page, _TIMEOUT_S):
        click.echo(f"{page} on port {port} is not answered with 200", err=True)
        sys.exit(1)
