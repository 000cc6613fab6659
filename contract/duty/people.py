"""Who asks: roles, and the one `Principal` that goes into every command, query and page.

A principal is made in one place only, from a session, a token or the name of a part of the system; nothing reads an identity
from a header or a body. Roles and their scope follow docs/roles.md: a person bound to a court sees it and all below it.
"""

from typing import Literal

import msgspec

Role = Literal[
    "kiosk",  # 大屏: counts only, read-only
    "duty_officer",  # 值班员
    "technician",  # 技术值班: feeds and processors, no business payload
    "director",  # 指挥长/执行局长
    "president",  # 院长/分管院长
    "case_officer",  # 承办人: own cases
    "fund_clerk",  # 案款管理员
    "discipline",  # 督察/纪检
    "reader",  # 检察院/政法委: reports only
    "system",  # a part of this system, named by `account`
]

Via = Literal["session", "token", "kiosk", "system"]


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks.

    Attributes:
        account: Id of the account (a pseudonym, P1), or ``/sys/<name>`` for a part of the system.
        role: What it may do.
        court: Code of the court that it is bound to; the Supreme People's Court for parts of the system.
        via: How it was known.
    """

    account: str
    role: Role
    court: str
    via: Via = "session"


def part_of_system(name: str) -> Principal:
    """The principal of a part of the system, e.g. ``/sys/duty``."""
    return Principal(account=f"/sys/{name}", role="system", court="最高法", via="system")
