"""Order of nodes: steps of one matter that follow one another, by their civil dates.

Only what no court does the other way round. A matter that was begun several times is compared with its first beginning.
"""

from datetime import date
from typing import Final

from contract.envelope import WHOLE_COURT, Event
from contract.times import civil_date
from producers.conform.findings import Findings

# later step, the step that it follows, the id that joins them ("" = the case)
STEPS: Final[tuple[tuple[str, str, str], ...]] = (
    ("case.closed", "case.filed", ""),
    ("case.notice_issued", "case.filed", ""),
    ("case.clock_resumed", "case.clock_paused", ""),
    ("case.extension_approved", "case.extension_requested", ""),
    ("case.basis_query_answered", "case.basis_query_sent", "query_id"),
    ("case.party_change_decided", "case.party_change_applied", "change_id"),
    ("party.report_received", "party.report_ordered", "debtor_ref"),
    ("inquiry.feedback", "inquiry.requested", "inquiry_id"),
    ("inquiry.completed", "inquiry.requested", "inquiry_id"),
    ("clue.verified", "clue.received", "clue_id"),
    ("asset.renewed", "asset.controlled", "asset_id"),
    ("asset.price_determined", "asset.price_started", "asset_id"),
    ("auction.sold", "auction.announced", "auction_id"),
    ("auction.paid_in_full", "auction.sold", "auction_id"),
    ("auction.ruling_served", "auction.sold", "auction_id"),
    ("auction.delivered", "auction.sold", "auction_id"),
    ("fund.matched", "fund.received", "receipt_id"),
    ("fund.escrowed", "fund.received", "receipt_id"),
    ("fund.plan_objected", "fund.plan_served", "plan_id"),
    ("objection.filed", "objection.received", "objection_id"),
    ("objection.decided", "objection.received", "objection_id"),
    ("review.decided", "review.received", "objection_id"),
    ("suit.closed", "suit.filed", "objection_id"),
    ("term.registered", "term.ruled", ""),
    ("list.removed", "list.included", "debtor_ref"),
    ("pres.ruled", "pres.applied", "pres_id"),
    ("pres.executed", "pres.ruled", "pres_id"),
    ("entr.replied", "entr.sent", "entr_id"),
    ("pet.registered", "pet.received", "pet_id"),
    ("pet.resolved", "pet.received", "pet_id"),
    ("aid.decided", "aid.applied", "aid_id"),
    ("crim.police_replied", "crim.referred", "referral_id"),
    ("ops.mission_ended", "ops.mission_started", "mission_id"),
)
_BEGINS = frozenset({"case.filed", "case.application_received", "case.restored", "pres.applied"})

_Matter = tuple[str, str, str]


class Order:
    """Watches steps."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._ids: dict[str, set[str]] = {}
        for later, earlier, name in STEPS:
            self._ids.setdefault(later, set()).add(name)
            self._ids.setdefault(earlier, set()).add(name)
        self._first: dict[_Matter, tuple[date, int]] = {}
        self._cases: dict[str, tuple[int, bool]] = {}

    def see(self, line: int, event: Event) -> None:
        """Take an event; corrections and foreign events say nothing of order."""
        if (
            event.correctionof is not None
            or event.data is None
            or event.subject.startswith(WHOLE_COURT)
            or event.short[:2] == "x."
        ):
            return
        first, begun = self._cases.get(event.subject, (line, False))
        self._cases[event.subject] = first, begun or event.short in _BEGINS
        day = civil_date(event.time)
        for name in self._ids.get(event.short, ()):
            value = "" if not name else str(event.data.get(name, ""))
            matter = event.subject, event.short, f"{name}={value}"
            self._first[matter] = min(self._first.get(matter, (day, line)), (day, line))

    def end(self) -> None:
        """Compare the steps."""
        follows = {(later, name): earlier for later, earlier, name in STEPS}
        for (subject, later, joined), (day, line) in self._first.items():
            earlier = follows.get((later, joined.partition("=")[0]))
            if earlier is None:
                continue
            before = self._first.get((subject, earlier, joined))
            place = f"{subject} {joined.strip('=')}".strip()
            if before is None:
                if self._cases[subject][1]:
                    self._findings.add("step_missing", line, f"{place}: {later} without {earlier}")
            elif day < before[0]:
                text = f"{place}: {later} on {day}, {earlier} on {before[0]} (line {before[1]})"
                self._findings.add("order", line, text)
        for subject, (line, begun) in self._cases.items():
            if not begun:
                self._findings.add("begins_midway", line, subject)
