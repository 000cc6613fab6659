"""`yipanqi wall`: the pages and the API."""

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import click

from infra.settings import Visitors


@click.command("wall")
@click.option("--kafka", default="127.0.0.1:19092", show_default=True, metavar="HOST:PORT", help="The broker.")
@click.option("--clickhouse", default="127.0.0.1:19000", show_default=True, metavar="HOST:PORT", help="The warehouse.")
@click.option("--gateway", default="http://127.0.0.1:8001", show_default=True, metavar="URL", help="Where commands go.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port on 127.0.0.1.")
@click.option(
    "--rules", type=click.Path(exists=True, path_type=Path), multiple=True, metavar="PACK.toml", help="Packs to name."
)
@click.option("--database", default="yipanqi", show_default=True, help="Database of the warehouse.")
@click.option("--data", type=click.Path(path_type=Path), default=Path(".data"), show_default=True, help="The data folder.")
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
    clickhouse: str,
    gateway: str,
    port: int,
    rules: Sequence[Path],
    database: str,
    data: Path,
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
    from infra.clickhouse.client import ClickHouse  # noqa: PLC0415
    from yipanqi.rule_names import rule_names  # noqa: PLC0415

    host, _, number = clickhouse.rpartition(":")
    live = LiveView()
    store = Store(ClickHouse(host, int(number), database=database))
    tail = Tail(live, store, kafka)
    scene = Scene(live, store, tail, rule_names(rules), DutyTail(DutyView(), kafka), simulated=simulated)
    commands = Commands(gateway, load_pass_key(data))
    app = build(scene, Identity(Accounts(data), visitors), commands, secure=secure_cookies)
    # No proxy's headers: who asks, and from where, is never read from what a caller can write.
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", proxy_headers=False, timeout_graceful_shutdown=1)
