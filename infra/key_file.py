"""Files that hold one secret key: made once with mode 0600, never readable by others."""

import contextlib
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from contract.errors import YipanqiError


class KeyFileError(YipanqiError):
    """A key is missing, readable by others, or no key."""


def load_key(path: Path, size: int, name: str, new: Callable[[], bytes] | None) -> bytes:
    """Read a key.

    Args:
        path: The file.
        size: Bytes that it must have.
        name: What it is called in errors, e.g. "master key".
        new: Makes a fresh key where the file is missing; of several processes that do so at once one wins, and all read
            its key. None = a missing file is an error.

    Raises:
        KeyFileError: With what to do about it.
    """
    if new is not None and not path.exists():
        make_once(path, new())
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        key = path.read_bytes()
    except OSError as error:
        raise KeyFileError(f"the {name} {path} cannot be read: {error.strerror}") from None
    if mode & 0o077:
        raise KeyFileError(f"the {name} {path} can be read by others (mode {mode:o}); run chmod 600 on it")
    if len(key) != size:
        raise KeyFileError(f"{path} is no {name}: it has {len(key)} bytes and not {size}")
    return key


def make_once(path: Path, key: bytes) -> None:
    """Make a file with mode 0600 unless it is there; of several processes that do so at once one wins."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        # A link appears whole or not at all, and never over another's.
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
