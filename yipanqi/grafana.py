"""`yipanqi grafana`: build what Grafana reads, bring a server to it, and tell where a server differs."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from contract.courts import SPC
from dashboards.grafana.board import CONSOLE
from dashboards.grafana.build import dashboards, files
from dashboards.grafana.deploy import Difference, Wanted, deploy, differences
from dashboards.grafana.seats import Warehouse, prometheus_source, secret_of, warehouse_source
from dashboards.grafana.server import GrafanaError, GrafanaServer
from infra.clickhouse.rights import seats

_SEATS = [court.code for court in seats()]
_OPTIONS = [
    click.option("--url", default="http://127.0.0.1:3000", show_default=True, help="Address of the Grafana."),
    click.option("--user", default="admin", show_default=True, help="An administrator of the server."),
    click.option(
        "--password-file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="File with the password."
    ),
    click.option(
        "--token-file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Instead: of a service account."
    ),
    click.option("--court", "courts", multiple=True, type=click.Choice(_SEATS), help="Only these seats; default: all."),
    click.option("--console", default=CONSOLE, show_default=True, help="Where readers reach wall and console."),
    click.option(
        "--grafana-clickhouse", default="clickhouse:9000", show_default=True, help="ClickHouse, as Grafana reaches it."
    ),
    click.option(
        "--grafana-prometheus", default="http://prometheus:9090", show_default=True, help="Prometheus, as Grafana reaches it."
    ),
    click.option("--secrets", type=click.Path(path_type=Path), help="Folder with a password file for each ClickHouse user."),
]


def _server_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group("grafana")
def command() -> None:
    """Grafana's dashboards, data sources and alert rules, built from the catalogues."""


@command.command("build")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write; dashboards of another time go.")
@click.option("--console", default=CONSOLE, show_default=True, help="Where readers reach wall and console.")
def build(*, out: Path, console: str) -> None:
    """Write the files that Grafana is provisioned from."""
    made = files(console)
    for old in out.glob("dashboards/*/*.json"):
        if str(old.relative_to(out)) not in made:
            old.unlink()
    for name, text in made.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    click.echo(f"{len(made)} files written to {out}")


@command.command("deploy")
@_server_options
def deploy_command(**options: Any) -> None:
    """Bring a Grafana to what the code says: organisations, data sources, folders, dashboards. Twice changes nothing."""
    changed = [one for server, wanted, enter in _each(**options) for one in _tried(deploy, server, wanted, enter)]
    for one in changed:
        click.echo(str(one))
    click.echo(f"{len(changed)} changes" if changed else "nothing to do")


@command.command("diff")
@_server_options
def diff(**options: Any) -> None:
    """Tell where a Grafana isn't as the code says; writes nothing. Status 1 if it differs anywhere.

    Grafana tells no passwords. With --secrets those are compared that were given to the last deploy.
    """
    found = [one for server, wanted, enter in _each(**options) for one in _tried(differences, server, wanted, enter)]
    for one in found:
        click.echo(str(one))
    if any(not one.foreign for one in found):
        sys.exit(1)
    click.echo("as the code says" + ("" if options["secrets"] else "; passwords not compared: give --secrets FOLDER"))


def _each(**options: Any) -> Iterator[tuple[GrafanaServer, Wanted, bool]]:
    """The server with what each chosen seat should have. A token knows one organisation: the one that it is of."""
    token = options["token_file"]
    chosen = options["courts"] or ([SPC] if token else _SEATS)
    if token and len(chosen) != 1:
        raise click.UsageError("a token is of one organisation: choose its --court, or give --user and --password-file")
    try:
        server = GrafanaServer(
            options["url"], _secret(token) if token else (options["user"], _password(options["password_file"]))
        )
    except GrafanaError as error:
        raise click.ClickException(str(error)) from error
    host, _, port = options["grafana_clickhouse"].rpartition(":")
    made = dashboards(options["console"])
    for court in chosen:
        password = _secret(options["secrets"] / secret_of(court)) if options["secrets"] else ""
        sources = [
            warehouse_source(court, Warehouse(host=host, port=int(port)), password),
            prometheus_source(options["grafana_prometheus"]),
        ]
        yield server, Wanted(court=court, dashboards=made, sources=sources), not token


def _tried(act: Callable[..., list[Difference]], server: GrafanaServer, wanted: Wanted, enter: bool) -> list[Difference]:  # noqa: FBT001
    try:
        return act(server, wanted, enter=enter)
    except GrafanaError as error:
        raise click.ClickException(str(error)) from error


def _password(path: Path | None) -> str:
    if path is not None:
        return _secret(path)
    given = os.environ.get("GRAFANA_PASSWORD")
    if not given:
        raise click.UsageError("give --password-file or --token-file, or the password in GRAFANA_PASSWORD")
    return given


def _secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}; write the password of that user into it") from error
