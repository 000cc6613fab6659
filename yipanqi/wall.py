"""`yipanqi wall`: the pages and the API."""

from collections.abc import Sequence
from pathlib import Path

import click


@click.command("wall")
@click.option("--kafka", default="127.0.0.1:19092", show_default=True, metavar="HOST:PORT", help="The broker.")
@click.option("--clickhouse", default="127.0.0.1:19000", show_default=True, metavar="HOST:PORT", help="The warehouse.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port on 127.0.0.1.")
@click.option(
    "--rules", type=click.Path(exists=True, path_type=Path), multiple=True, metavar="PACK.toml", help="Packs to name."
)
@click.option("--database", default="yipanqi", show_default=True, help="Database of the warehouse.")
@click.option("--data", type=click.Path(path_type=Path), help="The data folder (where logs of the process lie).")
@click.option("--simulated", is_flag=True, help="Say 模拟数据 on every page.")
def command(
    kafka: str,
    clickhouse: str,
    port: int,
    rules: Sequence[Path],
    database: str,
    data: Path | None,
    simulated: bool,  # noqa: FBT001  (click's own flag)
) -> None:
    """Serve the wall and the API until SIGTERM or Ctrl-C."""
    del data
    import uvicorn  # noqa: PLC0415  # `--help` must not load the pages

    from dashboards.app import build  # noqa: PLC0415
    from dashboards.live import LiveView  # noqa: PLC0415
    from dashboards.scene import Scene  # noqa: PLC0415
    from dashboards.store import Store  # noqa: PLC0415
    from dashboards.tail import Tail  # noqa: PLC0415
    from infra.clickhouse.client import ClickHouse  # noqa: PLC0415
    from yipanqi.rule_names import rule_names  # noqa: PLC0415

    host, _, number = clickhouse.rpartition(":")
    live = LiveView()
    store = Store(ClickHouse(host, int(number), database=database))
    tail = Tail(live, store, kafka)
    scene = Scene(live, store, tail, rule_names(rules), simulated=simulated)
    uvicorn.run(build(scene), host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)
