"""One drop folder and what is done with it.

    DIR/NAME.jsonl, DIR/NAME.jsonl.sig   dropped by courts, the manifest last
    DIR/work/                            our own copy of the file that is being published, and how far it came
    DIR/done/<court>-<digest>/           file, manifest and report.json of what was taken
    DIR/refused/<digest>/                the same of what was not

A file is read when its manifest is complete, its length is what that says and its digest too; what doesn't fit yet may still
be being copied and is waited for. It is published from a copy of ours whose bytes were verified, and moved when the log has all
of it. A crash anywhere is gone on from: what was sent is known, and a repeat changes nothing.
"""

import contextlib
import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from contract.errors import InvalidEvent
from infra.accounts.feed_keys import FeedKeys
from producers.dropbox.manifest import SUFFIX, DropError, Manifest, is_complete, is_name, is_signed, read_manifest
from producers.dropbox.report import FILE, DropReport, LineReport, shown
from producers.publish import Place, check_lines

logger = logging.getLogger(__name__)

SETTLE_S: Final = 60.0
"""What doesn't fit and was not touched for that long is not being copied any more."""
_CHUNK = 1 << 20
_LINES = 500
_FOLDERS = ("work", "done", "refused")
_MAX_MANIFEST_BYTES = 4096

Publish = Callable[[Path, str], Place]
"""Sends a file for a court into the log, going on where it was broken off; returns how far it came."""


class _NotYet(Exception):
    """It may still be being copied."""


class Dropbox:
    """A drop folder.

    Args:
        folder: The folder; those below it are made, for our eyes only.
        keys: The public keys of the courts.
        publish: The way into the log.
        settle_s: See `SETTLE_S`.
    """

    def __init__(self, folder: Path, keys: FeedKeys, publish: Publish, *, settle_s: float = SETTLE_S) -> None:
        self._folder = folder
        self._keys = keys
        self._publish = publish
        self._settle_s = settle_s
        self._told: set[Path] = set()
        for name in _FOLDERS:
            (folder / name).mkdir(mode=0o700, exist_ok=True)

    def scan(self) -> Iterator[DropReport]:
        """Work through what lies there, by name; yields what became of each file, those that are waited for left out.

        Raises:
            BrokerAway: The next scan goes on.
        """
        for sig in sorted(self._folder.glob("*" + SUFFIX)):
            if is_name(sig.name.removesuffix(SUFFIX)) and sig.is_file() and not sig.is_symlink():
                report = self._looked_at(sig)
                if report is not None:
                    yield report

    def tidy(self, days: float) -> int:
        """Delete files that were dealt with more than so many days ago; reports stay. Returns how many."""
        old = [
            path
            for name in ("done", "refused")
            for path in (self._folder / name).glob("*/*.jsonl")
            if time.time() - (path.parent / FILE).stat().st_mtime > days * 86400
        ]
        for path in old:
            path.unlink()
        return len(old)

    def _looked_at(self, sig: Path) -> DropReport | None:
        """What became of one; None where it waits. What we may not read or move is somebody's mistake and stops no other's."""
        try:
            return self._one(sig)
        except PermissionError as error:
            if sig not in self._told:
                logger.warning("%s: %s; it waits until this user may read and move it", sig.name, error)
            self._told.add(sig)
        except (_NotYet, FileNotFoundError):
            pass
        return None

    def _one(self, sig: Path) -> DropReport | None:
        raw = _small(sig)
        data = sig.with_name(sig.name.removesuffix(SUFFIX))
        if not is_complete(raw):
            self._patience(sig)
        try:
            manifest, signature = read_manifest(raw)
            self._verify(data, manifest, signature)
            done = self._done(manifest)
            if not data.exists() and (done / FILE).exists():  # a crash between the two moves
                sig.replace(done / sig.name)
                return None
            copy = self._copy(data, manifest)
        except DropError as error:
            return self._refuse(data, sig, raw, str(error))
        return self._take(data, sig, copy, manifest)

    def _done(self, manifest: Manifest) -> Path:
        """Where it lies when it was taken. By its court too: the same bytes from another court are another matter."""
        return self._folder / "done" / f"{manifest.court}-{manifest.sha256}"

    def _verify(self, data: Path, manifest: Manifest, signature: bytes) -> None:
        if manifest.file != data.name:
            raise DropError(f"the manifest is of {manifest.file}, not of {data.name}")
        if not is_signed(manifest, signature, (key.public for key in self._keys.of(manifest.court))):
            raise DropError(f"no key of {manifest.court} that holds made this signature: `yipanqi account key list`")
        if data.is_symlink():  # it would have us read another file of this machine
            raise DropError(f"{data.name} is a link; drop the file itself")
        if data.exists() and not data.is_file():
            raise DropError(f"{data.name} is no file; drop the file itself")

    def _take(self, data: Path, sig: Path, copy: Path, manifest: Manifest) -> DropReport | None:
        done = self._done(manifest)
        report = None
        if not (done / FILE).exists():
            report = self._sent(copy, manifest)
            done.mkdir(mode=0o700, exist_ok=True)
            report.write(done)
        for path in (data, sig):
            path.replace(done / path.name)
            with contextlib.suppress(PermissionError):  # another user's; the folder is closed to all but us anyway
                (done / path.name).chmod(0o600)
        _forget(copy)
        return report

    def _sent(self, copy: Path, manifest: Manifest) -> DropReport:
        wrong = list(_refusals(copy, manifest.court))
        place = self._publish(copy, manifest.court)
        return DropReport(
            file=manifest.file,
            court=manifest.court,
            sha256=manifest.sha256,
            result="partly" if wrong else "taken",
            sent=place.sent,
            ticks=place.ticks,
            refused=len(wrong),
            lines=shown(wrong),
            at=datetime.now(UTC),
        )

    def _copy(self, data: Path, manifest: Manifest) -> Path:
        """A copy whose bytes are those that were signed; whoever dropped the file can't change it any more."""
        copy = self._folder / "work" / data.name
        part = copy.with_name(copy.name + ".part")
        hasher, size, lines = hashlib.sha256(), 0, 0
        with _opened(data) as source, part.open("wb") as target:
            if os.fstat(source.fileno()).st_size < manifest.size:
                self._patience(data)
            while chunk := source.read(_CHUNK):
                target.write(chunk)
                hasher.update(chunk)
                size, lines = size + len(chunk), lines + chunk.count(b"\n")
        if (size, lines, hasher.hexdigest()) != (manifest.size, manifest.lines, manifest.sha256):
            part.unlink()
            self._patience(data)
            raise DropError(f"{data.name} is not what its manifest says: bytes, lines or SHA-256 differ; copy it again")
        part.replace(copy)
        return copy

    def _patience(self, path: Path) -> None:
        """Wait for a file that was touched a moment ago."""
        if time.time() - path.stat().st_ctime < self._settle_s:
            raise _NotYet

    def _refuse(self, data: Path, sig: Path, raw: bytes, reason: str) -> DropReport:
        refused = self._folder / "refused" / hashlib.sha256(raw).hexdigest()
        refused.mkdir(mode=0o700, exist_ok=True)
        now = datetime.now(UTC)
        report = DropReport(file=data.name, court="", sha256="", result="refused", reason=reason, at=now)
        report.write(refused)
        for path in (data, sig):
            if path.exists():
                path.replace(refused / path.name)
        return report


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        yield file


def _small(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_MANIFEST_BYTES)


def _refusals(path: Path, court: str) -> Iterator[LineReport]:
    with path.open("rb") as file:
        first = 1
        while lines := [line for _, line in zip(range(_LINES), file, strict=False)]:
            for number, one in check_lines(lines, first, court)[0]:
                if isinstance(one, InvalidEvent):
                    yield LineReport.of(number, one)
            first += len(lines)


def _forget(copy: Path) -> None:
    for path in copy.parent.glob(copy.name + "*"):  # and beside it how far it came
        path.unlink()
