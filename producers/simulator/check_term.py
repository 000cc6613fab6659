"""What makes a termination fail, and an entry in the list of bad credit."""

from collections.abc import Callable

from producers.simulator.check_words import day_number, day_of_field
from producers.simulator.days import day_of, months_later
from producers.simulator.view import Told, View

_NETWORK = ("deposit", "vehicle", "real_estate", "security")


def term_one(told: Told, view: View) -> bool:
    """Whether a fact fails: term one."""
    debtors = [] if told.case is None else told.case.debtors
    if not debtors:
        needed = ("party.report_ordered", "party.report_checked")
        return not _served(told, view, None) or not all(view.any(kind, told) for kind in needed)
    return any(_unready(told, view, one) for one in debtors)


def _served(told: Told, view: View, debtor: str | None) -> bool:
    """Whether a notice was served by then, on one debtor or (None) on anybody."""
    return any(
        one.order <= told.order and (one.instant("served_on") or 2**40) <= told.at
        for one in view.kinds.get("case.notice_issued", ())
        if debtor is None or one.data.get("debtor_ref") in (debtor, None)
    )


def _unready(told: Told, view: View, debtor: str) -> bool:
    """Whether something is missing for one debtor."""

    def done(*kinds: str) -> bool:
        return any(view.any(kind, told, lambda one: one.data["debtor_ref"] == debtor) for kind in kinds)

    return (
        not _served(told, view, debtor)
        or not done("party.report_ordered")
        or not done("party.report_checked")
        or (told.case is not None and debtor not in told.case.limited)
        or (
            done("party.evasion_recorded", "party.obstruction_recorded", "cons.violated")
            and not done("list.included", "list.grace_granted")
        )
        or (done("party.missing_declared") and not done("party.search_done"))
        or (done("party.obstruction_recorded") and not done("party.sanctioned"))
    )


def count_of(view: View, kind: str, told: Told, when: Callable[[Told], bool]) -> int:
    """Whether a fact fails: count of."""
    return sum(one.order <= told.order and when(one) for one in view.kinds.get(kind, ()))


def search_open(told: Told, view: View) -> bool:
    """Whether a fact fails: search open."""
    case = told.case
    special = ("审计", "悬赏")
    return case is not None and (
        case.open_clue
        or any(case.classes.get(one, ("", ""))[0] not in ("ok", "none") for one in _NETWORK)
        or not (
            told.data.get("onsite_done") is True
            or view.any("inquiry.completed", told, lambda t: t.data.get("onsite_done") is True)
        )
        or count_of(view, "inquiry.special_requested", told, lambda t: t.data.get("kind") in special)
        > count_of(view, "inquiry.special_decided", told, lambda t: t.data.get("kind") in special)
    )


def stale(told: Told, _view: View) -> bool:
    """Whether a fact fails: stale."""
    if told.case is None:
        return False
    days = [day_number(told.case.classes[one][1]) for one in _NETWORK if one in told.case.classes]
    return any(months_later(one, 3) < day_of(told.at) for one in days)


def with_assets(told: Told, _view: View) -> bool:
    """Whether a fact fails: with assets."""
    case = told.case
    return case is not None and (
        case.balance > 0 or any(one[0] in ("discovered", "controlled") for one in case.things.values())
    )


def too_early(told: Told, _view: View) -> bool:
    """Whether a fact fails: too early."""
    filed = None if told.case is None else told.case.filed_on
    return filed is not None and day_of(told.at) < months_later(day_number(filed), 3)


def unheard(told: Told, view: View) -> bool:
    """Whether a fact fails: unheard."""
    written = view.any("term.consultation_held", told, lambda t: t.data.get("consent") == "书面同意")
    panel = view.any("term.panel_approved", told, lambda t: t.data.get("president_approved") is True)
    return not view.any("term.consultation_held", told) or not (written or panel)


def wrong_listing(told: Told, view: View) -> bool:
    """Whether a fact fails: wrong listing."""
    case, debtor = told.case, told.data["debtor_ref"]

    def party(*flags: str) -> bool:
        return view.any(
            "party.registered", told, lambda t: t.data["party_ref"] == debtor and all(t.data.get(f) is True for f in flags)
        )

    return (
        party("is_minor")
        or party("is_student", "is_campus_loan")
        or party("is_legal_rep")
        or _turn_to_come(told, view, debtor)
        or view.any(
            "case.guarantee_accepted",
            told,
            lambda t: t.data.get("by") in ("被执行人", "第三人") and t.data.get("debtor_ref") in (debtor, None),
        )
        or (case is not None and 0 < case.owed <= case.seized)
        or told.data.get("signed_by_role") != "院长"
    )


def relisted(told: Told, view: View) -> bool:
    """Whether a fact fails: relisted."""
    debtor = told.data["debtor_ref"]

    def last(kind: str, reason: str | None = None) -> int | None:
        found = [
            one.at
            for one in view.kinds.get(kind, ())
            if one.order <= told.order
            and one.data["debtor_ref"] == debtor
            and (reason is None or one.data.get("reason") == reason)
        ]
        return max(found, default=None)

    removed, applied = last("list.removed", "申请人申请"), last("list.applied")
    if removed is None or applied is None:
        return False
    return day_of(told.at) < months_later(day_of(removed), 6) and applied >= removed


def beyond_month(told: Told, _view: View) -> bool:
    """Whether a fact fails: beyond month."""
    until = day_of_field(told, "until_on")
    return until is not None and until > months_later(day_of(told.at), 1)


def taken_off_early(told: Told, view: View) -> bool:
    """Whether a fact fails: taken off early."""
    debtor = told.data["debtor_ref"]

    def latest(kind: str, when: Callable[[Told], bool] = lambda _: True) -> Told | None:
        own = [one for one in view.kinds.get(kind, ()) if one.order <= told.order and one.data["debtor_ref"] == debtor]
        return next((one for one in reversed(own) if when(one)), None)

    entry = latest("list.included")
    if entry is None or not 2 <= entry.data.get("ground", 0) <= 6 or told.data.get("reason") == "撤销":
        return False
    months = entry.data.get("term_months", 24) + entry.data.get("extended_months", 0)
    granted = latest("list.removal_decided", lambda one: one.data.get("result") == "准许")
    early: bool = day_of(told.at) < months_later(day_of(entry.at), months)
    return early and (granted is None or granted.at < entry.at)


def _turn_to_come(told: Told, view: View, debtor: str) -> bool:
    """Whether the last that was registered of somebody is that others pay before him."""
    own = [one for one in view.kinds.get("party.registered", ()) if one.data["party_ref"] == debtor and one.order <= told.order]
    return bool(own) and own[-1].data.get("order_not_due") is True
