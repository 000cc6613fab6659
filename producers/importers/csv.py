"""CSV tables read as a stream: one event a row, the columns are its attributes, empty cells are absent.

The file has a header. The delimiter is the one of ``, ; <tab> |`` that the header has most of; the encoding is UTF-8.
A mapping may name others. Without a mapping every value is text.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import IO

from producers.importers.rows import Refused, Row

_DELIMITERS = ",;\t|"
_UNDECODED = re.compile("[\udc80-\udcff]")
"""What Python puts in the place of bytes that are not of the encoding."""


def read_csv(stream: IO[bytes], *, encoding: str | None = None, delimiter: str | None = None) -> Iterator[Row | Refused]:
    """Read every row in document order; ``line`` is the last line of the row, since a quoted value may span several."""
    lines = _Lines(stream, encoding or "utf-8-sig")
    try:
        header = next(lines, "")
        delimiter = delimiter or _delimiter(header)
        names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
        if not any(names) or len(set(names)) != len(names):
            yield Refused(None, 1, "the first line must name the columns, each once")
            return
        yield from _rows(csv.reader(lines, delimiter=delimiter, strict=True), lines, names)
    finally:
        lines.detach()


def _rows(reader: Iterator[list[str]], lines: "_Lines", names: list[str]) -> Iterator[Row | Refused]:
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield Refused(number, lines.number, f"no CSV: {error}")
            continue
        if not cells:
            continue
        number += 1
        if lines.undecodable:
            lines.undecodable = False
            yield Refused(number, lines.number, f"is not {lines.encoding}; name the file's encoding in a mapping")
        elif len(cells) != len(names):
            yield Refused(number, lines.number, f"has {len(cells)} values for {len(names)} columns")
        else:
            yield Row(number, lines.number, {name: cell for name, cell in zip(names, cells, strict=True) if cell != ""}, {})


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


class _Lines:
    """The lines of a file, each decoded by itself, so that one bad line costs one row."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self.encoding = codecs.lookup(encoding).name
        self.lines = io.TextIOWrapper(stream, encoding, errors="surrogateescape", newline="")  # type: ignore[arg-type, unused-ignore]
        self.number = 0
        self.undecodable = False

    def detach(self) -> None:
        """Leave the stream open for its owner."""
        self.lines.detach()

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.number += 1
        if _UNDECODED.search(line):
            self.undecodable = True
        return line
