"""What is known of a debtor's property: answers of institutions by class of asset, clues, queries after termination."""

from contract.times import civil_date, parse_instant
from streams.cases.fold.handling import Data, Handled, fill, handled


def _feedback(values: Data, data: Data) -> None:
    """The last answer for a class of assets, and its civil day."""
    name = data.get("class")
    if name is not None:
        on = civil_date(parse_instant(data["at"])).isoformat()
        values["classes"][name] = {"status": data.get("status") or "", "on": on}


def _clue(values: Data, data: Data) -> None:
    values["clues"].setdefault(data["clue_id"], {"open": True, "urgent": bool(data.get("urgent"))})


def _verified(values: Data, data: Data) -> None:
    known = values["clues"].setdefault(data["clue_id"], {"urgent": False})
    known["open"] = False
    fill(known, data, result="result")


def _requery(values: Data, data: Data) -> None:
    known = values["requeries"].setdefault(str(data["seq_no"]), {})
    fill(known, data, on="on", hits="hits", value_fen="est_value_fen")


HANDLED: dict[str, Handled] = {
    "inquiry.feedback": handled(_feedback, "class", "status", "at", dated="at"),
    "clue.received": handled(_clue, "clue_id", "urgent"),
    "clue.verified": handled(_verified, "clue_id", "result"),
    "term.requery_done": handled(_requery, "seq_no", "on", "hits", "est_value_fen"),
}
