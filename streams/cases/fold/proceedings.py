"""What is decided about a case: objections, termination, preservation, directives, petitions."""

from streams.cases.fold.course import TERMINATED
from streams.cases.fold.handling import Data, Handled, Handler, fill, handled


def _objection(values: Data, data: Data) -> None:
    known = values["objections"].setdefault(data["objection_id"], {"open": True})
    fill(known, data, kind="kind", asset_id="asset_id")


def _filed(values: Data, data: Data) -> None:
    values["objections"].setdefault(data["objection_id"], {"open": True})


def _decided(values: Data, data: Data) -> None:
    known = values["objections"].setdefault(data["objection_id"], {})
    known["open"] = False
    fill(known, data, decided_on="served_on", result="result")


def _terminated(values: Data, data: Data) -> None:
    values["mode"] = TERMINATED
    fill(values, data, terminated_on="on")


def _masked(values: Data, data: Data) -> None:
    """Taken off the register because all is done: a case that is closed lives no longer."""
    if data.get("reason") in ("履行完毕", "终结") and not values["open"]:
        values["alive"] = False


def _preservation(values: Data, data: Data) -> None:
    known = values["preservations"].setdefault(data["pres_id"], {"executed": False, "released": False})
    fill(known, data, stage="stage")


def _preserved(name: str) -> Handler:
    def handler(values: Data, data: Data) -> None:
        known = values["preservations"].setdefault(data["pres_id"], {"executed": False, "released": False})
        known[name] = True

    return handler


def _directive(values: Data, data: Data) -> None:
    known = values["directives"].setdefault(data["directive_id"], {"open": True})
    fill(known, data, kind="kind", due_on="due_on")


def _directive_closed(values: Data, data: Data) -> None:
    """Closed, or raised to a court above; one that is sent back stays open."""
    known = values["directives"].setdefault(data["directive_id"], {})
    known["open"] = data.get("verdict") == "退回"


def _petition(values: Data, data: Data) -> None:
    known = values["petitions"].setdefault(data["pet_id"], {"open": True})
    fill(known, data, theme="theme")


def _resolved(values: Data, data: Data) -> None:
    values["petitions"].setdefault(data["pet_id"], {})["open"] = False


HANDLED: dict[str, Handled] = {
    "objection.received": handled(_objection, "objection_id", "kind", "asset_id"),
    "objection.filed": handled(_filed, "objection_id"),
    "objection.decided": handled(_decided, "objection_id", "served_on", "result"),
    "term.ruled": handled(_terminated, "on"),
    "term.masked": handled(_masked, "reason"),
    "pres.applied": handled(_preservation, "pres_id", "stage"),
    "pres.executed": handled(_preserved("executed"), "pres_id"),
    "pres.released": handled(_preserved("released"), "pres_id"),
    "sup.directive_issued": handled(_directive, "directive_id", "kind", "due_on"),
    "sup.directive_closed": handled(_directive_closed, "directive_id", "verdict"),
    "pet.received": handled(_petition, "pet_id", "theme"),
    "pet.resolved": handled(_resolved, "pet_id"),
}
