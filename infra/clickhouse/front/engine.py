"""The ClickHouse engine inside this process (chdb)."""

import itertools
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from infra.clickhouse.front.lock import FolderLock
from infra.clickhouse.front.session import Session


class Engine:
    """Owns the data folder and the engine; raises FolderInUse when another process does."""

    def __init__(self, folder: Path) -> None:
        self._lock = FolderLock(folder)
        # The engine takes the zone of DateTime columns that name none from the process.
        os.environ["TZ"] = "UTC"
        from chdb import _chdb  # noqa: PLC0415  # loads 500 MB of engine: only the front may pay for it

        open_engine: Callable[[str], Any] = vars(_chdb)["connect"]
        self._connect: Callable[[], Any] = partial(open_engine, str(folder / "engine"))
        self._numbers = itertools.count()
        self._killing = threading.Lock()
        # As long as one connection is open the engine stays up.
        self._anchor: Any = self._connect()
        found = self._anchor.query("SELECT version()", "TSV", params={}).bytes().decode()
        major, minor, patch = (int(number) for number in found.split(".")[:3])
        self.version = (major, minor, patch)

    def session(self) -> Session:
        """Open a session with settings and a current database of its own."""
        return Session(self._connect, f"session-{next(self._numbers)}")

    def kill(self, tag: str) -> None:
        """End what the session with this tag is running, if anything; it gets ClickHouse's error 394."""
        with self._killing:
            self._anchor.query(f"KILL QUERY WHERE Settings['log_comment'] = '{tag}' ASYNC", "Null", params={})

    def close(self) -> None:
        """Shut the engine down; every session must be closed."""
        self._anchor.close()
        self._lock.release()
