"""Files that appear when they are complete: nobody ever reads half of one."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give the place to write to; it becomes ``path``, in the place of what was there, when the block ends without an error.

    After an error, or Ctrl-C, nothing is left and what was there stands. A device or a pipe, such as ``/dev/stdout``, is
    written to as it is; a link stays one.
    """
    if path.exists() and not path.is_file():
        with _named(path, path):
            yield path
        return
    target = path.resolve()
    part = target.with_name(target.name + ".part")
    try:
        with _named(path, part):
            yield part
            part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def _named(path: Path, part: Path) -> Iterator[None]:
    """Errors name the file that was asked for. A full disk is told without a name, and a command may write several."""
    try:
        yield
    except OSError as error:
        if error.filename == str(part) or (error.errno in _FULL and error.filename is None):
            error.filename = str(path)
        raise


@contextmanager
def open_whole(path: Path) -> Iterator[BinaryIO]:
    """The same, opened to write bytes."""
    with whole_file(path) as part, part.open("wb") as file:
        yield file
