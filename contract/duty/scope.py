"""What a role sees: one function of role and court → courts, and one table of role × resource. API, wall and export go by it.

Beside it, a single case that was opened to another court is seen by that court too (`contract.duty.rights.sees`). Who may
*do* what is in `contract.duty.rights`.
"""

from typing import Any, Literal

import msgspec

from contract.courts import COURTS, SPC
from contract.duty.people import Role
from contract.duty.rights import TECHNICAL_RULES

Resource = Literal["figures", "alerts", "cases", "duty", "directives", "rosters"]
RESOURCES_ZH: dict[Resource, str] = {
    "figures": "数字（件数、比率）",
    "alerts": "预警（案件标识、证据、算式）",
    "cases": "案件（案号、事件、金额）",
    "duty": "处置记录",
    "directives": "督办指令",
    "rosters": "值班表、在岗人员",
}

EVERY_RULE = ("",)
_CASE_PARTS = frozenset({"subject", "key", "element", "evidence", "arithmetic", "rootid", "armed_by", "checks", "incomplete"})
"""What of an alert names or describes its case."""


class Reads(msgspec.Struct, frozen=True, kw_only=True):
    """What one role reads.

    Attributes:
        below: Whether the courts below its own belong to its scope.
        resources: What it reads there.
        rules: Beginnings of the rules whose alerts it reads whole; "" = all.
        masked: Whether it sees of other alerts that they are there: rule, court, severity and days, not whose case.
    """

    below: bool = True
    resources: frozenset[Resource] = frozenset()
    rules: tuple[str, ...] = ()
    masked: bool = False

    def whole(self, rule: str) -> bool:
        """Whether alerts of a rule are read whole."""
        return rule.startswith(self.rules) if self.rules else False


_ALL: frozenset[Resource] = frozenset(RESOURCES_ZH)
_FIGURES: frozenset[Resource] = frozenset({"figures"})
EVERYTHING = Reads(resources=_ALL, rules=EVERY_RULE)

READS: dict[Role, Reads] = {
    "kiosk": Reads(resources=_FIGURES, masked=True),
    "duty_officer": EVERYTHING,
    "technician": Reads(resources=_FIGURES | {"alerts", "duty", "rosters"}, rules=(TECHNICAL_RULES,), masked=True),
    "director": EVERYTHING,
    "president": EVERYTHING,
    # Which cases are an officer's own can't be told from an account yet, so none is shown.
    "case_officer": Reads(below=False, resources=_FIGURES, masked=True),
    "fund_clerk": Reads(below=False, resources=_FIGURES | {"alerts"}, rules=("R-FUND-", "R-LEDG-"), masked=True),
    "discipline": EVERYTHING,
    "reader": Reads(resources=_FIGURES),
    "system": EVERYTHING,
}


class Scope(msgspec.Struct, frozen=True):
    """A set of courts: one alone, or one and all below it. The Supreme People's Court's holds what no court owns, too."""

    court: str
    below: bool = True

    def __contains__(self, code: object) -> bool:
        if code == self.court or not self.below:
            return code == self.court
        return self.court == SPC or (isinstance(code, str) and COURTS.within(code, self.court))

    @property
    def whole(self) -> bool:
        """Whether it holds everything."""
        return self.below and self.court == SPC

    def courts(self) -> frozenset[str]:
        """The codes of the tree that it holds."""
        return frozenset(court.code for court in COURTS if court.code in self)


def courts_seen(role: Role, court: str) -> Scope:
    """The courts that a role bound to a court sees. A court that the tree lacks sees itself alone."""
    return Scope(court, below=READS[role].below and court in COURTS)


def directive_courts(from_court: str, to_court: str, state: str, issued_at: object) -> tuple[str, ...]:
    """The courts whose a directive is: the giver's, and from its issue on the addressee's. It is seen by whose scope has one.

    A draft, also one that was withdrawn without having been issued, is the giver's alone.

    Args:
        from_court: The giver's.
        to_court: The addressee's.
        state: As in the record; "" = the first, drafted.
        issued_at: When it was issued, None = never.
    """
    draft = issued_at is None and state in {"", "drafted", "withdrawn"}
    return (from_court,) if draft else (from_court, to_court)


def alert_seen(reads: Reads, scope: Scope, alert: dict[str, Any]) -> dict[str, Any] | None:
    """An alert as somebody sees it: whole, without its case, or not at all (None).

    ``alert``: the record of docs/alerts.md.
    """
    if alert["court"] not in scope:
        return None
    if "alerts" in reads.resources and reads.whole(alert["rule"]):
        return alert
    return masked(alert) if reads.masked else None


def masked(alert: dict[str, Any]) -> dict[str, Any]:
    """An alert without what names or describes its case."""
    return {name: value for name, value in alert.items() if name not in _CASE_PARTS} | {"masked": True}
