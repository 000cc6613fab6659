"""The jars of the embedded Kafka: fetched once, checked by SHA-256 at every start.

They lie outside every data folder, in `$YIPANQI_CACHE`, else `$XDG_CACHE_HOME/yipanqi`, else `~/.cache/yipanqi`, one folder
for each Kafka version, so that deleting data never fetches again. A fetch that was cut off goes on with the missing jars.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import msgspec

from contract.errors import YipanqiError

LOCK_PATH = Path(__file__).with_name("jars.lock.toml")
_PARALLEL = 6  # fetches at once: the largest jar (zstd) sets the pace beyond that
_TIMEOUT_S = 20
UNFINISHED = ".unfinished-"
"""How the name of a folder in the cache begins whose content is not whole yet."""

Progress = Callable[[int, int], None]
"""Told (jars that are in place, jars in all) whenever one more is checked."""


class JarError(YipanqiError):
    """A jar could not be fetched, or what came is not what the lock names."""


class JarLock(msgspec.Struct, frozen=True):
    """What the lock says.

    Attributes:
        version: Version of Kafka.
        sha256: Maven coordinate `group:artifact:version` → SHA-256 in hex.
    """

    version: str
    sha256: dict[str, str]


def load_lock(path: Path = LOCK_PATH) -> JarLock:
    """Read the committed lock."""
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), JarLock)


def cache_folder() -> Path:
    """Folder for what is fetched once for all data folders of this user."""
    named = os.environ.get("YIPANQI_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "yipanqi"


def ensure_jars(lock: JarLock, folder: Path | None = None, progress: Progress | None = None) -> tuple[Path, ...]:
    """Return the checked jars of the lock, fetching those that are missing or damaged.

    Args:
        lock: Coordinates and hashes.
        folder: Where the jars lie; by default `kafka-<version>` in the cache folder.
        progress: Called after each jar.

    Raises:
        JarError: a jar cannot be fetched or has another SHA-256 than the lock; it is named.
    """
    home = folder or cache_folder() / f"kafka-{lock.version}"
    jars = {coordinate: home / _file_name(coordinate) for coordinate in lock.sha256}
    missing = _missing(jars, lock)
    if progress:
        progress(len(jars) - len(missing), len(jars))
    if missing:
        with exclusive(home):
            _fetch_all(_missing(jars, lock), lock, home, progress)  # another process may have fetched them meanwhile
    return tuple(jars.values())


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Be the only process that adds to a folder of the cache; what a killed one left half done there is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for leftover in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield


def _missing(jars: Mapping[str, Path], lock: JarLock) -> dict[str, Path]:
    return {c: path for c, path in jars.items() if not path.exists() or _digest(path) != lock.sha256[c]}


def _fetch_all(missing: Mapping[str, Path], lock: JarLock, home: Path, progress: Progress | None) -> None:
    """Fetch jars, several at once; each moves out of the folder of this fetch only whole and checked."""
    done = len(lock.sha256) - len(missing)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=home) as staging, ThreadPoolExecutor(_PARALLEL) as pool:
        for _ in pool.map(lambda item: _fetch(item[0], item[1], lock.sha256, Path(staging)), missing.items()):
            done += 1
            if progress:
                progress(done, len(lock.sha256))


def _fetch(coordinate: str, target: Path, sha256: Mapping[str, str], staging: Path) -> None:
    # jgo pulls in requests (0.3 s); a start with all jars in place does without.
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415

    context = MavenContext(resolver=PythonResolver(), repo_cache=staging, local_repos=[], timeout=_TIMEOUT_S)
    try:
        fetched: Path = context.create_dependency(coordinate).artifact.resolve()
    except (RuntimeError, OSError) as error:
        raise JarError(
            f"cannot fetch {coordinate} for the embedded Kafka: {error}; check the network and start again, "
            "jars that were fetched are kept"
        ) from error
    found = _digest(fetched)
    if found != sha256[coordinate]:
        raise JarError(
            f"{coordinate} is refused: its SHA-256 is {found}, the lock says {sha256[coordinate]} ({LOCK_PATH.name})"
        )
    fetched.replace(target)


def _file_name(coordinate: str) -> str:
    _, artifact, version = coordinate.split(":")
    return f"{artifact}-{version}.jar"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
