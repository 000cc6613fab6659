"""The file of accounts: one SQLite database, readable by its owner alone, used by wall, gateway and command line."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.accounts.errors import AccountError

_BUSY_S = 5.0
_TABLES = """
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,            -- pseudonym: all that the log ever knows of a person
    login TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    court TEXT NOT NULL,
    password TEXT NOT NULL,         -- argon2id, with its parameters and salt
    must_change INTEGER NOT NULL,
    created_at REAL NOT NULL,
    disabled_at REAL
) STRICT;
CREATE TABLE contacts (
    account TEXT NOT NULL REFERENCES accounts (id),
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (account, channel)
) STRICT;
CREATE TABLE sessions (
    digest BLOB PRIMARY KEY,        -- SHA-256 of the cookie
    account TEXT NOT NULL REFERENCES accounts (id),
    csrf TEXT NOT NULL,
    began_at REAL NOT NULL,
    used_at REAL NOT NULL
) STRICT;
CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,    -- SHA-256 of the token
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    court TEXT NOT NULL,
    label TEXT NOT NULL,
    address TEXT NOT NULL,          -- IP address that it is bound to, '' = any
    created_at REAL NOT NULL,
    ends_at REAL,
    revoked_at REAL
) STRICT;
CREATE TABLE failures (
    key TEXT PRIMARY KEY,           -- a digest: what people type by mistake into the field of the name is nobody's business
    count INTEGER NOT NULL,
    last_at REAL NOT NULL
) STRICT;
CREATE TABLE trail (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    what TEXT NOT NULL,
    who TEXT NOT NULL,
    about TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
"""


_FEED_KEYS = """
CREATE TABLE feed_keys (
    id TEXT PRIMARY KEY,
    public BLOB NOT NULL UNIQUE,    -- Ed25519, with which a court's files are verified
    court TEXT NOT NULL,
    label TEXT NOT NULL,
    created_at REAL NOT NULL,
    ends_at REAL,
    revoked_at REAL
) STRICT
"""
_VERSIONS = (
    tuple(one for one in _TABLES.split(";\n") if one.strip()),
    ("ALTER TABLE tokens ADD COLUMN account TEXT NOT NULL DEFAULT ''",),  # of the person that a program acts for
    (_FEED_KEYS,),
)
"""What leads from one version of the file to the next."""


def values_of(columns: str, row: tuple[Any, ...]) -> dict[str, Any]:
    """A row by the names of its columns, ``a, b, c``; those that end in ``_at`` hold seconds since 1970 and become instants."""
    values = dict(zip(columns.split(", "), row, strict=True))
    return {
        name: datetime.fromtimestamp(value, UTC) if name.endswith("_at") and value is not None else value
        for name, value in values.items()
    }


def now_s() -> float:
    """The wall clock, in seconds since 1970: logins and sessions live on it even where the log's time is simulated."""
    return datetime.now(UTC).timestamp()


class Database:
    """The open file; several threads and processes may use it.

    Args:
        path: The file; made with mode 0600 (its folder with 0700) if it isn't there.

    Raises:
        AccountError: Others can read it, or it is of a newer version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        _make(path)
        self._connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._create()

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        """The first row of a query, or None."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def change(self, sql: str, *values: Any) -> int:
        """Carry out one statement; returns how many rows it changed."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount

    @contextmanager
    def together(self) -> Iterator[None]:
        """All statements of the block or none; no other process writes meanwhile. Blocks don't nest."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _create(self) -> None:
        with self.together():
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            if version > len(_VERSIONS):
                raise AccountError(f"{self.path} was written by a newer version of Yipanqi; use that one")
            for statement in (one for statements in _VERSIONS[version:] for one in statements):
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {len(_VERSIONS)}")


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Made here, with its mode, before SQLite would make it with that of the umask.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise AccountError(f"the file of accounts {path} can be read by others (mode {mode:o}); run chmod 600 on it")
