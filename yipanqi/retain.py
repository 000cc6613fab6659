"""`yipanqi retain`: drop what the warehouse keeps no longer."""

from datetime import UTC, datetime
from pathlib import Path

import click

from contract.errors import YipanqiError
from infra.clickhouse.place import Place
from infra.clickhouse.retention import FILE, drop_old, fold_ledger, load_limits
from yipanqi import options


@click.command("retain")
@options.warehouse
@click.option("--database", default="yipanqi", show_default=True, help="Database of the warehouse.")
@options.retention
@click.option("--dry-run", is_flag=True, help="Print what would be dropped and change nothing.")
def command(*, warehouse: Place, database: str, retention: Path | None, dry_run: bool) -> None:
    """Drop rows that are older than their table's limit, by the line's own clock; everything may go on running.

    The log keeps everything: `yipanqi rebuild --tables` with a longer limit brings back what was dropped.
    """
    try:
        limits = load_limits(retention or FILE)
        with warehouse.client(database, timeout_s=3600) as client:
            found = drop_old(client, limits, dry_run=dry_run)
            found += fold_ledger(client, limits["ingested"], datetime.now(UTC), dry_run=dry_run)
    except YipanqiError as error:
        raise click.ClickException(str(error)) from error
    word = "would be dropped" if dry_run else "dropped"
    for one in found:
        click.echo(f"{one.table}: {one.rows} of {one.of} rows from before {one.cut:%Y-%m-%d %H:%M:%S} UTC {word}")
