"""The page of roles, docs/roles.md: who may ask what, and the kinds of directives. Written by `make contract`."""

from collections.abc import Iterable
from typing import get_args

from contract.duty.directive_kinds import KINDS, limit_source
from contract.duty.directives import KindOfDirective
from contract.duty.people import Role
from contract.duty.rights import LEADER_OF_THE_WEEK, RIGHTS, ROLES_ZH, Right
from contract.duty.scope import READS, RESOURCES_ZH, Reads, Resource

_RELATIONS = {"own": "own court", "above": "courts below", "from": "issuing court", "to": "receiving court", "any": "all"}
_TO = {"below": "any court below", "next": "the court right below", "above": "the court right above"}

_HEAD = """# Roles

Written by `make contract` from `contract/duty/scope.py`, `contract/duty/rights.py` and `contract/duty/directive_kinds.py`; the
judging itself is `streams/duty/rights.py`. What isn't written here is forbidden, and refused with a reason.

A person is bound to one court and sees it and all courts below it. Courts beside it are invisible, but for one case that they
entrusted, were entrusted with, or are told about by a directive. The kiosk (大屏) and outside readers see counts only, a
technician no business payload.

**A draft of a directive belongs to its giver's court and those above it until it is issued**, also one that was withdrawn
instead (`directive_courts`): in lists, pages, API, streams and bundles, and in what the alerts that it names tell. To its
addressee and the courts between them it is as one that isn't there, whatever they ask. Once issued it is seen from both ends.

## What a role sees

Applied in one place to API and pages (`dashboards/view.py`); ✔ = within its courts. *Masked*: that an alert is there, its rule,
court, severity and days, not whose case it is. People who log in are never of the roles `kiosk` and `system`.

{sees}

## Who may give which command

A cell says about whose records: *own court*, *courts below*; for directives: as the *issuing* or as the *receiving court*.
"""

_AFTER = """
Beside the table:

- Whoever holds the leader's post of a desk may also give {leader}, whatever the role.
- A technician answers alerts of rules about feeds (`R-DATA-*`) only.
- An alert is merged into one of another court only by a court above both.
- A case officer (承办人) ends no alert: the events of the case do.
- Nobody approves what he asked for himself: the second person for a red alert is another; who drafted or changed a directive
  doesn't issue it; the court that must obey neither issues nor judges; a leader doesn't consent to his own swap; a handover has
  two people.
- A part of the system drafts directives and never issues one.

## Kinds of directives

An order goes down the tree, a request goes to the court right above. A limit that is not law is shown as 管理参数, or as set by
the issuer where there is no default. ✔ = the source was read in a public copy.
"""


def roles_page() -> str:
    """The whole page."""
    leader = ", ".join(f"`{command}`" for command in sorted(LEADER_OF_THE_WEEK))
    roles = [role for role in get_args(Role) if any(role in right.roles for right in RIGHTS.values())]
    silent = "、".join(f"{ROLES_ZH[role]} (`{role}`)" for role in get_args(Role) if role not in roles)
    return "\n".join(
        [
            _HEAD.format(sees="\n".join(_sees())),
            *_table(
                ["Command", "", *(f"{ROLES_ZH[role]}<br>`{role}`" for role in roles)],
                (_right(right, roles) for right in RIGHTS.values()),
            ),
            "",
            f"No command at all: {silent}.",
            _AFTER.format(leader=leader),
            *_table(["Kind", "Issued by", "To", "Answer due", "Limit is", "Basis"], map(_kind, KINDS.values())),
            "",
        ]
    )


def _table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    return [_line(head), _line(["---"] * len(head)), *map(_line, rows)]


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _sees() -> list[str]:
    rows = (
        [f"{ROLES_ZH[role]}<br>`{role}`", "own + below" if reads.below else "own", *(_seen(reads, one) for one in RESOURCES_ZH)]
        for role, reads in READS.items()
    )
    return _table(["Role", "Courts", *(f"{zh}<br>`{one}`" for one, zh in RESOURCES_ZH.items())], rows)


def _seen(reads: Reads, resource: Resource) -> str:
    if resource not in reads.resources:
        return "masked" if resource == "alerts" and reads.masked else "–"
    if resource not in {"alerts", "duty"} or "" in reads.rules:
        return "✔"
    some = ", ".join(f"`{beginning}*`" for beginning in reads.rules)
    return some + ("; others masked" if resource == "alerts" and reads.masked else "")


def _right(right: Right, roles: list[Role]) -> list[str]:
    cells = (" + ".join(_RELATIONS[relation] for relation in right.roles.get(role, ())) or "–" for role in roles)
    return [f"`{right.command}`", right.zh, *cells]


def _kind(kind: KindOfDirective) -> list[str]:
    due = "set by the issuer" if kind.due_days is None else f"{kind.due_days} days"
    urgent = "" if kind.urgent_days is None else f", urgent {kind.urgent_days}"
    most = "" if kind.at_most_months is None else f", at most {kind.at_most_months} months, then it lapses"
    by = "、".join(ROLES_ZH[role] for role in kind.by) + (f" ({', '.join(kind.tiers)})" if kind.tiers else "")
    basis = (kind.basis + (" ✔" if kind.verified else " ○")) if kind.basis else "–"
    return [kind.kind, by, _TO[kind.to], due + urgent + most, limit_source(kind.kind), basis]
