"""The errors of accounts.

YipanqiError
└── AccountError         what was asked of an account can't be done: what, and what to do
    ├── Throttled        too many failed logins: not before so many seconds
    └── LoginRefused     name or password is wrong, or the account is disabled; it isn't said which
"""

from contract.errors import YipanqiError


class AccountError(YipanqiError):
    """What was asked of an account can't be done."""


class Throttled(AccountError):
    """Too many failed logins.

    Attributes:
        retry_after_s: When the next try is worth it.
    """

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many failed logins; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class LoginRefused(AccountError):
    """Name or password is wrong, or the account is disabled."""
