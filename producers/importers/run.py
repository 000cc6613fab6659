"""One file imported, from its bytes to an event file."""

import gzip
import hashlib
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

import msgspec

from contract.codec import encode_line
from contract.errors import InvalidEvent, YipanqiError
from infra.whole_file import open_whole
from producers.importers.convert import Converter
from producers.importers.csv import read_csv
from producers.importers.mapping import Mapping
from producers.importers.rows import Refused, Row
from producers.importers.xes import read_xes

_EVERY = 500

Progress = Callable[[int], None]
"""Called with the bytes of the file that have been read so far."""


class ImportFormatError(YipanqiError):
    """The file's name says no format that can be imported."""


class Summary(msgspec.Struct, frozen=True):
    """What an import did: events written, rows that a mapping skipped, places refused."""

    written: int
    skipped: int
    refused: int


def import_file(path: Path, out: Path, mapping: Mapping, refuse: Callable[[Refused], None], progress: Progress) -> Summary:
    """Import ``path`` and write its events in document order; ``out`` appears when it is complete.

    Args:
        path: ``.xes``, ``.csv``, or either with ``.gz`` after it.
        out: The event file (JSON Lines).
        mapping: What the rows mean.
        refuse: Called with each place that cannot be read; the rest goes on.
        progress: Called now and then.

    Raises:
        ImportFormatError: Another kind of file.
    """
    name = path.name.lower().removesuffix(".gz")
    if not name.endswith((".xes", ".csv")):
        raise ImportFormatError(f"{path}: only .xes, .xes.gz, .csv and .csv.gz can be imported")
    converter = Converter(_sha256(path), mapping)
    with path.open("rb") as raw, open_whole(out) as target:
        stream: IO[bytes] = gzip.GzipFile(fileobj=raw) if path.name.lower().endswith(".gz") else raw  # type: ignore[assignment]
        rows = read_xes(stream) if name.endswith(".xes") else _csv(stream, mapping, converter)
        with closing(rows):  # also where writing fails: before the stream is closed under it
            summary = _write(_counted(rows, raw, progress), converter, target, refuse)
    progress(path.stat().st_size)
    return summary


def _csv(stream: IO[bytes], mapping: Mapping, converter: Converter) -> Generator[Row | Refused]:
    return read_csv(stream, encoding=mapping.encoding, delimiter=mapping.delimiter, lacking=converter.lacking)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _counted(rows: Iterator[Row | Refused], raw: IO[bytes], progress: Progress) -> Iterator[Row | Refused]:
    for number, row in enumerate(rows):
        if number % _EVERY == 0:
            progress(os.lseek(raw.fileno(), 0, os.SEEK_CUR))
        yield row


def _write(
    rows: Iterator[Row | Refused], converter: Converter, target: IO[bytes], refuse: Callable[[Refused], None]
) -> Summary:
    written = skipped = refused = 0
    for row in rows:
        if isinstance(row, Refused):
            refuse(row)
            refused += 1
            continue
        try:
            event = converter.convert(row)
        except InvalidEvent as error:
            refuse(Refused(row.number, row.line, str(error)))
            refused += 1
            continue
        if event is None:
            skipped += 1
            continue
        target.write(encode_line(event) + b"\n")
        written += 1
    return Summary(written, skipped, refused)
