"""The parties of a case: roles, reports of property, listing, restriction of consumption."""

from datetime import date

from streams.cases.fold import accruals
from streams.cases.fold.handling import Data, Handled, Handler, fill, handled
from streams.rules.functions import months_after

_FLAGS = (
    *("minor", "student", "legal_rep", "campus_loan", "not_due", "missing", "listed", "limited"),
    *("ordered", "checked", "searched", "defied", "obstructed", "sanctioned", "was_listed", "was_spared"),
)
_ALL_NOTIFIED = "_notified_on"
"""The first day on which a notice that names no debtor was served, among the values of a case."""


def _party(values: Data, ref: str) -> Data:
    """The party, made on first sight; a debtor may be listed before anybody registered it."""
    known: Data | None = values["parties"].get(ref)
    if known is None:
        known = values["parties"][ref] = {"role": "", "kind": "", **dict.fromkeys(_FLAGS, False)}
        fill(known, values, notified_on=_ALL_NOTIFIED)
    return known


def _registered(values: Data, data: Data) -> None:
    party = _party(values, data["party_ref"])
    party |= {"role": data.get("role") or "", "kind": data.get("kind") or ""}
    flags = {"minor": "is_minor", "student": "is_student", "legal_rep": "is_legal_rep", "campus_loan": "is_campus_loan"}
    flags["not_due"] = "order_not_due"
    party |= {name: bool(data.get(field)) for name, field in flags.items()}
    values["debtors"] = [ref for ref, party in values["parties"].items() if party["role"] == "被执行"]


def _set(**fixed: object) -> Handler:
    def handler(values: Data, data: Data) -> None:
        _party(values, data["debtor_ref"]).update(fixed)

    return handler


def _take(**names: str) -> Handler:
    def handler(values: Data, data: Data) -> None:
        fill(_party(values, data["debtor_ref"]), data, **names)

    return handler


def _notified(values: Data, data: Data) -> None:
    """The first day on which a notice was served on a debtor; one that names nobody speaks of all."""
    accruals.noticed(values, data)
    on, ref = data.get("served_on"), data.get("debtor_ref")
    if on is None:
        return
    for known in values["parties"].values() if ref is None else [_party(values, ref)]:
        known["notified_on"] = min(on, known.get("notified_on", on))
    if ref is None:
        values[_ALL_NOTIFIED] = min(on, values.get(_ALL_NOTIFIED, on))


def _ordered(values: Data, data: Data) -> None:
    party = _party(values, data["debtor_ref"])
    party["ordered"] = True
    fill(party, data, report_due_on="due_on")


def _spared(values: Data, data: Data) -> None:
    party = _party(values, data["debtor_ref"])
    party["was_spared"] = True
    fill(party, data, grace_on="until_on")


def _listed(values: Data, data: Data) -> None:
    """Listed; for the grounds 2 to 6 the list has a term (法释〔2017〕7号第2条), counted from the decision."""
    party = _party(values, data["debtor_ref"])
    party["listed"] = party["was_listed"] = True
    party.pop("list_ends_on", None)
    fill(party, data, list_ground="ground", listed_on="decided_on")
    months = (data.get("term_months") or 0) + (data.get("extended_months") or 0)
    begin = data.get("decided_on")
    if begin is not None and months and data.get("ground") != 1:
        party["list_ends_on"] = months_after(date.fromisoformat(begin), months).isoformat()


def _removed(values: Data, data: Data) -> None:
    party = _party(values, data["debtor_ref"])
    party["listed"] = False
    party.pop("list_ends_on", None)


HANDLED: dict[str, Handled] = {
    "party.registered": handled(
        _registered,
        *("party_ref", "role", "kind", "is_minor", "is_student", "is_legal_rep", "is_campus_loan", "order_not_due"),
    ),
    "case.notice_issued": handled(_notified, "debtor_ref", "served_on", "perform_by_on"),
    "party.missing_declared": handled(_set(missing=True), "debtor_ref"),
    "party.search_done": handled(_set(searched=True), "debtor_ref"),
    "party.evasion_recorded": handled(_set(defied=True), "debtor_ref"),
    "party.obstruction_recorded": handled(_set(defied=True, obstructed=True), "debtor_ref"),
    "party.sanctioned": handled(_set(sanctioned=True), "debtor_ref"),
    "cons.violated": handled(_set(defied=True), "debtor_ref"),
    "party.report_ordered": handled(_ordered, "debtor_ref", "due_on"),
    "party.report_checked": handled(_set(checked=True), "debtor_ref"),
    "party.report_received": handled(_take(report_on="on"), "debtor_ref", "on"),
    "list.grace_granted": handled(_spared, "debtor_ref", "until_on"),
    "list.included": handled(_listed, "debtor_ref", "ground", "decided_on", "term_months", "extended_months"),
    "list.removed": handled(_removed, "debtor_ref"),
    "cons.ordered": handled(_set(limited=True), "debtor_ref"),
    "cons.lifted": handled(_set(limited=False), "debtor_ref"),
}
