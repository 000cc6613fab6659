"""What CEL may read beside events: the state of a case, and the functions.

`CASE` names every attribute of ``case`` with an example of its value; ids stand for the ids of parties, assets, receipts.
`streams.cases` makes the real values; a test compares the two.
"""

from typing import Any

from streams.rules.shapes import SCALAR, Elements, Fields, Shape

_PARTY = {
    "role": "被执行",
    "kind": "natural",
    "minor": False,
    "student": False,
    "legal_rep": False,
    "campus_loan": False,
    "not_due": False,
    "notified_on": "2024-03-01",
    "ordered": False,
    "checked": False,
    "searched": False,
    "defied": False,
    "obstructed": False,
    "sanctioned": False,
    "was_listed": False,
    "was_spared": False,
    "missing": False,
    "report_due_on": "2024-03-01",
    "report_on": "2024-03-01",
    "listed": False,
    "listed_on": "2024-03-01",
    "list_ground": 1,
    "list_ends_on": "2026-03-01",
    "limited": False,
    "grace_on": "2024-03-01",
}
_ASSET = {
    "class": "deposit",
    "owner": "debtor_ref-1",
    "value_fen": 1_000_000,
    "encumbrance_fen": 0,
    "rank": 1,
    "state": "controlled",
    "expires_on": "2025-03-01",
    "price_fen": 1_000_000,
    "valid_on": "2025-03-01",
    "rounds": 0,
    "indivisible": False,
    "exempt": False,
}
_RECEIPT = {
    "amount_fen": 1_000_000,
    "left_fen": 0,
    "notified_on": "2024-03-01",
    "deferred": False,
    "account": "示例",
}
_OBJECTION = {"kind": "行为", "asset_id": "asset_id-1", "open": False, "decided_on": "2024-03-01", "result": "驳回"}

MAPS: dict[str, dict[str, Any]] = {
    "parties": _PARTY,
    "assets": _ASSET,
    "auctions": {"asset_id": "asset_id-1", "round": "一拍", "state": "announced"},
    "receipts": _RECEIPT,
    "classes": {"status": "ok", "on": "2024-03-01"},
    "clues": {"open": False, "urgent": False, "result": "属实"},
    "objections": _OBJECTION,
    "alerts": {"severity": "orange", "yellow": 0, "orange": 1, "red": 0},
    "settlements": {"open": False, "last_due_on": "2024-09-01", "status": "performed"},
    "requeries": {"on": "2024-09-01", "hits": 0, "value_fen": 0},
    "preservations": {"stage": "诉前", "executed": False, "released": False},
    "directives": {"kind": "督办", "due_on": "2024-09-01", "open": False},
    "petitions": {"theme": "消极", "open": False},
}
"""Attributes of ``case`` that are maps from an id, each with an example of an element."""

CASE: dict[str, Any] = {
    "id": "京0105-2024-000001",
    "root": "京0105-2024-000001",
    "court": "京0105",
    "tier": "BASIC",
    "type": "执",
    "tags": ["涉民生"],
    "cause": "示例",
    "claim_kind": "money",
    "nonlitigation": False,
    "filed_on": "2024-03-01",
    "interest_from_on": "2024-03-01",
    "open": True,
    "alive": True,
    "mode": "",
    "closed_on": "2024-09-01",
    "suspended": False,
    "deferred": False,
    "settling": False,
    "until_on": "2024-09-01",
    "deferred_until_on": "2024-09-01",
    "terminated_on": "2024-09-01",
    "judge": "judge_id-1",
    "officer": "officer_id-1",
    "claim_fen": 1_000_000,
    "fee_fen": 10_000,
    "interest_fen": 0,
    "owed_fen": 1_010_000,
    "performed_fen": 0,
    "received_fen": 0,
    "paid_fen": 0,
    "escrowed_fen": 0,
    "in_kind_fen": 0,
    "balance_fen": 0,
    "first_seized_fen": 0,
    "guaranteed_fen": 0,
    "debtors": ["party_ref-1"],
}
"""Attributes of ``case`` that aren't maps, each with an example."""

FUNCTIONS: dict[str, tuple[int, ...]] = {
    "seen": (1,),
    "last": (1,),
    "count": (1, 2),
    "sum": (2, 3),
    "add": (2,),
    "days": (2,),
    "working_days": (2,),
    "end_of": (2,),
    "fee_fen": (1,),
    "interest_fen": (3,),
    "prev": (2,),
    "has": (1,),
    "size": (1,),
    "int": (1,),
    "uint": (1,),
    "double": (1,),
    "string": (1,),
    "timestamp": (1,),
    "duration": (1,),
}
"""Functions and how many arguments they take."""

REFERENCE_CALLS = frozenset({"seen", "last", "count", "sum"})
"""Functions whose first argument is a literal reference."""

GROUP_NAMES = ("chain", "debtor", "officer")
"""Names of the cases of a scope, in rules of that scope."""

GROUP_CASE: dict[str, Any] = {"id": "京0105-2024-000001", "court": "京0105", "open": True, "alive": True, "owed_fen": 1_010_000}
"""What is told of each of them."""

METHODS = frozenset(
    {
        "size",
        "startsWith",
        "endsWith",
        "contains",
        "matches",
        "getFullYear",
        "getMonth",
        "getDate",
        "getDayOfMonth",
        "getDayOfWeek",
        "getDayOfYear",
        "getHours",
        "getMinutes",
        "getSeconds",
    }
)
"""Methods of strings, lists and timestamps."""


def case_example() -> dict[str, Any]:
    """An example of ``case``, each map with the ids that the contract's examples use."""
    ids = {
        "parties": "party_ref-1",
        "assets": "asset_id-1",
        "auctions": "auction_id-1",
        "receipts": "receipt_id-1",
        "objections": "objection_id-1",
        "clues": "clue_id-1",
        "settlements": "settlement_id-1",
        "preservations": "pres_id-1",
        "directives": "directive_id-1",
        "petitions": "pet_id-1",
        "requeries": "1",
    }
    return CASE | {name: {ids.get(name, f"{name}-1"): dict(element)} for name, element in MAPS.items()}


def group_example() -> dict[str, Any]:
    """An example of ``chain``, ``debtor`` or ``officer``."""
    return {"cases": [dict(GROUP_CASE)]}


def group_shape() -> Fields:
    """The shape of ``chain``, ``debtor`` or ``officer``."""
    return Fields({"cases": Elements(Fields(dict.fromkeys(GROUP_CASE, SCALAR)))})


def case_shape() -> Fields:
    """The shape of ``case``."""
    fields: dict[str, Shape] = {name: Elements(SCALAR) if isinstance(value, list) else SCALAR for name, value in CASE.items()}
    for name, element in MAPS.items():
        fields[name] = Elements(Fields(dict.fromkeys(element, SCALAR)), keyed=True)
    return Fields(fields)
