"""CSV tables read as a stream: one event a row, the columns are its attributes, empty cells are absent.

The file has a header, maybe below a line ``sep=;`` as Excel writes it. The delimiter is what that line says, else the one of
``, ; <tab> |`` that the header has most of; the encoding is UTF-8. A mapping may name others. Without a mapping every value is
text.
"""

import codecs
import csv
import io
import re
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import IO

from producers.importers.rows import Refused, Row

_DELIMITERS = ",;\t|"
_SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_UNDECODED = re.compile("[\udc80-\udcff]")
"""What Python puts in the place of bytes that are not of the encoding."""

_LONGEST = 1024 * 1024
"""Characters of a value: as many as an event may have bytes."""


def read_csv(
    stream: IO[bytes],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    lacking: Callable[[list[str]], list[str]] = lambda _: [],
) -> Generator[Row | Refused]:
    """Read every row in document order; ``line`` is the last line of the row, since a quoted value may span several.

    Args:
        stream: The bytes of the table.
        encoding: Of the bytes.
        delimiter: Between the values.
        lacking: What no column of these names tells; a table that lacks anything is refused as a whole.
    """
    csv.field_size_limit(_LONGEST)
    lines = _Lines(stream, encoding or "utf-8-sig")
    try:
        header = next(lines, "")
        if separator := _SEPARATOR.fullmatch(header):
            delimiter, header = delimiter or separator[1], next(lines, "")
        delimiter = delimiter or _delimiter(header)
        names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
        if lines.undecodable or "\0" in header:
            text = f"is no text in {lines.name}; name the file's encoding in a mapping, save a spreadsheet as CSV"
            yield Refused(None, 1, text)
        elif not any(names) or len(set(names)) != len(names):
            yield Refused(None, 1, "the first line must name the columns, each once")
        elif missing := lacking(names):
            known = ", ".join(map(repr, names))
            text = f"the first line names no column for {', '.join(missing)}; it names {known}: name others in a mapping"
            yield Refused(None, lines.number, text)
        else:
            yield from _rows(csv.reader(lines, delimiter=delimiter, strict=True), lines, names)
    except (EOFError, OSError, zlib.error) as error:
        yield Refused(None, lines.number, f"the file is broken and ends here: {error}")
    finally:
        lines.detach()


def _rows(reader: Iterator[list[str]], lines: "_Lines", names: list[str]) -> Iterator[Row | Refused]:
    number = 0
    while True:
        first = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield _no_csv(number, first, lines, error)
            continue
        if not cells:
            continue
        number += 1
        if lines.undecodable:
            lines.undecodable = False
            yield Refused(number, lines.number, f"is not {lines.name}; name the file's encoding in a mapping")
        elif len(cells) != len(names):
            yield Refused(number, lines.number, f"has {len(cells)} values for {len(names)} columns")
        else:
            yield Row(number, lines.number, {name: cell for name, cell in zip(names, cells, strict=True) if cell != ""}, {})


def _no_csv(number: int, first: int, lines: "_Lines", error: csv.Error) -> Refused:
    if lines.ended:
        text = f"a quote that opens in line {first} is never closed: the lines to the end, {lines.number}, are one value"
        return Refused(number, first, f"no CSV: {text}")
    return Refused(number, lines.number, f"no CSV: {error}")


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


class _Lines:
    """The lines of a file, each decoded by itself, so that one bad line costs one row."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self.name = codecs.lookup(encoding).name.removesuffix("-sig")
        self.lines = io.TextIOWrapper(stream, encoding, errors="surrogateescape", newline="")  # type: ignore[arg-type, unused-ignore]
        self.number = 0
        self.undecodable = False
        self.ended = False

    def detach(self) -> None:
        """Leave the stream open for its owner."""
        self.lines.detach()

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self.lines, None)
        if line is None:
            self.ended = True
            raise StopIteration
        self.number += 1
        if _UNDECODED.search(line):
            self.undecodable = True
        return line
