"""The data folder: owned by one process at a time, bound to one time line for ever."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from contract.errors import YipanqiError
from infra.processes import command_line
from infra.settings import Line


class DataFolderError(YipanqiError):
    """The data folder cannot be used: someone else has it, or it lives on another time line."""


class Birth(msgspec.Struct, frozen=True):
    """What is written down when a data folder is created.

    Attributes:
        line: Its time line.
        created_at: When.
        version: By which version of Yipanqi.
    """

    line: Line
    created_at: datetime
    version: str


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Own the folder while the block runs; a crash gives it back at once.

    Raises:
        DataFolderError: naming the process that has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            pid = lock.read().strip()
            what = command_line(int(pid)) if pid.isdigit() else ""
            holder = f"process {pid or 'unknown'}" + (f" ({what})" if what else "")
            raise DataFolderError(
                f"the data folder {folder} is in use by {holder}; stop that one first, or choose another with --data"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def bind(folder: Path, line: Line, version: str) -> Birth:
    """Bind a new folder to a time line, or check that an old one lives on it. Call it while the folder is held.

    Raises:
        DataFolderError: the folder lives on the other line.
    """
    path = folder / "yipanqi.json"
    try:
        birth = msgspec.json.decode(path.read_bytes(), type=Birth)
    except FileNotFoundError:
        birth = Birth(line, datetime.now(UTC), version)
        unfinished = path.with_suffix(".new")
        unfinished.write_bytes(msgspec.json.encode(birth) + b"\n")
        unfinished.replace(path)
    if birth.line != line:
        option = "without" if birth.line == "simulated" else "with"
        raise DataFolderError(
            f"the data folder {folder} lives on {birth.line} time since {birth.created_at:%Y-%m-%d %H:%M} UTC and the two are "
            f"never mixed; start {option} --no-simulator, or choose another folder with --data"
        )
    return birth
