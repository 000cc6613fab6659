"""Event files, and commands that read files and write others.

None is written over that is read, and what can't be written is said in words.

``@click.command("name", cls=FileCommand)``. What a command writes is an option of the type `click.Path` that may be a file and
need not exist; what must exist is read.
"""

import codecs
import os
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import click

_HEAD = 4096
_NO_EVENTS = (
    (b"\x1f\x8b", "it is compressed: gunzip it first"),
    (b"PK\x03\x04", "it is a ZIP: unpack it first"),
    (codecs.BOM_UTF16_LE, "it is UTF-16: save it as UTF-8"),
    (codecs.BOM_UTF16_BE, "it is UTF-16: save it as UTF-8"),
)


class _EventFile(click.Path):
    """A file of events, one a line. What is plainly something else is refused at once, and not line by line."""

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path.

        Raises:
            click.BadParameter: It isn't there, or is no event file.
        """
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if path.is_file():  # a look into a pipe would take something out of it
            try:
                with path.open("rb") as file:
                    head = file.read(_HEAD)
            except OSError as error:
                self.fail(str(error), param, ctx)
            if (reason := _no_events(head)) is not None:
                self.fail(f"{str(path)!r} has not one event a line (JSON Lines): {reason}.", param, ctx)
        return path


EVENT_FILE = _EventFile()


def _no_events(head: bytes) -> str | None:
    for magic, reason in _NO_EVENTS:
        if head.startswith(magic):
            return reason
    first = head.removeprefix(codecs.BOM_UTF8).lstrip().split(b"\n")[0].strip()
    if first.startswith(b"["):
        return "it is one array; `jq -c '.[]'` writes each of its events on a line"
    if first == b"{":
        return "its events span several lines; `jq -c .` writes each on one"
    return None


class _Apart(click.Command):
    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, if its files are different ones.

        Raises:
            click.UsageError: A file would be written over another of this call.
            click.ClickException: The system refused to read or to write something.
        """
        for (first, one, _), (second, other, is_written) in combinations(sorted(_files(ctx), key=lambda file: file[2]), 2):
            if is_written and _same(one, other):
                raise click.UsageError(f"{second} and {first} are one file, {other}: name another to write to", ctx)
        try:
            return super().invoke(ctx)
        except OSError as error:
            raise click.ClickException(str(error)) from error


class FileCommand(_Apart):
    """A command of its own."""


class FileGroup(_Apart, click.Group):
    """A command with others below it."""


def _files(ctx: click.Context) -> Iterator[tuple[str, Path, bool]]:
    """What was given for each option and argument that is a file: its name, the path, whether it is written."""
    for parameter in ctx.command.params:
        if isinstance(parameter.type, click.Path) and parameter.type.file_okay:
            value = ctx.params.get(str(parameter.name))
            name = parameter.opts[0] if isinstance(parameter, click.Option) else parameter.make_metavar(ctx)
            for path in value if isinstance(value, tuple) else (value,):
                if path is not None:
                    yield name, Path(path), not (parameter.type.exists or parameter.type.dir_okay)


def _same(one: Path, other: Path) -> bool:
    if one.exists() and other.exists():
        return one.is_file() and one.samefile(other)  # two results may go to one device
    return one.resolve() == other.resolve()
