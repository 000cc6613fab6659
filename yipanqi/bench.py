"""`yipanqi bench`: runs the benchmarks of `bench/` one after another and keeps their results with the machine's description."""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

FOLDER = Path(__file__).parent.parent / "bench"
BENCHMARKS: dict[str, tuple[str, ...]] = {
    "supervise": (),
    "state_bytes": ("--cases", "1500"),
    "worker": ("--json", "--cases", "2000"),
    "fence": (),
    "page_latency": ("--seconds", "40"),
    "figures": ("--events", "500000", "--rounds", "5"),
}
"""Script of `bench/` → its options. Twenty thousand cases (`python bench/worker.py --cases 20000`) are for the night."""
PACKAGES = ("faust-streaming", "aiokafka", "kafka-python", "chdb", "clickhouse-driver", "nicegui", "msgspec")


@click.command("bench")
@click.argument("names", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the report here, as Markdown.")
def command(names: tuple[str, ...], out: Path | None) -> None:
    """Run benchmarks: all, or those named (worker, page_latency, …). Takes several minutes; wants an idle machine."""
    if not FOLDER.is_dir():
        raise click.ClickException(f"no benchmarks at {FOLDER}: they come with the source, not with an installed package")
    if unknown := set(names) - set(BENCHMARKS):
        raise click.ClickException(f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    sections = [_machine()]
    failed = []
    for name in names or BENCHMARKS:
        click.echo(f"── {name}")
        arguments = [sys.executable, str(FOLDER / f"{name}.py"), *BENCHMARKS[name]]
        ended = subprocess.run(arguments, stdout=subprocess.PIPE, text=True, check=False)
        click.echo(ended.stdout)
        sections.append(f"## {name}\n\n{_table(ended.stdout)}")
        if ended.returncode:
            failed.append(name)
    if out is not None:
        out.write_text("\n\n".join(sections) + "\n", encoding="utf-8")
    if failed:
        raise click.ClickException(f"failed: {', '.join(failed)}")


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    load = os.getloadavg()[0]
    return (
        f"# Benchmarks, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n\n{os.cpu_count()} cores, {platform.machine()},"
        f" {platform.system()} {platform.release()}, Python {platform.python_version()}, {packages}."
        f" Load when it began: {load:.1f}. Figures of one run compare with each other, not with those of another machine."
    )


def _table(output: str) -> str:
    """Lines of JSON as tables; other lines as they stand."""
    parts = []
    for line in output.splitlines():
        try:
            row: Any = json.loads(line)
        except json.JSONDecodeError:
            parts.append(line)
            continue
        parts.append(f"| {' | '.join(row)} |\n|{'---|' * len(row)}\n| {' | '.join(map(str, row.values()))} |\n")
    return "\n".join(parts)
