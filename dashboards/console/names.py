"""Names of accounts for people's eyes: the log knows pseudonyms alone."""

import asyncio
import time

from contract.duty.rights import ROLES_ZH
from infra.accounts.people import Account
from infra.accounts.store import Accounts

_KEPT_S = 30.0


class Names:
    """Account → name, as the accounts' file has it; read again now and then, in a thread."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._people: dict[str, Account] = {}
        self._read_at = float("-inf")

    def of(self, account: str) -> str:
        """The name of an account; of a part of the system, 系统; the pseudonym where nothing is known."""
        if account.startswith("/sys/"):
            return "系统"
        found = self._people.get(account)
        return account if found is None else found.name or found.login

    def at(self, court: str) -> dict[str, str]:
        """Account → name and role of everybody of a court who may log in, for a list to choose from."""
        people = (one for one in self._people.values() if one.court == court and one.disabled_at is None)
        return {one.id: f"{one.name or one.login}（{ROLES_ZH[one.role]}）" for one in people}

    async def refresh(self) -> None:
        """Read them again if they are old."""
        if time.monotonic() - self._read_at > _KEPT_S:
            self._read_at = time.monotonic()
            self._people = {one.id: one for one in await asyncio.to_thread(self._accounts.people.all)}
