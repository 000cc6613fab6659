"""The master key: the file that wraps the key of every chain and seals the dead letters.

Without it no personal data can be read again, so it is backed up apart from the log. It is never written anywhere else.
"""

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from contract.errors import YipanqiError
from contract.seal import KEY_BYTES, new_key


class MasterKeyError(YipanqiError):
    """The master key is missing, readable by others, or no key."""


def load_master_key(path: Path, *, create: bool = False) -> bytes:
    """Read the master key (64 bytes).

    Args:
        path: The file, `<data>/keys/master.key` in an embedded system.
        create: Whether a missing file is made, with a fresh key and mode 0600; of several processes that do so at once
            one wins, and all read its key.

    Raises:
        MasterKeyError: With what to do about it.
    """
    if create and not path.exists():
        _create(path)
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        key = path.read_bytes()
    except OSError as error:
        raise MasterKeyError(f"the master key {path} cannot be read: {error.strerror}") from None
    if mode & 0o077:
        raise MasterKeyError(f"the master key {path} can be read by others (mode {mode:o}); run chmod 600 on it")
    if len(key) != KEY_BYTES:
        raise MasterKeyError(f"{path} is no master key: it has {len(key)} bytes and not {KEY_BYTES}")
    return key


def _create(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".master-")  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(new_key())
            file.flush()
            os.fsync(file.fileno())
        # A link appears whole or not at all, and never over another's.
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
