"""Names of accounts for people's eyes: the log knows pseudonyms alone."""

import asyncio
import time

from infra.accounts.store import Accounts

_KEPT_S = 30.0


class Names:
    """Account → name, as the accounts' file has it; read again now and then, in a thread."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._names: dict[str, str] = {}
        self._read_at = float("-inf")

    def of(self, account: str) -> str:
        """The name of an account; of a part of the system, 系统; the pseudonym where nothing is known."""
        return "系统" if account.startswith("/sys/") else self._names.get(account, account)

    async def refresh(self) -> None:
        """Read them again if they are old."""
        if time.monotonic() - self._read_at > _KEPT_S:
            self._read_at = time.monotonic()
            self._names = await asyncio.to_thread(self._accounts.people.names)

    async def account(self, text: str) -> str:
        """The account that somebody typed as login, name or id; what is none of these stands as it is."""
        await self.refresh()
        found = [account for account, name in self._names.items() if text in {account, name}]
        return found[0] if len(found) == 1 else await asyncio.to_thread(self._by_login, text)

    def _by_login(self, text: str) -> str:
        return next((one.id for one in self._accounts.people.all() if one.login == text.casefold()), text)
