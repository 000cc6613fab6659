"""Whose rows and sums are of a court alone, without those below it."""

from typing import Any

from contract.courts import COURTS, SPC


def condition(court: str, params: dict[str, Any]) -> str:
    """SQL of it by the column court; what it names is put into ``params``.

    What no court of the tree owns is counted at the root alone, so that a court and those right below it make up its whole.
    """
    if court != SPC:
        params["court"] = court
        return "court = %(court)s"
    params["elsewhere"] = tuple(code for code in COURTS.subtree(SPC) if code != SPC)
    return "court NOT IN %(elsewhere)s"
