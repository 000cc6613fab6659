"""Directives: kinds, who may give which, and their limits (domain.md, section 8).

A directive never edits a lower court's facts: the lower court answers with its own events. The engine drafts with evidence, a
named person issues. Upward there are requests only (请示, 报请, 请求复议, 协调), never orders.
"""

from typing import Literal

import msgspec

from contract.duty.people import Role
from contract.events.sup import DirectiveKind

DirectiveState = Literal["drafted", "issued", "received", "answered", "returned", "closed", "withdrawn", "lapsed"]

UPWARD: frozenset[DirectiveKind] = frozenset({"请示", "报请", "请求复议", "协调"})


class KindOfDirective(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for one kind.

    Attributes:
        kind: Its name, as in ``sup.directive_issued.kind``.
        by: Roles that may issue it.
        to: ``below`` any court below, ``next`` only the court right below, ``above`` the court right above.
        due_days: Civil days in which it must be answered if the issuer sets none; None = the issuer must set it.
        at_most_days: Longest limit that may be set; None = none.
        basis: Legal source, as domain.md gives it.
        verified: Whether that text was read in a public copy (✔).
        statutory: Whether the limit is law; otherwise it is shown as 管理参数.
    """

    kind: DirectiveKind
    by: tuple[Role, ...]
    to: Literal["below", "next", "above"] = "below"
    due_days: int | None = 15
    at_most_days: int | None = None
    basis: str = ""
    verified: bool = False
    statutory: bool = False
