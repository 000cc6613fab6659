"""`yipanqi simulate`: a nation of cases as an event file, with the truth about the alerts that stand at its last tick."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import track
from rich.table import Table

from infra.whole_file import open_whole
from producers.simulator.output import Tally
from producers.simulator.run import Simulation, gather, lives, national_count, national_lives
from yipanqi import options
from yipanqi.files import FileCommand


@click.command("simulate", cls=FileCommand)
@click.option(
    "--seed", type=int, required=True, help="Seed of all dice: the same seed, cases and anomalies give the same bytes."
)
@click.option("--cases", type=click.IntRange(min=1), help="Number of lives; a life may hold several cases in a chain.")
@click.option("--national", is_flag=True, help="A year of the nation's traffic instead of --cases, --anomalies.")
@click.option(
    "--scale", type=click.IntRange(min=1), default=1000, show_default=True, help="With --national: one event for so many."
)
@click.option("--year", type=click.IntRange(2023, 2026), default=2024, show_default=True, help="With --national: which year.")
@click.option(
    "--anomalies",
    type=options.SHARE,
    default=0.25,
    show_default=True,
    help="Share of duties seeded around one of their levels: breaches and near misses.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Events (JSON Lines), ends with a tick."
)
@click.option("--truth", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The alerts that must stand.")
@click.option("--labels", type=click.Path(path_type=Path, dir_okay=False), help="What was seeded where.")
@click.option("--stats", is_flag=True, help="Print how often each level was reached and narrowly missed.")
def command(
    seed: int,
    cases: int | None,
    scale: int,
    year: int,
    anomalies: float,
    out: Path,
    truth: Path,
    labels: Path | None,
    *,
    national: bool,
    stats: bool,
) -> None:
    """Simulate whole enforcement cases with labelled truth (模拟数据)."""
    console = Console(stderr=True)
    made = _national(console, seed, year, scale) if national else _lives(console, seed, cases, anomalies)
    count = _write(out, made.events())
    _write(truth, made.truths)
    if labels is not None:
        _write(labels, (label._asdict() for label in made.labels))
    console.print(f"{count} events in {out}, {len(made.truths)} alerts in {truth}")
    if stats:
        _print_tally(made.tally)


def _lives(console: Console, seed: int, cases: int | None, anomalies: float) -> Simulation:
    if cases is None:
        raise click.UsageError("give --cases, or --national for a year of the nation's traffic")
    return gather(track(lives(seed, cases, anomalies), "lives", cases, console=console, update_period=0.5))


def _national(console: Console, seed: int, year: int, scale: int) -> Simulation:
    told = track(national_lives(seed, year, scale), "lives", national_count(scale), console=console, update_period=0.5)
    return gather(told, date(year, 1, 1), date(year + 1, 1, 1))


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    encoder = msgspec.json.Encoder()
    count = 0
    with open_whole(path) as file:
        for count, row in enumerate(rows, 1):  # noqa: B007 - the count is the result
            file.write(encoder.encode(row) + b"\n")
    return count


def _print_tally(tally: Tally) -> None:
    table = Table("part", "level", "reached", "near-missed")
    for rule, level, reached, missed in tally.rows():
        table.add_row(rule, level, str(reached), str(missed))
    Console().print(table)
