"""Sessions of people who logged in: a random cookie, kept as a digest. It ends by logout, idleness, age, or with the account.

Sessions lie in the file, so that a wall that is started again knows who is logged in.
"""

import msgspec

from infra.accounts.database import Database, now_s
from infra.accounts.errors import AccountError
from infra.accounts.people import Account, People
from infra.accounts.secrets import digest, new_secret
from infra.accounts.trail import Trail

IDLE_S = 30 * 60.0
LONGEST_S = 12 * 3600.0
"""A shift; whoever works longer logs in again."""

_NOTED_S = 30.0
"""Use is written down at most this often."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A session that holds: its account, and the secret that a changing call must bear beside the cookie."""

    account: Account
    csrf: str


class Sessions:
    """The sessions of a database."""

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._people = people
        self._trail = Trail(database)

    def begin(self, account: Account) -> str:
        """Begin a session; returns the new cookie. One that was presented before is never used on (no fixation)."""
        cookie, now = new_secret(), now_s()
        self._database.change("DELETE FROM sessions WHERE used_at < ? OR began_at < ?", now - IDLE_S, now - LONGEST_S)
        self._database.change(
            "INSERT INTO sessions (digest, account, csrf, began_at, used_at) VALUES (?, ?, ?, ?, ?)",
            *(digest(cookie), account.id, new_secret(), now, now),
        )
        return cookie

    def find(self, cookie: str, *, used: bool = True) -> Session | None:
        """The session of a cookie, if it holds; ``used`` false only looks, and keeps nobody logged in."""
        key, now = digest(cookie), now_s()
        row = self._database.row("SELECT account, csrf, began_at, used_at FROM sessions WHERE digest = ?", key)
        if row is None:
            return None
        account_id, csrf, began_at, used_at = row
        if now - used_at > IDLE_S or now - began_at > LONGEST_S:
            self._database.change("DELETE FROM sessions WHERE digest = ?", key)
            self._trail.note("session_ended", account_id, account_id, "idle" if now - used_at > IDLE_S else "too old")
            return None
        try:
            account = self._people.find(account_id)
        except AccountError:
            return None
        if account.disabled_at is not None:
            return None
        if used and now - used_at > _NOTED_S:
            self._database.change("UPDATE sessions SET used_at = ? WHERE digest = ?", now, key)
        return Session(account=account, csrf=csrf)

    def end(self, cookie: str) -> None:
        """Log out."""
        row = self._database.row("DELETE FROM sessions WHERE digest = ? RETURNING account", digest(cookie))
        if row is not None:
            self._trail.note("logout", row[0], row[0])
