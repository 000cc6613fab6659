"""`yipanqi export indicator`: an indicator, or the rows that it is a sum of, as CSV or Parquet."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from contract.courts import COURTS, SPC
from contract.errors import YipanqiError
from contract.indicators.catalogue import INDICATORS
from contract.times import civil_date
from infra.clickhouse.place import Place
from yipanqi import options
from yipanqi.days import day
from yipanqi.files import FileCommand


@click.command("indicator", cls=FileCommand)
@click.argument("name", metavar="I-05")
@click.option("--court", default=SPC, show_default=True, help="法院代字; the court and all below it.")
@click.option("--as-of", callback=day, metavar="DAY", help="Last day of the window; default: the day of the data.")
@click.option("--known-on", callback=day, metavar="DAY", help="As it was known at the end of this day; default: now.")
@click.option("--rows", "is_rows", is_flag=True, help="The rows of numerator and denominator in the place of values.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write.")
@click.option("--format", "kind", type=click.Choice(["csv", "parquet"]), help="Default: by the file's name.")
@options.warehouse
@click.option("--database", default="yipanqi", show_default=True, help="Database of the warehouse.")
def command(
    *,
    name: str,
    court: str,
    as_of: date | None,
    known_on: date | None,
    is_rows: bool,
    out: Path,
    kind: str | None,
    warehouse: Place,
    database: str,
) -> None:
    """Write the indicator of a court and of each court right below it: numerator, denominator, value.

    A value that is so small that it would point at somebody is not told (suppressed).
    """
    from dashboards.exports import tables  # noqa: PLC0415  # `--help` loads no clients
    from dashboards.question import Question  # noqa: PLC0415

    one = INDICATORS.get(name)
    kind = kind or out.suffix.removeprefix(".")
    if one is None:
        raise click.UsageError(f"no indicator has the id {name!r}: they are I-01 to I-38")
    if court not in COURTS:
        raise click.UsageError(f"{court!r} is no 法院代字 of the court tree, such as 京0105")
    if kind not in tables.FORMATS:
        raise click.UsageError("say --format csv or --format parquet, or call the file so")
    if is_rows and not one.opens_rows():
        raise click.UsageError(f"{name} opens no rows: see docs/indicators.md for what it is made of")
    try:
        with warehouse.client(database) as client:
            question = Question(court, as_of or _day_of_data(client), known_on)
            about = {"indicator": name, "court": court, "as_of": str(question.as_of), "known_on": str(known_on or "now")}
            table, schema = (tables.rows, tables.ROWS) if is_rows else (tables.values, tables.VALUES)
            count = tables.write(table(client, one, question), schema, out, kind=kind, about=about)
    except (YipanqiError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{out}: {count} rows, {one.name.zh} of {court} as of {question.as_of}")


def _day_of_data(client: Any) -> date:
    from dashboards.store import Store  # noqa: PLC0415

    watermarks = Store(client).watermarks().values()
    if not watermarks:
        raise click.UsageError("there are no data yet, so there is no day as of which to ask: give --as-of")
    return civil_date(min(watermarks))
