"""Progress bars on stderr; where stderr is no terminal they stay silent, so that logs hold only what matters."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from contract.envelope import Event
from contract.errors import InvalidEvent

Line = Event | InvalidEvent
_STEP = 5_000  # lines between two looks at the progress bar


@contextmanager
def byte_progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show how much of a file was worked through; gives a function that takes the bytes done so far."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)


def line_progress(path: Path, lines: Iterator[tuple[int, Line]]) -> Iterator[tuple[int, Line]]:
    """Show how far the file is read, if somebody looks."""
    if not sys.stderr.isatty() or not path.is_file():  # the lines of a pipe can't be counted and read after that
        yield from lines
        return
    with path.open("rb") as file:
        total = sum(1 for _ in file)
    with click.progressbar(length=total, label=path.name, file=sys.stderr) as bar:
        shown = 0
        for number, line in lines:
            if number - shown >= _STEP:
                bar.update(number - shown)
                shown = number
            yield number, line
        bar.update(total - shown)
