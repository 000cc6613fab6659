"""Public keys of courts that sign files: registered, bound to a court and revoked like the tokens of feeds.

Only the public half is kept (Ed25519, 32 bytes); who reads this file can sign nothing.
"""

import hashlib
from datetime import UTC, datetime

import msgspec

from contract.courts import COURTS
from infra.accounts.database import Database, now_s, values_of
from infra.accounts.errors import AccountError
from infra.accounts.trail import Trail

_COLUMNS = "id, public, court, label, created_at, ends_at, revoked_at"
_KEY_BYTES = 32


class FeedKey(msgspec.Struct, frozen=True, kw_only=True):
    """One public key."""

    id: str
    public: bytes
    court: str
    label: str
    created_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None

    @property
    def holds(self) -> bool:
        """Whether it is neither revoked nor at its end."""
        return self.revoked_at is None and (self.ends_at is None or datetime.now(UTC) < self.ends_at)


class FeedKeys:
    """The public keys of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._trail = Trail(database)

    def add(self, public: bytes, court: str, *, by: str, label: str = "", days: int | None = None) -> str:
        """Register a key; returns its id, the beginning of its SHA-256.

        Raises:
            AccountError: The court is unknown, it is no such key, or it was registered before.
        """
        if COURTS.get(court) is None:
            raise AccountError(f"{court!r} is no 法院代字 of the court tree, such as 京0105 or 最高法")
        if len(public) != _KEY_BYTES:
            raise AccountError(f"an Ed25519 public key has {_KEY_BYTES} bytes; this has {len(public)}")
        key_id, now = hashlib.sha256(public).hexdigest()[:12], now_s()
        ends = None if days is None else now + days * 86400
        sql = f"INSERT OR IGNORE INTO feed_keys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, NULL)"
        if not self._database.change(sql, key_id, public, court, label, now, ends):
            raise AccountError(f"the key {key_id} was registered before; a court that lost its key makes a new one")
        self._trail.note("feed_key_added", by, key_id, court)
        return key_id

    def of(self, court: str) -> list[FeedKey]:
        """The keys of a court that hold now."""
        return [key for key in self.all() if key.court == court and key.holds]

    def all(self) -> list[FeedKey]:
        """Every key, in the order in which they were registered."""
        return [_key(row) for row in self._database.rows(f"SELECT {_COLUMNS} FROM feed_keys ORDER BY created_at, id")]

    def revoke(self, key_id: str, by: str) -> None:
        """Take no file any more that is signed with a key.

        Raises:
            AccountError: There is none with this id.
        """
        sql = "UPDATE feed_keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?"
        if not self._database.change(sql, now_s(), key_id):
            raise AccountError(f"no key has the id {key_id!r}; see `yipanqi account key list`")
        self._trail.note("feed_key_revoked", by, key_id)


def _key(row: tuple[object, ...]) -> FeedKey:
    return msgspec.convert(values_of(_COLUMNS, row), FeedKey)
