"""`yipanqi wall`: the pages and the API."""

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import click

from contract.errors import YipanqiError
from infra.clickhouse.place import Place
from infra.settings import Visitors
from yipanqi import options


@click.command("wall")
@options.kafka
@options.warehouse
@click.option(
    "--gateway",
    default="http://127.0.0.1:8001",
    show_default=True,
    envvar="YIPANQI_GATEWAY",
    metavar="URL",
    help="Where commands go.",
)
@options.host
@click.option("--port", type=options.PORT, default=8000, show_default=True, help="Port of that address.")
@click.option(
    "--rules", type=click.Path(exists=True, path_type=Path), multiple=True, metavar="PACK.toml", help="Packs to name."
)
@click.option("--database", default="yipanqi", show_default=True, help="Database of the warehouse.")
@options.data
@options.commands_key_file
@click.option("--simulated", is_flag=True, help="Say 模拟数据 on every page.")
@click.option(
    "--visitors",
    type=click.Choice(get_args(Visitors)),
    default="none",
    show_default=True,
    help="What somebody on loopback sees without login: everything, what a kiosk sees, nothing.",
)
@click.option("--secure-cookies", is_flag=True, help="Cookies over TLS only: for a wall behind a proxy that speaks TLS.")
def command(
    kafka: str,
    warehouse: Place,
    gateway: str,
    host: str,
    port: int,
    rules: Sequence[Path],
    database: str,
    data: Path,
    commands_key_file: Path | None,
    simulated: bool,  # noqa: FBT001  (click's own flag)
    visitors: Visitors,
    secure_cookies: bool,  # noqa: FBT001  (as above)
) -> None:
    """Serve the wall and the API until SIGTERM or Ctrl-C."""
    import uvicorn  # noqa: PLC0415  # `--help` must not load the pages

    from dashboards.app import build  # noqa: PLC0415
    from dashboards.commands import Commands  # noqa: PLC0415
    from dashboards.duty_live import DutyView  # noqa: PLC0415
    from dashboards.duty_tail import DutyTail  # noqa: PLC0415
    from dashboards.identity import Identity  # noqa: PLC0415
    from dashboards.live import LiveView  # noqa: PLC0415
    from dashboards.scene import Scene  # noqa: PLC0415
    from dashboards.store import Store  # noqa: PLC0415
    from dashboards.tail import Tail  # noqa: PLC0415
    from infra.accounts.passes import load_pass_key  # noqa: PLC0415
    from infra.accounts.store import Accounts  # noqa: PLC0415
    from yipanqi.rule_names import rule_names  # noqa: PLC0415

    try:
        client = warehouse.client(database)
        accounts = Accounts(data)
        pass_key = load_pass_key(data, commands_key_file)
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    live = LiveView()
    store = Store(client)
    tail = Tail(live, store, kafka)
    scene = Scene(live, store, tail, rule_names(rules), DutyTail(DutyView(), kafka), simulated=simulated)
    commands = Commands(gateway, pass_key)
    app = build(scene, Identity(accounts, visitors), commands, secure=secure_cookies)
    # No proxy's headers: who asks, and from where, is never read from what a caller can write.
    uvicorn.run(app, host=host, port=port, log_level="warning", proxy_headers=False, timeout_graceful_shutdown=1)
