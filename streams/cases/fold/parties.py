"""The parties of a case: roles, reports of property, listing, restriction of consumption."""

from datetime import date

from streams.cases.fold.handling import Data, Handled, Handler, fill, handled
from streams.rules.functions import months_after


def _party(values: Data, ref: str) -> Data:
    """The party, made on first sight; a debtor may be listed before anybody registered it."""
    blank = dict.fromkeys(("minor", "student", "legal_rep", "campus_loan", "missing", "listed", "limited"), False)
    party: Data = values["parties"].setdefault(ref, {"role": "", "kind": "", **blank})
    return party


def _registered(values: Data, data: Data) -> None:
    party = _party(values, data["party_ref"])
    party |= {"role": data.get("role") or "", "kind": data.get("kind") or ""}
    flags = {"minor": "is_minor", "student": "is_student", "legal_rep": "is_legal_rep", "campus_loan": "is_campus_loan"}
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


def _listed(values: Data, data: Data) -> None:
    """Listed; for the grounds 2 to 6 the list has a term (法释〔2017〕7号第2条), counted from the decision."""
    party = _party(values, data["debtor_ref"])
    party["listed"] = True
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
        _registered, "party_ref", "role", "kind", "is_minor", "is_student", "is_legal_rep", "is_campus_loan"
    ),
    "party.missing_declared": handled(_set(missing=True), "debtor_ref"),
    "party.report_ordered": handled(_take(report_due_on="due_on"), "debtor_ref", "due_on"),
    "party.report_received": handled(_take(report_on="on"), "debtor_ref", "on"),
    "list.grace_granted": handled(_take(grace_on="until_on"), "debtor_ref", "until_on"),
    "list.included": handled(_listed, "debtor_ref", "ground", "decided_on", "term_months", "extended_months"),
    "list.removed": handled(_removed, "debtor_ref"),
    "cons.ordered": handled(_set(limited=True), "debtor_ref"),
    "cons.lifted": handled(_set(limited=False), "debtor_ref"),
}
