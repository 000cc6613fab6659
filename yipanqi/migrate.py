"""`yipanqi migrate`: bring the warehouse's tables up to date."""

import click

from contract.errors import YipanqiError
from infra.clickhouse.ingested import adopt
from infra.clickhouse.migrate import drift, load, load_restricted, migrate, would_run
from infra.clickhouse.place import Place
from yipanqi import options


@click.command("migrate")
@options.warehouse
@click.option("--database", help="Default: yipanqi, or yipanqi_restricted.")
@click.option("--restricted", is_flag=True, help="The database of restricted records, with the views that only it has.")
@click.option("--dry-run", is_flag=True, help="Print what would run and change nothing.")
@click.option("--check", is_flag=True, help="Afterwards compare the live tables with what the files make of an empty database.")
@click.option("--restored", is_flag=True, help="The tables come from a backup: workers go on from where it ends, not anew.")
def command(*, warehouse: Place, database: str | None, restricted: bool, dry_run: bool, check: bool, restored: bool) -> None:
    """Apply the numbered migrations that the database lacks."""
    connect = warehouse.client
    database = database or ("yipanqi_restricted" if restricted else "yipanqi")
    files = load_restricted() if restricted else load()
    try:
        if dry_run:
            for migration in would_run(connect, database, files):
                click.echo(f"-- {migration} (sha256 {migration.sha256})\n" + ";\n\n".join(migration.statements) + ";\n")
            return
        for migration in migrate(connect, database, files):
            click.echo(f"applied {migration}")
        if restored:
            with connect(database) as client:
                for table in adopt(client):
                    click.echo(f"{table} goes on from where the backup ends")
        if check and (lines := drift(connect, database, files)):
            raise click.ClickException("the live tables differ:\n" + "\n".join(lines))
    except YipanqiError as error:
        raise click.ClickException(str(error)) from error
