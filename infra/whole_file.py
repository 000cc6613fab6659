"""Files that appear when they are complete: nobody ever reads half of one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give the place to write to; it becomes ``path``, in the place of what was there, when the block ends without an error."""
    part = path.with_name(path.name + ".part")
    yield part
    part.replace(path)
