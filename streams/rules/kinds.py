"""Which fields each kind of rule knows, which it must have, and what stands for those it leaves out."""

from collections.abc import Mapping
from typing import Any

from streams.rules.model import Rule

KINDS = ("deadline", "sequence", "forbidden", "ledger", "silence", "rate")

JUDGED_AT_EVENTS = ("sequence", "forbidden", "ledger")
"""Kinds that are judged at each event of some types, without a clock."""

_COMMON = (
    *("id", "name", "family", "kind", "scope", "key", "levels", "axis", "outlives", "react", "hold", "propose", "restricted"),
    *("basis", "citation", "params", "seed", "effective", "runbook"),
)
_POINT = (*_COMMON, "each", "arms", "match", "cancel", "clears")

FIELDS: Mapping[str, tuple[str, ...]] = {
    "deadline": (*_COMMON, "each", "start", "arms", "when", "match", "stop", "cancel", "pause", "extend", "within"),
    "sequence": (*_POINT, "before", "after", "exempt", "holds"),
    "forbidden": (*_POINT, "at", "when", "checks", "holds"),
    "ledger": (*_POINT, "at", "balance", "sign", "tolerance"),
    "silence": (*_COMMON, "each", "expect", "when", "match", "cancel", "pause", "extend", "within"),
    "rate": (
        *(name for name in _COMMON if name != "key"),
        "window",
        "every",
        "measures",
        "num",
        "den",
        "least",
        "baseline",
        "clears",
    ),
}
"""The fields of each kind."""

_NAMED = ("id", "name", "family", "kind")
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "deadline": (*_NAMED, "start", "stop", "within", "levels"),
    "sequence": (*_NAMED, "before", "after"),
    "forbidden": (*_NAMED, "at"),
    "ledger": (*_NAMED, "at", "balance"),
    "silence": (*_NAMED, "expect", "within", "levels"),
    "rate": (*_NAMED, "window", "measures", "num", "levels"),
}
"""The fields that must be there and mustn't be empty."""

WHY_NOT_EMPTY: Mapping[str, str] = {
    "name": 'what the rule is called must be given: { zh = "…", en = "…" }',
    "family": "what the rule is about must be given: inaction, disorder, evasion, assistance or data",
    "start": "what arms the rule must be named",
    "stop": "what fulfils the obligation must be named",
    "within": "the limit must be given",
    "levels": "a level must be given",
    "before": "what has to come first must be named",
    "after": "the events at which it is judged must be named",
    "at": "the events at which it is judged must be named",
    "balance": "the expression that gives the balance in fen must be written",
    "expect": "what is expected must be named",
    "window": "the window must be given, such as '1 months'",
    "measures": "what is counted must be named",
    "num": "the numerator must be given, over the names of measures",
}


def kinds_with(field: str) -> list[str]:
    """The kinds that know a field."""
    return [kind for kind in KINDS if field in FIELDS[kind]]


def starting_fields(kind: str) -> tuple[str, ...]:
    """The fields that name what a rule of a kind begins with: its starts, or the events at which it is judged."""
    return {"sequence": ("after",), "forbidden": ("at",), "ledger": ("at",), "silence": ("expect",), "rate": ()}.get(
        kind, ("start",)
    )


def effects_of(rule: Rule) -> list[tuple[str, tuple[str, ...]]]:
    """(field, references) of what ends or moves what a rule began, as written."""
    names = ("stop", "cancel", "extend", "before", "clears") if rule.kind != "silence" else ("cancel", "extend")
    return [(name, getattr(rule, name)) for name in names]


def completed(table: Mapping[str, Any]) -> dict[str, Any]:
    """A rule's table with what its kind fixes written out."""
    whole = dict(table)
    kind = whole["kind"]
    if kind in JUDGED_AT_EVENTS and not whole.get("checks"):
        whole.setdefault("levels", [{"severity": "orange"}])
    if kind == "silence":
        whole |= {"start": whole["expect"], "stop": whole["expect"], "arms": "last"}
    if kind == "ledger":
        whole["holds"] = True
    if kind == "rate":
        whole["every"] = whole["window"] if whole.get("every", "") == "" else whole["every"]
    if kind not in ("deadline", "silence") and isinstance(whole.get("levels"), list):
        # These levels are reached when the rule is judged; `at` says so in the words of a deadline.
        whole["levels"] = [
            {**level, "at": level.get("at") or "100%"} if isinstance(level, Mapping) else level for level in whole["levels"]
        ]
    return whole
