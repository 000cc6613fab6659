"""Interest on what is owed: from when it runs, what lessens the debt and when, which days are left out.

What was told so far is kept and the interest is counted from it anew at each day that asks, so that a term, rate or payment
that becomes known late counts as if it had been known from the beginning.
"""

from datetime import date, timedelta

from streams.cases.fold.handling import Data, Handled, fill, handled
from streams.rules.interest import Payment, Stay, additional_fen, general_fen, unpaid_days

TODAY = "_today"
"""The civil day of the event that is folded, among the values of a case."""

_LESSENED, _STAYS, _JUDGED_BY, _NOTICED_BY, _RATE = "_lessened", "_stays", "_judged_by_on", "_noticed_by_on", "_rate_bp"

_REVIEWED = ("再审", "破产")
"""Grounds of a suspension during which no additional interest runs (法释〔2014〕8号第3条; 企业破产法第46条)."""

FILED_FIELDS = ("perform_by_on", "interest_rate_bp")


def filed(values: Data, data: Data) -> None:
    """The term of performance and the rate that the judgment fixes, as the filing tells them."""
    fill(values, data, **{_JUDGED_BY: "perform_by_on", _RATE: "interest_rate_bp"})


def lessened(values: Data, amount_fen: int) -> None:
    """Money that the debtor performed today, into the court's account too; below 0 what he got back."""
    values.setdefault(_LESSENED, []).append(Payment(values[TODAY], amount_fen))


def suspended(values: Data, data: Data) -> None:
    """A suspension for a review of the judgment that the debtor didn't ask for, or for a bankruptcy."""
    values["suspended"] = True
    if data.get("ground") in _REVIEWED and data.get("requested_by") != "被执行人":
        values.setdefault(_STAYS, []).append(["中止", date.fromisoformat(data["on"]), date.max])


def deferred(values: Data, data: Data) -> None:
    """A deferral by a court above that the debtor didn't ask for; one against a guarantee is the debtor's own."""
    values["deferred"], values["deferred_until_on"] = True, data.get("until_on")
    if data.get("ground") == "上级监督" and data.get("requested_by") != "被执行人":
        until = data.get("until_on")
        last = date.max if until is None else date.fromisoformat(until)
        end = last if last == date.max else last + timedelta(days=1)
        values.setdefault(_STAYS, []).append(["暂缓", values[TODAY], end])


def stay_ended(values: Data, data: Data) -> None:
    """The end of a suspension, of a deferral or, where it doesn't say, of both."""
    kind = data.get("kind")
    if kind != "暂缓":
        values["suspended"] = False
    if kind != "中止":
        values["deferred"], values["deferred_until_on"] = False, None
    on = date.fromisoformat(data["on"])
    for stay in values.get(_STAYS, ()):
        if kind is None or stay[0] == kind:
            stay[2] = min(stay[2], on)


def noticed(values: Data, data: Data) -> None:
    """The first day by which a notice asked for performance."""
    on = data.get("perform_by_on")
    if on is not None:
        values[_NOTICED_BY] = min(on, values.get(_NOTICED_BY, on))


def interest_fen(values: Data, day: date) -> int:
    """Additional and general interest through a day, each rounded half up."""
    debt = values["claim_fen"]
    if debt <= 0 or values["claim_kind"] in ("act", "delivery"):
        return 0
    late_from = values.get(_JUDGED_BY) or values.get(_NOTICED_BY)
    since, rate = values["interest_from_on"], values.get(_RATE)
    paid = values.get(_LESSENED, ())
    total = 0
    if late_from is not None:
        stays = [Stay(begin, end) for _, begin, end in values.get(_STAYS, ())]
        total += additional_fen(unpaid_days(debt, date.fromisoformat(late_from), paid, day, stays))
    if since is not None and rate is not None:
        total += general_fen(unpaid_days(debt, date.fromisoformat(since), paid, day), rate)
    return total


HANDLED: dict[str, Handled] = {
    "case.suspended": handled(suspended, "ground", "requested_by", "on"),
    "case.deferred": handled(deferred, "ground", "requested_by", "until_on"),
    "case.stay_ended": handled(stay_ended, "kind", "on"),
}
