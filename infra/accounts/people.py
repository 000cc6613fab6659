"""Accounts of people: a login, a name, a role and a court, a password's hash, and where to page them."""

import re
from datetime import datetime
from typing import Literal, get_args

import msgspec

from contract.courts import COURTS, SPC
from contract.duty.people import Principal, Role
from infra.accounts.database import Database, now_s, values_of
from infra.accounts.errors import AccountError, LoginRefused, Throttled
from infra.accounts.secrets import hash_password, is_password, new_password, new_secret
from infra.accounts.throttle import Throttle
from infra.accounts.trail import Trail

ContactChannel = Literal["mobile", "mail", "robot"]
FIRST_LOGIN = "admin"
_LOGIN = re.compile(r"(?!u-)[a-z0-9][a-z0-9._-]{1,63}")
_NOT_OF_PEOPLE = frozenset({"kiosk", "system"})
ROLES_OF_PEOPLE: tuple[Role, ...] = tuple(role for role in get_args(Role) if role not in _NOT_OF_PEOPLE)
_COLUMNS = "id, login, name, role, court, must_change, created_at, disabled_at"
_CONTACTS: dict[ContactChannel, re.Pattern[str]] = {
    "mobile": re.compile(r"\+?[0-9]{5,15}"),
    "mail": re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}"),
    "robot": re.compile(r"\S{1,512}"),
}


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One account; ``id`` is what the log knows, ``login`` and ``name`` stay here."""

    id: str
    login: str
    name: str
    role: Role
    court: str
    must_change: bool
    created_at: datetime
    disabled_at: datetime | None

    @property
    def principal(self) -> Principal:
        """Who it is for commands, queries and pages."""
        return Principal(account=self.id, role=self.role, court=self.court, via="session")


class People:
    """The accounts of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._trail = Trail(database)
        self._throttle = Throttle(database)

    def first_run(self) -> str | None:
        """Make the first account of an empty file; returns its password, which is kept nowhere. None = there are accounts."""
        if self._database.row("SELECT 1 FROM accounts LIMIT 1") is not None:
            return None
        return self.add(FIRST_LOGIN, "director", SPC, by="/sys/up")

    def add(self, login: str, role: Role, court: str, *, name: str = "", by: str) -> str:
        """Make an account; returns its first password, which must be changed at the first login.

        Raises:
            AccountError: The login is taken or no login, the role is none of people, or the court unknown.
        """
        login = login.casefold()
        if not _LOGIN.fullmatch(login):
            raise AccountError(f"{login!r} is no login: 2 to 64 of a-z 0-9 . _ -, a letter or digit first, but not u-")
        if role not in ROLES_OF_PEOPLE:
            raise AccountError(f"{role!r} is no role of a person; one of {', '.join(ROLES_OF_PEOPLE)}")
        if COURTS.get(court) is None:
            raise AccountError(f"{court!r} is no 法院代字 of the court tree, such as 京0105 or 最高法")
        password = new_password()
        account = "u-" + new_secret()[:10].lower().replace("_", "x").replace("-", "y")
        with self._database.together():
            if self._database.row("SELECT 1 FROM accounts WHERE login = ?", login) is not None:
                raise AccountError(f"the login {login!r} is taken; choose another")
            self._database.change(
                "INSERT INTO accounts (id, login, name, role, court, password, must_change, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, 1, ?)",
                *(account, login, name, role, court, hash_password(password), now_s()),
            )
            self._trail.note("account_added", by, account, f"{role} {court}")
        return password

    def all(self) -> list[Account]:
        """Every account, by login."""
        return [_account(row) for row in self._database.rows(f"SELECT {_COLUMNS} FROM accounts ORDER BY login")]

    def find(self, who: str) -> Account:
        """The account with a login or an id.

        Raises:
            AccountError: There is none.
        """
        row = self._database.row(f"SELECT {_COLUMNS} FROM accounts WHERE login = ? OR id = ?", who, who)
        if row is None:
            raise AccountError(f"no account has the login or id {who!r}; see `yipanqi account list`")
        return _account(row)

    def names(self) -> dict[str, str]:
        """Account id → the name that colleagues see; the login where no name was given."""
        return {a.id: a.name or a.login for a in self.all()}

    def log_in(self, login: str, password: str, address: str) -> Account:
        """Check a login; takes as long for an unknown name as for a known one.

        Raises:
            Throttled: Too many failures before.
            LoginRefused: It isn't said why.
        """
        try:
            self._throttle.check(login, address)
        except Throttled:
            self._trail.note("login_throttled", "", "", f"from {address}")
            raise
        row = self._database.row(f"SELECT {_COLUMNS}, password FROM accounts WHERE login = ?", login)
        account = None if row is None else _account(row[:-1])
        if not is_password(password, None if row is None else row[-1]) or account is None or account.disabled_at is not None:
            self._throttle.failed(login, address)
            self._trail.note("login_failed", "", "" if account is None else account.id, f"from {address}")
            raise LoginRefused("name or password is wrong, or the account is disabled")
        self._throttle.succeeded(login)
        self._trail.note("login", account.id, account.id, f"from {address}")
        return account

    def change_password(self, account: Account, old: str, new: str) -> None:
        """Let a person set a new password; all sessions of the account end.

        Raises:
            AccountError: The old one is wrong, or the new one is the old one, too short or too long.
        """
        row = self._database.row("SELECT password FROM accounts WHERE id = ?", account.id)
        if row is None or not is_password(old, row[0]):
            raise LoginRefused("the present password is wrong")
        if old == new:
            raise AccountError("the new password is the old one; choose another")
        self._set_password(account.id, new, must_change=False)
        self._trail.note("password_changed", account.id, account.id)

    def reset_password(self, who: str, by: str) -> str:
        """Give a new first password; all sessions of the account end."""
        account, password = self.find(who), new_password()
        self._set_password(account.id, password, must_change=True)
        self._throttle.succeeded(account.login)
        self._trail.note("password_reset", by, account.id)
        return password

    def set_enabled(self, who: str, by: str, *, enabled: bool) -> Account:
        """Disable an account, which ends its sessions at once, or enable it again."""
        account = self.find(who)
        at = None if enabled else now_s()
        with self._database.together():
            self._database.change("UPDATE accounts SET disabled_at = ? WHERE id = ?", at, account.id)
            if not enabled:
                self._database.change("DELETE FROM sessions WHERE account = ?", account.id)
            self._trail.note("account_enabled" if enabled else "account_disabled", by, account.id)
        return self.find(account.id)

    def set_contact(self, who: str, channel: ContactChannel, address: str | None, by: str) -> None:
        """Say where a person is paged by a channel; None = by that channel no more.

        Raises:
            AccountError: It is no address of that channel.
        """
        account = self.find(who)
        if address is not None and not _CONTACTS[channel].fullmatch(address):
            raise AccountError(f"that is no address for {channel}: a number, a mail address, or the robot's address or id")
        self._database.change("DELETE FROM contacts WHERE account = ? AND channel = ?", account.id, channel)
        if address is not None:
            self._database.change("INSERT INTO contacts VALUES (?, ?, ?)", account.id, channel, address)
        self._trail.note("contact_dropped" if address is None else "contact_set", by, account.id, channel)

    def contacts(self, account_id: str) -> dict[ContactChannel, str]:
        """Where a person is paged; nothing for a disabled or unknown account."""
        sql = (
            "SELECT channel, address FROM contacts JOIN accounts ON accounts.id = contacts.account"
            " WHERE account = ? AND disabled_at IS NULL ORDER BY channel"
        )
        return dict(self._database.rows(sql, account_id))

    def _set_password(self, account_id: str, password: str, *, must_change: bool) -> None:
        hashed = hash_password(password)
        with self._database.together():
            sql = "UPDATE accounts SET password = ?, must_change = ? WHERE id = ?"
            self._database.change(sql, hashed, int(must_change), account_id)
            self._database.change("DELETE FROM sessions WHERE account = ?", account_id)


def _account(row: tuple[object, ...]) -> Account:
    values = values_of(_COLUMNS, row)
    return msgspec.convert(values | {"must_change": bool(values["must_change"])}, Account)
