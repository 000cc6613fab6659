"""The trail: who logged in, and what was changed about accounts and tokens, by whom. Rows are only ever added.

No password, token, address or number to page is written here.
"""

from datetime import UTC, datetime
from typing import Literal

import msgspec

from infra.accounts.database import Database, now_s

What = Literal[
    "login",
    "login_failed",
    "login_throttled",
    "logout",
    "session_ended",
    "account_added",
    "account_disabled",
    "account_enabled",
    "password_changed",
    "password_reset",
    "contact_set",
    "contact_dropped",
    "token_added",
    "token_revoked",
    "feed_key_added",
    "feed_key_revoked",
]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done.

    Attributes:
        number: Running number.
        at: When, by the wall clock.
        what: What was done.
        who: Account, token, or ``/cli/<user of the machine>``; "" = nobody known.
        about: Account or token that it was done to.
        detail: More, without personal data.
    """

    number: int
    at: datetime
    what: What
    who: str
    about: str
    detail: str


class Trail:
    """The trail of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, what: What, who: str, about: str = "", detail: str = "") -> None:
        """Write down what was done."""
        sql = "INSERT INTO trail (at, what, who, about, detail) VALUES (?, ?, ?, ?, ?)"
        self._database.change(sql, now_s(), what, who, about, detail)

    def last(self, count: int = 50) -> list[Entry]:
        """The last entries, oldest first."""
        sql = "SELECT number, at, what, who, about, detail FROM trail ORDER BY number DESC LIMIT ?"
        rows = reversed(self._database.rows(sql, count))
        return [
            Entry(number=n, at=datetime.fromtimestamp(at, UTC), what=what, who=who, about=about, detail=detail)
            for n, at, what, who, about, detail in rows
        ]
