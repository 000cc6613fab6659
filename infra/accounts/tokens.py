"""Tokens of programs, kiosks and feeds: shown once when they are made, kept as a digest, bound to a role and a court.

A feed's token lets a court's system send events of its own court and nothing else; a kiosk's token only looks. A
program's token is bound to a person, in whose name it asks and reads, or to a role and court, with which it only reads.
"""

from datetime import UTC, datetime
from typing import Literal

import msgspec

from contract.courts import COURTS
from contract.duty.people import Principal, Role
from infra.accounts.database import Database, now_s, values_of
from infra.accounts.errors import AccountError
from infra.accounts.people import ROLES_OF_PEOPLE, Account
from infra.accounts.secrets import digest, new_secret
from infra.accounts.trail import Trail

TokenKind = Literal["program", "kiosk", "feed"]
_PREFIX = "ypq_"
"""So that a token that was left lying about is found by a search."""

_COLUMNS = "id, kind, role, court, label, address, created_at, ends_at, revoked_at, account"


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """One token, without its secret. ``address``: IP address that it is bound to, "" = any; ``account``: whom it acts for."""

    id: str
    kind: TokenKind
    role: Role
    court: str
    label: str
    address: str
    created_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None
    account: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is neither revoked nor at its end."""
        return self.revoked_at is None and (self.ends_at is None or datetime.now(UTC) < self.ends_at)

    @property
    def principal(self) -> Principal:
        """Who it is for queries and commands; a feed has no part in those."""
        via: Literal["kiosk", "token"] = "kiosk" if self.kind == "kiosk" else "token"
        return Principal(account=self.account or f"/{self.kind}/{self.id}", role=self.role, court=self.court, via=via)


class Tokens:
    """The tokens of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._trail = Trail(database)

    def add(
        self,
        kind: TokenKind,
        court: str,
        *,
        by: str,
        role: Role = "kiosk",
        label: str = "",
        address: str = "",
        days: int | None = None,
        account: Account | None = None,
    ) -> str:
        """Make a token; returns it, and keeps only its digest.

        ``role`` counts for a program's alone; one that acts for an ``account`` has always that person's role and court.

        Raises:
            AccountError: The court is unknown, or the role none of a program.
        """
        if COURTS.get(court) is None:
            raise AccountError(f"{court!r} is no 法院代字 of the court tree, such as 京0105 or 最高法")
        if kind == "program" and role not in ROLES_OF_PEOPLE:
            raise AccountError(f"a program's token needs a role: one of {', '.join(ROLES_OF_PEOPLE)}")
        secret, now = f"{_PREFIX}{kind}_{new_secret()}", now_s()
        token_id = digest(secret)[:5].hex()
        self._database.change(
            "INSERT INTO tokens (id, digest, kind, role, court, label, address, created_at, ends_at, account)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(token_id, digest(secret), kind, role if kind == "program" else "kiosk", court, label, address, now),
            None if days is None else now + days * 86400,
            "" if account is None else account.id,
        )
        self._trail.note("token_added", by, token_id, f"{kind} {court}")
        return secret

    def find(self, secret: str, address: str = "") -> Token | None:
        """The token, if it holds and is used from where it may be."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM tokens WHERE digest = ?", digest(secret))
        token = None if row is None else self._of_person(_token(row))
        return token if token is not None and token.holds and token.address in {"", address} else None

    def _of_person(self, token: Token) -> Token | None:
        """A token that acts for a person, with that person's role and court; None where the account is disabled."""
        if not token.account:
            return token
        row = self._database.row("SELECT role, court FROM accounts WHERE id = ? AND disabled_at IS NULL", token.account)
        return None if row is None else msgspec.structs.replace(token, role=row[0], court=row[1])

    def any_feed(self) -> bool:
        """Whether a feed ever got a token, one that was revoked too: taking the last one back doesn't open the door again."""
        return self._database.row("SELECT 1 FROM tokens WHERE kind = 'feed' LIMIT 1") is not None

    def all(self) -> list[Token]:
        """Every token, in the order in which they were made."""
        return [_token(row) for row in self._database.rows(f"SELECT {_COLUMNS} FROM tokens ORDER BY created_at, id")]

    def revoke(self, token_id: str, by: str) -> None:
        """Take a token back.

        Raises:
            AccountError: There is none with this id.
        """
        sql = "UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?"
        if not self._database.change(sql, now_s(), token_id):
            raise AccountError(f"no token has the id {token_id!r}; see `yipanqi account token list`")
        self._trail.note("token_revoked", by, token_id)


def _token(row: tuple[object, ...]) -> Token:
    return msgspec.convert(values_of(_COLUMNS, row), Token)
