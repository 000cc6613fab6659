"""The master key: the file that wraps the key of every chain and seals the dead letters.

Without it no personal data can be read again, so it is backed up apart from the log. It is never written anywhere else.
"""

from pathlib import Path

from contract.seal import KEY_BYTES, new_key
from infra.key_file import KeyFileError, load_key


class MasterKeyError(KeyFileError):
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
    try:
        return load_key(path, KEY_BYTES, "master key", new_key if create else None)
    except KeyFileError as error:
        raise MasterKeyError(str(error)) from None
