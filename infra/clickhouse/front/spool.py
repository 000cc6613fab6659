"""Where an INSERT's blocks wait for the last of them."""

import os
from typing import Self


class Spool:
    """A file in memory that the engine, in this same process, reads by its path.

    Not chdb's streaming insert: in 4.4 that reports success for rows that a constraint, a view or "too many parts" refused.
    """

    def __init__(self) -> None:
        self._fd = os.memfd_create("insert", os.MFD_CLOEXEC)
        self.path = f"/proc/self/fd/{self._fd}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)

    def write(self, block: bytearray) -> None:
        """Add a block."""
        view = memoryview(block)
        while view:
            view = view[os.write(self._fd, view) :]
