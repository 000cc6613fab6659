"""`yipanqi migrate`: bring the warehouse's tables up to date."""

from functools import partial

import click

from infra.clickhouse.client import ClickHouse
from infra.clickhouse.errors import ClickHouseError
from infra.clickhouse.migrate import drift, load, load_restricted, migrate, would_run


@click.command("migrate")
@click.option("--host", default="127.0.0.1", show_default=True, help="ClickHouse's address.")
@click.option("--port", type=int, default=19000, show_default=True, help="Its native port.")
@click.option("--user", default="default", show_default=True)
@click.option("--password", default="", envvar="CLICKHOUSE_PASSWORD", help="Also read from CLICKHOUSE_PASSWORD.")
@click.option("--database", help="Default: yipanqi, or yipanqi_restricted.")
@click.option("--restricted", is_flag=True, help="The database of restricted records, with the views that only it has.")
@click.option("--dry-run", is_flag=True, help="Print what would run and change nothing.")
@click.option("--check", is_flag=True, help="Afterwards compare the live tables with what the files make of an empty database.")
def command(
    *, host: str, port: int, user: str, password: str, database: str | None, restricted: bool, dry_run: bool, check: bool
) -> None:
    """Apply the numbered migrations that the database lacks."""
    connect = partial(_connect, host, port, user, password)
    database = database or ("yipanqi_restricted" if restricted else "yipanqi")
    files = load_restricted() if restricted else load()
    try:
        if dry_run:
            for migration in would_run(connect, database, files):
                click.echo(f"-- {migration} (sha256 {migration.sha256})\n" + ";\n\n".join(migration.statements) + ";\n")
            return
        for migration in migrate(connect, database, files):
            click.echo(f"applied {migration}")
        if check and (lines := drift(connect, database, files)):
            raise click.ClickException("the live tables differ:\n" + "\n".join(lines))
    except ClickHouseError as error:
        raise click.ClickException(str(error)) from error


def _connect(host: str, port: int, user: str, password: str, database: str) -> ClickHouse:
    return ClickHouse(host, port, database=database, user=user, password=password)
