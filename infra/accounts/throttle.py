"""Failed logins slow down further tries, by name and by address; a success forgets those of the name."""

import hashlib

from infra.accounts.database import Database, now_s
from infra.accounts.errors import Throttled

FREE_TRIES = 5
FREE_TRIES_OF_ADDRESS = 30
"""An address may be a whole court behind one router."""

_FIRST_PAUSE_S = 15
_LONGEST_PAUSE_S = 900
_FORGET_S = 24 * 3600


class Throttle:
    """Counts failures; after the free tries each one doubles the pause, from 15 s to 15 min."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def check(self, login: str, address: str) -> None:
        """Let a try pass.

        Raises:
            Throttled: Not yet.
        """
        pauses = (self._pause(_name(login), FREE_TRIES), self._pause(_address(address), FREE_TRIES_OF_ADDRESS))
        if max(pauses) > 0:
            raise Throttled(int(max(pauses)) + 1)

    def failed(self, login: str, address: str) -> None:
        """Count a failure."""
        now = now_s()
        for key in (_name(login), _address(address)):
            self._database.change(
                "INSERT INTO failures (key, count, last_at) VALUES (?, 1, ?) ON CONFLICT (key) DO UPDATE SET"
                " count = CASE WHEN last_at < ? THEN 1 ELSE count + 1 END, last_at = excluded.last_at",
                key,
                now,
                now - _FORGET_S,
            )
        self._database.change("DELETE FROM failures WHERE last_at < ?", now - _FORGET_S)

    def succeeded(self, login: str) -> None:
        """Forget the failures of a name."""
        self._database.change("DELETE FROM failures WHERE key = ?", _name(login))

    def _pause(self, key: str, free: int) -> float:
        row = self._database.row("SELECT count, last_at FROM failures WHERE key = ?", key)
        if row is None or int(row[0]) < free:
            return 0.0
        count, last_at = int(row[0]), float(row[1])
        pause = min(_FIRST_PAUSE_S << min(count - free, 10), _LONGEST_PAUSE_S)
        return max(0.0, last_at + pause - now_s())


def _name(login: str) -> str:
    return "name:" + hashlib.sha256(login.casefold().encode()).hexdigest()


def _address(address: str) -> str:
    return "address:" + hashlib.sha256(address.encode()).hexdigest()
