"""All of a data folder's accounts, opened together."""

from pathlib import Path

from infra.accounts.database import Database
from infra.accounts.feed_keys import FeedKeys
from infra.accounts.people import People
from infra.accounts.sessions import Sessions
from infra.accounts.tokens import Tokens
from infra.accounts.trail import Trail


def accounts_file(data: Path) -> Path:
    """Where the accounts of a data folder lie."""
    return data / "accounts" / "accounts.db"


class Accounts:
    """The accounts of a data folder; its calls are short, but they block: from an event loop they are made in a thread.

    Args:
        data: The data folder.

    Raises:
        AccountError: The file can't be used.
    """

    def __init__(self, data: Path) -> None:
        self._database = Database(accounts_file(data))
        self.people = People(self._database)
        self.sessions = Sessions(self._database, self.people)
        self.tokens = Tokens(self._database)
        self.feed_keys = FeedKeys(self._database)
        self.trail = Trail(self._database)

    def close(self) -> None:
        """Close the file."""
        self._database.close()
