"""`yipanqi import`: a log that others wrote becomes an event file."""

import sys
from pathlib import Path

import click

from contract.errors import YipanqiError
from producers.importers.mapping import Mapping, load_mapping
from producers.importers.rows import Refused
from producers.importers.run import import_file
from yipanqi.files import FileCommand
from yipanqi.progress import byte_progress

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import", cls=FileCommand)
@click.argument("file", type=_FILE)
@click.option("--mapping", "mapping_file", type=_FILE, help="TOML: contract types, fields, units and the court.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The event file to write.")
def command(file: Path, mapping_file: Path | None, out: Path) -> None:
    """Import FILE (.xes, .xes.gz, .csv, .csv.gz) as events.

    The source is /import/<sha-256 of FILE> and the id an event's number in it: importing twice gives the same events.
    What cannot be read is named on stderr with its line, the rest goes on, and the exit status is 1.
    """

    def refuse(place: Refused) -> None:
        click.echo(f"{file}:{place.line}: {place}", err=True)

    try:
        mapping = Mapping() if mapping_file is None else load_mapping(mapping_file)
        with byte_progress(f"Importing {file.name}", file.stat().st_size) as progress:
            summary = import_file(file, out, mapping, refuse, progress)
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    skipped = f", {summary.skipped} skipped by the mapping" if summary.skipped else ""
    click.echo(f"{summary.written} events written to {out}{skipped}, {summary.refused} refused", err=True)
    sys.exit(1 if summary.refused else 0)
